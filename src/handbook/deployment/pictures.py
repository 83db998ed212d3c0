"""Pictures from outside, and those that a generator draws."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from handbook.core.errors import HandbookError
from handbook.data.declared.images import is_image
from handbook.deployment.writing import whole

__all__ = ["PICTURES", "Pictures", "read", "write"]

#: Pictures of a part: so many are answered at a time.
PICTURES = 1_024

_ALIKE = "the policies 'flag' and 'pass' bring them to that size"


class Pictures(NamedTuple):
    """Some pictures of one shape.

    Parameters
    ----------
    X : uint8 array of shape (n, height, width[, channels])
    names : list of str
        Their files; empty where they come from an array.
    remarks : list of str
        What was done to each of them.
    """

    X: npt.NDArray[np.uint8]
    names: list[str]
    remarks: list[str]


def read(path: Path, shape: tuple[int, ...], *, resized: bool) -> Iterator[Pictures]:
    """Yield pictures in parts of at most :data:`PICTURES`.

    Parameters
    ----------
    path : Path
        An array as NumPy saves it (``.npy``), one picture, or a folder of pictures.
    shape : tuple of int
        Height and width; 3 behind them where in colour.
    resized : bool
        Whether pictures of another size are brought to this one.
    """
    if path.suffix == ".npy":
        yield from _arrays(path)
        return
    files = [path]
    if path.is_dir():
        files = sorted(own for own in path.rglob("*") if own.is_file() and is_image(own.name))
    if not files:
        raise HandbookError(f"{path}: holds no picture")
    for start in range(0, len(files), PICTURES):
        part = files[start : start + PICTURES]
        pictures, remarks = zip(*(_picture(own, shape, resized) for own in part), strict=True)
        names = [str(own.relative_to(path)) if own != path else own.name for own in part]
        yield Pictures(np.stack(pictures), names, list(remarks))


def _arrays(path: Path) -> Iterator[Pictures]:
    try:
        X = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise HandbookError(f"{path}: no array of NumPy ({error})") from None
    if not X.ndim or not len(X):
        raise HandbookError(f"{path}: no picture; expected an array of shape (n, height, width)")
    for start in range(0, len(X), PICTURES):
        part = np.asarray(X[start : start + PICTURES])
        yield Pictures(part, [], [""] * len(part))


def _picture(path: Path, shape: tuple[int, ...], resized: bool) -> tuple[Any, str]:
    """Return a picture in grey or in colour and in one size, and what was done to it."""
    height, width, *colour = shape
    try:
        with Image.open(path) as picture:
            size = picture.size
            if size != (width, height) and not resized:
                raise HandbookError(
                    f"{path}: {size[0]} x {size[1]} pixels, expected {width} x {height}; {_ALIKE}"
                )
            if "transparency" in picture.info or "A" in picture.mode:  # on white, as it is seen
                layer = picture.convert("RGBA")
                white = Image.new("RGBA", layer.size, "white")
                plain = Image.alpha_composite(white, layer)
            else:
                plain = picture
            plain = plain.convert("RGB" if colour else "L")
    except FileNotFoundError:
        raise HandbookError(f"{path}: missing") from None
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise HandbookError(f"{path}: cannot be read as a picture ({error})") from None
    if size == (width, height):
        return np.asarray(plain, np.uint8), ""
    plain = plain.resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(plain, np.uint8), f"was {size[0]} x {size[1]} pixels"


def write(path: Path, X: npt.NDArray[np.uint8]) -> None:
    """Write pictures as one array (``.npy``), or as a new folder of PNG files."""
    if path.suffix == ".npy":
        with whole(path) as partial, partial.open("wb") as file:
            np.save(file, X, allow_pickle=False)
        return
    if path.exists():
        raise HandbookError(f"{path}: is there already; name a new folder, or a file *.npy")
    with whole(path) as partial:
        partial.mkdir()
        for number, picture in enumerate(X):
            Image.fromarray(picture).save(partial / f"{number:05}.png")
