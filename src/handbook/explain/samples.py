"""What a generator makes: over its training, between latent points, and in the eyes of a judge."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import numpy.typing as npt

from handbook.core.errors import HandbookError
from handbook.explain.fitted import Fitted
from handbook.tasks import generation
from handbook.tasks.frechet import total_variation

__all__ = ["STEPS", "class_histogram", "frechet_scale", "interpolation", "samples", "sheet"]

Array = npt.NDArray[Any]

#: Updates of the generator after which its samples are shown, as in the handbook.
STEPS = (0, 1_000, 10_000)

_PAIRS, _WAY = 4, 9  # ways between latent points, and images of each
_GAP = 2  # pixels between the pictures of a sheet


def samples(fitted: Fitted) -> dict[str, Any]:
    """Show what the same latent points became at three times of the training.

    Returns
    -------
    dict
        ``sheets``: at the snapshots next to :data:`STEPS`, each once, as :func:`sheet` has them
        with ``step``; ``steps``, all that the generator was trained for.

    Raises
    ------
    HandbookError
        The model makes no images.

    References
    ----------
    Handbook, 6.7.
    """
    model = _generator(fitted, "samples")
    at = np.asarray(model.snapshot_steps_)
    places = sorted({int(np.abs(at - step).argmin()) for step in STEPS})
    sheets = []
    for place in places:
        pictures = model.snapshots_[place]
        step = int(at[place])
        sheets.append(sheet(pictures, _rows(len(pictures)), f"step {step:,}") | {"step": step})
    return {"steps": int(at[-1]), "sheets": sheets}


def interpolation(fitted: Fitted) -> dict[str, Any]:
    """Show the ways between pairs of latent points, along great circles.

    Returns
    -------
    dict
        ``pairs``, ``images`` of each way, and ``sheets`` with one sheet, a way a row.

    Raises
    ------
    HandbookError
        The model makes no images.
    """
    model = _generator(fitted, "interpolation")
    made = model.interpolate(_PAIRS, _WAY, random_state=fitted.spec["seed"])
    pictures = made.reshape(-1, *made.shape[2:])
    return {
        "pairs": _PAIRS,
        "images": _WAY,
        "sheets": [sheet(pictures, _PAIRS, "from one latent point to another")],
    }


def class_histogram(fitted: Fitted) -> dict[str, Any]:
    """Count what the judge takes the test images and as many samples for.

    Returns
    -------
    dict
        ``classes``; ``real`` and ``made``, counts of each; ``class_distance``, the total
        variation between their shares.

    Raises
    ------
    HandbookError
        The model makes no images, or there is no judge.
    """
    model, judge = _generator(fitted, "class-histogram"), _judge(fitted, "class-histogram")
    predictions = generation.predict(model, fitted.test.X, len(fitted.classes), judge)
    real, made = generation.class_counts(predictions, len(fitted.classes))
    return {
        "classes": list(fitted.classes) or [str(code) for code in range(len(real))],
        "real": real.tolist(),
        "made": made.tolist(),
        "class_distance": total_variation(real, made),
    }


def frechet_scale(fitted: Fitted) -> dict[str, Any]:
    """Measure the samples and both ends of the scale: other real images, and noise.

    Returns
    -------
    dict
        ``rows``, real images and samples of each; ``real``, ``model`` and ``noise``: each the
        metrics of :func:`handbook.tasks.generation.score`.

    Raises
    ------
    HandbookError
        The model makes no images, or there is no judge.
    """
    model, judge = _generator(fitted, "frechet-scale"), _judge(fitted, "frechet-scale")
    held_out, classes = fitted.test.X, len(fitted.classes)
    predictions = generation.predict(model, held_out, classes, judge)
    ours, undefined = generation.score(None, predictions)
    if undefined:
        return {"undefined": next(iter(undefined.values()))}
    ends = generation.ends(fitted.train.X, held_out, classes, judge)
    return {
        "rows": len(predictions.table),
        "real": ends["real"],
        "model": ours,
        "noise": ends["noise"],
    }


def sheet(pictures: Array, rows: int, label: str) -> dict[str, Any]:
    """Lay pictures side by side in one PNG.

    Parameters
    ----------
    pictures : uint8 array of shape (n, H, W[, C])
        Row by row; `rows` divides n.
    rows : int
    label : str

    Returns
    -------
    dict
        ``png`` (base64), ``rows``, ``columns`` and ``label``.

    Examples
    --------
    >>> found = sheet(np.zeros((6, 4, 4), np.uint8), 2, "step 0")
    >>> found["columns"], base64.b64decode(found["png"])[1:4]
    (3, b'PNG')
    """
    from PIL import Image

    n, height, width, *channels = pictures.shape
    columns = n // rows
    down, across = height + _GAP, width + _GAP
    # white between them, none around
    paper = np.full((rows * down, columns * across, *channels), 255, np.uint8)
    for place, picture in enumerate(pictures):
        top, left = place // columns * down, place % columns * across
        paper[top : top + height, left : left + width] = picture
    paper = paper[:-_GAP, :-_GAP]
    buffer = io.BytesIO()
    flat = paper[..., 0] if channels == [1] else paper
    Image.fromarray(flat).save(buffer, format="PNG", optimize=True)
    png = base64.b64encode(buffer.getvalue()).decode()
    return {"png": png, "rows": rows, "columns": columns, "label": label}


def _rows(n: int) -> int:
    """Return the rows of a grid of `n` that is as near to a square as it comes, and wide."""
    return max(rows for rows in range(1, int(n**0.5) + 1) if n % rows == 0)


def _generator(fitted: Fitted, what: str) -> Any:
    if not hasattr(fitted.model, "snapshots_"):
        raise fitted.refuse(what, "models that make images")
    return fitted.model


def _judge(fitted: Fitted, what: str) -> Any:
    if fitted.judge is None:
        raise HandbookError(
            f"{fitted.spec['model']}: shows {what!r}, which needs a judge of the images, and "
            f"{fitted.spec['data']} has none; name one in params.yaml, or take {what!r} out of "
            "the model's `shows`"
        )
    return fitted.judge
