"""Whether what is said to be printed in the book stands there, where its text is at hand."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any, NamedTuple

import pytest
from tests.labs.test_labs import PARAMS

from handbook.data import registry
from handbook.labs.registry import module_name

# A number as it is printed: with a sign that is no hyphen, thousands apart, an exponent, per cent.
NUMBER = re.compile(
    r"((?<![\w)])[-−–])?(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d*)?|\.\d+)(e[-+]?\d+)?(\\?%)?"
)
HEADING = re.compile(r"(\d+(?:\.\d+)+) +\S")


class Told(NamedTuple):
    """A value of the book, and where it is said to stand."""

    where: str
    section: str
    value: Any
    how: str
    lines: Sequence[int]


def told() -> Iterator[Told]:
    """Yield every value of the book that labs, models and claims name."""
    for name, lab in PARAMS.labs.items():
        module = import_module(module_name(name))
        if not {"prints", "listing", "implies"} & set(vars(module)):
            continue  # it holds nothing of the book
        rows = (registry.module(lab.data).sample(PARAMS.seed),) if lab.data else ()
        for result in module.compute(*rows, **lab.params):
            if (book := result.book) is not None:
                where = f"lab {name}: {result.name}"
                yield Told(where, lab.section, book.value, book.how, book.lines)
    for name, model in PARAMS.models.items():
        for key, variant in model.variants.items():
            for data, figures in variant.book.items():
                for metric, book in figures.items():
                    where = f"{name}/{data}/{key}: {metric}"
                    yield Told(where, model.section, book.figure, "printed", book.lines)
        for defect in model.errata:
            where = f"{name}: {defect.what}"
            yield Told(where, model.section, defect.book, "text", defect.lines)
    for name, claim in PARAMS.claims.items():
        yield Told(f"claim {name}", claim.section, claim.claim, "text", claim.lines)


@pytest.fixture(scope="module")
def every() -> list[Told]:
    return list(told())


def numbers(line: str) -> list[float]:
    """Return the numbers of a line, per cent as shares too."""
    found = []
    for sign, digits, exponent, per_cent in NUMBER.findall(line):
        number = float(f"{'-' if sign else ''}{digits.replace(',', '')}{exponent}")
        found.append(number)
        if per_cent:
            found.append(float(f"{number}e-2"))
    return found


def flat(value: Any) -> list[float]:
    if isinstance(value, list):
        return [number for item in value for number in flat(item)]
    return [float(value)]


def in_order(wanted: list[float], there: list[float]) -> bool:
    """Tell whether numbers occur among others, in their order."""
    rest = iter(there)
    return all(number in rest for number in wanted)


def test_numbers_are_read_as_they_are_printed() -> None:
    assert numbers("B: 4,950.0 hours") == [4950]
    assert numbers("[12. 14. -16.]; x = [2.005e-10 3.0e+00]") == [12, 14, -16, 2.005e-10, 3]
    assert numbers("84.12% of 64×64, A-12") == [84.12, 0.8412, 64, 64, 12]
    assert in_order([1, 1, 4], [2, 1, 1, 3, 4])
    assert not in_order([1, 1, 4], [1, 4, 1])


@pytest.mark.data
def test_what_is_printed_stands_at_its_lines(every: list[Told], book_text: list[str]) -> None:
    missing = []
    for one in every:
        if one.how != "printed":
            continue
        lines = [numbers(book_text[line - 1]) for line in one.lines]
        value = flat(one.value)
        together = in_order(value, [number for line in lines for number in line])
        if not together or not all(set(line) & set(value) for line in lines):
            missing.append(f"{one.where}: {one.value} at {one.lines}")
    assert missing == []
    assert sum(one.how == "printed" for one in every) > 20


@pytest.mark.data
def test_lines_lie_in_the_chapter_of_their_lab_or_model(
    every: list[Told], book_text: list[str]
) -> None:
    headings = [
        (number, match[1])
        for number, line in enumerate(book_text, 1)
        if (match := HEADING.match(line))
    ]
    astray = []
    for one in every:
        for line in one.lines:
            _, heading = headings[bisect(headings, (line, "~")) - 1]
            if heading.split(".")[0] not in {part.strip()[0] for part in one.section.split(",")}:
                astray.append(f"{one.where}: line {line} is in {heading}, not in {one.section}")
            if not book_text[line - 1].strip():
                astray.append(f"{one.where}: line {line} is empty")
    assert astray == []
