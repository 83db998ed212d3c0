"""The figures of a sweep: score over trials, against each parameter, what matters, all at once."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from handbook.catalogue.space import Parameter, Space
from handbook.core.files import read_json
from handbook.tasks.metric import Metric

if TYPE_CHECKING:
    from handbook.report.figures.style import Drawn

__all__ = ["SWEEP_FIGURES", "draw_sweep", "shown_lines"]

Sweep = Mapping[str, Any]

# Lines that can be told apart; the best ones among them.
_LINES = 400
_SMALL = 3_000  # points that stay shapes; more become a picture inside the figure
_ACROSS = 3  # panels beside each other
_MARKED = 8  # values of a list up to which each is marked


def draw_sweep(record: Path, figures: Mapping[str, Path]) -> None:
    """Draw the figures asked for.

    Parameters
    ----------
    record : Path
        The ``sweep.json`` of a sweep.
    figures : mapping of str to Path
        Where to write each, by its name in :data:`SWEEP_FIGURES`.
    """
    from handbook.report.figures import style

    sweep = read_json(record)
    with style.applied():
        for name, path in figures.items():
            style.save(_FIGURES[name](sweep), path)


def shown_lines(trials: Sequence[Sweep], metric: str, most: int = _LINES) -> list[Sweep]:
    """Return the finished trials to draw, worst first: the better half of them are the best ones.

    Examples
    --------
    >>> scores = (0.1, 0.9, 0.5, 0.3, 0.7)
    >>> trials = [{"state": "finished", "score": s, "number": n} for n, s in enumerate(scores)]
    >>> [one["score"] for one in shown_lines(trials, "accuracy", most=4)]
    [0.1, 0.3, 0.7, 0.9]
    """
    sign = Metric.named(metric).sign
    ranked = sorted(
        _finished({"trials": trials}), key=lambda one: (sign * one["score"], -one["number"])
    )
    if len(ranked) <= most:
        return ranked
    half = most // 2
    rest, best = ranked[: len(ranked) - half], ranked[len(ranked) - half :]
    step = len(rest) / (most - half)
    return [rest[int(place * step)] for place in range(most - half)] + best


def _finished(sweep: Sweep) -> list[Sweep]:
    return [one for one in sweep["trials"] if one["state"] == "finished"]


def _caption(sweep: Sweep) -> str:
    from handbook.report.figures.diagnosed.curves import caption

    spec = sweep["spec"]
    told = {"model": spec["model"], "data": spec["data"], "data_variant": spec["data_variant"]}
    return f"{caption(told)} · training rows alone"


def _axis(sweep: Sweep) -> str:
    metric = Metric.named(sweep["metric"])
    return f"{metric.title} ({metric.direction})" if metric.direction else metric.title


def _nothing(title: str, sweep: Sweep, reason: str) -> Drawn:
    from handbook.report.figures.style import note

    return note(title, reason, _caption(sweep))


def _progress(sweep: Sweep) -> Drawn:
    from handbook.report.figures.legend import legend_below
    from handbook.report.figures.style import CHANCE, MAIN, MARK, Drawn, canvas

    title, finished = "Score over trials", _finished(sweep)
    if not finished:
        return _nothing(title, sweep, "no trial finished")
    sign = Metric.named(sweep["metric"]).sign
    figure = canvas(title, _caption(sweep), 6.4, 3.6)
    axes = figure.add_subplot()
    best, steps, lead = -math.inf, [], []
    for one in finished:
        best = max(best, sign * one["score"])
        steps.append(one["number"] + 1)
        lead.append(sign * best)
    handles: list[Any] = []
    leader = sweep["trials"][sweep["best"]]
    if leader["interval"]:
        handles.append(
            axes.axhspan(
                *leader["interval"], color=MAIN, alpha=0.12, lw=0, label="interval of the best"
            )
        )
    many = len(finished) > _SMALL
    handles.append(
        axes.scatter(
            steps, [one["score"] for one in finished], s=14, color=MAIN, label="trial",
            alpha=0.75, linewidths=0, rasterized=many, zorder=3,
        )
    )  # fmt: skip
    pruned = [
        one for one in sweep["trials"] if one["state"] == "pruned" and one["score"] is not None
    ]
    if pruned:
        handles.append(
            axes.scatter(
                [one["number"] + 1 for one in pruned], [one["score"] for one in pruned],
                s=16, facecolors="none", edgecolors=CHANCE, label="given up early",
            )
        )  # fmt: skip
    handles += axes.step(
        [*steps, len(sweep["trials"])], [*lead, lead[-1]],
        where="post", color=MARK, label="best so far",
    )  # fmt: skip
    axes.set_xlabel("trial (number)")
    axes.set_ylabel(_axis(sweep))
    legend_below(figure, handles)
    words = (
        f"The best of {len(sweep['trials'])} trials is number {leader['number'] + 1} with "
        f"{Metric.named(sweep['metric']).title} {leader['score']:.4g}."
    )
    return Drawn(figure, title, words)


def _parameters(sweep: Sweep) -> Drawn:
    from handbook.report.figures.style import Drawn, canvas

    title, finished = "Score against each parameter", _finished(sweep)
    space = Space.of(sweep["spec"]["space"])
    if not finished:
        return _nothing(title, sweep, "no trial finished")
    across = min(len(space.parameters), _ACROSS)
    down = math.ceil(len(space.parameters) / _ACROSS)
    figure = canvas(title, _caption(sweep), 1.2 + 2.4 * across, 1.0 + 2.5 * down)
    grid = figure.subplots(down, across, sharey=True, squeeze=False)
    for place, axes in enumerate(grid.flat):
        if place >= len(space.parameters):
            axes.set_axis_off()
            continue
        one = space.parameters[place]
        rows = [trial for trial in finished if one.name in trial["setting"]]
        _panel(axes, one, rows)
        if place % across == 0:
            axes.set_ylabel(Metric.named(sweep["metric"]).title)
    return Drawn(figure, title, _words_of_parameters(sweep, space, finished))


def _panel(axes: Any, one: Parameter, rows: Sequence[Sweep]) -> None:
    """Draw the scores of one parameter's values, and their median where several share one."""
    from handbook.report.figures.style import MAIN, MARK

    axes.set_xlabel(one.name.replace("_", " "))
    numeric = one.ordered
    values = [row["setting"][one.name] for row in rows]
    at = values if numeric else [one.index(value) for value in values]
    if numeric:
        _scale(axes, one)
    axes.scatter(
        at, [row["score"] for row in rows], s=14, color=MAIN, alpha=0.6, linewidths=0,
        rasterized=len(rows) > _SMALL,
    )  # fmt: skip
    groups: dict[Any, list[float]] = {}
    for place, row in zip(at, rows, strict=True):
        groups.setdefault(place, []).append(row["score"])
    if len(groups) <= len(rows) / 2:
        middles = {place: median(found) for place, found in sorted(groups.items())}
        axes.plot(
            list(middles), list(middles.values()), color=MARK, marker="_", markersize=11, mew=2,
            linestyle="solid" if numeric else "none", linewidth=1,
        )  # fmt: skip
    if not numeric:
        axes.set_xticks(range(len(one.values)), [_short(value) for value in one.values])
        axes.set_xlim(-0.5, len(one.values) - 0.5)


