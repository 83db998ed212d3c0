"""What a watch sees of rows without drift, as the pages show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handbook.catalogue.overview import Overview
from handbook.core.files import read_json
from handbook.monitoring.spec import rehearsal_file
from handbook.report.numbers import share

__all__ = ["Rehearsal", "read_rehearsals"]

_FOUND = 0.8  # share of windows in which a drift is found that counts as found


@dataclass(frozen=True)
class Rehearsal:
    """A watch rehearsed on the held-out rows of a data set.

    Parameters
    ----------
    content : mapping
        Of its file, see :func:`handbook.monitoring.rehearse.rehearse`.
    """

    content: Mapping[str, Any]

    @property
    def data(self) -> str:
        """The data set."""
        return str(self.content["data"])

    @property
    def rule(self) -> Mapping[str, Any]:
        """What is an alarm."""
        rule: Mapping[str, Any] = self.content["rule"]
        return rule

    @property
    def ignored(self) -> Sequence[str]:
        """Columns that move without harm."""
        return list(self.rule["ignore"].get(self.data, ()))

    @property
    def columns(self) -> Sequence[Mapping[str, Any]]:
        """Columns, and what was seen of each in windows."""
        return [column for column in self.content["columns"] if "psi" in column]

    @property
    def others(self) -> Sequence[Mapping[str, Any]]:
        """Answers and labels, likewise, by names for people."""
        answers = [
            {**column, "name": f"answers: {column['column']}"} for column in self.content["answers"]
        ]
        return [*answers, *({**column, "name": "labels"} for column in self.content["label"])]

    @property
    def limit(self) -> float:
        """The largest PSI that a picture shows."""
        return max(
            (max(self.alarm_from(own), own["most"]) for own in [*self.columns, *self.others]),
            default=1.0,
        )

    def alarm_from(self, column: Mapping[str, Any]) -> float:
        """Return the PSI from which on a column can be an alarm."""
        return float(column["noise"] + self.rule["shift"])

    def found(self, column: Mapping[str, Any]) -> str:
        """Return the smallest drift made that was found, in words; empty where none was."""
        for size, found in column["found"].items():
            if found >= _FOUND:
                if column["kind"] == "number":
                    return f"{size} deviation{'s' if size != '1' else ''}"
                return f"{share(float(size), 1)} of rows"
        return ""


def read_rehearsals(results: Path, catalogue: Overview) -> dict[str, Rehearsal]:
    """Read what was rehearsed, by data set; what another catalogue's run answered is left out."""
    rehearsals = {}
    for data in catalogue["data"]:
        path = rehearsal_file(data, results)
        if path.is_file():
            content = read_json(path, made_by="make rebuild")
            model, _, variant = content["run"].split("/")
            entry = catalogue["models"].get(model)
            if entry is not None and variant in entry["variants"]:
                rehearsals[data] = Rehearsal(content)
    return rehearsals
