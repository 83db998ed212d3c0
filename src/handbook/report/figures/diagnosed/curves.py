"""Learning curves over the number of rows, and validation curves over one parameter."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from handbook.core.errors import HandbookError, nearest
from handbook.core.files import read_json
from handbook.report.figures import style
from handbook.report.figures.diagnosed.diagnosis import NOTHING, Scores, fits, strays
from handbook.report.figures.style import CHANCE, INK, MAIN, MARK, Drawn, canvas, caption, note
from handbook.report.numbers import decade, number, value
from handbook.tasks.figures import CURVES, LEARNING
from handbook.tasks.metric import Metric

__all__ = ["draw_curves", "setting_axis"]

_DECADES = 2


def draw_curves(curves_path: Path, out: Mapping[str, Path]) -> None:
    """Draw the curves of a model on a data set.

    Parameters
    ----------
    curves_path : Path
        ``curves.json`` of a diagnosis.
    out : mapping of str to Path
        Where each figure goes, by its name out of `CURVES`.

    Raises
    ------
    HandbookError
        A figure that does not exist.
    """
    record = read_json(curves_path, made_by="make rebuild")
    for name, path in out.items():
        if name not in CURVES:
            raise HandbookError(f"figure {name!r}: {nearest(name, CURVES)}")
        with style.applied():
            drawn = _learning(record) if name == LEARNING else _validation(record)
            style.save(drawn, path)


def setting_axis(axes: Any, values: Sequence[Any], label: str) -> list[float]:
    """Set up the axis of a parameter and return the coordinate of each of its values.

    Values come from the simplest model on, and so they lie from left to right, rising or falling.
    Numbers lie to scale, logarithmic where they span two decades; words lie side by side.
    """
    axes.set_xlabel(label)
    numeric = [
        number
        for number in values
        if isinstance(number, int | float) and not isinstance(number, bool)
    ]
    if len(numeric) < len(values):
        axes.set_xticks(range(len(values)), [value(number) for number in values])
        return [float(position) for position in range(len(values))]
    low, high = min(numeric), max(numeric)
    if low > 0 and math.log10(high / low) >= _DECADES:
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter(lambda x, _: decade(x))
    else:
        axes.xaxis.set_major_formatter(lambda x, _: f"{x:,.6g}")
        whole = all(number == round(number) for number in numeric)
        axes.xaxis.get_major_locator().set_params(integer=whole)
    if numeric[0] > numeric[-1]:
        axes.xaxis.set_inverted(True)
    return [float(number) for number in numeric]


def _learning(record: Mapping[str, Any]) -> Drawn:
    metric, dummy, learning = record["metric"], record["baseline"], record["learning"]
    train, check = Scores.of(learning["train"]), Scores.of(learning["validation"])
    sizes = learning["sizes"]
    ours, theirs, spread = (float(series[-1]) for series in (train.mean, check.mean, check.spread))
    verdict = fits(ours, theirs, spread, dummy, metric)
    gap = f"{Metric.named(metric).title} gap of {number(abs(ours - theirs), 2)}"
    title = f"{gap[0].upper()}{gap[1:]} at {sizes[-1]:,} rows: {verdict}"
    if NOTHING in verdict:  # the gap would leave no room
        title = f"At {sizes[-1]:,} rows: {verdict}"
    words = (
        f"Learning curve: {Metric.named(metric).title} against the number of training rows, mean "
        f"and one standard deviation over {len(learning['train'][0])} splits. At {sizes[0]:,} rows "
        f"{number(float(train.mean[0]), 3)} on training rows and "
        f"{number(float(check.mean[0]), 3)} on validation rows; at {sizes[-1]:,} rows "
        f"{number(ours, 3)} and {number(theirs, 3)} (± {number(spread, 2)}). The dummy reaches "
        f"{number(dummy, 3)}."
    )
    return _drawn(title, words, record, (sizes, "training rows (number)"), train, check)


def _validation(record: Mapping[str, Any]) -> Drawn:
    curve, metric = record["validation"], record["metric"]
    if curve is None:
        return note("Validation curve: none", "no setting of this model is varied", caption(record))
    name, values = curve["parameter"], curve["values"]
    train, check = Scores.of(curve["train"]), Scores.of(curve["validation"])
    verdicts = strays(train, check, metric)
    best = verdicts.index("best")
    texts = [value(item) for item in values]
    fitted = [
        (word, [here for here, how in enumerate(verdicts) if how == word])
        for word in ("underfits", "overfits")
        if word in verdicts
    ]
    where = " and ".join(
        f"{word} at {', '.join(texts[here] for here in places)}" for word, places in fitted
    )
    title = f"Best at {name} = {texts[best]}: " + (
        ", ".join(f"{word} {_side(places, best, texts)}" for word, places in fitted)
        or "no other value is clearly worse"
    )
    words = (
        f"Validation curve: {Metric.named(metric).title} against {name}, mean and one standard "
        f"deviation over {len(curve['train'][0])} splits. Best at {name} = {texts[best]}, with "
        f"{number(float(train.mean[best]), 3)} on training rows and "
        f"{number(float(check.mean[best]), 3)} on validation rows. "
        + (f"The model {where}." if where else "No other value is clearly worse.")
    )
    return _drawn(title, words, record, (values, name), train, check, best)


def _drawn(
    title: str,
    words: str,
    record: Mapping[str, Any],
    across: tuple[Sequence[Any], str],
    train: Scores,
    check: Scores,
    best: int | None = None,
) -> Drawn:
    figure = canvas(title, caption(record), 4.6, 3.8)
    axes = figure.add_subplot()
    x = setting_axis(axes, *across)
    metric = Metric.named(record["metric"])
    axes.axhline(record["baseline"], color=CHANCE, linestyle="dotted", linewidth=1.4, label="dummy")
    for scores, colour, dashes, marker, label in (
        (train, MARK, (0, (4, 2)), "s", "training rows"),
        (check, MAIN, "solid", "o", "validation rows"),
    ):
        low, high = scores.mean - scores.spread, scores.mean + scores.spread
        axes.fill_between(x, low, high, color=colour, alpha=0.18, linewidth=0)
        axes.plot(
            x, scores.mean, color=colour, linestyle=dashes, marker=marker, markersize=4,
            label=f"{label}, ± 1 deviation",
        )  # fmt: skip
    if best is not None:
        axes.plot(
            x[best], check.mean[best], "o", color=INK, markersize=9, markerfacecolor="none",
            label="best",
        )  # fmt: skip
    axes.set_ylabel(f"{metric.title} ({metric.direction})")
    figure.legend(loc="outside lower center", ncols=2)
    return Drawn(figure, title, words)


def _side(indices: Sequence[int], best: int, texts: Sequence[str]) -> str:
    """Say for a title on which side of the best value some values lie."""
    if len(indices) == 1:
        return f"at {texts[indices[0]]}"
    if max(indices) < best:
        return "before it"
    return "after it" if min(indices) > best else "on both sides"
