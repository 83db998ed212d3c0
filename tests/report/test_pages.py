from __future__ import annotations

import pytest

from handbook.core.errors import HandbookError
from handbook.report.site.assets import assets
from handbook.report.site.pages import LEAKAGE, pages
from handbook.report.site.search.script import FILES


def test_every_model_data_set_and_lab_has_a_page() -> None:
    found = pages(["svc", "ridge"], ["iris"], ["corr2d"])
    fixed = {
        "index.html", "overfitting.html", "accuracy.html", "errata.html", "made.html", "race.html",
            *assets(), *FILES, "models.html", "metrics.html", "labs.html",
            "deployment.html", "monitoring.html",
    }  # fmt: skip
    assert set(found[:-4]) == fixed
    assert found[-4:] == [
        "models/svc.html",
        "models/ridge.html",
        "data/iris.html",
        "labs/corr2d.html",
    ]


def test_every_chapter_with_a_model_or_a_lab_has_a_page() -> None:
    found = pages([], [], sections=["3.13", "3.2.1-3.2.5", "10.1", "annex"])
    assert found[-3:] == ["chapters/3.html", "chapters/10.html", "chapters/other.html"]


def test_leakage_has_a_page_where_both_data_sets_are() -> None:
    assert "leakage.html" in pages([], ["iris", *LEAKAGE])
    for missing in LEAKAGE:
        assert "leakage.html" not in pages([], [name for name in LEAKAGE if name != missing])


@pytest.mark.parametrize("name", ["../etc", "a/b", "", ".hidden", "a b", "<i>"])
def test_a_name_that_would_leave_the_folder_is_refused(name: str) -> None:
    with pytest.raises(HandbookError, match="cannot name a page"):
        pages([name], [])
