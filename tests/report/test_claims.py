"""The page of the book's claims, and a page for each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.report.made_results import Made
from tests.report.page import Page, read

NAME = "escape-local-minima"


@pytest.fixture(scope="module")
def site(furnished: Made) -> dict[str, Page]:
    return read(furnished.report)


def test_all_verdicts_stand_in_one_table_and_lead_to_their_pages(site: dict[str, Page]) -> None:
    page = site["claims.html"]
    assert f"claims/{NAME}.html" in [a["href"] for a in page.all("a")]
    assert "Noise, momentum and a shallow minimum" in page.words
    assert "Section Claim Verdict Effects, with their intervals Seeds" in page.words
    assert "How a verdict is reached" in page.words
    assert "1 holds only when" in page.words or "1 cannot be told" in page.words


def test_a_claims_page_has_outcome_picture_design_seeds_and_command(site: dict[str, Page]) -> None:
    page = site[f"claims/{NAME}.html"]
    (picture,) = page.all("img")
    assert "deep valley" in picture["alt"]
    found = page.words
    order = ["Section 3.6.2, 3.7 of the book, lines 3946 and 4182", "Design", "Every seed"]
    assert [found.index(text) for text in order] == sorted(found.index(text) for text in order)
    assert f"handbook claim {NAME}" in found
    assert " 42 " in found
    assert " 51 " in found


def test_a_claim_stands_in_its_chapter_and_on_the_first_page(site: dict[str, Page]) -> None:
    chapter = site["chapters/3.html"]
    assert f"claim-{NAME}" in chapter.ids
    assert "1 claim" in chapter.words
    assert f"claims/{NAME}.html" in [a["href"] for a in site["index.html"].all("a")]
    for page in site.values():
        assert any(a["href"].endswith("claims.html") for a in page.all("a"))


def test_a_demo_decides_nothing(made: Callable[..., Made]) -> None:
    one = made("demo")
    one.claim(NAME)
    page = read(one.build())["claims.html"]
    assert "cannot be told: a demo has too few seeds and too small settings to tell" in page.words


def test_a_claim_that_has_not_run_says_so(made: Callable[..., Made]) -> None:
    one = made("waiting")
    entry: dict[str, Any] = {
        "title": "A claim", "section": "4.1", "lines": [1], "claim": "It holds.", "about": "Try.",
        "data": None, "seeds": 5, "threads": 1,
    }  # fmt: skip
    one.catalogue["claims"]["a-claim"] = entry
    site = read(one.build())
    for name in ("claims.html", "claims/a-claim.html", "chapters/4.html", "index.html"):
        assert "not run" in site[name].words
