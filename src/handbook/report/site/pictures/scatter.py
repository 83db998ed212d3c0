"""Accuracy against ROC AUC, a point for each run."""

from __future__ import annotations

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
            f'<text x="{x_at(value):.1f}" y="{bottom + 16}" text-anchor="{anchor}">'
            f"{value:.3f}</text>"
            for value, anchor in ((min(across), "start"), (max(across), "end"))
        ),
        *(
            f'<text x="{_LEFT - 6}" y="{y_at(value) + 4:.1f}" text-anchor="end">{value:.2f}</text>'
            for value in (min(up), max(up))
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
