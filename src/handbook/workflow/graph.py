"""The graph of rules as a picture: a small SVG that needs no program to be drawn or seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from markupsafe import Markup

from handbook.core.errors import HandbookError

__all__ = ["Graph", "picture"]

_BOX, _ROW, _GAP, _LINE, _CHARACTER = 34, 70, 26, 14, 8.0


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
            tuple(TopologicalSorter({rule: self.needs(rule) for rule in self.rules}).static_order())
        except CycleError as error:
            raise HandbookError(f"graph: runs in a circle: {' -> '.join(error.args[1])}") from error

    def needs(self, rule: str) -> list[str]:
        """Return the rules whose files `rule` reads."""
        return list(dict.fromkeys(first for first, second in self.edges if second == rule))

    def essential(self) -> list[tuple[str, str]]:
        """Return the edges that no longer way implies."""
        behind: dict[str, set[str]] = {}
        order = TopologicalSorter({rule: self.needs(rule) for rule in self.rules}).static_order()
        for rule in order:
            needs = self.needs(rule)
            behind[rule] = set(needs).union(*(behind[need] for need in needs))
        return [
            (need, rule)
            for rule in self.rules
            for need in self.needs(rule)
            if not any(need in behind[other] for other in self.needs(rule))
        ]


def picture(graph: Graph) -> Markup:
    """Draw `graph` from top to bottom, as an SVG element that takes its colours from the page."""
    edges = graph.essential()
    layers, chains = _layers(graph, edges)
    x, width = _places(layers)
    height = len(layers) * _ROW - (_ROW - _BOX)
    row = {node: depth for depth, layer in enumerate(layers) for node in layer}
    parts = [
        Markup(
            '<svg class="graph" role="img" aria-labelledby="graph-title graph-desc" '
            'viewBox="-2 -2 {w} {h}" width="{w}" height="{h}" xmlns="http://www.w3.org/2000/svg">'
            '<title id="graph-title">Rules of the workflow</title>'
            '<desc id="graph-desc">{d}</desc>'
            '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
            'markerHeight="7" orient="auto"><path d="M0 0.5 8 4 0 7.5z"/></marker></defs>'
        ).format(w=round(width) + 4, h=height + 4, d=_in_words(graph))
    ]
    for chain in chains:
        places = [(x[node], row[node] * _ROW) for node in chain]
        (x0, y0), *rest = places
        path = f"M{x0:.1f} {y0 + _BOX}"
        y = y0 + _BOX
        for step, (x1, top) in enumerate(rest):
            last = step == len(rest) - 1
            middle = (y + top) / 2
            path += f"C{x0:.1f} {middle:.1f} {x1:.1f} {middle:.1f} {x1:.1f} {top}"
            if not last:
                path += f"V{top + _BOX}"
            x0, y = x1, top + _BOX
        parts.append(Markup('<path class="edge" d="{}" marker-end="url(#arrow)"/>').format(path))
    for name in graph.rules:
        box = _width(name)
        left, top = x[name] - box / 2, row[name] * _ROW
        parts.append(
            Markup(
                '<g><rect x="{:.1f}" y="{}" width="{:.1f}" height="{}" rx="6"/>'
                '<text x="{:.1f}" y="{}" text-anchor="middle">{}</text></g>'
            ).format(left, top, box, _BOX, x[name], top + _BOX / 2 + 5, name)
        )
    return Markup("").join([*parts, Markup("</svg>")])


def _in_words(graph: Graph) -> str:
    said = []
    for rule in graph.rules:
        needs = graph.needs(rule)
        said.append(f"{rule} needs {', '.join(needs)}" if needs else f"{rule} needs nothing")
    return "; ".join(said) + "."


def _width(name: str) -> float:
    return len(name) * _CHARACTER + 24


def _layers(
    graph: Graph, edges: Sequence[tuple[str, str]]
) -> tuple[list[list[str]], list[list[str]]]:
    """Put each rule one row below the last that it needs; long edges get a place in each row.

    Returns the rows from the top, and each edge as the chain of places that it passes.
    """
    depth: dict[str, int] = {}
    order = TopologicalSorter({rule: graph.needs(rule) for rule in graph.rules}).static_order()
    for rule in order:
        depth[rule] = max((depth[need] + 1 for need in graph.needs(rule)), default=0)
    layers: list[list[str]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for rule in graph.rules:
        layers[depth[rule]].append(rule)
    chains = []
    for first, second in edges:
        passed = [f"{first}\0{second}\0{d}" for d in range(depth[first] + 1, depth[second])]
        for place, node in enumerate(passed, depth[first] + 1):
            layers[place].append(node)
        chains.append([first, *passed, second])
    _untangle(layers, chains)
    return layers, chains


def _untangle(layers: list[list[str]], chains: Sequence[Sequence[str]]) -> None:
    """Order each row by the mean place of its neighbours (Sugiyama, Tagawa and Toda, 1981)."""
    links = [pair for chain in chains for pair in pairwise(chain)]
    above: dict[str, list[str]] = {}
    below: dict[str, list[str]] = {}
    for first, second in links:
        above.setdefault(second, []).append(first)
        below.setdefault(first, []).append(second)
    for sweep in range(8):
        neighbours = above if sweep % 2 == 0 else below
        place = {
            node: (index + 0.5) / len(layer) for layer in layers for index, node in enumerate(layer)
        }
        for layer in layers if sweep % 2 == 0 else layers[::-1]:
            wanted = {
                node: sum(place[other] for other in near) / len(near)
                if (near := neighbours.get(node, []))
                else place[node]
                for node in layer
            }
            layer.sort(key=lambda node: wanted[node])
            place |= {node: (index + 0.5) / len(layer) for index, node in enumerate(layer)}


def _places(layers: Sequence[Sequence[str]]) -> tuple[dict[str, float], float]:
    """Return the middle of each node and the width of the whole; rows are centred."""

    def width(node: str) -> float:
        return _LINE if "\0" in node else _width(node)

    rows = [sum(map(width, layer)) + _GAP * (len(layer) - 1) for layer in layers]
    whole = max(rows, default=0.0)
    x: dict[str, float] = {}
    for layer, used in zip(layers, rows, strict=True):
        left = (whole - used) / 2
        for node in layer:
            x[node] = left + width(node) / 2
            left += width(node) + _GAP
    return x, whole
