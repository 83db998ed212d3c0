"""What came of each fault, and the table of all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

__all__ = ["Outcome", "table"]

_COLUMNS = (
    "tried",
    "went on alone",
    "needed help",
    "lost",
    "doubled",
    "orphaned",
    "silently wrong",
)


@dataclass
class Outcome:
    """What came of a chain of faults in one folder.

    Parameters
    ----------
    kind : str
        The row of the table.
    seed : str
        From which everything in it was drawn.
    """

    kind: str
    seed: str
    #: What was done, in words, one a fault.
    done: list[str] = field(default_factory=list)
    #: Why the same command did not go on alone.
    help: list[str] = field(default_factory=list)
    #: Files that were harmed and refused by name until they were moved away: as promised.
    refused: list[str] = field(default_factory=list)
    #: Files or runs that an undisturbed run has and this one lacks.
    lost: list[str] = field(default_factory=list)
    #: Entries of MLflow that are there twice, still running, or failed though finished later.
    doubled: list[str] = field(default_factory=list)
    #: Processes that outlived their command.
    orphaned: list[str] = field(default_factory=list)
    #: Files that differ from those of an undisturbed run though the command says success.
    wrong: list[str] = field(default_factory=list)

    @property
    def counts(self) -> list[int]:
        """The numbers of its row."""
        bad = [len(part) for part in (self.lost, self.doubled, self.orphaned, self.wrong)]
        alone = max(len(self.done) - len(self.help), 0)
        return [len(self.done), alone, len(self.help), *bad]

    @property
    def good(self) -> bool:
        """Whether the same command went on alone and nothing is amiss."""
        return not any(self.counts[2:])

    def report(self) -> str:
        """Say what was done and what is amiss, for whoever looks into it."""
        parts = {
            "needed help": self.help,
            "lost": self.lost,
            "doubled": self.doubled,
            "orphaned": self.orphaned,
            "silently wrong": self.wrong,
        }
        lines = [f"{self.kind}, seed {self.seed}:", *(f"  did: {what}" for what in self.done)]
        for name, entries in parts.items():
            lines += [f"  {name}: {entry}" for entry in entries[:6]]
            lines += [f"  {name}: ... {len(entries) - 6} more"] * (len(entries) > 6)
        return "\n".join(lines)


def table(outcomes: Sequence[Outcome]) -> str:
    """Return the table of all faults, a row a kind and one for all."""
    rows: dict[str, list[int]] = {}
    for outcome in outcomes:
        row = rows.setdefault(outcome.kind, [0] * len(_COLUMNS))
        row[:] = [a + b for a, b in zip(row, outcome.counts, strict=True)]
    rows["all"] = [sum(column) for column in zip(*rows.values(), strict=True)]
    width = max(map(len, rows)) + 2
    head = " " * width + "  ".join(_COLUMNS)
    lines = (
        name.ljust(width)
        + "  ".join(str(n).rjust(len(c)) for n, c in zip(row, _COLUMNS, strict=True))
        for name, row in rows.items()
    )
    refused = sum(len(outcome.refused) for outcome in outcomes)
    note = f"({refused} harmed files were refused by name until they were moved away)"
    return "\n".join([head, *lines, *[note] * bool(refused)])
