"""Copies of models that are deployed: written whole, and never changed afterwards."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from handbook.core.errors import HandbookError
from handbook.core.files import sha256, write_json
from handbook.core.folders import DataFolder, RunFolder
from handbook.data.dataset import read
from handbook.data.intake import admit
from handbook.deployment.chosen import ABOUT, FORM, MODEL, Chosen
from handbook.deployment.history import History
from handbook.deployment.watching import REFERENCE, reference_of
from handbook.training.pyfunc import About

__all__ = ["TRAINED", "copied", "digests", "trained_on", "verified"]

#: A digest of each training row, by which rows are told that a model has seen.
TRAINED = "trained.npy"


def copied(chosen: Chosen, folder: Path = Path()) -> str:
    """Copy what a run's model needs to ``deployments``; return the digest of the estimator.

    A copy that is there already is used as it is; half of one, as a kill leaves it, is made anew.

    Raises
    ------
    HandbookError
        The copy that is there holds another model.
    """
    target = History(chosen.data, folder).copy_of(chosen.job_key)
    own = sha256(chosen.folder / MODEL)
    if target.is_dir():
        if sha256(target / MODEL) != own:
            raise HandbookError(
                f"{target / MODEL}: holds another model than {chosen.folder / MODEL}, with the "
                "same job key; one of the two was altered: move that folder away, or train again"
            )
        return own
    partial = target.with_name(target.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    results = folder / "results"
    shutil.copyfile(chosen.folder / MODEL, partial / MODEL)
    shutil.copyfile(RunFolder(chosen.run, results).record, partial / "run.json")
    shutil.copyfile(DataFolder(chosen.data, results).profile, partial / "profile.json")
    write_json(partial / ABOUT, chosen.about.plain())
    write_json(partial / FORM, chosen.form().plain())
    if chosen.about.columns is not None:
        write_json(partial / REFERENCE, reference_of(chosen, folder).plain())
        np.save(partial / TRAINED, trained_on(chosen, folder))
    _flush([*partial.iterdir(), partial])
    partial.rename(target)
    _flush([target.parent])
    return own


def verified(chosen: Chosen) -> None:
    """Refuse a copy that cannot answer: it is missing, altered, or cannot be opened."""
    if not (chosen.folder / MODEL).is_file():
        raise HandbookError(
            f"{chosen.folder / MODEL}: missing; take the folder from a copy (`dvc pull`)"
        )
    chosen.open()


def trained_on(chosen: Chosen, folder: Path = Path()) -> npt.NDArray[np.uint64]:
    """Return the digests of a model's training rows, sorted."""
    if chosen.how == "deployed":
        return np.asarray(np.load(chosen.folder / TRAINED, allow_pickle=False))
    X = read(DataFolder(chosen.data, folder / "results").train).X
    return np.unique(digests(X, chosen.about))


def digests(rows: pd.DataFrame, about: About) -> npt.NDArray[np.uint64]:
    """Return a digest of each row's columns, the same in every process."""
    assert about.columns is not None
    X, _ = admit(rows, about.columns, "pass")
    return np.asarray(pd.util.hash_pandas_object(X, index=False), np.uint64)


def _flush(paths: Iterable[Path]) -> None:
    """Wait until files and folders are on the disk."""
    for path in paths:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
