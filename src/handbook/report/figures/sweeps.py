"""The figures of a sweep: progress, scores by parameter, importance, parallel coordinates."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from matplotlib.collections import LineCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.ticker import NullLocator

from handbook.catalogue.space import Parameter, Space
from handbook.core.files import read_json
from handbook.report.figures import style
from handbook.report.figures.legend import legend_below
from handbook.report.figures.style import CHANCE, INK, MAIN, MARK, SHADES, Drawn, canvas, note
from handbook.report.numbers import decade
from handbook.tasks.figures import SWEEP_FIGURES
from handbook.tasks.metric import Metric

__all__ = ["draw_sweep"]

Sweep = Mapping[str, Any]
Trial = Mapping[str, Any]

# Lines that can be told apart; the best ones among them.
_LINES = 400
_SMALL = 3_000  # points that stay shapes; more become a picture inside the figure
_ACROSS = 3  # panels beside each other
_MARKED = 8  # values of a list up to which each is marked


def draw_sweep(record: Path, figures: Mapping[str, Path]) -> None:
    """Draw figures of a sweep.

    Parameters
    ----------
    record : Path
        The ``sweep.json`` of a sweep.
    figures : mapping of str to Path
        Where to write each, by its name in :data:`~handbook.tasks.figures.SWEEP_FIGURES`.
    """
    drawings = dict(
        zip(SWEEP_FIGURES, (_progress, _parameters, _importance, _parallel), strict=True)
    )
    sweep = read_json(record)
    with style.applied():
        for name, path in figures.items():
            style.save(drawings[name](sweep), path)


def _finished(trials: Sequence[Trial]) -> list[Trial]:
    return [trial for trial in trials if trial["state"] == "finished"]


def _caption(sweep: Sweep) -> str:
    spec = sweep["spec"]
    record = {key: spec[key] for key in ("model", "data", "data_variant")}
    return f"{style.caption(record)} · training rows alone"


def _progress(sweep: Sweep) -> Drawn:
    title, metric = "Score over trials", Metric.named(sweep["metric"])
    trials, finished = sweep["trials"], _finished(sweep["trials"])
    if not finished:
        return note(title, "no trial finished", _caption(sweep))
    figure = canvas(title, _caption(sweep), 6.4, 3.6)
    axes = figure.add_subplot()
    best = -math.inf
    steps, best_so_far = [], []
    for trial in finished:
        best = max(best, metric.sign * trial["score"])
        steps.append(trial["number"] + 1)
        best_so_far.append(metric.sign * best)
    handles: list[Any] = []
    leader = trials[sweep["best"]]
    if leader["interval"]:
        handles.append(
            axes.axhspan(
                *leader["interval"], color=MAIN, alpha=0.12, lw=0, label="interval of the best"
            )
        )
    handles.append(
        axes.scatter(
            steps, [trial["score"] for trial in finished], s=14, color=MAIN, label="trial",
            alpha=0.75, linewidths=0, rasterized=len(finished) > _SMALL, zorder=3,
        )
    )  # fmt: skip
    pruned = [
        trial for trial in trials if trial["state"] == "pruned" and trial["score"] is not None
    ]
    if pruned:
        handles.append(
            axes.scatter(
                [trial["number"] + 1 for trial in pruned], [trial["score"] for trial in pruned],
                s=16, facecolors="none", edgecolors=CHANCE, label="given up early",
            )
        )  # fmt: skip
    handles += axes.step(
        [*steps, len(trials)], [*best_so_far, best_so_far[-1]],
        where="post", color=MARK, label="best so far",
    )  # fmt: skip
    direction = f" ({metric.direction})" if metric.direction else ""
    axes.set(xlabel="trial (number)", ylabel=f"{metric.title}{direction}")
    legend_below(figure, handles)
    description = (
        f"The best of {len(trials)} trials is number {leader['number'] + 1} with {metric.title} "
        f"{leader['score']:.4g}."
    )
    return Drawn(figure, title, description)


def _parameters(sweep: Sweep) -> Drawn:
    title, metric = "Score against each parameter", Metric.named(sweep["metric"])
    finished = _finished(sweep["trials"])
    parameters = Space.of(sweep["spec"]["space"]).parameters
    if not finished:
        return note(title, "no trial finished", _caption(sweep))
    across, down = min(len(parameters), _ACROSS), math.ceil(len(parameters) / _ACROSS)
    figure = canvas(title, _caption(sweep), 1.2 + 2.4 * across, 1.0 + 2.5 * down)
    grid = figure.subplots(down, across, sharey=True, squeeze=False)
    for axes in grid.flat[len(parameters) :]:
        axes.set_axis_off()
    for axes, parameter in zip(grid.flat, parameters, strict=False):
        _panel(axes, parameter, [t for t in finished if parameter.name in t["setting"]])
    for axes in grid[:, 0]:
        axes.set_ylabel(metric.title)
    best = max(finished, key=lambda trial: metric.sign * trial["score"])
    setting = ", ".join(f"{name} {_short(value)}" for name, value in best["setting"].items())
    description = (
        f"Scores of {len(finished)} trials against {len(parameters)} parameters, medians marked "
        f"where trials share a value. The best trial has {setting}."
    )
    return Drawn(figure, title, description)


def _panel(axes: Any, parameter: Parameter, trials: Sequence[Trial]) -> None:
    """Draw the scores of a parameter's values, and their median where several share one."""
    axes.set_xlabel(parameter.name.replace("_", " "))
    numeric = parameter.ordered
    values = [trial["setting"][parameter.name] for trial in trials]
    x = values if numeric else [parameter.index(value) for value in values]
    if numeric:
        _scale(axes, parameter)
    axes.scatter(
        x, [trial["score"] for trial in trials], s=14, color=MAIN, alpha=0.6, linewidths=0,
        rasterized=len(trials) > _SMALL,
    )  # fmt: skip
    groups: dict[Any, list[float]] = {}
    for value, trial in zip(x, trials, strict=True):
        groups.setdefault(value, []).append(trial["score"])
    if len(groups) <= len(trials) / 2:
        medians = {value: median(scores) for value, scores in sorted(groups.items())}
        axes.plot(
            list(medians), list(medians.values()), color=MARK, marker="_", markersize=11, mew=2,
            linestyle="solid" if numeric else "none", linewidth=1,
        )  # fmt: skip
    if not numeric:
        axes.set_xticks(range(len(parameter.values)), map(_short, parameter.values))
        axes.set_xlim(-0.5, len(parameter.values) - 0.5)


