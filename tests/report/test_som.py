"""Maps as they are drawn: cells, markers, and what is said of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_hex, to_rgb
from matplotlib.patches import PathPatch
from tests.report import made_explanations as made
from tests.report.test_shown_figures import shown

from handbook.report.figures import style
from handbook.report.figures.explained import som
from handbook.report.figures.som_grid import Cells, cells, merged

SQUARES, HEXAGONS = made.grid(4, 5), made.grid(4, 5, "hexagonal")
BOTH = pytest.mark.parametrize("of", [SQUARES, HEXAGONS], ids=["squares", "hexagons"])


def area(outline: Any) -> float:
    """Signed, by the shoelace formula."""
    x, y = np.asarray(outline).T
    return float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2)


def figure_of(drawing: Any, entry: Any) -> Any:
    with style.applied():
        figure = drawing(entry, "").figure
        figure.draw_without_rendering()
    return figure


def colour_at(axes: Any, place: Any) -> str:
    """Return the colour of the patch that covers a place."""
    found = [
        to_hex(patch.get_facecolor())
        for patch in axes.patches
        if patch.get_facecolor()[3] and patch.get_path().contains_point(place)
    ]
    assert len(found) == 1, place
    return found[0]


# --- cells --------------------------------------------------------------------------------------


@BOTH
def test_cells_fill_the_plane_and_neighbours_share_a_side(of: Any) -> None:
    grid = cells(of)
    one = grid.corners(np.arange(20))
    size = 1.0 if grid.corner.shape == (4, 2) else np.sqrt(0.75)  # of hexagons 1 apart
    assert [area(cell) for cell in one] == pytest.approx([size] * 20, rel=1e-3)
    # all together they leave no gap and overlap nowhere
    (around,) = merged(one)
    assert area(around) == pytest.approx(20 * size, rel=1e-3)
    apart = np.linalg.norm(grid.middles[:, None] - grid.middles, axis=2)
    for first, second in np.argwhere(np.isclose(apart, 1, atol=1e-3)):
        assert (
            len(set(map(tuple, one[first].round(2))) & set(map(tuple, one[second].round(2)))) == 2
        )


@BOTH
@given(which=st.sets(st.integers(0, 19), min_size=1))
def test_melted_cells_keep_their_area_and_their_holes(of: Any, which: set[int]) -> None:
    corners = cells(of).corners(np.array(sorted(which)))
    found = merged(corners)
    assert sum(map(area, found)) == pytest.approx(sum(map(area, corners)), rel=2e-3)
    drawn = {tuple(corner) for outline in found for corner in outline.tolist()}
    assert drawn <= {tuple(corner) for cell in corners.round(3).tolist() for corner in cell}
    if len(which) == 1:
        assert [len(outline) for outline in found] == [corners.shape[1]]


def test_a_ring_of_cells_has_two_outlines() -> None:
    ring = [place for place in range(9) if place != 4]
    found = merged(cells(made.grid(3, 3)).corners(np.array(ring)))
    assert sorted(map(area, found)) == [-1, 9]


@BOTH
def test_the_first_row_is_at_the_top_and_the_first_column_at_the_left(of: Any) -> None:
    figure = figure_of(som.distance_map, made.distance_map(of, ("a", "b")))
    axes = figure.axes[0]
    places = axes.transData.transform(cells(of).middles)
    assert places[0, 1] > places[15, 1]
    assert places[0, 0] < places[4, 0]
    assert [label.get_text() for label in axes.get_yticklabels()] == list("0123")
    assert [label.get_text() for label in axes.get_xticklabels()] == list("01234")


# --- distance map -------------------------------------------------------------------------------


@BOTH
def test_what_lies_far_is_light(of: Any) -> None:
    distances = np.random.default_rng(0).permutation(20) + 1.0
    entry = made.distance_map(of, ("a", "b"), distances=distances.tolist())
    axes = figure_of(som.distance_map, entry).axes[0]
    light = [sum(to_rgb(colour_at(axes, place))) for place in cells(of).middles]
    order = np.argsort(distances)
    assert (np.diff(np.array(light)[order]) >= 0).all()
    assert len(set(light)) == 16


@BOTH
def test_each_class_has_its_marker_where_it_has_rows(of: Any) -> None:
    counts = np.zeros((20, 2), dtype=int)
    counts[[0, 3, 9], 0], counts[[3, 7], 1] = (5, 50, 500), (1, 99)
    entry = made.distance_map(of, ("a", "b"), counts=counts.tolist(), outliers=[False] * 20)
    axes = figure_of(som.distance_map, entry).axes[0]
    middles = cells(of).middles
    found: dict[str, dict[int, Any]] = {"o": {}, "s": {}}
    for line in axes.lines:
        marker = line.get_marker()
        if marker in found and line.get_markerfacecolor() != "none":
            for place in line.get_xydata():
                node = int(np.linalg.norm(middles - place, axis=1).argmin())
                found[marker][node] = (place, line.get_markersize())
    assert found["o"].keys() == {0, 3, 9}
    assert found["s"].keys() == {3, 7}
    sizes = [found["o"][node][1] for node in (0, 3, 9)]
    assert sizes == sorted(set(sizes))
    # side by side, and neither over the other nor out of its cell
    (circle, wide), (square, high) = found["o"][3], found["s"][3]
    one = np.ptp(axes.transData.transform([[0, 0], [1, 0]]), axis=0)[0]
    assert (square[0] - circle[0]) * one >= (wide + high) / 2
    assert found["o"][0][0].tolist() == middles[0].tolist()


@BOTH
def test_outlier_nodes_are_outlined_together(of: Any) -> None:
    out = [place in (0, 1, 13) for place in range(20)]
    axes = figure_of(
        som.distance_map, made.distance_map(of, ("a", "b"), outliers=out)
    ).axes[0]  # fmt: skip
    lines = [patch for patch in axes.patches if not patch.get_facecolor()[3]]
    assert [to_hex(patch.get_edgecolor()) for patch in lines] == [style.INK, "#e69f00"]
    inside = [lines[0].get_path().contains_point(place) for place in cells(of).middles]
    assert inside == out


def test_a_distance_map_says_what_its_outlier_nodes_hold(tmp_path: Path) -> None:
    of = made.grid(1, 4)
    entry = made.distance_map(
        of, ("legitimate", "fraud"), counts=[[90, 2], [5, 0], [1, 9], [0, 10]],
        distances=[0.1, 0.2, 0.45, 0.4],
    )  # fmt: skip
    said = shown(tmp_path, "distance-map", entry)
    assert said.title == "2 outlier nodes: 95 % of their rows are fraud"
    assert "each node of a rectangular map of 1 by 4" in said.description
    assert "from 0.1 to 0.45, at row 0, column 2 (both from 0)" in said.description
    assert "2 nodes most of whose rows the detector flags by distance map." in said.description
    assert said.description.endswith("hold 20 of 117 rows, and 19 of the 21 of fraud.")
    one = entry | {"outliers": [False] * 3 + [True], "rule": "quantization"}
    assert shown(tmp_path, "distance-map", one).title.startswith("1 outlier node: 100 %")
    none = entry | {"outliers": [False] * 4, "rule": "quantization"}
    said = shown(tmp_path, "distance-map", none)
    assert said.title == "No node of the map is an outlier"
    assert said.description.endswith("By quantisation error, no node has most of its rows flagged.")


# --- hit map ------------------------------------------------------------------------------------


def test_a_hit_map_writes_counts_and_shares_into_its_cells() -> None:
    counts = [[3, 0], [0, 0], [999, 1], [5, 15], [1, 999], [0, 2]]
    entry = made.hit_map(made.grid(2, 3), ("no", "yes"), counts=counts)
    figure = figure_of(som.hit_map, entry)
    rows, shares = figure.axes[:2]
    assert [text.get_text() for text in rows.texts] == ["3", "1,000", "20", "1,000", "2"]
    assert [text.get_text() for text in shares.texts] == ["0", "<1", "75", ">99", "100"]
    for axes in (rows, shares):
        (empty,) = [line for line in axes.lines if line.get_marker() == "x"]
        assert empty.get_xydata().tolist() == [[1, 0]]
    light = [sum(to_rgb(colour_at(shares, text.get_position()))) for text in shares.texts]
    assert light == sorted(light, reverse=True)
    for text in shares.texts:  # white on dark, dark on light
        dark = sum(to_rgb(colour_at(shares, text.get_position()))) < 1.5
        assert (text.get_color() == style.PAPER) == dark


def test_numbers_without_room_are_left_to_the_shades() -> None:
    of = made.grid(20, 20, "hexagonal")
    figure = figure_of(som.hit_map, made.hit_map(of, ("no", "yes")))
    assert [len(axes.texts) for axes in figure.axes[:2]] == [0, 0]


def test_a_hit_map_says_where_the_second_class_lies(tmp_path: Path) -> None:
    counts = [[30, 0], [0, 0], [4, 3], [1, 9]]
    entry = made.hit_map(made.grid(2, 2), ("no", "yes"), counts=counts)
    said = shown(tmp_path, "hit-map", entry)
    assert said.title == "47 rows on 3 of 4 nodes"
    assert "Most rows, 30, fall on row 0, column 0" in said.description
    assert "Half of the 12 rows of yes lie on 1 node; 1 hold more of it" in said.description
    alone = entry | {"counts": [[3, 0]] * 4}
    assert shown(tmp_path, "hit-map", alone).description.endswith("No row is yes.")


# --- component planes ---------------------------------------------------------------------------


@BOTH
def test_each_plane_goes_from_light_to_dark_over_its_own_range(of: Any) -> None:
    rng = np.random.default_rng(1)
    planes = [
        {"name": "small", "values": (rng.permutation(20) / 1e3).tolist()},
        {"name": "large", "values": (rng.permutation(20) * -1e3).tolist()},
    ]
    figure = figure_of(som.component_planes, of | {"total": 2, "planes": planes})
    grid: Cells = cells(of)
    for axes, plane in zip(figure.axes, planes, strict=False):
        light = [sum(to_rgb(colour_at(axes, place))) for place in grid.middles]
        assert (np.diff(np.array(light)[np.argsort(plane["values"])]) <= 0).all()
        assert len(set(light)) == 8
    assert [axes.get_title() for axes in figure.axes[:2]] == [
        "small\n0.000 to 0.019", "large\n−19,000 to 0",
    ]  # fmt: skip
    assert not any(axes.axison for axes in figure.axes[2:])


def test_a_plane_that_is_all_the_same_is_drawn_too() -> None:
    planes = [{"name": "flat", "values": [7.0] * 20}]
    figure = figure_of(som.component_planes, SQUARES | {"total": 1, "planes": planes})
    assert figure.axes[0].get_title() == "flat\n7.00 to 7.00"
    assert sum(isinstance(patch, PathPatch) for patch in figure.axes[0].patches) == 1


def test_planes_that_find_no_room_are_counted(tmp_path: Path) -> None:
    names = [f"V{place}" for place in range(16)]
    entry = made.component_planes(SQUARES, names, 30)
    said = shown(tmp_path, "component-planes", entry)
    assert said.title == "V0 varies most over the map"
    assert "in 16 of the 30 numbers that the map sees" in said.description
    assert said.description.endswith(", 11 more.")
    figure = figure_of(som.component_planes, entry)
    assert "14 that vary less are left out" in figure.get_supxlabel()
    every = figure_of(som.component_planes, made.component_planes(SQUARES, names[:3], 3))
    assert "left out" not in every.get_supxlabel()
