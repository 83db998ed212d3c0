"""What the catalogue should say of images that nobody has described."""

from __future__ import annotations

import contextlib
import io
import re
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from handbook.catalogue.declaring import targets
from handbook.catalogue.declaring.proposal import Options, Proposal
from handbook.core.errors import HandbookError
from handbook.data.declared import images
from handbook.data.formats import archive, idx

__all__ = ["idx_files", "npz_file", "pack", "zip_file"]

_LARGEST = 64  # pixels a side that images are made smaller to, where the user says nothing
_BYTES_READ = 300  # images that the size is told from
_TARGET = "label"
_TEST = ("test", "testing")
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same bytes for the same images


def pack(folder: Path, archive_path: Path) -> None:
    """Pack the images of a folder into a zip file, the same bytes for the same images.

    Raises
    ------
    HandbookError
        It holds none.
    """
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    pictures = [path for path in paths if images.is_image(path.relative_to(folder).as_posix())]
    if not pictures:
        raise HandbookError(
            f"{folder}: holds no image ({', '.join(images.SUFFIXES)}); expected a folder a class"
        )
    with zipfile.ZipFile(archive_path, "w", zipfile.ZIP_STORED) as packed:
        for path in pictures:
            name = path.relative_to(folder).as_posix()
            packed.writestr(zipfile.ZipInfo(name, _EPOCH), path.read_bytes())


def zip_file(path: Path, name: str, options: Options) -> Proposal:
    """Propose how a zip file of images is read: a class is the folder that an image lies in."""
    names = sorted(member for member in archive.names(path) if images.is_image(member))
    if not names:
        raise HandbookError(
            f"{path}: holds no image ({', '.join(images.SUFFIXES)}); take a table or a text out of "
            "it, and give that"
        )
    folders = {member: PurePosixPath(member).parts[:-1] for member in names}
    labels = {member: parts[-1] if parts else "" for member, parts in folders.items()}
    test = next((part for parts in folders.values() for part in parts if part.lower() in _TEST), "")
    shape, about = _shape(path, names, options)
    decisions = [f"{len(names):,} images, {about}"]
    if test:
        number = sum(test in parts for parts in folders.values())
        decisions.append(f"the {number:,} in folders called {test} are the test rows")
    read = {"reader": "folders", "shape": shape, "test_folder": test}
    content = {"images": {key: value for key, value in read.items() if value}}
    counts = dict(Counter(labels.values()))
    return _proposal(path, {name: path}, content, counts, len(names), decisions, options)