def _scale(axes: Any, parameter: Parameter) -> None:
    """Scale the axis of numbers, and mark it with text that needs no fonts of mathematics."""
    values = parameter.values
    # From a factor of 30 on, factors say more of a parameter than differences.
    by_factors = values[0] > 0 and values[-1] / values[0] >= 30 if values else parameter.log
    if by_factors:
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter(lambda x, _: decade(x))
        axes.xaxis.set_minor_formatter(lambda *_: "")
    if values and len(values) <= _MARKED:
        axes.set_xticks(values, [f"{value:g}" for value in values])
        axes.xaxis.set_minor_locator(NullLocator())
    elif parameter.integer and not parameter.log:
        axes.xaxis.get_major_locator().set_params(integer=True)


def _short(value: Any) -> str:
    text = (
        "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    )
    return text if len(text) <= 12 else f"{text[:11]}…"


def _importance(sweep: Sweep) -> Drawn:
    title = "How much each parameter explains"
    shares = {name: share for name, share in sweep["importance"].items() if share is not None}
    if not shares:
        return note(title, "too few finished trials to tell", _caption(sweep))
    ranked = sorted(shares.items(), key=lambda item: item[1])
    figure = canvas(title, _caption(sweep), 4.8, 1.5 + 0.36 * len(ranked))
    axes = figure.add_subplot()
    axes.barh([name.replace("_", " ") for name, _ in ranked], [v for _, v in ranked], color=MAIN)
    axes.set_xlim(0, max(1e-9, *shares.values()) * 1.15)
    for row, (_, share) in enumerate(ranked):
        axes.annotate(
            f"{100 * share:.0f} %", (share, row), xytext=(4, 0), textcoords="offset points",
            va="center", fontsize=8,
        )  # fmt: skip
    axes.set_xlabel("share of the variance between trials")
    axes.grid(axis="y", visible=False)
    text = ", ".join(f"{name} {100 * share:.0f} %" for name, share in reversed(ranked))
    return Drawn(figure, title, f"Of the variance between trials each explains by itself: {text}.")


def _parallel(sweep: Sweep) -> Drawn:
    title, metric = "Every trial as a line", Metric.named(sweep["metric"])
    trials = _lines(sweep["trials"], metric)
    if not trials:
        return note(title, "no trial finished", _caption(sweep))
    parameters = Space.of(sweep["spec"]["space"]).parameters
    figure = canvas(title, _caption(sweep), max(4.8, 1.3 * (len(parameters) + 1) + 1.0), 3.6)
    axes = figure.add_subplot()
    scores = [trial["score"] for trial in trials]
    low, high = min(scores), max(scores)
    span = (high - low) or 1.0
    shades = LinearSegmentedColormap.from_list("shades", ["#d7e3ec", SHADES[1]])
    paths = []
    for trial in trials:
        heights = [_height(parameter, trial["setting"]) for parameter in parameters]
        paths.append([*enumerate([*heights, (trial["score"] - low) / span])])
    goodness = [(s - low) / span if metric.higher else (high - s) / span for s in scores]
    axes.add_collection(LineCollection(paths, colors=[shades(g) for g in goodness], linewidths=1.1))
    axes.add_collection(LineCollection(paths[-1:], colors=[MARK], linewidths=2.2, zorder=4))
    axes.set(xlim=(-0.15, len(parameters) + 0.15), ylim=(-0.12, 1.08), yticks=[])
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color=INK, linewidth=0.7)
    names = [parameter.name.replace("_", " ") for parameter in parameters]
    axes.set_xticks(range(len(names) + 1), [*names, metric.title])
    for x, parameter in enumerate(parameters):
        for height, text in _marks(parameter):
            _mark(axes, x, height, text)
    for height, score in ((0.0, low), (1.0, high)):
        _mark(axes, len(names), height, f"{score:.4g}")
    description = (
        f"{len(trials)} finished trials, darker where they are better, the best one in orange. A "
        "parameter that does not matter for a trial is crossed below its axis."
    )
    return Drawn(figure, title, description)


