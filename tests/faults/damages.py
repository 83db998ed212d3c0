"""Results and records altered, cut, emptied, swapped and deleted behind the workflow's back."""

from __future__ import annotations

import os
import re
import shutil
from base64 import urlsafe_b64decode
from collections.abc import Callable
from pathlib import Path
from random import Random

from tests.faults.copies import REBUILD, TRACK, Copy, Ground, judge
from tests.faults.outcome import Outcome

from handbook.core.files import sha256

__all__ = ["RECORDS", "RESULTS", "damage"]

#: What is harmed: rows of the table.
RESULTS, RECORDS = "results harmed", "records harmed"

_Damage = Callable[[Path], None]


def _alter(path: Path) -> None:
    """Change one digit of a text, one bit of anything else, and nothing of the size."""
    content = bytearray(path.read_bytes())
    digits = [match.start() for match in re.finditer(rb"\d", content)]
    if b"\0" in content or not digits:
        content[len(content) // 2] ^= 1
    else:
        position = digits[len(digits) // 2]
        content[position] = ord("0") + (content[position] - ord("0") + 1) % 10
    path.write_bytes(content)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _lengthen(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\n1\n")


def _with_old_time(change: _Damage) -> _Damage:
    """Make a change that leaves the time of the file as it was."""

    def changed(path: Path) -> None:
        before = path.stat()
        change(path)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    return changed


# What may happen to a result.
_DAMAGES: dict[str, _Damage] = {
    "deleted": Path.unlink,
    "altered": _alter,
    "altered with its old time": _with_old_time(_alter),
    "cut": _cut,
    "cut with its old time": _with_old_time(_cut),
    "emptied": _empty,
    "lengthened": _lengthen,
}
_METADATA = ".snakemake/metadata"
# What may happen to files that tell the workflow what there is.
_RECORDS: dict[str, tuple[str, _Damage]] = {
    "record deleted": (_METADATA, Path.unlink),
    "record emptied": (_METADATA, _empty),
    "record cut": (_METADATA, _cut),
    "manifest cut": (".snakemake/manifest.jsonl", _cut),
    "manifest emptied": (".snakemake/manifest.jsonl", _empty),
    "manifest deleted": (".snakemake/manifest.jsonl", Path.unlink),
    "catalogue altered": (".snakemake/catalogues", _alter),
    "digests cut": (".snakemake/code-digests.json", _cut),
    "store cut": ("mlflow.db", _cut),
    "store deleted": ("mlflow.db", Path.unlink),
}


def damage(ground: Ground, copy: Copy, outcome: Outcome) -> None:
    """Do one harm, drawn from the outcome's seed, and see whether a rebuild mends it.

    Parameters
    ----------
    ground : Ground
    copy : Copy
        Of the finished project; what is there is harmed.
    outcome : Outcome
    """
    random = Random(outcome.seed)
    expected = ground.built
    if outcome.kind == RECORDS:
        # A harmed record must not hide that something else is asked for by now.
        copy.switch()
        expected = ground.switched
        path = _harm_record(copy, random, outcome)
    elif random.random() < 0.15:
        path = _delete_folder(copy, random, outcome)
    else:
        path = _harm_result(copy, random, outcome)
    harmed = sha256(path) if path.is_file() else ""
    name = path.relative_to(copy.root).as_posix()
    running = copy.finish(*REBUILD)
    if running.status != 0 and name in running.text:
        # Refused by name: whoever reads that moves the file away and starts again.
        outcome.refused.append(name)
        path.unlink(missing_ok=True)
        running = copy.finish(*REBUILD)
    if running.status != 0:
        outcome.help.append(f"{outcome.done[-1]}: status {running.status}: {running.last_words}")
        return
    judge(copy, expected, outcome)
    if harmed and outcome.kind == RESULTS:
        if path.is_file() and sha256(path) == harmed:
            outcome.wrong.append(f"{name}: still as it was harmed")
        elif name not in running.text:
            outcome.wrong.append(f"{name}: made again without a word")


def _harm_result(copy: Copy, random: Random, outcome: Outcome) -> Path:
    """Harm a result of a kind drawn from all kinds there are."""
    kinds: dict[str, list[Path]] = {}
    for path in copy.results():
        parts = path.relative_to(copy.root / "results").parts
        own = path.suffix if parts[0] in ("cv", "report") else path.name
        kinds.setdefault(f"{parts[0]} {own}", []).append(path)
    path = random.choice(kinds[random.choice(sorted(kinds))])
    name = random.choice(sorted(_DAMAGES))
    _DAMAGES[name](path)
    outcome.done.append(f"{path.relative_to(copy.root)} {name}")
    return path


def _harm_record(copy: Copy, random: Random, outcome: Outcome) -> Path:
    """Harm what the workflow remembers."""
    name = random.choice(sorted(_RECORDS))
    place, change = _RECORDS[name]
    path = copy.root / place
    if place == "mlflow.db":
        copy.finish(*TRACK)
    if path.is_dir():
        # Above all of what the other setting reaches.
        files = sorted(file for file in path.rglob("*") if file.is_file())
        reached = [file for file in files if "decision-tree" in _named(file)]
        path = random.choice(reached or files)
    if path.exists():
        change(path)
        outcome.done.append(f"{_named(path)}: {name}")
    else:
        outcome.done.append(f"{place}: none to harm")
    return copy.root / _named(path) if place == _METADATA else path


def _named(record: Path) -> str:
    """Return the path of the result that a record of Snakemake's is about."""
    try:
        return urlsafe_b64decode(record.name).decode()
    except ValueError:
        return record.name


def _delete_folder(copy: Copy, random: Random, outcome: Outcome) -> Path:
    """Delete a folder of results, or all of them."""
    folders = [copy.root / "results", *(copy.root / "results").rglob("*/")]
    path = random.choice(sorted(folders))
    shutil.rmtree(path)
    outcome.done.append(f"{path.relative_to(copy.root)} deleted")
    return path
