"""Images side by side in one PNG."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["grid"]


def grid(
    images: npt.NDArray[Any], columns: int, *, gap: int = 0, background: int = 0
) -> dict[str, Any]:
    """Lay images in the cells of a grid, row by row, and return a PNG in base64.

    Parameters
    ----------
    images : uint8 array of shape (n, H, W[, C])
    columns : int
    gap : int
        Pixels between two images.
    background : int
        Value of the gaps and of cells without an image.

    Examples
    --------
    >>> sheet = grid(np.zeros((6, 4, 4), np.uint8), 3)
    >>> sheet["rows"], base64.b64decode(sheet["png"])[1:4]
    (2, b'PNG')
    """
    from PIL import Image

    n, height, width, *channels = images.shape
    rows = -(-n // columns)
    down, across = height + gap, width + gap
    picture = np.full((rows * down - gap, columns * across - gap, *channels), background, np.uint8)
    for number, image in enumerate(images):
        top, left = number // columns * down, number % columns * across
        picture[top : top + height, left : left + width] = image
    buffer = io.BytesIO()
    flat = picture[..., 0] if channels == [1] else picture
    Image.fromarray(flat).save(buffer, format="PNG", optimize=True)
    png = base64.b64encode(buffer.getvalue()).decode()
    return {"png": png, "rows": rows, "columns": columns}
