"""The figures of one run, by name, drawn as SVG from its predictions and its history."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from xml.etree import ElementTree

from handbook.errors import HandbookError, nearest

if TYPE_CHECKING:
    from handbook.report.style import Drawn

__all__ = ["FIGURES", "HISTORY", "Words", "draw", "figure_names", "words"]

FIGURES: dict[str, tuple[str, ...]] = {
    "classification": ("roc", "precision-recall", "confusion", "calibration"),
    "regression": ("predicted-vs-true", "residuals"),
}
HISTORY = "history"

_SVG = "{http://www.w3.org/2000/svg}"


class Words(NamedTuple):
    """What a figure says to those who do not see it, and its size in points."""

    title: str
    description: str
    width: int
    height: int


def figure_names(task: str, curves: Sequence[str]) -> tuple[str, ...]:
    """Return the figures of a run: those of its task, and its history where it has curves."""
    return FIGURES.get(task, ()) + ((HISTORY,) if curves else ())


def draw(
    names: Sequence[str], run_dir: Path, out: Mapping[str, Path], curves: Sequence[str]
) -> None:
    """Draw the figures `names` of the run in `run_dir`.

    Parameters
    ----------
    names : sequence of str
        Out of :func:`figure_names`.
    run_dir : Path
        Holds ``predictions.arrow``, ``history.csv`` and ``run.json``.
    out : mapping of str to Path
        Where each figure goes, by its name.
    curves : sequence of str
        Columns of the history to draw.

    Raises
    ------
    HandbookError
        A figure or a column that does not exist.
    """
    # Imported here: the graph of jobs needs only the names above, not matplotlib.
    from handbook.report import classes, history, ranking, regression, style
    from handbook.report.predictions import Predictions, caption, read, read_history

    drawings: dict[str, Callable[[Predictions, str], Drawn]] = {
        "roc": ranking.roc,
        "precision-recall": ranking.precision_recall,
        "confusion": classes.confusion,
        "calibration": classes.calibration,
        "predicted-vs-true": regression.predicted_vs_true,
        "residuals": regression.residuals,
    }
    said = caption(run_dir)
    predictions = read(run_dir / "predictions.arrow") if set(names) - {HISTORY} else None
    for name in names:
        with style.applied():
            if name == HISTORY:
                step, columns = read_history(run_dir / "history.csv")
                drawn = history.history(step, columns, curves, said)
            elif name in drawings and predictions is not None:
                drawn = drawings[name](predictions, said)
            else:
                raise HandbookError(f"figure {name!r}: {nearest(name, [*drawings, HISTORY])}")
            style.save(drawn, out[name])


def words(path: Path) -> Words:
    """Read back what the figure at `path` says in words."""
    root = ElementTree.parse(path).getroot()
    box = root.get("viewBox", "0 0 0 0").split()
    return Words(
        title=root.findtext(f"{_SVG}title", ""),
        description=root.findtext(f"{_SVG}desc", ""),
        width=round(float(box[2])),
        height=round(float(box[3])),
    )
