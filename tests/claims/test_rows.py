"""Rows of the experiments, counted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from handbook.claims.rows import drawn, flipped, halves, overlap
from handbook.claims.waves import on_grid, wave
from handbook.core.errors import HandbookError
from handbook.data.dataset import Dataset


def numbered(rows: int, positive: int) -> Dataset:
    """Make rows whose only column is their number, the first of them positive."""
    y = np.zeros(rows, np.int64)
    y[:positive] = 1
    frame = pd.DataFrame({"number": np.arange(rows, dtype=float)})
    return Dataset("made", "sample", "table", frame, y, "class", ("no", "yes"))


def test_no_two_seeds_share_a_row_and_classes_are_even() -> None:
    data, met = numbered(100, 30), []
    for _, rows in drawn(data, [5, 6, 7], fitted=12, check=8, numeric="none"):
        assert rows.X.shape == (12, 1)
        assert rows.X_check.shape == (8, 1)
        assert rows.y.sum() == 6
        assert rows.y_check.sum() == 4
        both = np.concatenate([rows.X, rows.X_check])[:, 0]
        assert ((both < 30) == np.concatenate([rows.y, rows.y_check])).all()
        met.extend(both.tolist())
    assert len(met) == len(set(met)) == 60


def test_too_few_rows_are_refused_by_number() -> None:
    with pytest.raises(HandbookError, match="made: 30 rows of a class for 4 seeds of 10"):
        list(drawn(numbered(100, 30), [1, 2, 3, 4], fitted=12, check=8))


def test_rows_to_check_on_are_scaled_as_those_fitted() -> None:
    rows = halves(numbered(100, 30), seed=0, check=0.2)
    assert rows.X.mean() == pytest.approx(0)
    assert rows.X.std() == pytest.approx(1)
    # one scale for both parts: the numbers 0 to 99 lie evenly apart, with none missing
    both = np.sort(np.concatenate([rows.X, rows.X_check])[:, 0])
    assert np.diff(both) == pytest.approx(np.diff(both)[0])
    assert rows.y_check.mean() == 0.3


def test_as_many_labels_are_wrong_as_was_said() -> None:
    y = np.tile([0.0, 1.0], 50)
    order = np.random.default_rng(0).permutation(100)
    wrong = flipped(y, 0.2, order)
    assert (wrong != y).sum() == 20
    assert set(wrong) == {0.0, 1.0}
    # more noise is the same noise and some more
    assert ((flipped(y, 0.3, order) != y) >= (wrong != y)).all()


def test_the_overlap_of_five_folds_is_that_of_nadeau_and_bengio() -> None:
    assert overlap(1 / 5) == pytest.approx(1 / 4)


def test_the_wave_is_a_sine_of_the_first_column_alone() -> None:
    X, y = wave(20, 0.0, np.random.default_rng(1), columns=4)
    assert np.allclose(y, np.sin(2 * np.pi * X[:, 0]))
    grid, truth = on_grid(5)
    assert grid[:, 0].tolist() == [-1, -0.5, 0, 0.5, 1]
    assert truth == pytest.approx(0, abs=1e-12)
