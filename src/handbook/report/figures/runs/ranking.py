"""ROC and precision-recall curves."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from handbook.report.figures.predictions import Predictions, against_rest, undefined
from handbook.report.figures.style import (
    CHANCE,
    COLOURS,
    DASHES,
    INK,
    MAIN,
    MARK,
    Drawn,
    canvas,
    note,
    short,
)
from handbook.report.figures.thin import simplify

__all__ = ["precision_recall", "roc"]

Array = npt.NDArray[Any]

ROC = "ROC curve"
PRECISION_RECALL = "Precision-recall curve"
MACRO = "macro average"


class _Curve(NamedTuple):
    name: str
    x: Array
    y: Array
    area: float


def roc(predictions: Predictions, caption: str) -> Drawn:
    """Draw true positive rate against false positive rate, with chance and the area below."""
    if reason := undefined(predictions):
        return note(f"{ROC}: undefined", reason, caption)
    curves = [_roc(name, truth, scores) for name, truth, scores in against_rest(predictions)]
    rows = f"{len(predictions.true):,} test rows"
    if len(predictions.classes) == 2:
        return _binary_roc(predictions, curves[0], rows, caption)

    left_out = _left_out(predictions)
    drawn = curves
    macro = "undefined"
    if not left_out:
        # The macro average at every false positive rate at which any curve has a corner.
        grid = np.unique(np.concatenate([curve.x for curve in curves]))
        mean = np.mean([_upper(curve, grid) for curve in curves], axis=0)
        area = float(np.mean([curve.area for curve in curves]))
        drawn = [*curves, _Curve(MACRO, np.r_[0.0, grid], np.r_[0.0, mean], area)]
        macro = f"{area:.4f}"
    title = f"ROC curves, one class against the rest: macro AUC {macro}"
    figure, axes = _many(title, drawn, caption)
    axes.plot([0, 1], [0, 1], color=CHANCE, linestyle=(0, (4, 3)), linewidth=1, label="chance  0.5")
    _list(axes, left_out, "AUC")
    _rate_axes(axes, "class")
    description = (
        f"True positive rate against false positive rate for each class against the rest, "
        f"{rows}. Area under the curve: {_areas(curves)}; chance is 0.5."
    )
    return Drawn(figure, title, description)


def _binary_roc(predictions: Predictions, curve: _Curve, rows: str, caption: str) -> Drawn:
    title = f"{ROC}: AUC {curve.area:.4f}"
    figure = canvas(title, caption)
    axes = figure.add_subplot()
    axes.plot([0, 1], [0, 1], color=CHANCE, linestyle=(0, (4, 3)), linewidth=1, label="chance, 0.5")
    axes.plot(
        *simplify(curve.x, curve.y), color=MAIN, label=f"{short(curve.name)}, {curve.area:.4f}"
    )
    positive = predictions.true == 1
    called = predictions.predicted == 1
    across, up = float(np.mean(called[~positive])), float(np.mean(called[positive]))
    _mark(axes, across, up)
    axes.legend(loc="lower right")
    _rate_axes(axes, f"“{short(predictions.classes[1])}”")
    description = (
        f"True positive rate against false positive rate of “{predictions.classes[1]}”, {rows}. "
        f"Area under the curve {curve.area:.4f}; chance is 0.5. The classes as predicted lie at "
        f"false positive rate {across:.3f} and true positive rate {up:.3f}."
    )
    return Drawn(figure, title, description)


def precision_recall(predictions: Predictions, caption: str) -> Drawn:
    """Draw precision against recall, with the base rate that a guess reaches."""
    if reason := undefined(predictions):
        return note(f"{PRECISION_RECALL}: undefined", reason, caption)
    tests = against_rest(predictions)
    curves = [_precision_recall(name, truth, scores) for name, truth, scores in tests]
    base = float(np.mean([truth.mean() for _, truth, _ in tests]))
    rows = f"{len(predictions.true):,} test rows"
    if len(predictions.classes) == 2:
        curve = curves[0]
        title = f"{PRECISION_RECALL}: average precision {curve.area:.4f}"
        figure = canvas(title, caption)
        axes = figure.add_subplot()
        axes.plot(
            *simplify(curve.x, curve.y), color=MAIN, label=f"{short(curve.name)}, {curve.area:.4f}"
        )
        text = f"Average precision {curve.area:.4f}"
        positive, called = predictions.true == 1, predictions.predicted == 1
        if called.any():
            recall, precision = float(np.mean(called[positive])), float(np.mean(positive[called]))
            _mark(axes, recall, precision)
            text += (
                f"; the classes as predicted have recall {recall:.3f}, precision {precision:.3f}"
            )
        else:
            text += "; no row is predicted as that class"
        meaning = f"“{short(predictions.classes[1])}”"
    else:
        left_out = _left_out(predictions)
        macro = "undefined" if left_out else f"{np.mean([curve.area for curve in curves]):.4f}"
        title = f"One class against the rest: macro average precision {macro}"
        figure, axes = _many(title, curves, caption)
        meaning = "class"
        text = f"Average precision: {_areas(curves)}"
    axes.axhline(
        base, color=CHANCE, linestyle=(0, (4, 3)), linewidth=1, label=f"base rate, {base:.4f}"
    )
    if len(predictions.classes) == 2:
        axes.legend(loc="best")
    else:
        _list(axes, left_out, "average precision")
    axes.set_xlabel(f"recall (share of {meaning} rows that are found)")
    axes.set_ylabel("precision (share of found rows that are right)")
    _unit_square(axes)
    return Drawn(
        figure, title, f"Precision against recall, {rows}. {text}; a guess reaches {base:.4f}."
    )


def _left_out(predictions: Predictions) -> list[str]:
    present = set(np.unique(predictions.true).tolist())
    return [name for code, name in enumerate(predictions.classes) if code not in present]


def _roc(name: str, truth: Array, scores: Array) -> _Curve:
    from sklearn.metrics import roc_auc_score, roc_curve

    x, y, _ = roc_curve(truth, scores)
    return _Curve(name, x, y, float(roc_auc_score(truth, scores)))


def _precision_recall(name: str, truth: Array, scores: Array) -> _Curve:
    from sklearn.metrics import average_precision_score, precision_recall_curve

    precision, recall, _ = precision_recall_curve(truth, scores)
    # Steps, because a straight line between two points promises what no threshold gives
    # (Davis and Goadrich, 2006); each corner is written out so that thinning sees it.
    x, y = np.repeat(recall[::-1], 2)[1:], np.repeat(precision[::-1], 2)[:-1]
    return _Curve(name, x, y, float(average_precision_score(truth, scores)))


def _upper(curve: _Curve, grid: Array) -> Array:
    """Height of a curve at each place, at its upper end where it rises straight."""
    places, last = np.unique(curve.x[::-1], return_index=True)
    return np.interp(grid, places, curve.y[::-1][last])


def _areas(curves: list[_Curve]) -> str:
    return ", ".join(f"{curve.name} {curve.area:.4f}" for curve in curves)


def _many(title: str, curves: list[_Curve], caption: str) -> tuple[Any, Any]:
    """Draw a line for each class, with its own colour and dashes."""
    figure = canvas(title, caption, 6.8, 4.2)
    axes = figure.add_subplot()
    most = max(60, 4000 // len(curves))
    for index, curve in enumerate(curves):
        macro = curve.name == MACRO
        axes.plot(
            *simplify(curve.x, curve.y, most),
            color=INK if macro else COLOURS[index % (len(COLOURS) - 1)],
            linestyle="solid" if macro else DASHES[index % len(DASHES)],
            linewidth=2.4 if macro else 1.2,
            label=f"{short(curve.name)}  {curve.area:.4f}",
        )
    return figure, axes


def _list(axes: Any, left_out: list[str], unit: str) -> None:
    """List the classes with their areas, and those that have none."""
    for name in left_out:
        axes.plot([], [], " ", label=f"{short(name)}  no test row")
    axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1), title=unit, alignment="left")


def _mark(axes: Any, x: float, y: float) -> None:
    """Mark what the predicted classes reach, at whatever threshold the model has."""
    axes.plot(
        x, y, "D", color=MARK, markersize=6, label="classes as predicted", clip_on=False, zorder=5
    )


def _rate_axes(axes: Any, meaning: str) -> None:
    axes.set_xlabel("false positive rate (share of the other rows)")
    axes.set_ylabel(f"true positive rate (share of {meaning} rows)")
    _unit_square(axes)


def _unit_square(axes: Any) -> None:
    axes.set(xlim=(0, 1), ylim=(0, 1.005), aspect="equal")
    axes.set_xticks([0, 0.2, 0.4, 0.6, 0.8, 1])
    axes.set_yticks([0, 0.2, 0.4, 0.6, 0.8, 1])
