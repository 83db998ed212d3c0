"""The IDX format of MNIST and its relatives: a magic number, sizes, then bytes.

References
----------
LeCun, Cortes and Burges, *The MNIST database of handwritten digits*, file format.
"""

from __future__ import annotations

import gzip
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from handbook.core.errors import HandbookError
from handbook.data.dataset import Dataset
from handbook.data.source import RawFile

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = ["FILES", "load", "pinned", "read"]

FILES = (
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
)

_UBYTE = 8  # third byte of the magic number; the fourth is the number of dimensions


def pinned(pins: Sequence[tuple[int, str]], addresses: Sequence[str]) -> tuple[RawFile, ...]:
    """Return :data:`FILES` with their sizes and digests, each below all addresses."""
    return tuple(
        RawFile(name, size, digest, tuple(address + name for address in addresses))
        for name, (size, digest) in zip(FILES, pins, strict=True)
    )


def read(path: Path, dimensions: int, limit: int = 2**28) -> npt.NDArray[np.uint8]:
    """Read an IDX file of unsigned bytes, gzipped or not.

    Parameters
    ----------
    path : Path
    dimensions : int
        Number of dimensions that the file must have: 3 for images, 1 for labels.
    limit : int
        Largest number of values, against archives that unpack without end.

    Raises
    ------
    HandbookError
        A broken gzip file, another magic number or other sizes, truncated, or followed by more.
    """
    import numpy as np

    again = "delete it and acquire it again"
    try:
        with gzip.open(path, "rb") if _gzipped(path) else path.open("rb") as stream:
            header = stream.read(4 + 4 * dimensions)
            if len(header) < 4 or header[:4] != bytes([0, 0, _UBYTE, dimensions]):
                raise HandbookError(
                    f"{path}: magic number {header[:4].hex()}, expected 0000{_UBYTE:02x}"
                    f"{dimensions:02x} (IDX, unsigned bytes, {dimensions} dimensions): "
                    f"not the right file, {again}"
                )
            if len(header) < 4 + 4 * dimensions:
                raise HandbookError(f"{path}: truncated within its header; {again}")
            shape = struct.unpack(f">{dimensions}I", header[4:])
            expected = int(np.prod(shape, dtype=object))
            if expected > limit:
                raise HandbookError(
                    f"{path}: claims {expected:,} values, at most {limit:,} allowed; {again}"
                )
            data = stream.read(expected + 1)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise HandbookError(f"{path}: not a complete gzip file ({error}); {again}") from None
    if len(data) != expected:
        more = "more" if len(data) > expected else f"{len(data):,}"
        raise HandbookError(f"{path}: {more} values where its header says {expected:,}; {again}")
    return np.frombuffer(data, np.uint8).reshape(shape)


def _gzipped(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) != bytes(2)  # with which IDX begins


def load(raw: Path, name: str, release: str, classes: tuple[str, ...]) -> Dataset:
    """Read the four files of an MNIST-like set; the publisher's test rows come last."""
    import numpy as np

    parts = []
    for images, labels in (FILES[:2], FILES[2:]):
        X, y = read(raw / images, 3), read(raw / labels, 1)
        if X.shape[1:] != (28, 28):
            raise HandbookError(
                f"{raw / images}: images of {X.shape[1]}x{X.shape[2]} pixels, expected 28x28"
            )
        if len(X) != len(y):
            raise HandbookError(
                f"{raw}: {images} holds {len(X):,} images, {labels} {len(y):,} labels; "
                "the files do not belong together, delete them and acquire them again"
            )
        if y.max(initial=0) >= len(classes):
            raise HandbookError(
                f"{raw / labels}: label {y.max()} at row {int(y.argmax())}, expected 0 to "
                f"{len(classes) - 1}; delete it and acquire it again"
            )
        parts.append((X, y))
    (train, train_y), (test, test_y) = parts
    X, y = np.concatenate([train, test]), np.concatenate([train_y, test_y]).astype(np.int64)
    held_out = np.arange(len(X)) >= len(train)
    return Dataset(name, release, "images", X, y, "label", classes, held_out)
