"""Which model answers for a data set: a run by its key, the deployed one, or the champion."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from handbook.core.errors import HandbookError, nearest
from handbook.core.files import read_json, sha256
from handbook.core.folders import DataFolder
from handbook.data.dataset import read
from handbook.deployment.forms import Form, form_of
from handbook.deployment.history import Change, History
from handbook.records.champions import champions
from handbook.records.listing import runs_of
from handbook.records.run import RunRecord
from handbook.training.pyfunc import About, SavedModel
from handbook.training.saving import load

__all__ = ["ABOUT", "FORM", "MODEL", "Chosen", "choose", "of_record", "recorded"]

#: Files of a deployed copy: the saved estimator, what it does not know of itself, and how rows of
#: its data set stand in files.
MODEL, ABOUT, FORM = "model.skops", "about.json", "form.json"


@dataclass(frozen=True)
class Chosen:
    """A saved model that answers for a data set.

    Parameters
    ----------
    data : str
    run : str
        ``model/data/variant``.
    job_key : str
    folder : Path
        Of its files: a run's, or those of a deployed copy.
    how : {"run", "deployed", "champion"}
        Why it is this one.
    about : About
    digest : str
        SHA-256 of its saved estimator, where one was recorded.
    top : Path
        The top of the project.
    """

    data: str
    run: str
    job_key: str
    folder: Path
    how: Literal["run", "deployed", "champion"]
    about: About
    digest: str = ""
    top: Path = Path()

    def form(self) -> Form:
        """Return how rows of its data set stand in files."""
        if self.how != "deployed":
            return form_of(self.data, self.top)
        return Form.parse(read_json(self.folder / FORM))

    def open(self) -> SavedModel:
        """Read the saved estimator.

        Raises
        ------
        HandbookError
            It is missing, damaged, or a deployed copy that does not hold what was deployed.
        """
        path = self.folder / MODEL
        if self.digest and path.is_file() and sha256(path) != self.digest:
            raise HandbookError(
                f"{path}: altered since it was deployed; take it from a copy, or deploy another "
                f"run: handbook promote {self.data} RUN"
            )
        return SavedModel(load(path, self.about.trusted), self.about)


def choose(data: str, run: str | None = None, folder: Path = Path()) -> Chosen:
    """Choose the model that answers for a data set.

    Parameters
    ----------
    data : str
    run : str or None
        ``model/data/variant``. Without it, the deployed model, and where none is, the champion.
    folder : Path
        The top of the project.

    Raises
    ------
    HandbookError
        There is no such run, or none that answers the catalogue as it stands.
    """
    if run is None:
        change = History(data, folder).deployed()
        if change is not None:
            return deployed(data, change, folder)
        return of_record(_champion(data, folder), folder, "champion")
    return of_record(recorded(data, run, folder), folder, "run")


def deployed(data: str, change: Change, folder: Path = Path()) -> Chosen:
    """Return the model that a change of the history deployed."""
    own = History(data, folder).copy_of(change.job_key)
    about = About.parse(read_json(own / ABOUT, made_by=f"handbook promote {data} {change.run}"))
    return Chosen(
        *(data, change.run, change.job_key, own, "deployed", about, change.sha256), top=folder
    )


def of_record(record: RunRecord, folder: Path, how: Literal["run", "champion"] = "run") -> Chosen:
    """Return the model of a finished run."""
    data = DataFolder(record.data, folder / "results")
    about = About.of(record.task, read(data.train), data.validation, record.trusted)
    path = record.file(MODEL).parent
    return Chosen(record.data, record.name, record.job_key, path, how, about, top=folder)


def recorded(data: str, run: str, folder: Path = Path()) -> RunRecord:
    """Return a finished run of a data set by its name.

    Raises
    ------
    HandbookError
        There is none, or it no longer answers the catalogue.
    """
    records = {record.name: record for record in _runs(data, folder)}
    if run not in records:
        raise HandbookError(f"{data}: no run {run!r}; {nearest(run, records)}")
    record = records[run]
    if record.state != "finished":
        why = f" ({record.why})" if record.why else ""
        raise HandbookError(f"{run}: {record.state}{why}; `handbook run {run}` trains it")
    return record


def _champion(data: str, folder: Path) -> RunRecord:
    """Return the best run of a data set, of its first task where it has several."""
    best = champions(_runs(data, folder))
    if not best:
        raise HandbookError(
            f"{data}: no finished run with a cross-validation, so none is the champion; "
            "`make rebuild` makes them, --run takes one by its key"
        )
    return next(iter(best.values()))


def _runs(data: str, folder: Path) -> list[RunRecord]:
    records = runs_of(folder)
    own = [record for record in records if record.data == data]
    if not own:
        names = {record.data for record in records}
        raise HandbookError(f"no run on a data set {data!r}; {nearest(data, names)}")
    return own
