"""How well a run foretold its end: its events, played again.

    python benchmarks/prediction.py .snakemake/log/2026-11-28T164500.000000.events.jsonl

prints, for some shares of the time that a finished run took, when it said that it would end, and
when it did. With ``--out NAME`` they go to ``benchmarks/results/NAME.json`` too.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from handbook.records.events import read_events
from handbook.records.foretold import replay


def main() -> None:
    """Print what a run foretold."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("events", type=Path)
    parser.add_argument("--out", help="name of a file in benchmarks/results")
    options = parser.parse_args()
    events = read_events(options.events)
    if not any(event["event"] == "plan" for event in events):
        sys.exit(f"{options.events}: has no plan: a run of Snakemake with a profile writes one")
    rows = list(replay(events))
    print("of time   passed  predicted end  true end   off  off of what was left  of work")
    for row in rows:
        print(
            f"{row.share_of_time:7.0%} {row.passed:7.0f}s {row.predicted_end:13.0f}s "
            f"{row.true_end:8.0f}s {row.off_share:+5.0%} {row.off_share_of_what_was_left:+21.0%} "
            f"{row.share_of_work:8.0%}"
        )
    if options.out:
        file = Path(__file__).parent / "results" / f"{options.out}.json"
        file.write_text(json.dumps([row._asdict() for row in rows], indent=2) + "\n")


if __name__ == "__main__":
    main()