def _shape(path: Path, names: Sequence[str], options: Options) -> tuple[list[int], str]:
    """Return the shape that all images are read to, and how that was found."""
    from PIL import Image

    step = max(len(names) // _BYTES_READ, 1)
    sizes: Counter[tuple[int, int]] = Counter()
    colour = False
    for member, data in archive.members(path, names[::step]):
        try:
            picture = Image.open(io.BytesIO(data))
            sizes[picture.size[::-1]] += 1
            colour = colour or not _is_grey(picture)
        except (OSError, ValueError) as error:
            raise HandbookError(f"{path}: {member}: no image that can be read ({error})") from None
    (height, width), count = sizes.most_common(1)[0]
    about = f"{height} x {width} pixels"
    if options.shape:
        shape = list(options.shape)
        return shape, f"{about} the commonest size; read to {_sides(shape)}, as asked"
    larger = max(height, width, 1)
    if larger > _LARGEST:
        scale = _LARGEST / larger
        height, width = max(round(height * scale), 1), max(round(width * scale), 1)
        about += f", made smaller to {height} x {width} (--shape sets it)"
    elif count < sum(sizes.values()):
        about += " the commonest size, to which the others are brought (--shape sets it)"
    return [height, width, *([3] if colour else [])], f"{about}, {'colour' if colour else 'grey'}"


def _is_grey(picture: Any) -> bool:
    if picture.mode in ("1", "L", "LA", "I", "I;16", "F"):
        return True
    red, green, blue = picture.convert("RGB").split()
    return bool(red.tobytes() == green.tobytes() == blue.tobytes())


def _sides(shape: Sequence[int]) -> str:
    return " x ".join(map(str, shape[:2])) + (", colour" if len(shape) > 2 else ", grey")


def npz_file(path: Path, name: str, options: Options) -> Proposal:
    """Propose how the arrays of an NPZ file are read, by their names."""
    import numpy as np

    try:
        with np.load(path, allow_pickle=False) as arrays:
            contents = {key: arrays[key] for key in arrays.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise HandbookError(f"{path}: cannot be read as NPZ ({error})") from None
    pixels = {key: array for key, array in contents.items() if array.ndim in (3, 4)}
    labels = {
        key: array for key, array in contents.items() if array.size == len(array) and array.ndim
    }
    if not pixels:
        shapes = ", ".join(f"{key} {array.shape}" for key, array in contents.items())
        raise HandbookError(
            f"{path}: no images among its arrays ({shapes}); expected arrays of 3 or 4 dimensions, "
            "uint8. Numbers in columns: write them as CSV or Parquet"
        )
    read = _roles(path, pixels, labels)
    shape = list(next(iter(pixels.values())).shape[1:])
    shape = shape[:2] if shape[2:] == [1] else shape
    together = [str(label) for key in [*read["labels"], *read["test_labels"]]
                for label in labels[key].ravel().tolist()]  # fmt: skip
    rows = sum(len(pixels[key]) for key in [*read["images"], *read["test_images"]])
    decisions = [f"{rows:,} images, {_sides(shape)}, from {', '.join(pixels)}"]
    if read["test_images"]:
        decisions.append(f"{', '.join(read['test_images'])}: the test rows")
    content = {"images": {"reader": "npz", "shape": shape}
               | {key: names for key, names in read.items() if names}}  # fmt: skip
    return _proposal(path, {name: path}, content, dict(Counter(together)), rows, decisions, options)


def _roles(
    path: Path, pixels: Mapping[str, Any], labels: Mapping[str, Any]
) -> dict[str, list[str]]:
    """Tell what arrays are for by their names: test in one means test rows; labels by length."""
    roles: dict[str, list[str]] = {
        role: [] for role in ("images", "labels", "test_images", "test_labels")
    }
    left = dict(labels)
    for key, array in pixels.items():
        part = "test_" if re.search(r"(?i)test", key) else ""
        own = [
            other
            for other, values in left.items()
            if len(values) == len(array) and bool(re.search(r"(?i)test", other)) == bool(part)
        ]
        roles[f"{part}images"].append(key)
        if len(own) > 1:
            own = [other for other in own if _stem(other) == _stem(key)] or own
        if own:
            roles[f"{part}labels"].append(own[0])
            del left[own[0]]
    if not roles["images"]:
        roles["images"], roles["labels"] = roles["test_images"], roles["test_labels"]
        roles["test_images"], roles["test_labels"] = [], []
    number = len(roles["labels"]) + len(roles["test_labels"])
    if number not in (0, len(pixels)):
        raise HandbookError(
            f"{path}: of {', '.join(pixels)} only {number} have labels of the same length among "
            f"{', '.join(labels)}"
        )
    return roles


def _stem(name: str) -> str:
    """Return what the names of images and of their labels share.

    Examples
    --------
    >>> _stem("x_train") == _stem("y_train"), _stem("val_images") == _stem("val_labels")
    (True, True)
    """
    return re.sub(r"(?i)images?|labels?|targets?|^[xy]_?|_?[xy]$|_", "", name)


def idx_files(paths: Sequence[Path], names: Sequence[str], options: Options) -> Proposal:
    """Propose how IDX files are read: by the dimensions in their headers and by their names."""
    roles: dict[str, list[str]] = {
        role: [] for role in ("images", "labels", "test_images", "test_labels")
    }
    shape: list[int] = []
    counts: Counter[str] = Counter()
    rows = 0
    for path, name in zip(paths, names, strict=True):
        part = "test_" if re.search(r"(?i)test|t10k", path.name) else ""
        array = _idx(path)
        if array.ndim == 3:
            rows += len(array)
            shape = list(array.shape[1:])
            roles[f"{part}images"].append(name)
        else:
            counts.update(map(str, array.tolist()))
            roles[f"{part}labels"].append(name)
    if not rows:
        raise HandbookError(f"{paths[0]}: labels without images; give the files of both")
    content = {"images": {"reader": "idx", "shape": shape}
               | {role: files for role, files in roles.items() if files}}  # fmt: skip
    decisions = [f"{rows:,} images, {_sides(shape)}"]
    if roles["test_images"]:
        decisions.append(f"{', '.join(roles['test_images'])}: the test rows")
    files = dict(zip(names, paths, strict=True))
    return _proposal(paths[0], files, content, dict(counts), rows, decisions, options)


def _idx(path: Path) -> Any:
    """Return the images or the labels in an IDX file."""
    with contextlib.suppress(HandbookError):
        return idx.read(path, 1)
    return idx.read(path, 3)


def _proposal(
    path: Path,
    files: Mapping[str, Path],
    content: dict[str, Any],
    counts: dict[str, int],
    rows: int,
    decisions: list[str],
    options: Options,
) -> Proposal:
    """Add what images of classes, or of none, can serve."""
    if len(counts) < 2 and options.task == "classification":
        raise HandbookError(f"{path}: one class: nothing to tell apart; put each in its own folder")
    if len(counts) < 2 or options.task == "generation":
        decisions.append("no classes: for models that generate")
        return Proposal(content | {"tasks": ["generation"], "rows": rows}, files, decisions)
    classes = targets.ordered(path, counts, options.positive)
    listed = ", ".join(f"{name} ({number:,})" for name, number in list(classes.items())[:8])
    decisions.append(f"{len(classes)} classes: {listed}{', ...' if len(classes) > 8 else ''}")
    about = {"tasks": ["classification"], "target": _TARGET, "classes": classes, "rows": rows}
    return Proposal(content | about, files, decisions)
