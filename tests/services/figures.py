"""What was measured with real services, and the table in docs/scale.md that shows it.

A test that has measured its row calls `record`; `make test-services FIGURES=1` keeps it, one file a
row in `benchmarks/results/services`. `python -m tests.services.figures` writes the table anew.
"""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass

from handbook.core.files import read_json, write_json, write_text
from tests.project import ROOT

FOLDER = ROOT / "benchmarks" / "results" / "services"
DOCUMENT = ROOT / "docs" / "scale.md"
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One engine, what ran on it and what came of it.

    Attributes
    ----------
    engine : str
        Name and version, such as ``SLURM 22.05.8``.
    ran : str
        What was run on it.
    seconds : float
        How long it took.
    local_seconds : float, optional
        How long the same took on this machine alone, measured in the same test.
    faults : tuple of str
        Faults that were tried.
    result : str
        What came of it all.
    """

    engine: str
    ran: str
    seconds: float
    local_seconds: float | None = None
    faults: tuple[str, ...] = ()
    result: str = ""


def record(name: str, row: Row) -> None:
    """Keep a row under a name, where figures are asked for."""
    if os.environ.get("HANDBOOK_FIGURES"):
        FOLDER.mkdir(parents=True, exist_ok=True)
        write_json(FOLDER / f"{name}.json", asdict(row))


def table() -> str:
    """Return the rows that were kept, as a table in Markdown."""
    lines = [
        "| engine | what ran | time | beside local | faults tried | result |",
        "|---|---|---|---|---|---|",
    ]
    for path in sorted(FOLDER.glob("*.json")):
        row = Row(**read_json(path))
        local = row.local_seconds
        beside = f"{row.seconds / local:.2f} ({local:.1f} s)" if local else "–"
        faults = "; ".join(row.faults) or "–"
        cells = [row.engine, row.ran, f"{row.seconds:.1f} s", beside, faults, row.result]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def with_table(document: str) -> str:
    """Return a document with the table as it is now between its two marks."""
    before, _, rest = document.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


if __name__ == "__main__":
    write_text(DOCUMENT, with_table(DOCUMENT.read_text()))
