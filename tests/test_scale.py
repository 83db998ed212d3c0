"""The page on clusters and stores shows what was measured."""

from __future__ import annotations

from tests.services.figures import DOCUMENT, with_table


def test_the_table_holds_the_figures_that_were_kept() -> None:
    text = DOCUMENT.read_text()
    assert with_table(text) == text, "python -m tests.services.figures writes it anew"
