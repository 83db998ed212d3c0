"""A model that serves: it answers several requests at once, each as if it had come alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from handbook.core.errors import HandbookError
from handbook.deployment.chosen import Chosen
from handbook.serving.formats import IMAGES, Query, Rows
from handbook.serving.requests import Request
from handbook.training.pyfunc import METHOD, SavedModel

__all__ = ["Answer", "ServedModel"]


@dataclass(frozen=True)
class Answer:
    """What a model answers to a request.

    Parameters
    ----------
    predictions : list
        One entry a row, as MLflow's scoring server writes them: an object for a table, else a
        number, a list or a string.
    request : Request
        What the log keeps of it.
    """

    predictions: list[Any]
    request: Request


class ServedModel:
    """A saved model, and which run it is.

    Parameters
    ----------
    chosen : Chosen
    saved : SavedModel
    """

    def __init__(self, chosen: Chosen, saved: SavedModel) -> None:
        self.chosen = chosen
        self._saved = saved
        columns = saved.about.columns
        self._columns = None if columns is None else [column.name for column in columns]

    @classmethod
    def open(cls, chosen: Chosen) -> ServedModel:
        """Read the files of a chosen model."""
        return cls(chosen, chosen.open())

    def answer(self, queries: Sequence[Query]) -> list[Answer | Exception]:
        """Answer requests, those with the same columns and options in one prediction.

        Each gets what it would get alone. Where a joint prediction fails, each is asked alone, so
        that only those at fault fail.
        """
        groups: dict[Any, list[int]] = {}
        for position, query in enumerate(queries):
            groups.setdefault(self._group(query) or position, []).append(position)
        outcomes: dict[int, Answer | Exception] = {}
        for positions in groups.values():
            own = [queries[position] for position in positions]
            outcomes |= dict(zip(positions, self._together(own), strict=True))
        return [outcomes[position] for position in range(len(queries))]

    def _group(self, query: Query) -> tuple[str, frozenset[str]] | None:
        """Return what requests share that are answered together; None for one alone."""
        if self._columns is None or query.method != METHOD[1]:
            return None
        return query.policy, frozenset(query.rows)

    def _together(self, queries: Sequence[Query]) -> list[Answer | Exception]:
        if len(queries) > 1:
            first = queries[0]
            rows = {
                name: [value for query in queries for value in query.rows[name]]
                for name in first.rows
            }
            try:
                joint = self._predict(Query(rows, first.method, first.policy))
            except Exception:
                return [outcome for query in queries for outcome in self._together([query])]
            return list(self._parted(queries, joint))
        try:
            return list(self._parted(queries, self._predict(queries[0])))
        except Exception as error:
            return [error]

    def _parted(self, queries: Sequence[Query], answers: Rows) -> Iterator[Answer]:
        """Give each request its rows of a joint answer."""
        start = 0
        for query in queries:
            end = start + len(query)
            own = {name: values[start:end] for name, values in answers.items()}
            start = end
            yield Answer(
                _predictions(own),
                Request(self.chosen.run, self.chosen.job_key, self._kept(query), own, query.policy),
            )

    def _kept(self, query: Query) -> Rows:
        """Return the rows of a request that the log keeps: what the model looks at."""
        if self._columns is None:
            return query.rows
        return {name: query.rows[name] for name in self._columns}

    def _predict(self, query: Query) -> Rows:
        """Predict, and return the columns of the answer."""
        params = {"policy": query.policy, "method": query.method}
        if self._columns is not None:
            # As objects: what a value becomes does not depend on its neighbours.
            data = pd.DataFrame(query.rows, dtype=object)
            return _columns(self._saved.predict(data, params), query.method)
        data = _INPUTS.get(self._saved.about.task, _images)(query.rows)
        try:
            return _columns(self._saved.predict(data, params), query.method)
        except (ValueError, IndexError, RuntimeError) as error:  # of another shape than it knows
            raise HandbookError(f"the model cannot take these rows: {error}") from error


def _columns(answers: Any, method: str) -> Rows:
    if isinstance(answers, pd.DataFrame):
        return {str(name): answers[name].tolist() for name in answers.columns}
    name = "generated" if method == METHOD[1] else method
    return {name: answers.tolist() if isinstance(answers, np.ndarray) else list(answers)}


def _images(rows: Rows) -> Any:
    if IMAGES not in rows:
        raise HandbookError(
            "this model takes images: expected `inputs` with nested lists of whole numbers from "
            "0 to 255, an image in each"
        )
    try:
        images = np.asarray(rows[IMAGES])
    except ValueError as error:
        raise HandbookError(f"images differ in shape: {error}") from None
    if not np.issubdtype(images.dtype, np.integer) or images.min() < 0 or images.max() > 255:
        raise HandbookError("images are no whole numbers from 0 to 255")
    return images.astype(np.uint8)


def _texts(rows: Rows) -> Any:
    if "text" not in rows or not all(isinstance(text, str) for text in rows["text"]):
        raise HandbookError("this model continues texts: expected a column `text` of strings")
    return pd.DataFrame({"text": rows["text"]})


# What models without columns take, by their task: pictures are drawn for rows of any kind.
_INPUTS: dict[str, Callable[[Rows], Any]] = {"language": _texts, "generation": pd.DataFrame}


def _predictions(columns: Rows) -> list[Any]:
    """Return a list of objects for a table, else what an estimator's method returned."""
    if len(columns) == 1 and "predicted" not in columns:
        return next(iter(columns.values()))
    return [
        dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)
    ]
