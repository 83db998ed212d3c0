"""A line of a table as a picture: the interval, our value, the dummy's and the book's."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from handbook.report.site.results import Run
from handbook.tasks.metric import METRICS

__all__ = ["scale", "strip"]

_WIDTH, _HEIGHT, _MARGIN = 150, 20, 8


def scale(runs: Iterable[Run], metric: str) -> tuple[float, float]:
    """Return the range that all runs of a table share for a metric.

    Behind the dummy it goes on for at most a quarter of the way from there to the best value: one
    run gone astray would else press all others together.
    """
    runs = list(runs)
    values = [value for run in runs for value in _values(run, metric)]
    low, high = min(values, default=0.0), max(values, default=1.0)
    dummies = [dummy for run in runs if (dummy := run.baseline.get(metric)) is not None]
    if dummies and metric in METRICS:
        if METRICS[metric].higher:
            low = max(low, min(dummies) - max(high - min(dummies), 0) / 4)
        else:
            high = min(high, max(dummies) + max(max(dummies) - low, 0) / 4)
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def strip(run: Run, metric: str, limits: tuple[float, float], width: int = _WIDTH) -> Markup:
    """Draw a run's values of a metric between `limits`; hidden from screen readers.

    The numbers stand in the same row of the table. What lies beyond the limits is drawn at the
    edge, with an arrow.
    """

    def at(value: float) -> str:
        share = (value - limits[0]) / (limits[1] - limits[0])
        return f"{_MARGIN + (width - 2 * _MARGIN) * min(max(share, 0), 1):.1f}"

    middle = _HEIGHT // 2
    parts = [f'<path class="axis" d="M{_MARGIN} {middle}H{width - _MARGIN}"/>']
    if (dummy := run.baseline.get(metric)) is not None:
        parts.append(f'<path class="dummy" d="M{at(dummy)} 2V{_HEIGHT - 2}"/>')
    if (interval := run.interval(metric)) is not None:
        low, high = interval
        parts.append(f'<path class="interval" d="M{at(low)} {middle}H{at(high)}"/>')
    if (book := run.book.get(metric)) is not None:
        parts.append(f'<path class="book" d="M{at(book)} {middle - 6}l6 6-6 6-6-6z"/>')
    values = _values(run, metric)
    if values and min(values) < limits[0]:
        parts.append(f'<path class="beyond" d="M6 {middle - 4}l-4 4 4 4"/>')
    if values and max(values) > limits[1]:
        parts.append(f'<path class="beyond" d="M{width - 6} {middle - 4}l4 4-4 4"/>')
    if (ours := run.metrics.get(metric)) is not None:
        parts.append(f'<circle class="ours" cx="{at(ours)}" cy="{middle}" r="4"/>')
    return Markup(
        f'<svg class="strip" aria-hidden="true" viewBox="0 0 {width} {_HEIGHT}" '
        f'width="{width}" height="{_HEIGHT}">{"".join(parts)}</svg>'
    )


def _values(run: Run, metric: str) -> list[float]:
    values = [run.metrics.get(metric), run.baseline.get(metric), run.book.get(metric)]
    values += run.interval(metric) or ()
    return [value for value in values if value is not None]
