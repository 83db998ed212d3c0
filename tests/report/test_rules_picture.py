"""The graph of rules as a picture in the report."""

from __future__ import annotations

from xml.etree import ElementTree

from handbook.report.site.pictures.rules import picture
from handbook.workflow.graph import Graph

DIAMOND = Graph(
    dict.fromkeys("abcde", ""),
    [("a", "b"), ("a", "c"), ("b", "d"), ("c", "d"), ("a", "d"), ("d", "e"), ("a", "e")],
)
SVG = "{http://www.w3.org/2000/svg}"


def test_the_words_have_every_edge() -> None:
    said = ElementTree.fromstring(picture(DIAMOND)).findtext(f"{SVG}desc") or ""
    assert "a needs nothing" in said
    assert "e needs d, a" in said


def test_each_rule_is_one_box_below_what_it_needs_and_beside_its_equals() -> None:
    root = ElementTree.fromstring(picture(DIAMOND))
    boxes = {
        group.findtext(f"{SVG}text"): group.find(f"{SVG}rect") for group in root.iter(f"{SVG}g")
    }
    top = {name: float(box.get("y", "")) for name, box in boxes.items() if box is not None}
    left = {name: float(box.get("x", "")) for name, box in boxes.items() if box is not None}
    assert set(top) == set("abcde")
    assert top["a"] < top["b"] == top["c"] < top["d"] < top["e"]
    assert left["b"] != left["c"]


def test_a_long_edge_passes_between_boxes() -> None:
    graph = Graph(
        dict.fromkeys(["start", "one", "two", "end", "lone"], ""),
        [("start", "one"), ("one", "two"), ("two", "end"), ("lone", "end")],
    )
    root = ElementTree.fromstring(picture(graph))
    longest = max((path.get("d", "") for path in root.iter(f"{SVG}path")), key=len)
    assert longest.count("C") == 3


def test_an_empty_graph_is_an_empty_picture() -> None:
    assert "rect" not in picture(Graph({}, []))


def test_names_are_escaped() -> None:
    assert "<b>" not in picture(Graph({"<b>": ""}, []))
