"""The model that answers now, replaced when another one is deployed."""

from __future__ import annotations

import time
from pathlib import Path

from handbook.deployment.chosen import choose
from handbook.deployment.history import History
from handbook.serving.formats import Query
from handbook.serving.model import ServedModel
from handbook.training.pyfunc import About

__all__ = ["Current"]

_AGAIN_S = 10.0  # until a change that failed is tried again

_Stamp = tuple[int, int, int] | None


class Current:
    """The model that answers for a data set.

    Parameters
    ----------
    data : str
    run : str or None
        A run that stays, whatever is deployed; None follows the history of deployments.
    folder : Path
        The top of the project.

    Raises
    ------
    HandbookError
        There is no such model, or it cannot be read.
    """

    def __init__(self, data: str, run: str | None = None, folder: Path = Path()) -> None:
        self._data, self._run, self._folder = data, run, folder
        self._path = History(data, folder).path
        #: Why the latest change failed; empty where it did not.
        self.fault = ""
        self._again = 0.0
        self._stamp = self._look()
        self.model = self._open(None)

    def changed(self) -> bool:
        """Tell whether the history has changed since it was read, or is to be read again."""
        if self._run is not None:
            return False
        if self.fault and time.monotonic() >= self._again:
            return True
        return self._look() != self._stamp

    def follow(self) -> bool:
        """Read what is deployed; tell whether another model answers from now on.

        The model before goes on until the new one has answered a row.

        Raises
        ------
        Exception
            The new one cannot be read, or answers nothing; the model before stays.
        """
        self._stamp = self._look()
        try:
            model = self._open(self.model)
        except Exception as error:
            self.fault = f"{self._path}: {error}"
            self._again = time.monotonic() + _AGAIN_S
            raise
        self.fault = ""
        before, self.model = self.model, model
        return model is not before

    def _look(self) -> _Stamp:
        try:
            status = self._path.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino

    def _open(self, own: ServedModel | None) -> ServedModel:
        chosen = choose(self._data, self._run, self._folder)
        if own is not None and own.chosen == chosen:
            return own
        model = ServedModel.open(chosen)
        example = _example(chosen.about)
        if example is not None:
            # The first prediction imports and compiles; and who cannot make one does not begin.
            (outcome,) = model.answer([example])
            if isinstance(outcome, Exception):
                raise outcome
        return model


def _example(about: About) -> Query | None:
    """Return a row that a model of a table can answer."""
    if not about.columns:
        return None
    values = {
        column.name: [column.categories[0] if column.categories else 0.0]
        for column in about.columns
    }
    return Query(values, policy="pass")
