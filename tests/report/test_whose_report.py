"""A report of a project of no book, and one of a part of a catalogue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tests.report.made_context import CONTEXT, GRAPH
from tests.report.made_predictions import many_classes
from tests.report.made_results import Made
from tests.report.page import read

from handbook.report.site.build import build
from handbook.report.site.part import Part


def small(folder: Made) -> Made:
    folder.data("iris", "Iris")
    folder.model("svc", "Support vectors", "classification", ["iris"])
    folder.run("svc", "iris", classes=("a", "b", "c"), **many_classes(50, 3, 2))
    return folder


def test_a_project_of_no_book_has_neither_chapters_nor_printed_figures(
    made: Callable[..., Made],
) -> None:
    folder = small(made())
    ours = read(folder.build())
    assert "errata.html" in ours
    assert any(name.startswith("chapters/") for name in ours)
    assert "The book prints" in ours["index.html"].words
    folder.catalogue["title"] = "Flowers & co"
    folder.catalogue["models"]["svc"]["section"] = ""
    own = read(folder.build())
    assert set(own) == {
        name for name in ours if name != "errata.html" and not name.startswith("chapters/")
    }
    for name, page in own.items():
        assert "Flowers & co" in page.words, name
        assert "Handbook rebuilt" not in page.words, name
        for link in page.all("a"):
            assert "chapters/" not in (link.get("href") or ""), name
            assert "errata" not in (link.get("href") or ""), name
    for name in ("index.html", "models.html", "models/svc.html", "data/iris.html"):
        assert "the book" not in own[name].words.lower(), name


def test_a_part_says_on_every_page_what_is_not_in_it(made: Callable[..., Made]) -> None:
    folder = small(made())
    part = Part(("svc",), 1, 9, {"iris": 2})
    output = folder.root / "logs" / "report"
    context = replace(CONTEXT, part=part)
    build(folder.results, output, folder.catalogue, GRAPH, context)
    for name, page in read(output).items():
        assert "A part of the catalogue: svc. 1 of 9 runs." in page.words, name
        assert "Not in it: 2 others on iris" in page.words, name
