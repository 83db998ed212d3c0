"""What is written is read back, the same bytes for the same rows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.feather
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from handbook.core import files
from handbook.core.errors import HandbookError
from handbook.data import dataset

TABLE = pd.DataFrame(
    {
        "whole": [1, 2, 3],
        "part": [0.5, np.nan, 2.0],
        "kind": pd.Categorical(["a", None, "b"], categories=["a", "b", "never"]),
    }
)


def test_a_table_comes_back_with_its_types(tmp_path: Path) -> None:
    data = dataset.Dataset(
        "made",
        "sample",
        "table",
        TABLE,
        y=np.array([0, 1, 0]),
        target="y",
        classes=("no", "yes"),
        groups=np.array([7, 7, 8]),
        details=pd.DataFrame({"file": ["x", "y", "z"]}),
    )
    path = tmp_path / "deep" / "data.arrow"
    dataset.write(path, data)
    back = dataset.read(path)
    pd.testing.assert_frame_equal(back.X, TABLE)
    assert back.y is not None
    assert back.y.tolist() == [0, 1, 0]
    assert back.groups is not None
    assert back.groups.tolist() == [7, 7, 8]
    assert back.details is not None
    assert back.details["file"].tolist() == ["x", "y", "z"]
    assert (back.target, back.classes, back.variant) == ("y", ("no", "yes"), "sample")
    first = path.read_bytes()
    dataset.write(path, data)
    assert path.read_bytes() == first
    assert list(path.parent.iterdir()) == [path]


@given(arrays.arrays(np.uint8, arrays.array_shapes(min_dims=3, max_dims=4, max_side=5)))
def test_images_come_back(tmp_path_factory: pytest.TempPathFactory, X: np.ndarray) -> None:
    path = tmp_path_factory.mktemp("images") / "data.arrow"
    dataset.write(path, dataset.Dataset("made", "sample", "images", X))
    back = dataset.read(path).X
    assert back.dtype == np.uint8
    np.testing.assert_array_equal(back, X)


@given(st.text(st.characters(codec="utf-8"), max_size=50))
def test_text_comes_back(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("text") / "data.arrow"
    dataset.write(path, dataset.Dataset("made", "sample", "text", text))
    assert text == dataset.read(path).X
    assert len(dataset.read(path)) == len(text)


def test_rows_are_taken_by_position_and_by_mask() -> None:
    data = dataset.Dataset(
        "made", "sample", "table", TABLE, np.array([0, 1, 2]), test=np.array([True, False, False])
    )
    taken = data.rows(np.array([2, 0]))
    assert taken.X["whole"].tolist() == [3, 1]
    assert taken.X.index.tolist() == [0, 1]
    assert taken.y is not None
    assert taken.y.tolist() == [2, 0]
    assert taken.test is None
    assert len(data.rows(np.array([True, False, True]))) == 2


def test_a_name_that_would_be_lost_is_refused(tmp_path: Path) -> None:
    X = pd.DataFrame({"od280:od315": [1.0]})
    with pytest.raises(HandbookError, match="column 'od280:od315'"):
        dataset.write(tmp_path / "data.arrow", dataset.Dataset("wine", "sample", "table", X))
    assert not (tmp_path / "data.arrow").exists()


def test_a_strange_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.arrow"
    pyarrow.feather.write_feather(pd.DataFrame({"a": [1]}), path)
    with pytest.raises(HandbookError, match="not a data set prepared by this project"):
        dataset.read(path)


KINDS = {
    "table": dataset.Dataset("made", "sample", "table", TABLE, y=np.array([0, 1, 0])),
    "images": dataset.Dataset("made", "sample", "images", np.ones((3, 4, 4), np.uint8)),
    "text": dataset.Dataset("made", "sample", "text", "When shall we three meet again?"),
}

# Read in another process, since a damaged offset can end it.
READ = """
import sys
from pathlib import Path
from handbook.core.errors import HandbookError
from handbook.data import dataset

path = Path(sys.argv[1])
whole = path.read_bytes()
for at in range(0, len(whole), 5):
    for damaged in (whole[:at], whole[:at] + bytes([whole[at] ^ 255]) + whole[at + 1:]):
        path.write_bytes(damaged)
        try:
            dataset.read(path)
        except HandbookError as error:
            assert f"{path}: not a" in str(error) and "delete it" in str(error), error
"""


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_read_or_named(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "train.arrow"
    dataset.write(path, KINDS[kind])
    done = subprocess.run(
        [sys.executable, "-c", READ, str(path)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_records_are_whole_or_absent(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "record.json"
    files.write_json(path, {"é": [1, None, 0.5]})
    assert files.read_json(path) == {"é": [1, None, 0.5]}
    with pytest.raises(ValueError, match="Out of range"):
        files.write_json(path, {"a": float("nan")})
    assert files.read_json(path) == {"é": [1, None, 0.5]}
    assert [p.name for p in path.parent.iterdir()] == ["record.json"]


def test_digests_do_not_depend_on_order(tmp_path: Path) -> None:
    assert files.digest({"a": 1, "b": {"c": 2}}) == files.digest({"b": {"c": 2}, "a": 1})
    assert files.digest({"a": 1}) != files.digest({"a": 1.5})
    empty = tmp_path / "empty"
    empty.touch()
    # The digest of nothing, as FIPS 180-4 gives it.
    expected = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert files.sha256(empty) == expected


def test_rows_of_a_text_are_its_characters() -> None:
    text = dataset.Dataset("made", "sample", "text", "macbeth")
    assert text.rows(np.array([0, 1, 2, 6])).X == "mach"
    assert text.rows(np.arange(7) > 3).X == "eth"
