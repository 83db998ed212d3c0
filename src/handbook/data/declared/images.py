"""Images whose form the catalogue declares: a folder a class, IDX or NPZ."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from handbook.core.errors import HandbookError
from handbook.data.declared.declaration import Declaration, Images
from handbook.data.formats import archive, idx

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = ["SUFFIXES", "Pictures", "read"]

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm", ".pgm")
"""Ends of the names of files that are images."""


class Pictures(NamedTuple):
    """Images of one shape, the names of their classes, and which are the publisher's test rows."""

    X: npt.NDArray[np.uint8]
    labels: list[str] | None
    test: npt.NDArray[np.bool_] | None


def read(raw: Path, declared: Declaration) -> Pictures:
    """Read the images of a declared data set, with the names of their classes."""
    images = declared.images
    assert images is not None
    paths = [raw / file.name for file in declared.files]
    if images.reader == "folders":
        return _folders(paths, images, labelled=bool(declared.classes))
    return _arrays(raw, paths, images)


def _folders(paths: Sequence[Path], images: Images, *, labelled: bool) -> Pictures:
    """Read zip files: an image's class is the folder that it lies in."""
    import numpy as np

    pictures, labels, test = [], [], []
    for path in paths:
        names = sorted(name for name in archive.names(path) if is_image(name))
        for name, data in archive.members(path, names):
            pictures.append(_picture(data, images.shape, f"{path}: {name}"))
            folders = PurePosixPath(name).parts[:-1]
            labels.append(folders[-1] if folders else "")
            test.append(images.test_folder in folders)
    if not pictures:
        raise HandbookError(f"{paths[0]}: holds no image ({', '.join(SUFFIXES)})")
    held_out = np.array(test) if images.test_folder else None
    return Pictures(np.stack(pictures), labels if labelled else None, held_out)


def is_image(name: str) -> bool:
    """Tell whether a file of an archive is an image, by its name; hidden ones are none."""
    path = PurePosixPath(name)
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    return path.suffix.lower() in SUFFIXES and not hidden


def _picture(data: bytes, shape: Sequence[int], what: str) -> npt.NDArray[np.uint8]:
    """Return one image in grey or in colour, in the size asked for."""
    import numpy as np
    from PIL import Image, UnidentifiedImageError

    height, width, *colour = shape
    try:
        picture: Image.Image = Image.open(io.BytesIO(data))
        if "transparency" in picture.info or "A" in picture.mode:  # on white, as it is seen
            layer = picture.convert("RGBA")
            picture = Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer)
        picture = picture.convert("RGB" if colour else "L")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise HandbookError(f"{what}: cannot be read as an image ({error})") from None
    if picture.size != (width, height):
        picture = picture.resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(picture, np.uint8)


def _arrays(raw: Path, paths: Sequence[Path], images: Images) -> Pictures:
    """Read arrays of images and labels, first the training rows."""
    import numpy as np

    def together(names: Sequence[str], dimensions: tuple[int, ...]) -> Any:
        parts = [_array(raw, paths, name, images, dimensions) for name in names]
        return np.concatenate(parts) if parts else None

    X = together([*images.images, *images.test_images], (3, 4))
    y = together([*images.labels, *images.test_labels], (1,))
    if X.dtype != np.uint8:
        raise HandbookError(
            f"{paths[0]}: images of type {X.dtype}, expected uint8: pixels from 0 to 255"
        )
    if X.shape[-1] == 1 and X.ndim == 4:
        X = X[..., 0]
    if list(X.shape[1:]) != images.shape:
        raise HandbookError(f"{paths[0]}: images of shape {X.shape[1:]}, expected {images.shape}")
    if y is not None and len(X) != len(y):
        raise HandbookError(f"{paths[0]}: {len(X):,} images and {len(y):,} labels")
    held_out = together(images.test_images, (3, 4)) if images.test_images else ()
    test = np.arange(len(X)) >= len(X) - len(held_out) if images.test_images else None
    return Pictures(X, None if y is None else [str(label) for label in y.tolist()], test)


def _array(
    raw: Path, paths: Sequence[Path], name: str, images: Images, dimensions: tuple[int, ...]
) -> npt.NDArray[Any]:
    """Return an array by the name of its IDX file, or by its own in an NPZ file."""
    if images.reader == "idx":
        return idx.read(raw / name, dimensions[0])
    import numpy as np

    try:
        with np.load(paths[0], allow_pickle=False) as arrays:
            array: npt.NDArray[Any] = arrays[name]
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise HandbookError(f"{paths[0]}: array {name!r} cannot be read ({error})") from None
    if dimensions == (1,) and array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim not in dimensions:
        raise HandbookError(
            f"{paths[0]}: {name} has {array.ndim} dimensions, expected "
            f"{' or '.join(map(str, dimensions))}"
        )
    return array
