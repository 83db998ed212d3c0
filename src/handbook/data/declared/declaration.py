"""What the catalogue says of a data set that has no module of its own."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from handbook.core.files import digest
from handbook.core.section import Section
from handbook.data.dataset import Kind

__all__ = ["Column", "Declaration", "Expected", "Images", "PinnedFile", "Table", "Text"]


class PinnedFile(Section):
    """A raw file below ``data/raw/<folder>/``, pinned by its size and its digest."""

    # it becomes a word of a command
    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    size: int = Field(ge=1, description="in bytes")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    urls: list[str] = Field([], description="addresses that serve exactly these bytes")


class Column(Section):
    """A column of a table: its type, and what is expected of its values."""

    type: Literal["integer", "number", "category", "date"] = Field(
        description="a date becomes the number of days since 1970-01-01"
    )
    header: str | None = Field(None, description="its name in the file, where that is another")
    format: str | None = Field(
        None, description="of dates, as strptime has it; without it, as ISO 8601"
    )
    between: list[int | float] | list[str] | None = Field(
        None, min_length=2, max_length=2, description="least and largest value; dates as ISO 8601"
    )
    values: list[str] | None = Field(
        None, min_length=1, description="of a category; without it, those of the file"
    )
    missing: float = Field(
        0.0, ge=0, lt=1, description="largest share of missing values; a category has none"
    )

    @model_validator(mode="after")
    def _of_its_type(self) -> Self:
        category, dates = self.type == "category", isinstance((self.between or [0])[0], str)
        if self.values is not None and not category:
            raise ValueError("values are those of a category; write type: category, or between")
        if category and (self.between is not None or self.missing):
            raise ValueError(
                "between and missing are of numbers and dates; a missing category is the "
                "category 'missing'"
            )
        if self.between is not None and dates != (self.type == "date"):
            raise ValueError("between takes dates as text, such as '2026-11-29', else numbers")
        if self.format is not None and self.type != "date":
            raise ValueError("format is of dates alone; leave it out")
        return self


class Table(Section):
    """How a table is read, and its columns, the target among them."""

    reader: Literal["csv", "parquet"]
    separator: str = Field(",", min_length=1, max_length=1)
    encoding: str = "utf-8"
    decimal: Literal[".", ","] = Field(".", description="mark before fractions")
    thousands: Literal["", ".", ",", "'", " "] = Field("", description="mark between thousands")
    skip: int = Field(0, ge=0, description="lines before the header, or before the first row")
    header: list[str] | None = Field(
        None, min_length=1, description="names of all columns, where the file has no header line"
    )
    missing: list[str] = Field([""], description="what stands where a value is missing")
    columns: dict[str, Column] = Field(min_length=1)
    ignored: dict[str, str] = Field({}, description="column of the file -> why it is not used")


class Images(Section):
    """How images are read, all to one shape."""

    reader: Literal["folders", "idx", "npz"] = Field(
        description="folders: a zip file that holds a folder a class"
    )
    shape: list[int] = Field(
        min_length=2, max_length=3, description="height and width; 3 behind them where in colour"
    )
    images: list[str] = Field([], description="IDX files, or arrays of the NPZ file")
    labels: list[str] = Field([], description="the same of their labels")
    test_images: list[str] = Field([], description="the same of the publisher's test rows")
    test_labels: list[str] = Field([])
    test_folder: str = Field("", description="folder of the publisher's test rows")

    @model_validator(mode="after")
    def _of_its_reader(self) -> Self:
        if (self.reader == "folders") == bool(self.images):
            raise ValueError("images are named for the readers idx and npz, and for these alone")
        return self


class Text(Section):
    """How a text is read, and its size."""

    encoding: str = "utf-8"
    lines: int = Field(ge=1)
    longest: int = Field(ge=1, description="characters of the longest line")
    alphabet: str = Field(min_length=1, description="characters that a sample is made of")


class Expected(Section):
    """An expectation beyond those of the schema."""

    kind: str = Field(
        description="class of Great Expectations, such as ExpectColumnMeanToBeBetween"
    )
    arguments: dict[str, Any] = Field({})
    meaning: str = Field(min_length=1, description="shown on the page of the data set")


class Declaration(Section):
    """A data set in the catalogue alone: its files, how they are read and what they hold."""

    title: str = Field(min_length=1)
    tasks: list[str] = Field(min_length=1, description="names of the tasks it can serve")
    files: list[PinnedFile] = Field(min_length=1)
    folder: str | None = Field(
        None,
        pattern=r"^[a-z0-9-]+$",
        description="below data/raw, where it shares the files of another data set",
    )
    table: Table | None = None
    images: Images | None = None
    text: Text | None = None
    target: str = Field("", description="column to predict; of images, what a label is called")
    classes: dict[str, int] = Field(
        {}, description="rows of each class; where there are two, the positive one last"
    )
    rows: int | None = Field(None, ge=1, description="rows that have a target")
    groups: str = Field(
        "", description="column of the file whose equal values no split parts; no feature itself"
    )
    licence: str = "not stated"
    homepage: str = ""
    citation: str = ""
    notes: str = Field("", description="for readers: a subset, an edition, a flaw")
    expectations: list[Expected] = Field([])

    @property
    def kind(self) -> Kind:
        """What its rows are."""
        return "table" if self.table else "images" if self.images else "text"

    @property
    def digest(self) -> str:
        """Sixteen digits that stand for all of it, the order of columns and classes included."""
        return digest({"declared": self.model_dump_json()})[:16]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        parts = [self.table, self.images, self.text]
        if sum(part is not None for part in parts) != 1:
            raise ValueError("exactly one of table, images and text is needed")
        if self.table is not None:
            self._check_table(self.table)
        if self.images is not None and bool(self.images.labels) and not self.classes:
            raise ValueError("classes are missing: the images have labels")
        if self.images is not None and bool(self.target) != bool(self.classes):
            raise ValueError(
                "images have a target, the name of their label, where they have classes"
            )
        return self

    def _check_table(self, table: Table) -> None:
        if self.target not in table.columns:
            raise ValueError(f"target is {self.target!r}, which is not among the columns")
        if len(table.columns) < 2:
            raise ValueError("a table needs a column beside its target")
        column = table.columns[self.target]
        if bool(self.classes) != (column.type == "category"):
            raise ValueError(
                f"classes go with a target of type category; {self.target!r} is of type "
                f"{column.type}"
            )
        for name in table.columns:
            if ":" in name:
                raise ValueError(
                    f"column {name!r}: a name holds no colon; give it another one and write this "
                    "one under header"
                )
