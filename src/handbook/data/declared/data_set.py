"""A declared data set behind the interface of a data set's module."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from handbook.core.errors import HandbookError, nearest
from handbook.data.dataset import Dataset, Kind
from handbook.data.declared import expected, images, sampling, tables, texts
from handbook.data.declared.declaration import Declaration
from handbook.data.expectation import Expectation
from handbook.data.source import RawFile, Source

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = ["DeclaredDataSet"]


@dataclass(frozen=True)
class DeclaredDataSet:
    """What a data set's module holds, made from its declaration in the catalogue.

    Parameters
    ----------
    name : str
    release : str
        The only one: what the catalogue calls these files.
    declared : Declaration
    """

    name: str
    release: str
    declared: Declaration

    @property
    def SOURCES(self) -> Mapping[str, Source]:
        """Its one release."""
        about = self.declared
        files = tuple(
            RawFile(file.name, file.size, file.sha256, tuple(file.urls)) for file in about.files
        )
        return {
            self.release: Source(
                title=about.title,
                folder=about.folder or self.name,
                files=files,
                licence=about.licence,
                homepage=about.homepage,
                citation=about.citation,
                notes=self._notes(),
            )
        }

    def _notes(self) -> str:
        """Say for readers what became of the columns that are not as they stand in the file."""
        notes = [self.declared.notes]
        if table := self.declared.table:
            dates = [name for name, column in table.columns.items() if column.type == "date"]
            if dates:
                notes.append(f"{', '.join(dates)}: the number of days since 1970-01-01.")
            if table.ignored:
                left_out = (f"{name} ({why})" for name, why in table.ignored.items())
                notes.append(f"Left out: {', '.join(left_out)}.")
        return " ".join(filter(None, notes))

    @property
    def KIND(self) -> Kind:
        """What its rows are."""
        return self.declared.kind

    @property
    def TASKS(self) -> tuple[str, ...]:
        """Names of the tasks it can serve."""
        return tuple(self.declared.tasks)

    def load(self, raw: Path, release: str) -> Dataset:
        """Read its files in the folder `raw` as they are declared."""
        if self.KIND == "table":
            return self._table(raw)
        if self.KIND == "text":
            return Dataset(self.name, release, "text", texts.read(raw, self.declared))
        pictures = images.read(raw, self.declared)
        y = None if pictures.labels is None else self._codes(pictures.labels)
        return Dataset(
            *(self.name, release, "images", pictures.X, y),
            target=self.declared.target,
            classes=tuple(self.declared.classes),
            test=pictures.test,
        )

    def _table(self, raw: Path) -> Dataset:
        frame, groups = tables.read(raw, self.declared)
        target = frame.pop(self.declared.target)
        classes = tuple(self.declared.classes)
        return Dataset(
            *(self.name, self.release, "table", frame),
            y=self._codes(target.astype(str).tolist()) if classes else target.to_numpy("float64"),
            target=self.declared.target,
            classes=classes,
            groups=None if groups is None else groups.astype(str).to_numpy(object),
        )

    def _codes(self, labels: list[str]) -> npt.NDArray[np.int64]:
        """Return labels as positions among the declared classes."""
        import numpy as np

        code = {name: position for position, name in enumerate(self.declared.classes)}
        for row, label in enumerate(labels, 1):
            if label not in code:
                raise HandbookError(
                    f"{self.name}: row {row} has the class {label!r}; {nearest(label, code)}"
                )
        return np.array([code[label] for label in labels], np.int64)

    def sample(self, seed: int) -> Dataset:
        """Draw a small data set from the declared schema."""
        return sampling.draw(self.name, self.declared, seed)

    def expectations(self, release: str) -> list[Expectation]:
        """Return what the schema says of the rows, and what is declared beyond it."""
        return expected.expectations(self.declared, sample=release not in self.SOURCES)
