"""What the project costs before useful work begins, beside named peers.

Run it on a quiet machine, after `make demo`:

    .venv/bin/python benchmarks/overhead.py

Two measurements, medians over pairs in turn:

- A rebuild with nothing to do, beside bare Snakemake on two graphs: an empty one (a target
  without inputs, which Snakemake counts as a job and runs) and one whose only file is there (so
  that Snakemake, too, has nothing to do). Of the second difference 0.2 s is Snakemake importing
  pandas, which it does to compare any rule's `params` wherever pandas is installed.
- One training's way from its command to the first line of its fit, for a torch model and for a
  scikit-learn one, with the libraries that are imported on the way.

Results go to `benchmarks/results/overhead.json`.
"""

from __future__ import annotations

import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
DEMO = ROOT / "build" / "demo"
PAIRS = 7
RUNS = {
    "torch": ("lenet", "fashion-mnist"),
    "scikit-learn": ("logistic-regression", "bank-marketing"),
}
ENVIRONMENT = os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}


def main() -> None:
    """Measure, print and write down."""
    if not (DEMO / "results" / "runs.json").exists():
        sys.exit("build/demo is missing: run `make demo` first")
    found = {
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "pairs": PAIRS,
        "nothing_to_do": nothing_to_do(),
        "before_the_fit": {name: before_the_fit(*run) for name, run in RUNS.items()},
    }
    out = ROOT / "benchmarks" / "results" / "overhead.json"
    out.write_text(json.dumps(found, indent=2) + "\n")
    print(json.dumps(found, indent=2))


def nothing_to_do() -> dict[str, object]:
    """Time a finished rebuild and bare Snakemake in turn."""
    ours = [str(BIN / "snakemake"), "--workflow-profile", "workflow/profiles/demo"]
    done = subprocess.run(
        ours, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=True
    )
    if "Nothing to be done" not in done.stderr:
        sys.exit("build/demo was not up to date, now it is: run this again")
    return {
        "bare_empty_graph": beside(ours, "rule all:\n    input:\n        [],\n"),
        "bare_nothing_to_do": beside(ours, 'rule all:\n    input:\n        "there",\n'),
    }


def beside(ours: list[str], snakefile: str) -> dict[str, object]:
    """Time our command and bare Snakemake on another graph, in pairs."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "Snakefile").write_text(snakefile)
        Path(folder, "there").touch()
        peer = [str(BIN / "snakemake"), "--cores", "all", "--directory", folder]
        peer += ["--snakefile", f"{folder}/Snakefile"]
        pairs = [(seconds(ours), seconds(peer)) for _ in range(PAIRS)]
    ratios = [a / b for a, b in pairs]
    return {
        "ours_s": round(statistics.median(a for a, _ in pairs), 3),
        "peer_s": round(statistics.median(b for _, b in pairs), 3),
        "ratio": round(statistics.median(ratios), 3),
        "ratio_range": [round(min(ratios), 3), round(max(ratios), 3)],
    }


def seconds(command: list[str]) -> float:
    """Time one command to its end."""
    start = time.perf_counter()
    subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, check=True)
    return time.perf_counter() - start


def before_the_fit(model: str, data: str) -> dict[str, object]:
    """Time a training from its command until it says that it begins."""
    with tempfile.TemporaryDirectory() as folder:
        command = training(model, data, Path(folder))
        times = [until_it_begins(command, folder) for _ in range(PAIRS)]
        done = subprocess.run(
            [sys.executable, "-X", "importtime", str(BIN / "handbook"), *command],
            cwd=folder,
            env=ENVIRONMENT,
            capture_output=True,
            text=True,
        )
    imported = re.findall(r"\| +(\d+) \| +(\w+)$", done.stderr, flags=re.MULTILINE)
    slow = sorted(((int(t) / 1e6, name) for t, name in imported if int(t) > 50_000), reverse=True)
    return {
        "median_s": round(statistics.median(times), 3),
        "range_s": [round(min(times), 3), round(max(times), 3)],
        "imports_over_50_ms": {name: round(t, 3) for t, name in slow},
    }


def training(model: str, data: str, folder: Path) -> list[str]:
    """Return the arguments of a demo run's own training, on its rows in another folder."""
    (folder / "results").mkdir(parents=True, exist_ok=True)
    (folder / "results" / "data").symlink_to(DEMO / "results" / "data")
    catalogues = (DEMO / ".snakemake" / "catalogues").glob("*.json")
    latest = max(catalogues, key=lambda path: path.stat().st_mtime)
    return ["train", f"{model}/{data}/book", "--catalogue", str(latest)]


def until_it_begins(command: list[str], folder: str) -> float:
    """Time from the start of the process to its line `training on ...`."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [str(BIN / "handbook"), *command],
        cwd=folder,
        env=ENVIRONMENT,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if "training on" in line:
            elapsed = time.perf_counter() - start
            process.kill()
            process.wait()
            return elapsed
    sys.exit(f"the training ended before it began: {command}")


if __name__ == "__main__":
    main()
