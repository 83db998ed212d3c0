"""A second model that answers what was served already, beside the log of requests.

It reads the log that workers write, in a process of its own that yields to them: it cannot change
an answer, fail it or hold it up. When it is slow it lags behind; when it ends, the next one goes on
where it was, since it writes a line for each line that it has read.
"""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

from handbook.core.errors import HandbookError
from handbook.core.terminal import say
from handbook.deployment.chosen import Chosen, choose, deployed
from handbook.deployment.history import History
from handbook.serving import strict_json
from handbook.serving.formats import Query
from handbook.serving.metrics import Counters
from handbook.serving.model import Answer, ServedModel
from handbook.serving.requests import SHADOW, files
from handbook.serving.settings import Settings

__all__ = ["Shadow"]

_LOOK_S = 0.25  # between looks at the log
_TOGETHER = 500  # requests that are answered together
_NICE = 19


class Shadow:
    """What follows the log of one server.

    Parameters
    ----------
    settings : Settings
    counters : Counters
    """

    def __init__(self, settings: Settings, counters: Counters) -> None:
        self._settings = settings
        self._counters = counters
        self._model: ServedModel | None = None
        self._fault = ""
        self._offsets: dict[Path, int] = {}  # in each file of the log, by the file written beside

    def run(self) -> None:
        """Follow the log until the process that began this one has ended."""
        os.nice(_NICE)
        parent = os.getppid()
        while os.getppid() == parent:
            if not self.step():
                time.sleep(_LOOK_S)

    def step(self) -> bool:
        """Answer what has come since the last step; tell whether it was anything."""
        try:
            model = self._wanted()
        except HandbookError as error:
            if str(error) != self._fault:
                say(f"error: no shadow: {error}")
            self._fault = str(error)
            return False
        if model is None:
            return False
        folder, server = self._settings.log_folder, self._settings.server
        return sum(self._follow(path, model) for path in files(folder, server)) > 0

    def _wanted(self) -> ServedModel | None:
        """Return the run that was named, or the one that the history names now."""
        settings = self._settings
        chosen: Chosen | None = None
        if settings.shadow is not None:
            if self._model is not None:
                return self._model
            chosen = choose(settings.data, settings.shadow, settings.folder)
        else:
            change = History(settings.data, settings.folder).shadow()
            if change is not None:
                chosen = deployed(settings.data, change, settings.folder)
        if chosen is None:
            self._model = None
        elif self._model is None or self._model.chosen != chosen:
            self._model = ServedModel.open(chosen)
            say(f"{chosen.run} answers in the shadow")
        return self._model

    def _follow(self, path: Path, model: ServedModel) -> bool:
        """Answer the next lines of a file of the log."""
        target = path.with_name(f"{path.stem}.{model.chosen.job_key[:12]}{SHADOW}")
        if target not in self._offsets:
            self._offsets[target] = _offset(path, _whole_lines(target))
        with path.open("rb") as file:
            file.seek(self._offsets[target])
            lines = [line for line in islice(file, _TOGETHER) if line.endswith(b"\n")]
        if not lines:
            return False
        records = [json.loads(line) for line in lines]
        answers = model.answer([Query(record["rows"], policy="pass") for record in records])
        written = "".join(
            _line(record, answer, model.chosen)
            for record, answer in zip(records, answers, strict=True)
        )
        if not _append(target, written.encode()):
            return False  # tried again at the next look
        self._offsets[target] += sum(map(len, lines))
        failures = sum(not isinstance(answer, Answer) for answer in answers)
        self._counters.add("shadow_requests", len(answers) - failures)
        self._counters.add("shadow_failures", failures)
        return True


def _line(record: dict[str, Any], answer: Answer | Exception, chosen: Chosen) -> str:
    content = {"id": record["id"], "run": chosen.run, "job_key": chosen.job_key}
    if isinstance(answer, Answer):
        content["answers"] = answer.request.answers
    else:
        content["fault"] = str(answer)
    return strict_json.dumps(content) + "\n"


def _append(path: Path, content: bytes) -> bool:
    """Append to a file, all or nothing; tell whether there was room."""
    with path.open("ab", buffering=0) as file:
        end = file.tell()
        try:
            written = 0
            while written < len(content):
                written += file.write(content[written:])
        except OSError:
            with suppress(OSError):
                file.truncate(end)
            return False
    return True


def _whole_lines(path: Path) -> int:
    """Return the number of lines of a file, without one that was cut off."""
    if not path.exists():
        return 0
    content = path.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        os.truncate(path, whole)
    return content.count(b"\n")


def _offset(path: Path, lines: int) -> int:
    """Return where a line of a file begins."""
    with path.open("rb") as file:
        return sum(map(len, islice(file, lines)))
