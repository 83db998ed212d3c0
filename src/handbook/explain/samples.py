"""Images of a generator: over its training, between latent points, and as its judge sees them."""

from __future__ import annotations

from typing import Any

import numpy as np

from handbook.core.errors import HandbookError
from handbook.explain.grid import grid
from handbook.explain.run import Array, Fitted
from handbook.tasks import generation
from handbook.tasks.frechet import total_variation
from handbook.tasks.task import Predictions

__all__ = ["STEPS", "class_histogram", "frechet_scale", "interpolation", "samples", "sheet"]

#: Numbers of updates of the generator after which the handbook shows its samples.
STEPS = (0, 1_000, 10_000)

_PAIRS, _STEPS_BETWEEN = 4, 9  # pairs of latent points, and images from one to the other
_GAP = 2  # pixels between the images of a sheet


def samples(fitted: Fitted) -> dict[str, Any]:
    """Return the images of the same latent points at three steps of the training.

    Returns
    -------
    dict
        ``sheets``: of the snapshots nearest to :data:`STEPS`, as :func:`sheet` returns them, with
        ``step``; ``steps``: the number of updates of the whole training.

    References
    ----------
    Handbook, 6.7.
    """
    model = _generator(fitted, "samples")
    steps = np.asarray(model.snapshot_steps_)
    sheets = []
    for index in sorted({int(np.abs(steps - step).argmin()) for step in STEPS}):
        images, step = model.snapshots_[index], int(steps[index])
        sheets.append(sheet(images, _rows(len(images)), f"step {step:,}") | {"step": step})
    return {"steps": int(steps[-1]), "sheets": sheets}


def interpolation(fitted: Fitted) -> dict[str, Any]:
    """Return the images on the way between pairs of latent points, along great circles.

    Returns
    -------
    dict
        ``pairs``, the number of ``images`` for each, and ``sheets`` with one sheet, a row for each
        pair.
    """
    model = _generator(fitted, "interpolation")
    made = model.interpolate(_PAIRS, _STEPS_BETWEEN, random_state=fitted.spec.run.seed)
    images = made.reshape(-1, *made.shape[2:])
    return {
        "pairs": _PAIRS,
        "images": _STEPS_BETWEEN,
        "sheets": [sheet(images, _PAIRS, "from one latent point to another")],
    }


def class_histogram(fitted: Fitted) -> dict[str, Any]:
    """Count the classes that the judge sees in the test images and in as many samples.

    Returns
    -------
    dict
        ``classes``; ``real`` and ``made``, counts of each; ``class_distance``, the total
        variation between their shares.
    """
    real, made = generation.class_counts(
        _predictions(fitted, "class-histogram"), len(fitted.classes)
    )
    return {
        "classes": list(fitted.classes) or [str(code) for code in range(len(real))],
        "real": real.tolist(),
        "made": made.tolist(),
        "class_distance": total_variation(real, made),
    }


def frechet_scale(fitted: Fitted) -> dict[str, Any]:
    """Measure the samples, and for comparison other real images and noise.

    Returns
    -------
    dict
        ``rows``: the number of real images and of samples; ``real``, ``model`` and ``noise``: the
        metrics of :func:`handbook.tasks.generation.score`.
    """
    predictions, judge = _predictions(fitted, "frechet-scale"), _judge(fitted, "frechet-scale")
    ours, undefined = generation.score(None, predictions)
    if undefined:
        return {"undefined": next(iter(undefined.values()))}
    ends = generation.ends(fitted.train.X, fitted.test.X, len(fitted.classes), judge)
    rows = len(predictions.table)
    return {"rows": rows, "real": ends["real"], "model": ours, "noise": ends["noise"]}


def _predictions(fitted: Fitted, show: str) -> Predictions:
    """Return what the judge sees of as many generated images as there are test images."""
    model, judge = _generator(fitted, show), _judge(fitted, show)

    def predict() -> Predictions:
        return generation.predict(model, fitted.test.X, len(fitted.classes), judge)

    predictions: Predictions = fitted.once("predictions", predict)
    return predictions


def sheet(images: Array, rows: int, label: str) -> dict[str, Any]:
    """Lay images in a :func:`grid` of `rows` rows, which divides their number, with white gaps."""
    return grid(images, len(images) // rows, gap=_GAP, background=255) | {"label": label}


def _rows(n: int) -> int:
    """Return the number of rows of the full grid of `n` cells that is nearest to a square."""
    return max(rows for rows in range(1, int(n**0.5) + 1) if n % rows == 0)


def _generator(fitted: Fitted, show: str) -> Any:
    return fitted.require("snapshots_", show, "models that make images")


def _judge(fitted: Fitted, show: str) -> Any:
    if fitted.judge is None:
        raise HandbookError(
            f"{fitted.spec.run.model}: shows {show!r}, which needs a judge of the images, and "
            f"{fitted.spec.run.data} has none; name one in params.yaml, or take {show!r} out of "
            "the model's `shows`"
        )
    return fitted.judge
