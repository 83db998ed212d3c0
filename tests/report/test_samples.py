"""The figures of what a generator makes, drawn from made-up records."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.report import made_sheets as made

from handbook.report.figures import style
from handbook.report.figures.explained import samples
from handbook.report.numbers import typographic

LONG = "a class with a name that goes on and on"
DRAWINGS: dict[str, Callable[[Any, str], style.Drawn]] = {
    "samples": samples.samples,
    "interpolation": samples.interpolation,
    "class-histogram": samples.class_histogram,
    "frechet-scale": samples.frechet_scale,
}
USUAL = {
    "samples": made.sheets(),
    "interpolation": made.ways(),
    "class-histogram": made.histogram(tuple("0123456789")),
    "frechet-scale": made.scale(),
}
EXTREME = [
    ("samples", made.sheets(1)),
    ("samples", made.sheets(2, 21, 64, 3)),
    ("samples", made.sheets(3, 21, 64, 3)),
    ("interpolation", made.ways(64, 3)),
    ("class-histogram", made.histogram((LONG, LONG + "!"))),
    ("class-histogram", made.histogram(tuple(f"{place} {LONG}" for place in range(40)))),
    ("frechet-scale", made.scale(0.001, 1234.5, 99999.0)),
    ("frechet-scale", made.scale(0.0, 12.0, 13.0)),
    ("frechet-scale", made.scale(5.0, 5.0, 5.0)),
]
CAPTION = "model · data set · book · GENERATED SAMPLE DATA"


def drawn(name: str, entry: Any) -> style.Drawn:
    with style.applied():
        figure, title, description = DRAWINGS[name](entry, CAPTION)
    return style.Drawn(figure, typographic(title), typographic(description))


# --- what they say ------------------------------------------------------------------------------


def test_samples_say_after_how_many_steps() -> None:
    said = drawn("samples", USUAL["samples"])
    assert said.title == "What 25 random inputs become in 10,000 steps"
    assert "Sheets of 5 rows of 5 made images, after 0, 1,000 and 10,000 steps" in said.description
    assert "after 0 steps" in drawn("samples", made.sheets(1)).description


def test_an_interpolation_says_what_lies_between() -> None:
    said = drawn("interpolation", USUAL["interpolation"])
    assert said.title == "4 ways between two latent points"
    assert "4 rows of 9 made images" in said.description
    assert "along the great circle" in said.description


def test_a_histogram_names_the_class_that_is_farthest_off() -> None:
    entry = made.histogram(tuple("0123456789"))
    said = drawn("class-histogram", entry)
    assert said.title == "Too many 0: 14.0 % of samples"
    assert "0 14.0 % (10.0 %); 1 10.0 % (10.0 %)" in said.description
    assert "between the two, the class distance, is 4.0 %" in said.description
    entry["made"] = [100, 0, *[100] * 8]
    assert drawn("class-histogram", entry).title == "Too few 1: 0.0 % of samples"
    entry["made"] = entry["real"]
    assert drawn("class-histogram", entry).title == "Every class is made as often as it is real"


def test_the_scale_says_where_the_model_stands() -> None:
    said = drawn("frechet-scale", USUAL["frechet-scale"])
    assert said.title == "Fréchet distance 12.3: 30.8 times real images’"
    assert "10,000 images to the 10,000 test images" in said.description
    assert "Other real images: 0.4, precision 90.0 %, recall 50.0 %." in said.description
    assert "Independent pixels: 270," in said.description
    for entry, verdict in (
        (made.scale(model=300.0), "300: no better than noise"),
        (made.scale(model=0.3), "0.3: as good as real images"),
        (made.scale(real=0.0), "12.3: noise 270"),
    ):
        assert drawn("frechet-scale", entry).title == f"Fréchet distance {verdict}"


def test_a_precision_of_noise_above_the_models_is_explained() -> None:
    entry = made.scale()
    warning = "read it beside the recall"
    assert warning not in drawn("frechet-scale", entry).description
    entry["noise"]["sample_precision"] = 0.95
    assert warning in drawn("frechet-scale", entry).description


# --- how they look ------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "entry"), [*USUAL.items(), *EXTREME])
def test_no_text_is_cut(name: str, entry: Any) -> None:
    with style.applied():
        figure = DRAWINGS[name](entry, CAPTION).figure
        figure.draw_without_rendering()
        page = figure.bbox
        for text in [*figure.texts, *figure.legends]:
            assert _inside(text.get_window_extent(), page), text
        for axes in figure.axes:
            assert _inside(axes.get_tightbbox(), page)


def _inside(box: Any, page: Any) -> bool:
    return bool(
        box.x0 > page.x0 - 1
        and box.x1 < page.x1 + 1
        and box.y0 > page.y0 - 1
        and box.y1 < page.y1 + 1
    )


@pytest.mark.parametrize("entry", [made.sheets(), made.sheets(3, 21, 64, 3), made.ways(64, 3)])
def test_pictures_have_no_axes_and_square_pixels(entry: Any) -> None:
    name = "interpolation" if "pairs" in entry else "samples"
    with style.applied():
        figure = DRAWINGS[name](entry, CAPTION).figure
        figure.savefig(io.BytesIO(), format="svg")
    assert len(figure.axes) == len(entry["sheets"])
    for axes in figure.axes:
        assert not axes.axison
        (image,) = axes.images
        assert image.get_interpolation() == "none"
        rows, columns = image.get_array().shape[:2]
        box = axes.get_window_extent()
        assert box.width / columns == pytest.approx(box.height / rows, rel=0.01)
        # large enough to be looked at
        assert box.width / columns > 0.6


@pytest.mark.parametrize(("name", "entry"), [*USUAL.items(), *EXTREME])
def test_the_same_bytes_each_time_and_files_that_a_page_can_hold(
    name: str, entry: Any, tmp_path: Path
) -> None:
    for part in ("a", "b"):
        with style.applied():
            style.save(DRAWINGS[name](entry, CAPTION), tmp_path / f"{part}.svg")
    first, second = ((tmp_path / f"{part}.svg").read_bytes() for part in ("a", "b"))
    assert first == second
    pictures = sum(len(one["png"]) for one in entry.get("sheets", []))
    assert len(first) < 150_000 + 1.5 * pictures


def test_a_grey_sheet_keeps_its_shades() -> None:
    with style.applied():
        figure = samples.samples(made.sheets(1), "").figure
    (image,) = figure.axes[0].images
    assert (image.get_clim(), image.get_cmap().name) == ((0, 255), "gray")
    assert image.get_array().dtype == np.uint8
