from __future__ import annotations

import pytest

from handbook.core.errors import HandbookError
from handbook.workflow.graph import Graph, of_snakemake, of_workflow

DIAMOND = Graph(
    dict.fromkeys("abcde", ""),
    [("a", "b"), ("a", "c"), ("b", "d"), ("c", "d"), ("a", "d"), ("d", "e"), ("a", "e")],
)


def test_edges_that_a_longer_way_implies_are_left_out_of_the_picture() -> None:
    assert DIAMOND.essential() == [("a", "b"), ("a", "c"), ("b", "d"), ("c", "d"), ("d", "e")]


def test_a_rule_needs_what_every_edge_to_it_says() -> None:
    assert DIAMOND.needs("e") == ["d", "a"]
    assert DIAMOND.order()[0] == "a"
    assert DIAMOND.depths() == {"a": 0, "b": 1, "c": 1, "d": 2, "e": 3}


def test_a_circle_and_an_unknown_rule_are_errors() -> None:
    with pytest.raises(HandbookError, match="circle"):
        Graph({"a": "", "b": ""}, [("a", "b"), ("b", "a")])
    with pytest.raises(HandbookError, match="'c'"):
        Graph({"a": ""}, [("a", "c")])


def test_no_rules_and_a_rule_without_a_docstring_are_errors() -> None:
    with pytest.raises(HandbookError, match="printed no rules"):
        of_snakemake("train (fits)")
    with pytest.raises(HandbookError, match="rule train: no docstring"):
        of_snakemake('0[label = "train", color]\ntrain\n')


def test_the_report_stands_at_the_end_of_the_workflow() -> None:
    graph = of_workflow()
    assert graph.order()[-1] in ("report", "track")
    assert {"prepare", "gate"} <= set(graph.needs("train"))
