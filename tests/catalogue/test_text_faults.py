"""Faults of the text: typed, refused where they are wrong, and true to the book where it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from handbook.catalogue.text_faults import PATH, TextFault, read
from handbook.core.errors import HandbookError
from handbook.labs.book import FAULTS

FAULTS_OF_TEXT = read()
GIVEN: dict[str, Any] = {
    "section": "3.5.1",
    "what": "a name",
    "book": "one",
    "so": "another",
    "fault": "crashes when run",
    "lines": [3610],
    "terms": ["Z3"],
    "how": "both stand there",
}


def written(folder: Path, **known: Any) -> Path:
    """Write a file of one fault; what is None is left out."""
    fault = {key: value for key, value in {**GIVEN, **known}.items() if value is not None}
    path = folder / "text_faults.yaml"
    path.write_text(yaml.safe_dump({"faults": [fault]}))
    return path


def test_a_fault_is_read_as_it_is_written(tmp_path: Path) -> None:
    assert read(written(tmp_path)) == (TextFault(**GIVEN),)


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({"fault": "crashes when ran"}, r"'crashes when ran' is no kind .*crashes when run"),
        ({"lines": None}, r"faults\.0\.lines: missing"),
        ({"lines": []}, r"faults\.0\.lines: list should have at least 1 item"),
        ({"lines": [0]}, r"faults\.0\.lines\.0: input should be greater than or equal to 1"),
        ({"terms": []}, r"faults\.0\.terms: list should have at least 1 item"),
        ({"terms": ["five words of the book"]}, "at most 4 words of the book"),
        ({"so": ""}, r"faults\.0\.so: string should have at least 1 character"),
        ({"line": 3}, r"faults\.0\.line: extra inputs are not permitted"),
    ],
)
def test_what_is_wrong_is_named(known: dict[str, Any], said: str, tmp_path: Path) -> None:
    with pytest.raises(HandbookError, match=rf"(?s)text_faults\.yaml: 1 to mend.*{said}"):
        read(written(tmp_path, **known))


def test_faults_stand_once_and_are_of_every_kind_that_a_text_can_have() -> None:
    told = [(fault.section, fault.what) for fault in FAULTS_OF_TEXT]
    assert len(set(told)) == len(told)
    assert {fault.fault for fault in FAULTS_OF_TEXT} <= set(FAULTS)
    assert "announced and missing" in {fault.fault for fault in FAULTS_OF_TEXT}


@pytest.mark.data
@pytest.mark.parametrize("fault", FAULTS_OF_TEXT, ids=lambda fault: fault.what)
def test_each_term_stands_at_the_lines_that_are_named(
    fault: TextFault, book_text: list[str]
) -> None:
    assert max(fault.lines) <= len(book_text)
    named = "\n".join(book_text[line - 1] for line in fault.lines)
    assert all(book_text[line - 1].strip() for line in fault.lines)
    assert [term for term in fault.terms if term not in named] == []


@pytest.mark.data
def test_no_line_of_the_book_is_in_the_file(book_text: list[str]) -> None:
    lines = {line.strip() for line in book_text if len(line.split()) > 6}
    ours = " ".join(PATH.read_text(encoding="utf-8").split())
    assert [line for line in lines if line in ours] == []
