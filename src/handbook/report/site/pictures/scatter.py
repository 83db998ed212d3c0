"""Accuracy against ROC AUC, a point for each run."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from html import escape

from markupsafe import Markup

from handbook.report.site.accuracy import Unbalanced
from handbook.report.site.pages import model_page

__all__ = ["scatter"]

_WIDTH, _HEIGHT = 620, 340
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 16, 14, 46


def scatter(unbalanced: Unbalanced, titles: Mapping[str, str]) -> Markup:
    """Draw the test rows' accuracy against their ROC AUC.

    The common class's share is a dashed line; each point links to its run, and is hollow where
    that never answers with the rare class.

    Parameters
    ----------
    unbalanced : Unbalanced
    titles : mapping of str to str
        Of each model.
    """
    common, blind = unbalanced.common, unbalanced.blind
    points = [
        (run, run.metrics["accuracy"] or 0, auc)
        for run in unbalanced.runs
        if (auc := run.metrics.get("roc_auc")) is not None
    ]
    across = [common, *(accuracy for _, accuracy, _ in points)]
    up = [0.5, *(auc for *_, auc in points)]
    x_at = _scale(across, _LEFT, _WIDTH - _RIGHT)
    y_at = _scale(up, _HEIGHT - _BOTTOM, _TOP)
    bottom, line = _HEIGHT - _BOTTOM, x_at(common)
    parts = [
        f'<path class="axis" d="M{_LEFT} {_TOP}V{bottom}H{_WIDTH - _RIGHT}"/>',
        f'<path class="dummy" d="M{line:.1f} {_TOP}V{bottom}"/>',
        *(
            f'<path class="tick" d="M{x_at(value):.1f} {bottom}v5"/>'
            f'<text x="{x_at(value):.1f}" y="{bottom + 18}" text-anchor="middle">{text}</text>'
            for value, text in _ticks(min(across), max(across))
        ),
        *(
            f'<path class="tick" d="M{_LEFT} {y_at(value):.1f}h-5"/>'
            f'<text x="{_LEFT - 8}" y="{y_at(value) + 4:.1f}" text-anchor="end">{text}</text>'
            for value, text in _ticks(min(up), max(up))
        ),
        f'<text x="{(_LEFT + _WIDTH - _RIGHT) / 2}" y="{_HEIGHT - 8}" text-anchor="middle">'
        "accuracy on the test rows</text>",
        f'<text transform="translate(14 {(_TOP + bottom) / 2}) rotate(-90)" '
        'text-anchor="middle">ROC AUC on the test rows</text>',
    ]
    for run, accuracy, auc in points:
        name = escape(f"{titles[run.model]}, {run.variant}")
        parts.append(
            f'<a href="{model_page(run.model)}#{run.anchor}" aria-label="{name}">'
            f'<circle class="{"blind" if run in blind else "ours"}" cx="{x_at(accuracy):.1f}" '
            f'cy="{y_at(auc):.1f}" r="5"><title>{name}: accuracy {accuracy:.4f}, ROC AUC '
            f"{auc:.4f}</title></circle></a>"
        )
    parts += _named(
        [(x_at(x), y_at(y), f"{titles[run.model]} {run.variant}") for run, x, y in points]
    )
    label = escape(f"Accuracy against ROC AUC of {len(points)} runs on {unbalanced.data.title}")
    return Markup(
        f'<svg class="scatter" role="group" aria-label="{label}" '
        f'viewBox="0 0 {_WIDTH} {_HEIGHT}">{"".join(parts)}</svg>'
    )


def _scale(values: Sequence[float], start: float, end: float) -> Callable[[float], float]:
    """Return what maps the range of `values` to pixels from `start` to `end`."""
    low, high = min(values), max(values)
    span = high - low or 1.0
    return lambda value: start + (value - low) / span * (end - start)


def _ticks(low: float, high: float) -> list[tuple[float, str]]:
    """Return round values between two, five of them or so, with their text.

    Examples
    --------
    >>> [text for _, text in _ticks(0.902, 0.951)]
    ['0.91', '0.92', '0.93', '0.94', '0.95']
    """
    rough = (high - low or 1.0) / 5
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(unit * factor for factor in (1, 2, 5, 10) if unit * factor >= rough * 0.999)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [(place * step, f"{place * step:.{decimals}f}") for place in range(first, last + 1)]


def _named(points: Sequence[tuple[float, float, str]]) -> list[str]:
    """Write the names of the points that lie furthest out, where they hide no other name."""
    if not points:
        return []
    furthest = [f(points, key=lambda point: point[k]) for k in (1, 0) for f in (min, max)]
    parts: list[str] = []
    taken: list[tuple[float, float, float]] = []
    for x, y, name in dict.fromkeys(furthest):
        left = x > (_LEFT + _WIDTH) / 2
        wide = 6.6 * len(name)
        start = x - 9 - wide if left else x + 9
        if any(abs(y - other) < 14 and start < end and begin < start + wide
               for begin, end, other in taken):  # fmt: skip
            continue
        taken.append((start, start + wide, y))
        parts.append(
            f'<text class="name" aria-hidden="true" x="{x - 9 if left else x + 9:.1f}" '
            f'y="{y + 4:.1f}" text-anchor="{"end" if left else "start"}">{escape(name)}</text>'
        )
    return parts