def _scale(axes: Any, one: Parameter) -> None:
    """Scale the axis of numbers, and mark it with text that needs no fonts of mathematics."""
    from matplotlib.ticker import NullLocator

    from handbook.core.numbers import decade

    if _by_factors(one):
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter(lambda x, _: decade(x))
        axes.xaxis.set_minor_formatter(lambda *_: "")
    if one.values and len(one.values) <= _MARKED:
        axes.set_xticks(one.values, [f"{value:g}" for value in one.values])
        axes.xaxis.set_minor_locator(NullLocator())
    elif one.integer and not one.log:
        axes.xaxis.get_major_locator().set_params(integer=True)


def _by_factors(one: Parameter) -> bool:
    """Tell whether factors say more of a parameter than differences: it spans a factor of 30."""
    if not one.values:
        return one.log
    return bool(one.values[0] > 0 and one.values[-1] / one.values[0] >= 30)


def _short(value: Any) -> str:
    text = (
        "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    )
    return text if len(text) <= 12 else f"{text[:11]}…"


def _words_of_parameters(sweep: Sweep, space: Space, finished: Sequence[Sweep]) -> str:
    sign = Metric.named(sweep["metric"]).sign
    best = max(finished, key=lambda one: sign * one["score"])
    said = ", ".join(f"{name} {_short(value)}" for name, value in best["setting"].items())
    return (
        f"Scores of {len(finished)} trials against {len(space.parameters)} parameters, medians "
        f"marked where trials share a value. The best trial has {said}."
    )


def _importance(sweep: Sweep) -> Drawn:
    from handbook.report.figures.style import MAIN, Drawn, canvas

    title = "How much each parameter explains"
    told = {name: share for name, share in sweep["importance"].items() if share is not None}
    if not told:
        return _nothing(title, sweep, "too few finished trials to tell")
    ranked = sorted(told.items(), key=lambda one: one[1])
    figure = canvas(title, _caption(sweep), 4.8, 1.5 + 0.36 * len(ranked))
    axes = figure.add_subplot()
    axes.barh([name.replace("_", " ") for name, _ in ranked], [v for _, v in ranked], color=MAIN)
    axes.set_xlim(0, max(1e-9, *told.values()) * 1.15)
    for place, (_, share) in enumerate(ranked):
        axes.annotate(
            f"{100 * share:.0f} %", (share, place), xytext=(4, 0), textcoords="offset points",
            va="center", fontsize=8,
        )  # fmt: skip
    axes.set_xlabel("share of the variance between trials")
    axes.grid(axis="y", visible=False)
    said = ", ".join(f"{name} {100 * share:.0f} %" for name, share in reversed(ranked))
    return Drawn(figure, title, f"Of the variance between trials each explains by itself: {said}.")


def _parallel(sweep: Sweep) -> Drawn:
    from matplotlib.collections import LineCollection
    from matplotlib.colors import LinearSegmentedColormap

    from handbook.report.figures.style import INK, MARK, SHADES, Drawn, canvas

    title, lines = "Every trial as a line", shown_lines(sweep["trials"], sweep["metric"])
    if not lines:
        return _nothing(title, sweep, "no trial finished")
    space = Space.of(sweep["spec"]["space"])
    names = [*(one.name for one in space.parameters), sweep["metric"]]
    figure = canvas(title, _caption(sweep), max(4.8, 1.3 * len(names) + 1.0), 3.6)
    axes = figure.add_subplot()
    scores = [one["score"] for one in lines]
    low, high = min(scores), max(scores)
    sign, span = Metric.named(sweep["metric"]).sign, (high - low) or 1.0
    shades = LinearSegmentedColormap.from_list("shades", ["#d7e3ec", SHADES[1]])
    drawn = []
    for one in lines:
        heights = [_height(p, one["setting"]) for p in space.parameters]
        drawn.append([*enumerate(heights), (len(heights), (one["score"] - low) / span)])
    goodness = [(score - low) / span if sign > 0 else (high - score) / span for score in scores]
    axes.add_collection(LineCollection(drawn, colors=[shades(g) for g in goodness], linewidths=1.1))
    axes.add_collection(LineCollection(drawn[-1:], colors=[MARK], linewidths=2.2, zorder=4))
    axes.set_xlim(-0.15, len(names) - 0.85)
    axes.set_ylim(-0.12, 1.08)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color=INK, linewidth=0.7)
    axes.set_xticks(
        range(len(names)),
        [*(n.replace("_", " ") for n in names[:-1]), Metric.named(names[-1]).title],
    )
    for place, parameter in enumerate(space.parameters):
        for height, text in _marks(parameter, lines):
            _mark(axes, place, height, text)
    for height, value in ((0.0, low), (1.0, high)):
        _mark(axes, len(names) - 1, height, f"{value:.4g}")
    words = (
        f"{len(lines)} finished trials, darker where they are better, the best one in orange. A "
        "parameter that does not matter for a trial is crossed below its axis."
    )
    return Drawn(figure, title, words)


