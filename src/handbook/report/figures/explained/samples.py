"""Samples of a generator: sheets, classes by the judge, and the Fréchet distance."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from handbook.report.figures.legend import legend_below
from handbook.report.figures.style import CHANCE, MAIN, MARK, QUIET, Drawn, canvas, short

__all__ = ["class_histogram", "frechet_scale", "interpolation", "samples"]

_WIDE, _NARROW = 7.4, 4.6  # inches
_TURNED = 12  # classes from which on their names need room below each other


def samples(entry: Mapping[str, Any], caption: str) -> Drawn:
    """Draw the images of the same latent points after several numbers of steps."""
    sheets = entry["sheets"]
    number = sheets[0]["rows"] * sheets[0]["columns"]
    title = f"What {number} random inputs become in {entry['steps']:,} steps"
    steps = _listed([f"{sheet['step']:,}" for sheet in sheets])
    figure = _sheets(sheets, title, caption)
    description = (
        f"Sheets of {sheets[0]['rows']} rows of {sheets[0]['columns']} made images, after "
        f"{steps} steps of the training: each place on a sheet shows the "
        "image made of the same random input."
    )
    return Drawn(figure, title, description)


def interpolation(entry: Mapping[str, Any], caption: str) -> Drawn:
    """Draw the images on paths between pairs of latent points."""
    pairs, images = entry["pairs"], entry["images"]
    title = f"{pairs} ways between two latent points"
    figure = _sheets(entry["sheets"], title, caption)
    description = (
        f"{pairs} rows of {images} made images. The first and the last of a row belong to two "
        "latent points drawn at random, those between to points in even steps along the great "
        "circle from one to the other."
    )
    return Drawn(figure, title, description)


def _sheets(sheets: Sequence[Mapping[str, Any]], title: str, caption: str) -> Any:
    """Draw sheets: side by side where they are square, below each other where they are wide."""
    from PIL import Image

    pictures = []
    for sheet in sheets:
        with Image.open(io.BytesIO(base64.b64decode(sheet["png"])), formats=["PNG"]) as opened:
            pictures.append(np.asarray(opened))
    height, width = pictures[0].shape[:2]
    beside = width < 1.5 * height and len(sheets) > 1
    inches = _WIDE if beside or width >= 1.5 * height else _NARROW
    across = len(sheets) if beside else 1
    down = len(sheets) if not beside else 1
    each = (inches - 0.2) / across * height / width
    figure = canvas(title, caption, inches, 0.75 + down * (each + 0.3))
    every = figure.subplots(down, across, squeeze=False).ravel()
    for axes, picture, sheet in zip(every, pictures, sheets, strict=True):
        grey = {"cmap": "gray", "vmin": 0, "vmax": 255} if picture.ndim == 2 else {}
        # "none" keeps the pixels as they are
        axes.imshow(picture, interpolation="none", **grey)
        axes.set_title(sheet["label"], fontsize=8, color=QUIET)
        axes.set_axis_off()
    return figure


def class_histogram(entry: Mapping[str, Any], caption: str) -> Drawn:
    """Draw the shares of the classes that the judge sees among real and made images."""
    names = [short(name, 16) for name in entry["classes"]]
    shares = {part: 100 * np.array(entry[part]) / sum(entry[part]) for part in ("real", "made")}
    apart = shares["made"] - shares["real"]
    far = int(np.abs(apart).argmax())
    many = "many" if apart[far] > 0 else "few"
    title = f"Too {many} {names[far]}: {shares['made'][far]:.1f}% of samples"
    if abs(apart[far]) < 0.05:
        title = "Every class is made as often as it is real"
    turned = len(names) > _TURNED or max(map(len, names)) > 40 // len(names)
    figure = canvas(title, caption, 4.6, 3.6)
    axes = figure.add_subplot()
    places = np.arange(len(names))
    handles = [
        axes.bar(places + shift, shares[part], 0.4, color=colour, hatch=hatch, edgecolor="white",
                 linewidth=0.4, label=label)
        for part, shift, colour, hatch, label in (
            ("real", -0.2, CHANCE, None, "test images"),
            ("made", 0.2, MAIN, "////", "samples"),
        )
    ]  # fmt: skip
    few = places if len(names) <= 30 else places[:: -(-len(names) // 30)]
    axes.set_xticks(few, [names[code] for code in few], rotation=90 if turned else 0)
    axes.grid(visible=False, axis="x")
    axes.set(xlabel="class that the judge sees", ylabel="share (%)")
    legend_below(figure, handles)
    each = "; ".join(
        f"{name} {shares['made'][code]:.1f}% ({shares['real'][code]:.1f}%)"
        for code, name in list(enumerate(entry["classes"]))[:20]
    )
    rest = f"; {len(names) - 20} more" if len(names) > 20 else ""
    description = (
        f"Share of each class among {sum(entry['made']):,} samples as the judge sees them, and "
        f"among {sum(entry['real']):,} test images (in brackets): {each}{rest}. The total "
        f"variation between the two, the class distance, is {entry['class_distance']:.1%}."
    )
    return Drawn(figure, title, description)


def frechet_scale(entry: Mapping[str, Any], caption: str) -> Drawn:
    """Draw the samples' Fréchet distance between that of real images and that of noise."""
    rows = (
        ("real", "other real images", CHANCE, "s"),
        ("model", "this model", MAIN, "o"),
        ("noise", "independent pixels", MARK, "D"),
    )
    distances = {key: entry[key]["frechet_distance"] for key, *_ in rows}
    title = f"Fréchet distance {_number(distances['model'])}: " + _verdict(distances)
    figure = canvas(title, caption, 4.6, 2.6)
    axes = figure.add_subplot()
    for height, (key, label, colour, marker) in enumerate(rows):
        axes.plot(distances[key], height, marker, color=colour, markersize=8, zorder=3)
        axes.annotate(
            f"{label}, {_number(distances[key])}", (distances[key], height),
            xytext=(0, 8), textcoords="offset points", ha="center", fontsize=8, clip_on=False,
        )  # fmt: skip
    low, high = min(distances.values()), max(distances.values())
    logarithmic = low > 0
    if logarithmic:
        margin = max((high / low) ** 0.35, 2.0)
        axes.set(xscale="log", xlim=(low / margin, high * margin))
    else:
        axes.set_xlim(low - 0.3 * (high - low) - 0.1, high + 0.3 * (high - low) + 0.1)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,g}")
    axes.set_ylim(-0.6, len(rows) - 0.2)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("Fréchet distance to the test images (log scale)"
                    if logarithmic else "Fréchet distance to the test images")  # fmt: skip
    text = ". ".join(
        f"{label[0].upper()}{label[1:]}: {_number(distances[key])}, precision "
        f"{entry[key]['sample_precision']:.1%}, recall {entry[key]['sample_recall']:.1%}"
        for key, label, *_ in rows
    )
    if entry["noise"]["sample_precision"] > entry["model"]["sample_precision"]:
        # Seen on MNIST: noise lies in the balls of 43 among 10,000 real images, all of it in some.
        text += (
            ". Images of independent pixels look alike to the judge and lie near a few real ones: "
            "their precision is high and says nothing; read it beside the recall"
        )
    description = (
        f"Fréchet distance of {entry['rows']:,} images to the {entry['rows']:,} test images, in "
        "the features of the judge, a classifier that learnt from real images; lower is better. "
        f"{text}."
    )
    return Drawn(figure, title, description)


def _verdict(distances: Mapping[str, float]) -> str:
    real, ours = distances["real"], distances["model"]
    if ours >= distances["noise"]:
        return "no better than noise"
    if real <= 0:
        return f"noise {_number(distances['noise'])}"
    return f"{ours / real:,.3g} times real images’" if ours > real else "as good as real images"


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _number(value: float) -> str:
    return f"{value:,.3g}" if value < 1000 else f"{value:,.0f}"
