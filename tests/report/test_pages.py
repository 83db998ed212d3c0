from __future__ import annotations

import pytest

from handbook.errors import HandbookError
from handbook.report.pages import pages


def test_every_model_data_set_and_lab_has_a_page() -> None:
    found = pages(["svc", "ridge"], ["iris"], ["corr2d"])
    assert found[:3] == ["index.html", "made.html", "style.css"]
    assert found[3:] == [
        "models/svc.html",
        "models/ridge.html",
        "data/iris.html",
        "labs/corr2d.html",
    ]


@pytest.mark.parametrize("name", ["../etc", "a/b", "", ".hidden", "a b", "<i>"])
def test_a_name_that_would_leave_the_folder_is_refused(name: str) -> None:
    with pytest.raises(HandbookError, match="cannot name a page"):
        pages([name], [])