def _mark(axes: Any, place: int, height: float, text: str) -> None:
    axes.annotate(
        text, (place, height), xytext=(3, 0), textcoords="offset points", fontsize=7, va="center",
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.85}, zorder=5,
    )  # fmt: skip


def _height(one: Parameter, setting: Mapping[str, Any]) -> float:
    """Return where a trial crosses a parameter's axis, from 0 to 1; below where it is missing."""
    if one.name not in setting:
        return -0.1
    if one.ordered:
        return one.share(setting[one.name])
    return one.index(setting[one.name]) / max(len(one.values) - 1, 1)


def _marks(one: Parameter, lines: Sequence[Sweep]) -> list[tuple[float, str]]:
    if one.values:
        kept = one.values if len(one.values) <= 8 else (one.values[0], one.values[-1])
        return [(_height(one, {one.name: value}), _short(value)) for value in kept]
    return [(0.0, f"{one.low:.4g}"), (1.0, f"{one.high:.4g}")]


_FIGURES: dict[str, Callable[[Sweep], Drawn]] = {
    "progress": _progress,
    "parameters": _parameters,
    "importance": _importance,
    "parallel": _parallel,
}
#: Names of a sweep's figures, in the order in which its page shows them.
SWEEP_FIGURES = tuple(_FIGURES)
