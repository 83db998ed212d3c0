"""The page of a comparison."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

from tests.records.compared_runs import recorded

from handbook.records.compare.differences import compare
from handbook.records.compare.side import Side
from handbook.records.sources import Sources
from handbook.report.site.standalone import comparison_page

A, B = [4.0, 5.0, 6.0, 5.5, 4.5], [3.5, 4.4, 5.8, 4.9, 4.1]
VOID = {"meta", "link", "br"}


class Tags(HTMLParser):
    """Finds tags that are not closed in the order they were opened, and all text."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def made(**more: object) -> str:
    sides = [
        Side("<old>", "run", {"ridge/diabetes/book": recorded(A)}),
        Side(
            "new",
            "run",
            {"ridge/diabetes/book": recorded(B, rmse=4.25, params={"alpha": 2}, **more)},
        ),
    ]
    return comparison_page(compare(sides, Sources(Path("nowhere"))))


def test_the_page_is_whole_needs_no_other_file_and_escapes_names() -> None:
    text = made()
    tags = Tags()
    tags.feed(text)
    assert tags.open == []
    assert not re.search(r'(?:src|href)="(?!data:|#)', text)
    assert "<old>" not in text
    assert "<old>" in tags.text
    assert "--paper" in text  # the style sheet is inside


def test_it_tells_what_differs_and_the_tests() -> None:
    tags = Tags()
    tags.feed(made())
    assert "params.alpha" in tags.text
    assert "4.250" in tags.text
    assert re.search(r"B − A: −0\.460 \[.*\], p = 0\.0", tags.text)
    assert "Generated sample data" not in tags.text


def test_generated_data_is_never_passed_off_as_real() -> None:
    tags = Tags()
    tags.feed(made(data_variant="sample"))
    assert "Generated sample data" in tags.text
