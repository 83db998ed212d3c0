"""The figures of one run, by name, drawn as SVG from its predictions and its history."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.etree import ElementTree

from handbook.core.errors import HandbookError, nearest
from handbook.core.files import read_json
from handbook.tasks.figures import HISTORY

if TYPE_CHECKING:
    from handbook.report.figures.style import Drawn

__all__ = ["Words", "draw", "words"]

_SVG = "{http://www.w3.org/2000/svg}"


class Words(NamedTuple):
    """What a figure says to those who do not see it, and its size in points."""

    title: str
    description: str
    width: int
    height: int


def draw(
    names: Sequence[str], run_dir: Path, out: Mapping[str, Path], curves: Sequence[str]
) -> None:
    """Draw the figures `names` of the run in `run_dir`.

    Parameters
    ----------
    names : sequence of str
        Out of :func:`figure_names`.
    run_dir : Path
        Holds ``predictions.arrow``, ``history.csv``, ``run.json`` and, where one of `names` is
        among :data:`SHOWS`, ``explain.json``; only what `names` need is read.
    out : mapping of str to Path
        Where each figure goes, by its name.
    curves : sequence of str
        Columns of the history to draw.

    Raises
    ------
    HandbookError
        A figure or a column that does not exist, or that was not computed.
    """
    # Imported here: the graph of jobs needs only the names above, not matplotlib.
    from handbook.report.figures import style
    from handbook.report.figures.predictions import caption

    said = caption(run_dir)
    drawings = _drawings(names, run_dir, curves, said)
    for name in names:
        with style.applied():
            style.save(drawings[name](), out[name])


def _drawings(
    names: Sequence[str], run_dir: Path, curves: Sequence[str], said: str
) -> dict[str, Callable[[], Drawn]]:
    """Bind each name's drawing to what it reads, and read that."""
    from handbook.report.figures.explained import (
        coefficients,
        importances,
        layers,
        outliers,
        projection,
        samples,
        som,
        text,
        tree,
    )
    from handbook.report.figures.predictions import Predictions, read, read_history
    from handbook.report.figures.runs import classes, history, ranking, regression

    predicted: dict[str, Callable[[Predictions, str], Drawn]] = {
        "roc": ranking.roc,
        "precision-recall": ranking.precision_recall,
        "confusion": classes.confusion,
        "calibration": classes.calibration,
        "predicted-vs-true": regression.predicted_vs_true,
        "residuals": regression.residuals,
    }
    shown: dict[str, Callable[[Mapping[str, Any], str], Drawn]] = {
        "permutation-importance": importances.permutation_importance,
        "impurity-importance": importances.impurity_importance,
        "coefficients": coefficients.coefficients,
        "coefficient-path": coefficients.coefficient_path,
        "tree": tree.tree,
        "projection": projection.projection,
        "distance-map": som.distance_map,
        "hit-map": som.hit_map,
        "component-planes": som.component_planes,
        "outliers": outliers.outliers,
        "kernels": layers.kernels,
        "feature-maps": layers.feature_maps,
        "text-samples": text.text_samples,
        "gates": text.gates,
        "samples": samples.samples,
        "interpolation": samples.interpolation,
        "class-histogram": samples.class_histogram,
        "frechet-scale": samples.frechet_scale,
    }
    found: dict[str, Callable[[], Drawn]] = {}
    if set(names) & set(predicted):
        predictions = read(run_dir / "predictions.arrow")
        found |= {name: partial(one, predictions, said) for name, one in predicted.items()}
    if wanted := [name for name in names if name in shown]:
        explained = _explained(run_dir / "explain.json", wanted)
        found |= {name: partial(shown[name], explained[name], said) for name in wanted}
    if HISTORY in names:
        step, columns = read_history(run_dir / "history.csv")
        found[HISTORY] = partial(history.history, step, columns, curves, said)
    for name in names:
        if name not in found:
            known = [*predicted, *shown, HISTORY]
            raise HandbookError(f"figure {name!r}: {nearest(name, known)}")
    return found


def _explained(path: Path, names: Sequence[str]) -> dict[str, Any]:
    """Read what was computed for the figures `names`."""
    entries: dict[str, Any] = read_json(path, made_by="make rebuild")["shows"]
    for name in names:
        if name not in entries:
            raise HandbookError(
                f"{path}: has no {name!r}, only {', '.join(entries) or 'nothing'}; delete it and "
                "run the workflow again"
            )
    return entries


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
