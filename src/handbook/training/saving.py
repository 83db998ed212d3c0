"""Fitted estimators on disk: skops files with reproducible bytes, read with a reviewed list.

A skops file is a zip of one JSON schema and the arrays it names; reading it builds objects of
listed types only and runs no code of the file's choosing, unlike pickle. Two things are added
here: equal estimators give equal bytes, and the list of types is this project's own, with what a
catalogue trusts beside it.
"""

from __future__ import annotations

import hashlib
import importlib
import io
import json
import zipfile
from collections.abc import Collection
from pathlib import Path
from typing import Any

from sklearn.base import BaseEstimator

from handbook.core.errors import HandbookError
from handbook.core.files import damage_named, written_whole
from handbook.training.classes import is_listed
from handbook.training.unpacking import read, unpacked

__all__ = ["TRUSTED", "UntrustedTypesError", "load", "save"]

#: Types that are read beside those which skops trusts itself (scikit-learn's public estimators,
#: numpy's arrays and generators, plain containers) and this package's own estimators. Each was
#: read for what its ``__setstate__`` and ``__reduce__`` do: they store arrays and numbers, and
#: call nothing. ``Tree``, ``TreePredictor``, ``KDTree`` and ``BallTree`` index their arrays
#: without bounds checks, so a forged file can crash the process (not run code of its own): read
#: only files that you made or whose digest you know.
TRUSTED: tuple[str, ...] = (
    "collections.OrderedDict",
    "numpy.dtype",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.metrics._dist_metrics.EuclideanDistance64",
    "sklearn.metrics._dist_metrics.ManhattanDistance64",
    "sklearn.neighbors._ball_tree.BallTree",
    "sklearn.neighbors._kd_tree.KDTree",
    "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
    "sklearn.neural_network._stochastic_optimizers.SGDOptimizer",
    "sklearn.tree._tree.Tree",
)

# zip's own first day: any fixed date will do, this one is valid in every reader
_DATE = (1980, 1, 1, 0, 0, 0)


class UntrustedTypesError(HandbookError):
    """A saved model holds types that nobody has reviewed: `types`, by their import paths."""

    def __init__(self, message: str, types: Collection[str]) -> None:
        super().__init__(message)
        self.types = tuple(types)


def save(estimator: Any, path: Path, trusted: Collection[str] = ()) -> None:
    """Write a fitted estimator as one skops file, the same bytes for the same state.

    Parameters
    ----------
    estimator : estimator
    path : Path
    trusted : collection of str
        Import paths of types, and of packages of such, that may be in the file beside
        :data:`TRUSTED`.

    Raises
    ------
    HandbookError
        If the file could not be read back by :func:`load`: a model nobody can open is not saved.
    """
    # Imported where it is used: it imports all of scikit-learn, and torch with it, in 1.5 s.
    import skops.io

    data = _canonical(skops.io.dumps(estimator))
    where = f"{type(estimator).__name__}, about to be saved as {path.name}"
    unpacked(data, where)
    _reviewed(data, where, trusted)
    with written_whole(path) as partial:
        partial.write_bytes(data)


def load(path: Path, trusted: Collection[str] = ()) -> Any:
    """Read an estimator that :func:`save` wrote.

    Parameters
    ----------
    path : Path
    trusted : collection of str
        See :func:`save`. Objects of these types are built from what the file says: their code
        runs.

    Raises
    ------
    HandbookError
        If the file is missing or damaged, would take too much memory, or holds a type that nobody
        has reviewed; nothing of it has been built by then.
    """
    import skops.io

    try:
        with damage_named(path, "skops file"):
            data = read(path)
            types = _reviewed(data, str(path), trusted, "; a file that is not your own, delete")
            return skops.io.loads(data, trusted=types)
    except OSError as error:
        raise HandbookError(
            f"{path}: cannot read the saved model ({error.strerror}); train it again"
        ) from error


def _reviewed(data: bytes, where: str, trusted: Collection[str], otherwise: str = "") -> list[str]:
    """Return the types of a file that skops does not know and we do, or refuse the file.

    `otherwise` says what to do for who would not run their code.
    """
    import skops.io

    types: list[str] = skops.io.get_untrusted_types(data=data)
    unknown = [
        name
        for name in types
        if name not in TRUSTED and not is_listed(name, trusted) and not _is_own_estimator(name)
    ]
    if unknown:
        raise UntrustedTypesError(
            f"{where}: holds {', '.join(unknown)}, which is not among the reviewed types; "
            "if you would run their code, write into the model's entry in params.yaml "
            f"`trusted: [{', '.join(unknown)}]`{otherwise}",
            unknown,
        )
    return types


def _is_own_estimator(name: str) -> bool:
    """Tell whether a dotted name is a public estimator of this package.

    Asking the module keeps :data:`TRUSTED` still when a model is added: every training depends
    on this file.
    """
    module_name, _, class_name = name.rpartition(".")
    if not module_name.startswith("handbook.models."):
        return False
    try:
        module = importlib.import_module(module_name)
    except ImportError:
        return False
    member = getattr(module, class_name, None)
    public = class_name in getattr(module, "__all__", ())
    return public and isinstance(member, type) and issubclass(member, BaseEstimator)


def _canonical(data: bytes) -> bytes:
    """Rewrite a skops file so that its bytes depend on the estimator's state alone.

    skops writes ``id(obj)`` into each node and into the names of the arrays, random names for
    byte strings, and the time of day into the zip.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        schema = json.loads(source.read("schema.json"))
        contents = {name: source.read(name) for name in source.namelist() if name != "schema.json"}

    digests = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    names: dict[str, str] = {}  # digest of an array -> its new name
    files: dict[str, bytes] = {}

    def clean(node: Any) -> Any:
        if isinstance(node, list):
            return [clean(item) for item in node]
        if not isinstance(node, dict):
            return node
        if node.get("__loader__") == "CachedNode":
            # the only reader of "__id__"; skops 0.16 never writes one
            raise HandbookError("this version of skops refers to objects by their id: pin 0.16")
        if node.get("__loader__") == "SetNode":
            # a set of strings is iterated in another order in each process
            node = node | {"content": sorted(node["content"], key=_sorting_key)}
        cleaned = {key: clean(value) for key, value in node.items() if key != "__id__"}
        name = cleaned.get("file")
        if isinstance(name, str) and name in contents:
            # named by content, not by identity: whether two equal arrays are one object differs
            digest = digests[name]
            if digest not in names:
                names[digest] = f"{len(names)}{Path(name).suffix}"
                files[names[digest]] = contents[name]
            cleaned["file"] = names[digest]
        return cleaned

    schema = clean(schema)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name, content in {"schema.json": json.dumps(schema).encode(), **files}.items():
            info = zipfile.ZipInfo(name, date_time=_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3
            target.writestr(info, content, compresslevel=1)
    return out.getvalue()


def _sorting_key(node: Any) -> str:
    """Order the members of a set by their written value, without ids."""
    return json.dumps(
        {key: value for key, value in node.items() if key != "__id__"}, sort_keys=True, default=str
    )
