"""Faults of the book that its text alone shows: ``labs/text_faults.yaml``, typed and checked."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError, field_validator

from handbook import labs
from handbook.catalogue import strict_yaml
from handbook.core.errors import HandbookError, nearest
from handbook.core.section import Section
from handbook.labs.book import FAULTS, Fault

__all__ = ["PATH", "TextFault", "read"]

#: Where they are written down.
PATH = Path(*labs.__path__) / "text_faults.yaml"

_Text = Annotated[str, Field(min_length=1)]
# A term of more words would be a sentence of the book.
_MOST_WORDS = 4


class TextFault(Section):
    """A fault that needs no run: who reads the lines sees it."""

    section: _Text = Field(description="of the book")
    what: _Text = Field(description="the thing that is told wrongly")
    book: _Text = Field(description="what the book says, in our own words")
    so: _Text = Field(description="what is so")
    fault: Fault = Field(description="its kind")
    lines: list[Annotated[int, Field(ge=1)]] = Field(min_length=1, description="of the text")
    terms: list[_Text] = Field(
        min_length=1, description="single words or figures that stand at these lines"
    )
    how: _Text = Field(description="why anyone can see it")

    @field_validator("terms")
    @classmethod
    def _no_sentences(cls, terms: list[str]) -> list[str]:
        for term in terms:
            if len(term.split()) > _MOST_WORDS:
                raise ValueError(f"at most {_MOST_WORDS} words of the book, not {term!r}")
        return terms


class _File(Section):
    faults: list[TextFault]


def read(path: Path = PATH) -> tuple[TextFault, ...]:
    """Read the faults, in their order.

    Raises
    ------
    HandbookError
        The file cannot be read, or lists every mistake in it.
    """
    try:
        return tuple(_File.model_validate(strict_yaml.read(path)).faults)
    except ValidationError as error:
        lines = "\n".join(f"  {_described(wrong)}" for wrong in error.errors())
        raise HandbookError(f"{path}: {error.error_count()} to mend\n{lines}") from None


def _described(error: Any) -> str:
    where = ".".join(map(str, error["loc"]))
    given = error["input"]
    if error["type"] == "literal_error" and isinstance(given, str):
        return f"{where}: {given!r} is no kind of fault; {nearest(given, FAULTS)}"
    if error["type"] == "missing":
        return f"{where}: missing; it is required"
    return f"{where}: {error['msg'][:1].lower()}{error['msg'][1:]}; it is {given!r}"
