"""Load a data set, split it into training and test rows, and describe it."""

from __future__ import annotations

import hashlib
import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

from handbook.core import files
from handbook.core.errors import HandbookError
from handbook.core.terminal import say
from handbook.data import dataset, profile, registry
from handbook.data.dataset import Dataset
from handbook.data.fingerprint import fingerprint
from handbook.data.formats.shapes import AGAIN
from handbook.data.profile import Parts
from handbook.data.raw import SAMPLE, source

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = ["Split", "load", "prepare", "prepare_files"]

_BINS = 10  # quantiles of a regression target that a split keeps in proportion


class Split(TypedDict):
    """The content of ``split.json``: how rows were chosen; `digest` identifies them in order."""

    method: str
    seed: int | None
    test_size: float | None
    rows: Parts
    digest: str


def load(name: str, release: str, raw: Path, seed: int) -> Dataset:
    """Load a release from its raw files, checked by digest first, or make the sample.

    `release` is one that the data set's module pins, or ``sample``; `seed` is that of the sample.
    """
    module = registry.module(name)
    if release == SAMPLE:
        return module.sample(seed)
    pinned = source(name, release)
    for file in pinned.files:
        path = raw / file.name
        fault = file.mismatch(path)
        if fault and path.is_file() and (pinned.rows or module.KIND == "table"):
            return _in_another_shape(name, release, path, fault)
        if fault:
            raise HandbookError(
                f"{name}: {path}: {fault}; delete it where it is there and run the workflow "
                "again, which acquires it anew"
            )
    return module.load(raw, release)


def _in_another_shape(name: str, release: str, path: Path, fault: str) -> Dataset:
    """Load a file that is not the pinned one, where it holds the same rows."""
    sources = registry.module(name).SOURCES
    for other, theirs in sources.items():
        if other != release and not theirs.files[0].mismatch(path):
            raise HandbookError(
                f"{name}: {path} is the file of another release: name it in params.yaml, data: "
                f"{name}: {{release: {other}}}, and this file {theirs.files[0].name}"
            )
    try:
        data = registry.module(name).load(path.parent, release)
    except HandbookError as error:
        raise HandbookError(f"{name}: not the pinned file ({fault}). {error}") from None
    if fingerprint(data) != sources[release].rows:
        raise HandbookError(
            f"{name}: {path}: not the pinned file ({fault}). It has the right columns, but other "
            f"rows than the release {release!r} ({len(data):,} of them): put the pinned file "
            f"there, {AGAIN}"
        )
    say(f"{name}: {path}: not the pinned file ({fault}), but the same rows in another shape")
    return data


def prepare(
    data: Dataset, seed: int, test_size: float, *, stratified: bool = True
) -> tuple[Dataset, Dataset, Split]:
    """Split a data set into training and test rows.

    The publisher's own test rows are kept where there are some. Otherwise rows are drawn:
    whole groups where rows belong together, else in proportion to the classes or to the
    quantiles of the target. Text is cut at the line break nearest to the share asked for, the
    test last.

    Parameters
    ----------
    data : Dataset
    seed : int
    test_size : float
        Share of rows (characters of a text) held out, between 0 and 1.
    stratified : bool
        False draws rows whatever their class or target: those of scikit-learn's
        ``train_test_split`` with this seed.
    """
    if not 0 < test_size < 1:
        raise HandbookError(f"{data.name}: test_size is {test_size}, expected between 0 and 1")
    if data.kind == "text":
        return _cut(data, test_size)
    import numpy as np

    if data.test is not None:
        method = "publisher"
        train, test = np.flatnonzero(~data.test), np.flatnonzero(data.test)
    else:
        method, train, test = _draw(data, seed, test_size, stratified)
    if not len(train) or not len(test):
        raise HandbookError(
            f"{data.name}: {len(data)} rows leave {len(train)} to train and {len(test)} to test "
            f"at test_size {test_size}; choose another test_size"
        )
    order = np.concatenate([train, test]).astype("<i8").tobytes()
    drawn = method != "publisher"
    split = Split(
        method=method,
        seed=seed if drawn else None,
        test_size=test_size if drawn else None,
        rows=Parts(train=len(train), test=len(test)),
        digest=hashlib.sha256(order).hexdigest(),
    )
    return data.rows(train), data.rows(test), split


def _draw(
    data: Dataset, seed: int, test_size: float, stratified: bool
) -> tuple[str, npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    import numpy as np
    from sklearn.model_selection import GroupShuffleSplit, train_test_split

    rows = np.arange(len(data))
    if data.groups is not None:
        splitter = GroupShuffleSplit(n_splits=1, test_size=test_size, random_state=seed)
        try:
            train, test = next(splitter.split(rows, groups=data.groups))
        except ValueError as error:
            raise HandbookError(f"{data.name}: cannot be split by groups: {error}") from None
        random = np.random.default_rng(seed)
        return "groups", random.permutation(train), random.permutation(test)
    method, strata = "random", None
    target = data.y if stratified else None
    if target is not None and data.classes:
        method, strata = "stratified", target
    elif target is not None:
        method, strata = "quantiles", _quantiles(target)
    try:
        train, test = train_test_split(
            rows, test_size=test_size, random_state=seed, stratify=strata
        )
    except ValueError as error:
        raise HandbookError(
            f"{data.name}: {len(rows)} rows cannot be split at test_size {test_size}: {error}"
        ) from None
    return method, train, test


def _quantiles(target: npt.NDArray[Any]) -> npt.NDArray[np.intp]:
    """Return the number of the quantile of each value; fewer quantiles where there are few rows."""
    import numpy as np

    bins = max(1, min(_BINS, len(target) // 10))
    edges = np.unique(np.quantile(target, np.linspace(0, 1, bins + 1)[1:-1]))
    return np.searchsorted(edges, target)


def _cut(data: Dataset, test_size: float) -> tuple[Dataset, Dataset, Split]:
    text: str = data.X
    target = math.floor(len(text) * (1 - test_size))
    # cut after the line that holds the target, or before it where it is the last line
    cut = text.find("\n", target) + 1
    if cut in (0, len(text)):
        cut = text.rfind("\n", 0, target) + 1
    if not cut:
        raise HandbookError(f"{data.name}: a text of one line cannot be split at a line break")
    split = Split(
        method="last characters",
        seed=None,
        test_size=test_size,
        rows=Parts(train=cut, test=len(text) - cut),
        digest=hashlib.sha256(str(cut).encode()).hexdigest(),
    )
    return replace(data, X=text[:cut]), replace(data, X=text[cut:]), split


def prepare_files(
    name: str,
    raw: Path,
    *,
    release: str,
    seed: int,
    test_size: float,
    stratified: bool = True,
    train: Path,
    test: Path,
    split: Path,
    profile_to: Path,
) -> None:
    """Load, split and describe a data set, and write two Arrow files and two JSON files."""
    data = load(name, release, raw, seed)
    train_rows, test_rows, about = prepare(data, seed, test_size, stratified=stratified)
    dataset.write(train, train_rows)
    dataset.write(test, test_rows)
    files.write_json(split, about)
    files.write_json(profile_to, profile.describe(data, about["rows"], train_rows, test_rows))
