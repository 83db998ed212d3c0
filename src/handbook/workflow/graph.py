"""The graph of the workflow's rules, as Snakemake gives it.

``make graph`` pipes what Snakemake says of the rules through this module, which writes
``rules.json`` beside it and the picture in the README. The report and `handbook why` read that
file: to ask Snakemake itself takes seconds, and what it says depends on the targets of a run.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from handbook.core.errors import HandbookError
from handbook.core.files import read_json, write_text

__all__ = ["RULES", "Graph", "of_snakemake", "of_workflow"]

#: Each rule with what it does and the rules that it reads from.
RULES = Path(__file__).with_name("rules.json")

_MERMAID = re.compile(r"(?<=```mermaid\n).*?(?=```)", flags=re.DOTALL)


@dataclass(frozen=True)
class Graph:
    """Rules of the workflow and what follows from what.

    Parameters
    ----------
    rules : mapping of str to str
        Name of each rule and what it does, in a few words.
    edges : sequence of (str, str)
        Pairs of rules: the second reads what the first writes.

    Raises
    ------
    HandbookError
        An edge names an unknown rule, or the edges run in a circle.
    """

    rules: Mapping[str, str]
    edges: Sequence[tuple[str, str]]

    def __post_init__(self) -> None:
        for edge in self.edges:
            for rule in edge:
                if rule not in self.rules:
                    raise HandbookError(f"graph: the edge {edge} names no rule: {rule!r}")
        try:
            self.order()
        except CycleError as error:
            raise HandbookError(f"graph: runs in a circle: {' -> '.join(error.args[1])}") from error

    def needs(self, rule: str) -> list[str]:
        """Return the rules whose files `rule` reads."""
        return list(dict.fromkeys(first for first, second in self.edges if second == rule))

    def order(self) -> list[str]:
        """Return the rules, each behind those that it needs."""
        needs = {rule: self.needs(rule) for rule in self.rules}
        return list(TopologicalSorter(needs).static_order())

    def depths(self) -> dict[str, int]:
        """Return for each rule the length of the longest chain of rules that leads to it."""
        depths: dict[str, int] = {}
        for rule in self.order():
            depths[rule] = max((depths[need] + 1 for need in self.needs(rule)), default=0)
        return depths

    def essential(self) -> list[tuple[str, str]]:
        """Return the edges that no chain of other edges implies."""
        behind: dict[str, set[str]] = {}
        for rule in self.order():
            needs = self.needs(rule)
            behind[rule] = set(needs).union(*(behind[need] for need in needs))
        return [
            (need, rule)
            for rule in self.rules
            for need in self.needs(rule)
            if not any(need in behind[other] for other in self.needs(rule))
        ]

    def mermaid(self) -> str:
        """Return the essential edges as a Mermaid diagram, a line for each rule.

        Examples
        --------
        >>> graph = Graph({"a": "", "b": "", "c": ""}, [("a", "b"), ("a", "c")])
        >>> print(graph.mermaid(), end="")
        graph LR
          a --> b & c
        """
        readers: dict[str, list[str]] = {rule: [] for rule in self.rules}
        for first, second in self.essential():
            readers[first].append(second)
        lines = (f"  {rule} --> {' & '.join(names)}" for rule, names in readers.items() if names)
        return "\n".join(["graph LR", *lines, ""])


def of_workflow() -> Graph:
    """Return the graph of this project's workflow."""
    entries = read_json(RULES)
    edges = [(need, rule) for rule, entry in entries.items() for need in entry["reads from"]]
    return Graph({rule: entry["does"] for rule, entry in entries.items()}, edges)


def of_snakemake(text: str) -> Graph:
    r"""Return the graph that Snakemake prints.

    Rules made in a loop, of one name but for what follows ``_like_``, are one rule.

    Parameters
    ----------
    text : str
        The output of ``snakemake --rulegraph``, whose nodes have the rules' names, and of
        ``snakemake --list-rules``, which has their docstrings in brackets.

    Raises
    ------
    HandbookError
        There is no rule, or one without a docstring.

    Examples
    --------
    >>> nodes = '0[label = "all"] 1[label = "train"] 2[label = "draw_like_svc"]'
    >>> docstrings = "all\ntrain (Fits.)\ndraw_like_svc (Draws.)\n"
    >>> of_snakemake(f"{nodes} 1 -> 0 1 -> 2\n{docstrings}")
    Graph(rules={'train': 'Fits.', 'draw': 'Draws.'}, edges=[('train', 'draw')])
    """
    text = re.sub(r"_like_\w+", "", text)
    names = dict(re.findall(r'(\d+)\[label = "(\w+)"', text))
    if not names:
        raise HandbookError("graph: Snakemake printed no rules; run `snakemake --rulegraph`")
    does = dict(re.findall(r"^(\w+) \((.*)\)$", text, flags=re.MULTILINE))
    pairs = {(names[a], names[b]) for a, b in re.findall(r"(\d+) -> (\d+)", text)}
    edges = sorted((a, b) for a, b in pairs if b != "all")
    for rule in sorted({*names.values()} - {"all", *does}):
        raise HandbookError(f"rule {rule}: no docstring; say in a few words what it does")
    graph = Graph({rule: does[rule] for rule in names.values() if rule != "all"}, edges)
    depths = graph.depths()
    rules = {rule: does[rule] for rule in sorted(depths, key=lambda rule: (depths[rule], rule))}
    return Graph(rules, [(need, rule) for rule in rules for need in graph.needs(rule)])


def _write(text: str) -> None:
    graph = of_snakemake(text)
    entries = (
        f"  {json.dumps(rule)}: {json.dumps({'does': does, 'reads from': graph.needs(rule)})}"
        for rule, does in graph.rules.items()
    )
    write_text(RULES, "{\n" + ",\n".join(entries) + "\n}\n")
    readme = Path("README.md")
    write_text(readme, _MERMAID.sub(graph.mermaid(), readme.read_text(encoding="utf-8"), count=1))


if __name__ == "__main__":
    _write(sys.stdin.read())
