"""How often a watch cries wolf, and how much drift it finds: `python benchmarks/watch.py`.

Windows are drawn at random from the prepared rows of bank-marketing, others than those that they
are held against: nothing has drifted. Then the ages of one window are moved by a known part of
their standard deviation. It needs the results of a rebuild and takes about two minutes.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from handbook.core.numbers import share
from handbook.data.dataset import read
from handbook.monitoring.profile import profile
from handbook.monitoring.reference import Reference
from handbook.monitoring.rehearse import moved
from handbook.monitoring.rule import Rule
from handbook.monitoring.watch import Sequenced, watch
from handbook.tasks.shares import wilson

REFERENCE, ROWS, WINDOWS = 20_000, 500, 3
SHIFTS = (0.1, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5)


def of_columns(rows: pd.DataFrame) -> Reference:
    """Describe rows, without answers and labels."""
    columns = profile(rows)
    return Reference("calls", "", "", "classification", (), "", columns, [], None, None)


def main() -> None:
    """Print shares of false alarms and of drifts that are found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, default=Path("results"))
    parser.add_argument("--watches", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    folder = options.results / "data" / "bank-marketing"
    rows = pd.concat([read(folder / f"{part}.arrow").X for part in ("train", "test")])
    rng = np.random.default_rng(options.seed)
    rules = {
        f"level {level}, drift of any size": Rule(rows=ROWS, level=level, shift=0.0)
        for level in (0.05, 0.01)
    } | {"level 0.01, PSI of 0.1 or more (usual)": Rule(rows=ROWS)}
    alarms = dict.fromkeys(rules, 0)
    for _ in range(options.watches):
        order = rng.permutation(len(rows))[: REFERENCE + WINDOWS * ROWS]
        reference = of_columns(rows.iloc[order[:REFERENCE]])
        later = Sequenced(rows.iloc[order[REFERENCE:]])
        for name, rule in rules.items():
            alarms[name] += watch(reference, later, rule).alarm
    print(f"{options.watches} watches of {WINDOWS} windows of {ROWS} rows without drift")
    for name, count in alarms.items():
        low, high = wilson(count, options.watches)
        print(f"  {name}: alarms in {count}, {share(low, 1)} to {share(high, 1)}")
    reference = of_columns(rows.iloc[order[:REFERENCE]])
    (age,) = (column for column in reference.columns if column.name == "age")
    print(f"{options.watches // 4} windows whose ages moved by a part of their deviation")
    for size in SHIFTS:
        detected = 0
        for _ in range(options.watches // 4):
            window = rows.iloc[rng.choice(len(rows), ROWS, replace=False)]
            window = window.assign(age=moved(age, window["age"], size, rng))
            detected += watch(reference, Sequenced(window), Rule(rows=ROWS)).alarm
        print(f"  {size:g} (PSI {size**2:.3f} of a normal column): found in {detected}")


if __name__ == "__main__":
    main()
