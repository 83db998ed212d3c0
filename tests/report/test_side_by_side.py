"""Histories of several runs in one figure."""

from __future__ import annotations

from pathlib import Path

import pytest

from handbook.catalogue.sections import SideBySide
from handbook.core.errors import HandbookError
from handbook.report.figures.runs.side_by_side import draw_side_by_side
from handbook.report.figures.svg import Words, words

SECTION = SideBySide(
    title="Two schedules",
    model="lenet",
    data="mnist",
    variants=["constant", "step"],
    curves=["loss", "learning_rate"],
)


def drawn(folder: Path, *histories: str, release: str = "official") -> Words:
    paths = [folder / f"{place}.csv" for place in range(len(histories))]
    for path, text in zip(paths, histories, strict=True):
        path.write_text(text)
    draw_side_by_side(SECTION, release, paths, folder / "out.svg")
    return words(folder / "out.svg")


def test_each_column_is_told_for_each_run(tmp_path: Path) -> None:
    said = drawn(
        tmp_path,
        "epoch,loss,learning_rate\n1,2,0.1\n2,1,0.1\n",
        "epoch,loss,learning_rate\n1,2,0.1\n2,1.5,0.01\n3,1.25,0.01\n",
    )
    assert said.title == "Two schedules"
    assert said.description == (
        "loss goes: constant from 2 to 1, step from 2 to 1.25; "
        "learning rate goes: constant from 0.1 to 0.1, step from 0.1 to 0.01."
    )


def test_generated_data_is_said(tmp_path: Path) -> None:
    history = "epoch,loss,learning_rate\n1,2,0.1\n2,1,0.1\n"
    real = drawn(tmp_path, history, history)
    made = drawn(tmp_path, history, history, release="sample")
    assert made.height >= real.height  # its caption says more


def test_thousands_of_steps_stay_small(tmp_path: Path) -> None:
    rows = "".join(f"{step},{1 / (1 + step)},0.1\n" for step in range(1, 20_001))
    drawn(tmp_path, f"step,loss,learning_rate\n{rows}", f"step,loss,learning_rate\n{rows}")
    assert (tmp_path / "out.svg").stat().st_size < 300_000


def test_a_column_that_a_run_lacks_is_named(tmp_path: Path) -> None:
    with pytest.raises(HandbookError, match=r"0\.csv: no column 'learning_rate' .*'learning_rat'"):
        drawn(tmp_path, "epoch,loss,learning_rat\n1,2,3\n", "epoch,loss,learning_rate\n1,2,3\n")
