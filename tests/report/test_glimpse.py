"""Pages of data sets show some of the training rows."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from handbook.core.folders import DataFolder
from handbook.data.dataset import Dataset, write
from handbook.report.site.glimpse import Glimpse, glimpse


def seen(tmp_path: Path, name: str = "d", *, drawn: bool = False, **fields: Any) -> Glimpse:
    folder = DataFolder(name, tmp_path)
    write(folder.train, Dataset(name, "full", **fields))
    look = glimpse(folder, name, drawn=drawn)
    assert look is not None
    return look


def picture(address: str) -> Any:
    head, _, text = address.partition(",")
    assert head == "data:image/png;base64"
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(text))))


def test_rows_are_from_the_first_to_the_last_and_the_target_stands_first(tmp_path: Path) -> None:
    n = 91
    X = pd.DataFrame({"age": np.arange(n), "job": pd.Categorical(["a"] * 80 + ["b"] * 10 + [None])})
    look = seen(tmp_path, kind="table", X=X, y=np.arange(n) % 2, target="y", classes=("no", "yes"))
    assert look.names == ("y", "age", "job")
    assert [row[1] for row in look.rows] == [str(age) for age in range(0, 91, 10)]
    assert look.rows[0] == ("no", "0", "a")
    assert look.rows[-1] == ("no", "90", "")  # a missing job
    assert len(look.counts["job"]) == 2
    assert len(look.counts["age"]) == 24


def test_a_column_without_values_has_no_bars(tmp_path: Path) -> None:
    X = pd.DataFrame({"empty": [np.nan] * 3, "same": [-1.23456] * 3, "large": [98765.4] * 3})
    look = seen(tmp_path, kind="table", X=X)
    assert look.counts["empty"] == []
    assert look.counts["same"] == [3]
    assert look.rows[0] == ("", "−1.235", "98765")


def test_sixteen_pictures_of_every_class(tmp_path: Path) -> None:
    X = np.arange(40, dtype=np.uint8)[:, None, None].repeat(4, 1).repeat(4, 2)
    look = seen(tmp_path, kind="images", X=X, y=np.arange(40) // 4, classes=tuple("0123456789"))
    assert [one.label for one in look.pictures] == [
        *("0", "0", "1", "1", "2", "2", "3", "3", "4", "4", "5", "5"), *"6789",
    ]  # fmt: skip
    assert (picture(look.pictures[2].address) == X[4]).all()


def test_a_text_is_shown_by_its_first_lines(tmp_path: Path) -> None:
    lines = [f"line {number}" for number in range(40)]
    assert seen(tmp_path, kind="text", X="\n".join(lines)).text == "\n".join(lines[:12])


def test_generated_pictures_stand_for_those_that_must_not_be_shown(tmp_path: Path) -> None:
    own = np.full((20, 64, 64, 3), 7, np.uint8)
    look = seen(tmp_path, "pokemon", drawn=True, kind="images", X=own)
    assert look.drawn
    assert len(look.pictures) == 16
    assert all((picture(one.address) != 7).any() for one in look.pictures)


def test_nothing_is_shown_of_rows_that_are_not_there(tmp_path: Path) -> None:
    assert glimpse(DataFolder("d", tmp_path), "d") is None


@pytest.mark.parametrize("kind", ["table", "images"])
def test_the_same_rows_look_the_same(tmp_path: Path, kind: str) -> None:
    rng = np.random.default_rng(1)
    X = pd.DataFrame({"x": rng.normal(size=50)}) if kind == "table" else rng.integers(
        0, 256, (50, 8, 8), dtype=np.uint8
    )  # fmt: skip
    first, second = (seen(tmp_path / name, kind=kind, X=X) for name in ("one", "two"))
    assert first == second
