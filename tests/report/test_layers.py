"""The first kernels of a network and its feature maps, as they are drawn and told."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb
from PIL import Image

from handbook.report.figures import style
from handbook.report.figures.explained import layers
from handbook.report.figures.svg import words
from handbook.report.numbers import typographic

LONG = "a class with a name as long as any, and longer"
CAPTION = "model · data set · book · GENERATED SAMPLE DATA"


def made_kernels(count: int = 6, channels: int = 1, size: int = 3, **other: Any) -> dict[str, Any]:
    values = np.random.default_rng(0).normal(size=(count, channels, size, size))
    slopes = np.linspace(0.1, 0.9, count)
    return {"values": values.tolist(), "slopes": slopes.tolist(), "chance": 2 / size**2} | other


def sheet(tiles: Any) -> dict[str, Any]:
    """Lay images, (n, height, width), in one row."""
    written = io.BytesIO()
    Image.fromarray(np.concatenate(tiles.astype(np.uint8), axis=1)).save(written, "PNG")
    png = base64.b64encode(written.getvalue()).decode()
    return {"png": png, "rows": 1, "columns": len(tiles)}


def made_maps(images: int = 3, layers_of: int = 2, name: str = "boot", **other: Any) -> Any:
    rng = np.random.default_rng(1)
    shapes = [(28, 8), (14, 6), (7, 4)][:layers_of]
    return {
        "images": [
            {
                "row": 1000 * place,
                "class": f"{name} {place}",
                "predicted": name,
                "sheet": sheet(rng.integers(0, 256, (1, 28, 28))),
            }
            for place in range(images)
        ],
        "layers": [
            {
                "channels": 2 * shown,
                "shown": shown,
                "size": [side, side],
                "active": 0.612 - 0.2 * place,
                "high": 3.456 + place,
                "sheets": [sheet(rng.integers(0, 256, (shown, side, side))) for _ in range(images)],
            }
            for place, (side, shown) in enumerate(shapes)
        ],
    } | other


def figure_of(drawing: Any, entry: Any) -> Any:
    with style.applied():
        figure = drawing(entry, CAPTION).figure
        figure.draw_without_rendering()
    return figure


def said(drawing: Any, entry: Any) -> style.Drawn:
    with style.applied():
        figure, title, description = drawing(entry, CAPTION)
    return style.Drawn(figure, typographic(title), typographic(description))


def colour_at(axes: Any, place: Any) -> Any:
    found = [
        patch.get_facecolor()
        for patch in axes.patches
        if patch.get_facecolor()[3] and patch.get_path().contains_point(place)
    ]
    assert len(found) == 1, place
    return found[0]


# --- kernels ------------------------------------------------------------------------------------


def test_each_weight_has_the_colour_of_its_sign_and_size() -> None:
    values = np.array([[[[-1.0, -0.5, 0], [0, 0.5, 1], [0.01, -0.01, 0]]]])
    entry = made_kernels(1, values=values.tolist(), slopes=[0.5])
    axes = figure_of(layers.kernels, entry).axes[0]
    drawn = np.array(
        [[colour_at(axes, (column + 0.5, row + 0.5)) for column in range(3)] for row in range(3)]
    )
    light = drawn[..., :3] @ [0.299, 0.587, 0.114]
    order = np.argsort(values[0, 0].ravel())
    assert (np.diff(light.ravel()[order]) >= 0).all()
    # dark below 0, light above, and what is nearly 0 looks like 0
    assert len({to_hex(colour) for colour in drawn.reshape(-1, 4)}) == 5
    assert light[0, 0] < light[0, 1] < light[0, 2] < light[1, 1] < light[1, 2]


def test_kernels_come_by_their_share_of_slope_with_number_and_share() -> None:
    entry = made_kernels(10)
    axes = figure_of(layers.kernels, entry).axes[0]
    labels = [text.get_text() for text in axes.texts if text.get_text()]
    assert labels[:2] == ["9: 90%", "8: 81%"]
    assert labels[-1] == "0: 10%"
    # the weights beneath a label are its own
    values = np.array(entry["values"])[:, 0]
    high = np.abs(values).max()
    for text in axes.texts:
        if text.get_text():
            kernel = int(text.get_text().split(":")[0])
            middle, top = text.get_position()
            shade = layers._signed(high).to_rgba(values[kernel, 0, 0])
            found = colour_at(axes, (middle - 1, top + 0.25 + 0.5))
            assert found == pytest.approx(shade, abs=0.01)


def test_channels_of_a_colour_kernel_stand_below_each_other() -> None:
    axes = figure_of(layers.kernels, made_kernels(3, channels=3)).axes[0]
    places = {text.get_text(): text.get_position()[1] for text in axes.texts}
    assert places["red"] < places["green"] < places["blue"]


def test_the_title_weighs_each_kernel_by_its_energy() -> None:
    weak, strong = np.full((1, 3, 3), 0.1), np.full((1, 3, 3), 0.3)
    entry = made_kernels(2, values=[weak.tolist(), strong.tolist()], slopes=[1.0, 0.0])
    drawn = said(layers.kernels, entry)
    assert drawn.title == "First kernels: 10 % is slope, which finds edges; chance: 22 %"
    assert "the 2 kernels of 3 by 3 of the first convolution: from −0.3 (dark)" in drawn.description
    assert "0 100 %, 1 0 % come first; over all kernels it is 10.0 %" in drawn.description
    assert drawn.description.endswith("random weights 22.2 % on average.")


def test_kernels_of_zeros_are_drawn() -> None:
    entry = made_kernels(2, values=np.zeros((2, 1, 3, 3)).tolist(), slopes=[0.0, 0.0])
    assert said(layers.kernels, entry).title.startswith("First kernels: 0 % is slope")


# --- feature maps -------------------------------------------------------------------------------


def test_each_image_stands_beside_its_maps() -> None:
    entry = made_maps()
    figure = figure_of(layers.feature_maps, entry)
    assert len(figure.axes) == 9
    for place in range(3):
        image, first, second = figure.axes[3 * place : 3 * place + 3]
        assert image.get_ylabel() == f"boot {place}\nseen as\nboot"
        for axes, one in ((image, entry["images"][place]["sheet"]),
                          (first, entry["layers"][0]["sheets"][place]),
                          (second, entry["layers"][1]["sheets"][place])):  # fmt: skip
            shown = np.asarray(axes.images[0].get_array())
            raw = np.asarray(Image.open(io.BytesIO(base64.b64decode(one["png"]))))
            np.testing.assert_array_equal(shown, raw)
        assert image.get_window_extent().x1 < first.get_window_extent().x0
        assert first.get_window_extent().x1 < second.get_window_extent().x0
    titles = [axes.get_title() for axes in figure.axes[:3]]
    assert titles == [
        "image", "first convolution\n8 of 16 maps of 28×28",
        "second convolution\n6 of 12 maps of 14×14",
    ]  # fmt: skip


def test_more_is_darker_and_nothing_is_white() -> None:
    axes = figure_of(layers.feature_maps, made_maps()).axes[1]
    shades = axes.images[0].cmap(np.linspace(0, 1, 16))
    light = shades[:, :3] @ [0.299, 0.587, 0.114]
    assert (np.diff(light) < 0).all()
    assert to_rgb(shades[0]) == (1, 1, 1)


def test_each_map_has_its_own_frame() -> None:
    axes = figure_of(layers.feature_maps, made_maps()).axes[2]
    corners = [patch.get_xy() for patch in axes.patches]
    assert corners == [(14 * place - 0.5, -0.5) for place in range(6)]


def test_the_words_name_the_rows_and_the_share_that_is_active() -> None:
    drawn = said(layers.feature_maps, made_maps())
    assert drawn.title == (
        "Active outputs: 61 % after the first convolution, 41 % after the second"
    )
    assert "boot 2 (test row 2,000, predicted as boot)" in drawn.description
    assert "First convolution: the first 8 of 16 maps of 28 by 28" in drawn.description
    assert "darkest from 4.46 on, and 41.2 % of all its outputs" in drawn.description
    alone = said(layers.feature_maps, made_maps(layers_of=1))
    assert alone.title == "Active outputs: 61 % after the first convolution"


# --- both ---------------------------------------------------------------------------------------

DRAWN = {
    "kernels": (layers.kernels, made_kernels()),
    "kernels-one": (layers.kernels, made_kernels(1)),
    "kernels-many": (layers.kernels, made_kernels(64, 3)),
    "kernels-five": (layers.kernels, made_kernels(6, 1, 5)),
    "maps": (layers.feature_maps, made_maps()),
    "maps-one": (layers.feature_maps, made_maps(1, 1)),
    "maps-many": (layers.feature_maps, made_maps(4, 3, LONG)),
}


@pytest.mark.parametrize(("drawing", "entry"), DRAWN.values(), ids=DRAWN)
def test_no_text_is_cut_and_none_lies_over_another(drawing: Any, entry: Any) -> None:
    figure = figure_of(drawing, entry)
    page = figure.bbox
    written = [text.get_window_extent() for text in figure.texts]
    for box in [*written, *(axes.get_tightbbox() for axes in figure.axes)]:
        assert box.x0 > page.x0 - 1
        assert box.x1 < page.x1 + 1
        assert box.y0 > page.y0 - 1
        assert box.y1 < page.y1 + 1
    places = [text.get_window_extent() for axes in figure.axes for text in axes.texts]
    for place, box in enumerate(places):
        assert not any(box.overlaps(other) for other in places[place + 1 :])


@pytest.mark.parametrize(("drawing", "entry"), DRAWN.values(), ids=DRAWN)
def test_the_same_small_file_each_time(drawing: Any, entry: Any, tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.svg" for number in (1, 2)]
    for path in paths:
        with style.applied():
            style.save(drawing(entry, CAPTION), path)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert paths[0].stat().st_size < 250_000
    assert words(paths[0]).title == said(drawing, entry).title
