"""How the rows of a data set stand in files: what its declaration says, and what a user says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from handbook.core.errors import HandbookError
from handbook.core.files import read_json
from handbook.core.folders import DataFolder
from handbook.data import registry
from handbook.data.declared.data_set import DeclaredDataSet
from handbook.data.declared.declaration import Column, Table
from handbook.data.declared.tables import MISSING, days

__all__ = ["Form", "form_of"]


@dataclass(frozen=True)
class Form:
    """The form of files whose rows are to be answered.

    Parameters
    ----------
    table : Table or None
        How a declared data set's tables are read: separators, marks, names in the file, dates.
    resized : bool
        Whether pictures of any size were brought to one before a model saw them.
    target : str
        Column of what is to be predicted, which files may have; empty where there is none.
    separator : str
        Of columns; empty where the header tells.
    missing : mapping of str to tuple of str
        Marks of a missing value by column; those of every column stand under the empty name.
    """

    table: Table | None = None
    resized: bool = False
    target: str = ""
    separator: str = ""
    missing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def parse(cls, content: Mapping[str, Any]) -> Form:
        """Return it from what :meth:`plain` returned."""
        table = content["table"]
        own = Table.model_validate(table) if table else None
        return cls(own, content["resized"], content["target"])

    def plain(self) -> dict[str, Any]:
        """Return what holds of the data set, as plain data."""
        table = None if self.table is None else self.table.model_dump(exclude_defaults=True)
        return {"table": table, "resized": self.resized, "target": self.target}

    @property
    def ignored(self) -> set[str]:
        """Columns of the files that are known to be of no use."""
        return set(self.table.ignored) if self.table else set()

    def columns(self, rows: pd.DataFrame, first: int) -> pd.DataFrame:
        """Return rows as they stand in a file with names and types of the data set's columns.

        Parameters
        ----------
        rows : DataFrame
        first : int
            Number of the first row, for messages.

        Raises
        ------
        HandbookError
            A date cannot be read.
        """
        rows = self._marked(rows)
        if self.table is None:
            return rows
        headers = {own.header: name for name, own in self.table.columns.items() if own.header}
        rows = rows.rename(columns=headers)
        own = {
            name: _typed(rows[name], column, self.table, first)
            for name, column in self.table.columns.items()
            if name in rows
        }
        return rows.assign(**own)

    def _marked(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return rows whose marks of a missing value are missing values."""
        marks = {
            name: own
            for name in rows.columns
            if (own := (*self.missing.get("", ()), *self.missing.get(str(name), ())))
        }
        return rows.assign(
            **{
                str(name): rows[name].mask(rows[name].astype(str).isin(own))
                for name, own in marks.items()
            }
        )


def form_of(data: str, folder: Path = Path()) -> Form:
    """Return the form of a data set's files, as far as the catalogue and its profile tell.

    Parameters
    ----------
    data : str
    folder : Path
        The top of the project.
    """
    profile = DataFolder(data, folder / "results").profile
    target = read_json(profile).get("target", "") if profile.exists() else ""
    try:
        own = registry.module(data)
    except HandbookError:  # declared by a catalogue that is not here
        return Form(target=target)
    if not isinstance(own, DeclaredDataSet):
        return Form(target=target)
    return Form(own.declared.table, own.declared.images is not None, target)


def _typed(cells: pd.Series, column: Column, table: Table, first: int) -> pd.Series:
    """Return a column's cells as the model's rows have them; numbers are checked later."""
    if column.type == "category":
        return cells.astype(object).where(cells.notna(), MISSING)
    if column.type == "date":
        return _days(cells, column, first)
    if cells.dtype.kind in "biuf":
        return cells
    text = cells.astype("str")
    if table.thousands:
        text = text.str.replace(table.thousands, "", regex=False)
    if table.decimal != ".":
        text = text.str.replace(table.decimal, ".", regex=False)
    return text.where(cells.notna(), np.nan)


def _days(cells: pd.Series, column: Column, first: int) -> pd.Series:
    since = days(cells, column.format)
    wrong = (since.isna() & cells.notna()).to_numpy()
    if wrong.any():
        position = int(wrong.argmax())
        more = f" and {wrong.sum() - 1} more" if wrong.sum() > 1 else ""
        raise HandbookError(
            f"column {cells.name!r}: {cells.iloc[position]!r} in row {first + position}{more}; "
            f"expected dates {f'as {column.format}' if column.format else 'such as 2026-11-29'}, "
            "or nothing where one is not known"
        )
    return since
