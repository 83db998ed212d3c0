"""Precision where the rare class is as rare as in all rows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.report.made_results import Made
from tests.report.page import read

from handbook.data.sets import credit_card
from handbook.report.site import prevalence
from handbook.report.site.prevalence import precision_at


@given(st.integers(1, 50), st.integers(0, 50), st.integers(1, 50), st.integers(0, 50))
def test_at_the_share_of_the_rows_themselves_it_is_their_precision(
    hits: int, missed: int, false: int, right: int
) -> None:
    n = hits + missed + false + right
    found = precision_at((hits + missed) / n, hits / (hits + missed), right / (false + right))
    assert found == pytest.approx(hits / (hits + false))


def test_by_counting_rows_of_a_larger_population() -> None:
    # Of 100,000 rows 173 are frauds; 0.8 of them are found, and 0.01 of the 99,827 others.
    assert precision_at(0.00173, 0.8, 0.99) == pytest.approx(138.4 / (138.4 + 998.27))
    assert precision_at(0.5, 0.0, 1.0) is None


def test_the_whole_of_the_payments_is_that_of_the_data_set() -> None:
    counts = credit_card._COUNTS["full"]
    assert prevalence._WHOLE["credit-card"] == (counts["fraud"], sum(counts.values()))


def test_the_page_has_precision_at_both_shares(made: Callable[..., Made]) -> None:
    folder = made()
    rows = {"train": 8000, "test": 2000}
    counts = {
        "legitimate": {"train": 7606, "test": 1902},
        "fraud": {"train": 394, "test": 98},
    }
    folder.data("credit-card", "Payments", release="10k", classes=counts, rows=rows)
    folder.model("forest", "Forest", "classification", ["credit-card"])
    true = np.repeat([0, 1], [1902, 98])
    flagged = np.zeros(2000, dtype=np.int64)
    flagged[:19] = flagged[1902 : 1902 + 49] = 1
    folder.run(
        "forest", "credit-card", true=true, predicted=flagged, scores=flagged.astype(float),
        classes=("legitimate", "fraud"), draw_figures=False, cv=False,
    )  # fmt: skip
    words = read(folder.build())["accuracy.html"].words
    assert "4.9 % of its test rows are of that class, and 0.173 % of all 284,807" in words
    # Recall 1/2, specificity 1883/1902: 49/68 of what is flagged is fraud here, and in all
    # 0.5 * 0.0017275 / (0.5 * 0.0017275 + 0.99827 * 0.0099895) = 0.0797.
    assert "0.500 0.9900 0.721 0.0797 [" in words
