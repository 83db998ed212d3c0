"""What learning anew regains, against a model that learnt once."""

from __future__ import annotations

from typing import Any

from handbook.report.figures.backtests.periods import Record, models_of, scheme_name
from handbook.report.figures.legend import legend_below
from handbook.report.figures.panels import label
from handbook.report.figures.style import MARKERS, QUIET, Drawn, canvas, look, note
from handbook.report.numbers import estimate, signed
from handbook.tasks.metric import Metric

__all__ = ["regained"]

_SHOWN = 2  # metrics, a panel each
_STEP = 0.16  # between models of one line


def regained(record: Record, caption: str) -> Drawn:
    """Draw the mean difference to a model that learnt once, with its interval, by scheme."""
    models = models_of(record)
    metrics = record["metrics"][:_SHOWN]
    first = next(iter(models.values()))
    if not first["schemes"]["once"]["metrics"][metrics[0]]["mean"]:
        reason = f"no period has {record['least']} rows of either class, and so none has a score"
        return note("What learning anew regains", reason, caption)
    names = list(first["against_once"])
    best = max(names[1:], key=lambda name: _of(first, name, metrics[0])["difference"] or 0.0)
    title = (
        f"Learnt {scheme_name(best)}: {signed(_of(first, best, metrics[0])['difference'], 3)} in "
        f"{Metric.named(metrics[0]).title} by period against learnt once"
    )
    figure = canvas(title, caption, 8.6, 1.8 + 0.45 * len(names))
    grid = figure.subplots(1, len(metrics), sharey=True)
    for axes, metric in zip(grid, metrics, strict=True):
        axes.axvline(0, color=QUIET, linewidth=0.8)
        for index, (name, model) in enumerate(models.items()):
            shift = (index - (len(models) - 1) / 2) * _STEP
            _line(axes, model, names, metric, index, shift, name)
        direction = "higher" if Metric.named(metric).higher else "lower"
        label(axes, f"{Metric.named(metric).title} ({direction} is better), less that of once")
    grid[0].set_yticks(range(len(names)), [_called(name) for name in names])
    grid[0].set_ylim(len(names) - 0.5, -0.5)
    legend_below(figure, grid[0].get_legend_handles_labels()[0])
    return Drawn(figure, title, _words(record, metrics, names))


def _called(name: str) -> str:
    return "random split" if name == "random" else f"learnt {scheme_name(name)}"


def _of(model: Record, scheme: str, metric: str) -> Any:
    (entry,) = [own for own in model["against_once"][scheme] if own["metric"] == metric]
    return entry


def _line(
    axes: Any, model: Record, names: list[str], metric: str, index: int, shift: float, title: str
) -> None:
    for level, name in enumerate(names):
        own = _of(model, name, metric)
        if own["difference"] is None:
            continue
        colour, mark = look(index)["color"], MARKERS[index]
        if own["interval"]:
            axes.hlines(level + shift, *own["interval"], color=colour, linewidth=1.2)
        axes.plot(
            own["difference"], level + shift, mark, color=colour, markersize=4.5,
            label=title if level == 0 else None,
        )  # fmt: skip


def _words(record: Record, metrics: list[str], names: list[str]) -> str:
    parts = [
        f"{title}, {Metric.named(metric).title}: "
        + "; ".join(
            f"{_called(name)} {estimate(own['difference'], own['interval'])}"
            for name in names
            if (own := _of(model, name, metric))["difference"] is not None
        )
        for title, model in models_of(record).items()
        for metric in metrics
    ]
    return (
        "Mean over periods of the difference on the same rows, with its "
        f"{record['level']:.0%} interval over periods taken as independent. {'. '.join(parts)}."
    )
