"""The history of what was deployed of a data set: one line a change, and the files of each model.

``deployments/<data>/history.jsonl`` is the one truth about what is in production. Beside it,
``deployments/<data>/<job key>/`` holds a copy of each model that ever was deployed, so that neither
a rebuild nor a lost result touches what answers now, and a rollback finds its file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, get_args

from handbook.core.errors import HandbookError
from handbook.core.files import write_text

__all__ = ["Action", "Change", "History"]

#: ``shadow`` names the run that answers beside the deployed one and is not used; without a run it
#: ends that.
Action = Literal["deploy", "promote", "rollback", "shadow"]


@dataclass(frozen=True)
class Change:
    """A line of the history.

    Parameters
    ----------
    time : str
        ISO 8601, in UTC.
    who : str
    action : {"deploy", "promote", "rollback", "shadow"}
    run : str
        ``model/data/variant``.
    job_key : str
    sha256 : str
        Digest of the copy of its saved estimator.
    why : str
    evidence : mapping
        What the change rests on: the comparison with the model before, as plain data.
    """

    time: str
    who: str
    action: Action
    run: str
    job_key: str
    sha256: str
    why: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def parse(cls, line: str) -> Change:
        """Return a change from a line of the history.

        Raises
        ------
        ValueError
            It is none.
        """
        content = json.loads(line)
        names = {own.name for own in fields(cls)}
        if not isinstance(content, dict) or content.keys() != names:
            raise ValueError(f"expected the keys {', '.join(own.name for own in fields(cls))}")
        if content["action"] not in get_args(Action):
            raise ValueError(f"action {content['action']!r} is none of {get_args(Action)}")
        return cls(**content)


class History:
    """What was ever deployed of a data set.

    Parameters
    ----------
    data : str
    folder : Path
        The top of the project.
    """

    def __init__(self, data: str, folder: Path = Path()) -> None:
        self.data = data
        self.folder = folder / "deployments" / data
        self.path = self.folder / "history.jsonl"

    def changes(self) -> list[Change]:
        """Return every change, the oldest first.

        Raises
        ------
        HandbookError
            A line is damaged.
        """
        try:
            lines = self.path.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []
        except UnicodeDecodeError as error:
            raise self._damaged("no text in UTF-8", error) from error
        changes = []
        for number, line in enumerate(lines, 1):
            try:
                changes.append(Change.parse(line))
            except (ValueError, TypeError) as error:
                raise self._damaged(f"line {number}", error) from error
        return changes

    def _damaged(self, where: str, error: Exception) -> HandbookError:
        return HandbookError(
            f"{self.path}: {where} is damaged ({error}); take the file from a copy, or mend that "
            "line by hand: the models themselves lie beside it, in folders named by job key"
        )

    def deployed(self) -> Change | None:
        """Return the change that brought what is deployed now; None before the first."""
        own = [change for change in self.changes() if change.action != "shadow"]
        return own[-1] if own else None

    def shadow(self) -> Change | None:
        """Return the change that named the run that answers in the shadow of the deployed one."""
        own = [change for change in self.changes() if change.action == "shadow"]
        now = self.deployed()
        if not own or not own[-1].run or (now and now.job_key == own[-1].job_key):
            return None
        return own[-1]

    def copy_of(self, job_key: str) -> Path:
        """Return the folder of a model's copy."""
        return self.folder / job_key

    def append(self, change: Change) -> None:
        """Add a change; the file is written whole, so that no reader sees half a line."""
        lines = [*self.changes(), change]
        texts = (json.dumps(asdict(line), ensure_ascii=False, allow_nan=False) for line in lines)
        write_text(self.path, "".join(f"{text}\n" for text in texts))
