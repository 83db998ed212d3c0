"""The figure of remedies against overfitting: its title says what came out."""

from __future__ import annotations

import pytest

from handbook.report.figures.claims.networks import overfitting_remedies
from handbook.report.figures.style import applied


@pytest.mark.parametrize(
    ("dropout", "title"),
    [
        ([0.84, 0.82], "Most is gained by dropout: +3.0 points of accuracy"),
        ([0.79, 0.80], "None of the remedies gains accuracy"),
    ],
)
def test_the_title_names_a_remedy_that_gains_or_says_that_none_does(
    dropout: list[float], title: str
) -> None:
    held = {"none": [0.80, 0.80], "L2 penalty": [0.79, 0.80], "dropout": dropout}
    gaps = {name: [0.1, 0.2] for name in held}
    with applied():
        assert overfitting_remedies({"held": held, "gaps": gaps}, "").title == title
