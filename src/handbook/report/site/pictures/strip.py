"""A line of a table as a picture: the interval, our value, the dummy's and the book's."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from handbook.report.numbers import number
from handbook.report.site.results import Run
from handbook.tasks.metric import METRICS

__all__ = ["scale", "strip", "strip_ends"]

_WIDTH, _HEIGHT, _MARGIN = 150, 20, 8
_MANY = 12  # runs, from which on a strip is for those that contend


def scale(runs: Iterable[Run], metric: str) -> tuple[float, float]:
    """Return the range that all runs of a table share for a metric.

    Of many runs, it is what the better three quarters and their intervals take: whoever reads
    down a table compares those, and a few bad ones, or a far dummy, would press them together. Of
    few, it goes on behind the dummy for at most a quarter of the way from there to the best value.
    """
    runs = list(runs)
    higher = metric not in METRICS or METRICS[metric].higher
    scored = [run for run in runs if run.score(metric) is not None]
    if len(scored) >= _MANY:
        scored.sort(key=lambda run: run.score(metric) or 0.0, reverse=higher)
        better = scored[: -(-3 * len(scored) // 4)]
        values = [value for run in better for value in _values(run, metric)]
    else:
        values = [value for run in runs for value in (*_values(run, metric), *_dummy(run, metric))]
    low, high = min(values, default=0.0), max(values, default=1.0)
    dummies = [dummy for run in runs for dummy in _dummy(run, metric)]
    if dummies and metric in METRICS:
        if higher:
            low = max(low, min(dummies) - max(high - min(dummies), 0) / 4)
        else:
            high = min(high, max(dummies) + max(max(dummies) - low, 0) / 4)
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def strip(run: Run, metric: str, limits: tuple[float, float], width: int = _WIDTH) -> Markup:
    """Draw a run's values of a metric between `limits`; hidden from screen readers.

    The numbers stand in the same row of the table. What lies beyond the limits is drawn at the
    edge, with an arrow; a dummy there is left out.
    """

    def at(value: float) -> str:
        share = (value - limits[0]) / (limits[1] - limits[0])
        return f"{_MARGIN + (width - 2 * _MARGIN) * min(max(share, 0), 1):.1f}"

    middle = _HEIGHT // 2
    parts = [f'<path class="axis" d="M{_MARGIN} {middle}H{width - _MARGIN}"/>']
    if (dummy := run.baseline.get(metric)) is not None and limits[0] <= dummy <= limits[1]:
        parts.append(f'<path class="dummy" d="M{at(dummy)} 2V{_HEIGHT - 2}"/>')
    if (interval := run.interval(metric)) is not None:
        low, high = interval
        parts.append(f'<path class="interval" d="M{at(low)} {middle}H{at(high)}"/>')
    if (mean := run.mean(metric)) is not None:
        parts.append(f'<path class="mean" d="M{at(mean)} {middle - 6}V{middle + 6}"/>')
    if (book := run.book.get(metric)) is not None:
        parts.append(f'<path class="book" d="M{at(book)} {middle - 6}l6 6-6 6-6-6z"/>')
    values = _values(run, metric)
    if values and min(values) < limits[0]:
        parts.append(f'<path class="beyond" d="M6 {middle - 4}l-4 4 4 4"/>')
    if values and max(values) > limits[1]:
        parts.append(f'<path class="beyond" d="M{width - 6} {middle - 4}l4 4-4 4"/>')
    if (ours := run.metrics.get(metric)) is not None:
        parts.append(f'<circle class="ours" cx="{at(ours)}" cy="{middle}" r="3.5"/>')
    return Markup(
        f'<svg class="strip" aria-hidden="true" viewBox="0 0 {width} {_HEIGHT}" '
        f'width="{width}" height="{_HEIGHT}">{"".join(parts)}</svg>'
    )


def strip_ends(limits: tuple[float, float]) -> Markup:
    """Write what the two ends of every strip of a table stand for, for its heading."""
    low, high = (number(limit, 3) for limit in limits)
    return Markup(f'<span class="ends"><span>{low}</span><span>{high}</span></span>')


def _dummy(run: Run, metric: str) -> list[float]:
    dummy = run.baseline.get(metric)
    return [] if dummy is None else [dummy]


def _values(run: Run, metric: str) -> list[float]:
    values = [run.metrics.get(metric), run.book.get(metric)]
    values += run.interval(metric) or ()
    return [value for value in values if value is not None]
