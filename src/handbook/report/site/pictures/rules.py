"""The graph of rules as a picture, laid out from top to bottom."""

from __future__ import annotations

from itertools import pairwise

from grandalf.graphs import Edge, Vertex
from grandalf.graphs import Graph as Network
from grandalf.layouts import SugiyamaLayout, VertexViewer
from grandalf.routing import EdgeViewer
from markupsafe import Markup

from handbook.workflow.graph import Graph

__all__ = ["picture"]

# Pixels: the height of a box, what lies between two boxes across and down, and a letter.
_BOX, _GAP, _BETWEEN, _LETTER = 34, 26, 36, 8.0


def picture(graph: Graph) -> Markup:
    """Draw the essential edges of `graph` as SVG that takes its colours from the page."""
    vertices, edges = _laid_out(graph)
    boxes = [(rule, vertex.view) for rule, vertex in vertices.items()]
    width = max((view.xy[0] + view.w / 2 for _, view in boxes), default=0.0)
    height = max((view.xy[1] + _BOX / 2 for _, view in boxes), default=0.0)
    parts = [
        Markup(
            '<svg class="graph" role="img" aria-labelledby="graph-title graph-desc" '
            'viewBox="-2 -2 {w} {h}" width="{w}" height="{h}" xmlns="http://www.w3.org/2000/svg">'
            '<title id="graph-title">Rules of the workflow</title>'
            '<desc id="graph-desc">{d}</desc>'
            '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
            'markerHeight="7" orient="auto"><path d="M0 0.5 8 4 0 7.5z"/></marker></defs>'
        ).format(w=round(width) + 4, h=round(height) + 4, d=_in_words(graph))
    ]
    parts += [
        Markup('<path class="edge" d="{}" marker-end="url(#arrow)"/>').format(_path(edge))
        for edge in edges
    ]
    for rule, view in boxes:
        x, y = view.xy
        parts.append(
            Markup(
                '<g><rect x="{:.1f}" y="{:.0f}" width="{:.1f}" height="{}" rx="6"/>'
                '<text x="{:.1f}" y="{:.0f}" text-anchor="middle">{}</text></g>'
            ).format(x - view.w / 2, y - _BOX / 2, view.w, _BOX, x, y + 5, rule)
        )
    return Markup("").join([*parts, Markup("</svg>")])


def _laid_out(graph: Graph) -> tuple[dict[str, Vertex], list[Edge]]:
    """Place the boxes of rules, unconnected parts beside each other, and route the edges.

    References
    ----------
    Sugiyama, Tagawa and Toda (1981); Brandes and Köpf (2001).
    """
    vertices = {rule: Vertex(rule) for rule in graph.rules}
    for rule, vertex in vertices.items():
        vertex.view = VertexViewer(len(rule) * _LETTER + 24, _BOX)
    edges = [Edge(vertices[first], vertices[second]) for first, second in graph.essential()]
    for edge in edges:
        edge.view = EdgeViewer()
    right = 0.0
    for part in Network([*vertices.values()], edges).C:
        layout = SugiyamaLayout(part)
        layout.xspace, layout.yspace = _GAP, _BETWEEN
        layout.init_all()
        layout.draw(8)
        views = [vertex.view for vertex in part.V()]
        shift = right - min(view.xy[0] - view.w / 2 for view in views)
        for view in views:
            view.xy = view.xy[0] + shift, view.xy[1]
        for edge in part.E():
            edge.view.setpath([(x + shift, y) for x, y in edge.view._pts])
        right = _GAP + max(view.xy[0] + view.w / 2 for view in views)
    return vertices, edges


def _path(edge: Edge) -> str:
    """Return a curve from the lower side of a box to the upper side of another."""
    points = edge.view._pts
    (x, y), half = points[0], _BOX / 2
    path = f"M{x:.1f} {y + half:.0f}"
    for (x0, y0), (x1, y1) in pairwise(points):
        top, bottom = y0 + half, y1 - half
        middle = (top + bottom) / 2
        path += f"C{x0:.1f} {middle:.0f} {x1:.1f} {middle:.0f} {x1:.1f} {bottom:.0f}"
        if (x1, y1) != points[-1]:
            path += f"V{y1 + half:.0f}"
    return path


def _in_words(graph: Graph) -> str:
    needs = {rule: ", ".join(graph.needs(rule)) or "nothing" for rule in graph.rules}
    return "; ".join(f"{rule} needs {names}" for rule, names in needs.items()) + "."
