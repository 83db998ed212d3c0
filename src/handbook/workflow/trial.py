"""One process that tries models: a few rows are fitted, saved, read back and predicted.

Code of other libraries may crash, hang or print; :mod:`handbook.workflow.trials` starts this apart
and looks at nothing but the files that it leaves.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from handbook import tasks
from handbook.core.files import read_json, write_json
from handbook.data import dataset
from handbook.training import saving
from handbook.training.spec import RunSpec
from handbook.training.tuning import fit
from handbook.workflow.trials import TrialFolder

__all__ = ["FEW", "outcome"]

#: Rows that a model is fitted to; where it needs more, all that there are.
FEW = 20


def outcome(spec: RunSpec, rows: dataset.Dataset) -> dict[str, Any]:
    """Try one model.

    Returns
    -------
    dict
        ``refused``: types in its saved file that nothing trusts. ``error``: why it can never be
        kept, empty where it can; ``at``: the step that failed, ``fit`` or ``read``.
    """
    try:
        estimator, rows = _fitted(spec, rows)
    except Exception as error:
        return {"refused": [], "at": "fit", "error": f"{type(error).__name__}: {error}"}
    refused: tuple[str, ...] = ()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.skops")
        try:
            try:
                saving.save(estimator, path, spec.trusted)
            except saving.UntrustedTypesError as error:
                refused = error.types
                # whether trust would help: nothing is in the file but what was just made here
                saving.save(estimator, path, [*spec.trusted, *refused])
            loaded = saving.load(path, [*spec.trusted, *refused])
            if not _same(spec.task, estimator, loaded, rows):
                raise ValueError("what was read back predicts otherwise")
        except Exception as error:
            return {"refused": [], "at": "read", "error": f"{type(error).__name__}: {error}"}
    return {"refused": list(refused), "at": "", "error": ""}


def _fitted(spec: RunSpec, rows: dataset.Dataset) -> tuple[Any, dataset.Dataset]:
    """Return a fitted model and its rows: few, or all where few are not enough."""
    few = rows.rows(_few(rows, spec.seed)) if rows.kind != "text" else rows
    try:
        return fit(spec, few.X, few.y, len(rows.classes))[0], few
    except Exception:
        if len(few) == len(rows):
            raise
        return fit(spec, rows.X, rows.y, len(rows.classes))[0], rows


def _few(rows: dataset.Dataset, seed: int) -> Any:
    """Draw few rows, of each class some where there are classes."""
    order = np.random.default_rng(seed).permutation(len(rows))
    if rows.classes and rows.y is not None:
        # the first of each class, then the second of each
        codes = rows.y[order]
        place = np.zeros(len(order), dtype=int)
        for code in np.unique(codes):
            place[codes == code] = np.arange(np.count_nonzero(codes == code))
        order = order[np.argsort(place, kind="stable")]
    return np.sort(order[: max(FEW, 2 * len(rows.classes))])


def _same(task: str, one: Any, other: Any, rows: dataset.Dataset) -> bool:
    """Tell whether two models answer alike; of generators, that the second draws at all."""
    if task in tasks.JUDGED:
        return len(other.sample(2)) == 2
    predict, classes = tasks.module(task).predict, len(rows.classes)
    tables = [predict(model, rows.X, classes).table for model in (one, other)]
    return bool(tables[0].equals(tables[1]))


def _main(folder: TrialFolder, seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    for number, wanted in enumerate(read_json(folder.request)):
        spec = RunSpec.model_validate_json(json.dumps(wanted["spec"]))
        spec = spec.model_copy(update={"trusted": tuple(wanted["trusted"])})
        rows = dataset.read(folder.rows(spec.data))
        write_json(folder.outcome(number), outcome(spec, rows))


if __name__ == "__main__":
    _main(TrialFolder(Path(sys.argv[1])), int(sys.argv[2]))
