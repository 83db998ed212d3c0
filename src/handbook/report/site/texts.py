"""What the pages say of models, data sets and columns in our own words: files in ``texts``."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from handbook.catalogue import strict_yaml
from handbook.core.errors import HandbookError
from handbook.core.section import Section

__all__ = ["TEXTS", "DataText", "data_texts", "model_texts"]

#: Where they are written down.
TEXTS = Path(__file__).parent / "texts"

_Text = Annotated[str, Field(min_length=1)]


class DataText(Section):
    """What a data set is about.

    Parameters
    ----------
    about : str
        Two sentences.
    columns : mapping of str to str
        Meaning of each column, the target among them; a name may have `*` for any characters.
    drawn : str, optional
        ``sample`` where the pictures of the generated stand-in are shown instead of its own.
    """

    about: _Text
    columns: dict[str, _Text] = Field({})
    drawn: Literal["sample"] | None = None

    def meaning(self, column: str) -> str:
        """Return the meaning of a column, empty where none is written down.

        Examples
        --------
        >>> DataText(about="Payments.", columns={"V*": "a component"}).meaning("V14")
        'a component'
        """
        if column in self.columns:
            return self.columns[column]
        matching = (text for name, text in self.columns.items() if fnmatchcase(column, name))
        return next(matching, "")


class _Models(Section):
    models: dict[str, _Text]


class _DataSets(Section):
    data: dict[str, DataText]


@cache
def model_texts() -> Mapping[str, str]:
    """Return what each model is, in two sentences, by its name in the catalogue."""
    path = TEXTS / "models.yaml"
    try:
        return _Models.model_validate({"models": strict_yaml.read(path)}).models
    except ValidationError as error:
        raise HandbookError(f"{path}: {error}") from None


@cache
def data_texts() -> Mapping[str, DataText]:
    """Return what each data set is about, by its name in the catalogue."""
    path = TEXTS / "data.yaml"
    try:
        return _DataSets.model_validate({"data": strict_yaml.read(path)}).data
    except ValidationError as error:
        raise HandbookError(f"{path}: {error}") from None
