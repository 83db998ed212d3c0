"""The history of what was deployed of a data set: one line a change, and the files of each model.

``deployments/<data>/history.jsonl`` is the one truth about what is in production. Beside it,
``deployments/<data>/<job key>/`` holds a copy of each model that ever was deployed, so that neither
a rebuild nor a lost result touches what answers now, and a rollback finds its file.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, get_args

from handbook.core.errors import HandbookError
from handbook.core.files import written_whole

__all__ = ["Action", "Change", "History", "histories"]

#: ``shadow`` names the run that answers beside the deployed one and is not used; without a run it
#: ends that.
Action = Literal["deploy", "promote", "rollback", "shadow"]


_DEPLOYMENTS, _FILE = "deployments", "history.jsonl"


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

    @property
    def tags(self) -> dict[str, str]:
        """What MLflow's version of the model says of it."""
        return {
            "deployed.action": self.action,
            "deployed.time": self.time,
            "deployed.who": self.who,
            "deployed.why": self.why or "-",
        }

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
        self.folder = folder / _DEPLOYMENTS / data
        self.path = self.folder / _FILE

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

    def earlier(self) -> list[Change]:
        """Return what can be gone back to, the latest last.

        A rollback takes away what was deployed after the model that it brought back.
        """
        stack: list[Change] = []
        for change in self.changes():
            if change.action == "shadow":
                continue
            keys = [own.job_key for own in stack]
            if change.action == "rollback" and change.job_key in keys:
                del stack[keys.index(change.job_key) :]
            stack.append(change)
        return stack[:-1]

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
        with written_whole(self.path) as partial, partial.open("w", encoding="utf-8") as file:
            file.writelines(f"{text}\n" for text in texts)
            file.flush()
            os.fsync(file.fileno())


def histories(folder: Path = Path()) -> list[History]:
    """Return the history of each data set that has one, by name."""
    files = sorted((folder / _DEPLOYMENTS).glob(f"*/{_FILE}"))
    return [History(file.parent.name, folder) for file in files]
