"""One notation of numbers on all pages, and decimals above each other."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from matplotlib.text import Text
from tests.project import ROOT
from tests.report.made_results import Made

from handbook.report.figures.style import Drawn, canvas, save
from handbook.report.figures.svg import words
from handbook.report.numbers import typographic
from handbook.report.site.aligned import aligned

#: What no page and no figure may hold: powers of ten as programs write them, a per cent sign that
#: touches its number, a hyphen for a minus.
OTHER = {
    "power": re.compile(r"(?<![\w.])\d[\d.]*e[-−+]\d"),
    "per cent": re.compile(r"\d%"),
    "minus": re.compile(r"(?<![\w.)\]/-])-\d"),
}


def texts(page: str) -> str:
    page = re.sub(r"<(script|style|pre|code)\b.*?</\1>", "", page, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", " ", page))


@pytest.mark.parametrize("kind", OTHER)
def test_no_page_writes_numbers_in_another_notation(kind: str, furnished: Made) -> None:
    other = {
        path.name: match[0]
        for path in sorted(furnished.report.rglob("*.html"))
        for match in [OTHER[kind].search(texts(path.read_text()))]
        if match
    }
    assert other == {}


@pytest.mark.parametrize("kind", OTHER)
def test_no_figure_writes_numbers_in_another_notation(kind: str, furnished: Made) -> None:
    """Titles and descriptions: what is drawn goes the same way, see the next test."""
    words = re.compile(r"<(title|desc)>(.*?)</", re.DOTALL)
    other = {
        path.name: match[0]
        for path in sorted(furnished.results.rglob("*.svg"))
        for match in [OTHER[kind].search(" ".join(t for _, t in words.findall(path.read_text())))]
        if match
    }
    assert other == {}


def test_only_the_writer_of_the_report_imports_that_of_the_console() -> None:
    folder = ROOT / "src" / "handbook" / "report"
    importing = [
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*.py")
        if re.search(r"handbook\.core(\.| import )numbers", path.read_text())
    ]
    assert importing == ["numbers.py"]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("ends at 3.1e-16, from y = 1e-06", "ends at 3.1 × 10⁻¹⁶, from y = 10⁻⁶"),
        ("[4.99e−31, -2]", "[4.99 × 10⁻³¹, −2]"),
        ("10^-3.4", "10^−3.4"),
        ("20% of 3%", "20 % of 3 %"),
        ("handbook-1.2 at 2026-11-28, lines 3-5, a%20b", None),
    ],
)
def test_texts_of_labs_claims_and_figures_are_brought_to_one_notation(
    text: str, written: str | None
) -> None:
    assert typographic(text) == (text if written is None else written)
    assert typographic(typographic(text)) == typographic(text)


def column(*cells: str, before: str = "") -> list[str]:
    rows = "".join(f'<tr>{before}<td class="n ours">{cell}</td></tr>' for cell in cells)
    padded = re.findall(r'<td class="n ours">(.*?)</td>', aligned(f"<table>{rows}</table>"))
    return [cell.replace("\u2007", "_").replace("\u2008", ".") for cell in padded]


def test_points_stand_above_each_other_and_no_digit_is_added() -> None:
    assert column("0.09856", "0.8333", "1", "−") == ["0.09856", "0.8333_", "1._____", "−"]
    assert column("12", "3,000") == ["12", "3,000"]


def test_cells_over_several_rows_and_columns_do_not_shift_the_columns() -> None:
    rows = (
        '<tr><th rowspan="2">a</th><td class="n">1.25</td></tr><tr><td class="n">2.5</td></tr>'
        '<tr><th>b</th><td class="n">3</td></tr><tr><td class="n" colspan="2">7</td></tr>'
    )
    padded = aligned(f"<table>{rows}</table>").replace("\u2007", "_").replace("\u2008", ".")
    assert re.findall(r'"n"[^>]*>([^<]*)', padded) == ["1.25", "2.5_", "3.__", "7"]


def test_a_column_with_intervals_stays_as_it_is() -> None:
    assert column("0.5", "0.907 [0.901, 0.913]") == ["0.5", "0.907 [0.901, 0.913]"]


def test_what_is_drawn_has_the_same_notation(tmp_path: Path) -> None:
    figure = canvas("Ends at 1e-06", "12.0% of -2")
    axes = figure.add_subplot()
    axes.plot([0, 1], [0, 1])
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    save(Drawn(figure, "Ends at 1e-06", "12.0% of -2"), tmp_path / "drawn.svg")
    drawn = {text.get_text() for text in figure.findobj(Text)}
    assert {"Ends at 10⁻⁶", "12.0 % of −2", "100 %"} <= drawn
    assert words(tmp_path / "drawn.svg")[:2] == ("Ends at 10⁻⁶", "12.0 % of −2")