def _lines(trials: Sequence[Trial], metric: Metric, most: int = _LINES) -> list[Trial]:
    """Return the finished trials to draw, worst first: the better half of them are the best ones.

    Examples
    --------
    >>> scores = (0.1, 0.9, 0.5, 0.3, 0.7)
    >>> trials = [{"state": "finished", "score": s, "number": n} for n, s in enumerate(scores)]
    >>> [trial["score"] for trial in _lines(trials, Metric.named("accuracy"), most=4)]
    [0.1, 0.3, 0.7, 0.9]
    """
    ranked = sorted(_finished(trials), key=lambda t: (metric.sign * t["score"], -t["number"]))
    if len(ranked) <= most:
        return ranked
    half = most // 2
    rest, best = ranked[: len(ranked) - half], ranked[len(ranked) - half :]
    step = len(rest) / (most - half)
    return [rest[int(index * step)] for index in range(most - half)] + best


def _mark(axes: Any, x: int, height: float, text: str) -> None:
    axes.annotate(
        text, (x, height), xytext=(3, 0), textcoords="offset points", fontsize=7, va="center",
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.85}, zorder=5,
    )  # fmt: skip


def _height(parameter: Parameter, setting: Mapping[str, Any]) -> float:
    """Return where a trial crosses a parameter's axis, from 0 to 1; below where it is missing."""
    if parameter.name not in setting:
        return -0.1
    value = setting[parameter.name]
    if parameter.ordered:
        return parameter.share(value)
    return parameter.index(value) / max(len(parameter.values) - 1, 1)


def _marks(parameter: Parameter) -> list[tuple[float, str]]:
    """Return the heights on a parameter's axis that are marked, with their values."""
    values = parameter.values
    if not values:
        return [(0.0, f"{parameter.low:.4g}"), (1.0, f"{parameter.high:.4g}")]
    if len(values) > _MARKED:
        values = values[:1] + values[-1:]
    return [(_height(parameter, {parameter.name: value}), _short(value)) for value in values]
