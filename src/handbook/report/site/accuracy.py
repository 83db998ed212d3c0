"""What accuracy hides where one class is rare: every run beside who always says the common one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from markupsafe import Markup

from handbook.report.site.pages import model_page
from handbook.report.site.results import DataSet, Run
from handbook.report.site.site import Site

__all__ = ["COMMON", "Unbalanced", "unbalanced"]

#: Share of the common class from which on a data set stands on the page.
COMMON = 0.8
#: Accuracy less than this above the common class's share says next to nothing.
CLOSE = 0.01

_WIDTH, _HEIGHT = 620, 340
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 16, 14, 46


@dataclass(frozen=True)
class Unbalanced:
    """A data set of two classes, one of them rare, and the finished runs on it.

    Parameters
    ----------
    data : DataSet
    common : float
        Accuracy of the dummy on the test rows: the share of the common class.
    runs : tuple of Run
        Best accuracy first.
    """

    data: DataSet
    common: float
    runs: tuple[Run, ...]

    @property
    def close(self) -> list[Run]:
        """The runs whose accuracy is within :data:`CLOSE` of the common class's share, or below."""
        return [run for run in self.runs if (run.metrics["accuracy"] or 0) < self.common + CLOSE]

    @property
    def blind(self) -> list[Run]:
        """The runs that never find a row of the rare class."""
        return [run for run in self.runs if run.metrics.get("recall") == 0]

    @property
    def ranked(self) -> list[float]:
        """ROC AUC of the close ones that have it, rising."""
        found = [run.metrics.get("roc_auc") for run in self.close]
        return sorted(value for value in found if value is not None)

    def scatter(self, titles: dict[str, str]) -> Markup:
        """Draw accuracy against ROC AUC, a point a run, as inline SVG."""
        shown = [run for run in self.runs if run.metrics.get("roc_auc") is not None]
        across = [self.common, *(run.metrics["accuracy"] or 0 for run in shown)]
        up = [0.5, *(run.metrics["roc_auc"] or 0 for run in shown)]
        x_at = _scale(across, _LEFT, _WIDTH - _RIGHT)
        y_at = _scale(up, _HEIGHT - _BOTTOM, _TOP)
        bottom, line = _HEIGHT - _BOTTOM, x_at(self.common)
        parts = [
            f'<path class="axis" d="M{_LEFT} {_TOP}V{bottom}H{_WIDTH - _RIGHT}"/>',
            f'<path class="dummy" d="M{line:.1f} {_TOP}V{bottom}"/>',
            *(
                f'<text x="{x_at(value):.1f}" y="{bottom + 16}" text-anchor="{anchor}">'
                f"{value:.3f}</text>"
                for value, anchor in ((min(across), "start"), (max(across), "end"))
            ),
            *(
                f'<text x="{_LEFT - 6}" y="{y_at(value) + 4:.1f}" text-anchor="end">'
                f"{value:.2f}</text>"
                for value in (min(up), max(up))
            ),
            f'<text x="{(_LEFT + _WIDTH - _RIGHT) / 2}" y="{_HEIGHT - 8}" text-anchor="middle">'
            "accuracy on the test rows</text>",
            f'<text transform="translate(14 {(_TOP + bottom) / 2}) rotate(-90)" '
            'text-anchor="middle">ROC AUC on the test rows</text>',
        ]
        for run in shown:
            name = f"{titles[run.model]}, {run.variant}"
            x, y = x_at(run.metrics["accuracy"] or 0), y_at(run.metrics["roc_auc"] or 0)
            kind = "blind" if run in self.blind else "ours"
            parts.append(
                f'<a href="{model_page(run.model)}#{run.anchor}" aria-label="{escape(name)}">'
                f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="5"><title>{escape(name)}: '
                f"accuracy {run.metrics['accuracy']:.4f}, ROC AUC {run.metrics['roc_auc']:.4f}"
                "</title></circle></a>"
            )
        said = f"Accuracy against ROC AUC of {len(shown)} runs on {self.data.title}"
        return Markup(
            f'<svg class="scatter" role="group" aria-label="{escape(said)}" '
            f'viewBox="0 0 {_WIDTH} {_HEIGHT}">{"".join(parts)}</svg>'
        )


def _scale(values: Sequence[float], start: float, end: float) -> Callable[[float], float]:
    """Return what maps the range of `values` to pixels from `start` to `end`."""
    low, high = min(values), max(values)
    wide = high - low or 1.0
    return lambda value: start + (value - low) / wide * (end - start)


def unbalanced(site: Site) -> list[Unbalanced]:
    """Find the data sets of two classes of which one is rare, and their classifiers."""
    found = []
    for data in site.data:
        runs = [
            run
            for run in site.runs
            if run.data == data.name
            and run.state == "finished"
            and run.metrics.get("accuracy") is not None
            and "recall" in run.metrics
            and run.task == "classification"
        ]
        common = max((run.baseline.get("accuracy") or 0 for run in runs), default=0)
        two = len((data.profile or {}).get("classes") or ()) == 2
        if runs and common >= COMMON and two:
            runs.sort(key=lambda run: -(run.metrics["accuracy"] or 0))
            found.append(Unbalanced(data, common, tuple(runs)))
    return found
