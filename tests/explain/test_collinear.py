"""Whether the columns of a design leave coefficients free."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression
from tests.explain.made_runs import fit

from handbook.explain.coefficients import coefficients
from handbook.explain.collinear import collinear
from handbook.report.figures.explained.coefficients import coefficients as drawn

RNG = np.random.default_rng(0)
NUMBERS = RNG.normal(size=(200, 2))
KINDS = np.eye(3)[RNG.integers(0, 3, 200)]
PLACES = np.eye(4)[RNG.integers(0, 4, 200)]


def test_independent_columns_are_free_of_nothing() -> None:
    of = collinear(NUMBERS, intercept=True)
    assert (of.columns, of.rank, of.free.any()) == (3, 3, False)


@pytest.mark.parametrize(("intercept", "columns", "lost"), [(True, 10, 2), (False, 9, 1)])
def test_each_one_hot_column_costs_a_rank(intercept: bool, columns: int, lost: int) -> None:
    design = np.column_stack([NUMBERS, KINDS, PLACES])
    of = collinear(design, intercept=intercept)
    whole = np.column_stack([design, np.ones(200)]) if intercept else design
    assert of.rank == np.linalg.matrix_rank(whole) == columns - lost
    assert of.columns == columns
    assert of.free.tolist() == [False, False] + [True] * 7


def test_a_change_of_free_coefficients_changes_no_prediction() -> None:
    design = np.column_stack([NUMBERS, KINDS])
    model = LinearRegression().fit(design, RNG.normal(size=200))
    moved = model.coef_ + np.array([0, 0, 5, 5, 5])
    assert design @ moved - 5 == pytest.approx(design @ model.coef_)


def test_the_caption_says_so_where_it_is_so() -> None:
    kinds = [["a", "b", "c"][place] for place in KINDS.argmax(axis=1)]
    table = pd.DataFrame({"n": NUMBERS[:, 0], "kind": pd.Categorical(kinds)})
    y = NUMBERS[:, 0] + KINDS[:, 0]
    entry = coefficients(fit(LinearRegression(), table, y))
    assert entry["design"] == {"columns": 5, "rank": 4, "free": ["kind"], "number": 3}
    assert "one solution of many" in drawn(entry, "").description
    entry = coefficients(fit(LinearRegression(), table[["n"]], y))
    assert entry["design"] == {"columns": 2, "rank": 2, "free": [], "number": 0}
    assert "one solution of many" not in drawn(entry, "").description
