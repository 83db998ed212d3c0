"""What a job costs by itself, and forked from a process that has imported its libraries.

Run it on a quiet machine, after `make demo`:

    .venv/bin/python benchmarks/warm.py

Two measurements, each both ways in turn:

- One training and one drawing of a scikit-learn model, medians over pairs.
- Snakemake with 40 such drawings and two cores, the start of the server included.

Results go to `benchmarks/results/warm.json`.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from overhead import BIN, DEMO, ENVIRONMENT, PAIRS, ROOT, training

RUN = ("logistic-regression", "bank-marketing")
FIGURES = ("roc", "precision-recall", "confusion", "calibration")
JOBS = 40
SNAKEFILE = """
import os
from handbook.workflow.warm import start

os.environ["PYTHONHASHSEED"] = "0"

onstart:
    if config["warm"]:
        start.start(len(workflow.dag))

rule all:
    input: expand("{{number}}/done", number=range({jobs}))

rule draw:
    output: "{{number}}/done"
    shell: "cd {demo} && {draw} && touch {out}/{{output}}"
"""


def main() -> None:
    """Measure, print and write down."""
    if not (DEMO / "results" / "runs.json").exists():
        sys.exit("build/demo is missing: run `make demo` first")
    with tempfile.TemporaryDirectory() as out:
        found = {
            "cores": os.cpu_count(),
            "pairs": PAIRS,
            "one_job": {
                "train": both(training(*RUN, out)),
                "draw": both(drawing(out)),
            },
            "jobs_in_snakemake": JOBS,
            "snakemake": {way: snakemake(way == "warm") for way in ("cold", "warm")},
        }
    result = ROOT / "benchmarks" / "results" / "warm.json"
    result.write_text(json.dumps(found, indent=2) + "\n")
    print(json.dumps(found, indent=2))


def drawing(out: str) -> list[str]:
    """Return the arguments that draw the figures of a demo run elsewhere."""
    run = "results/models/{}/{}/book".format(*RUN)
    figures = [f"{out}/{name}.svg" for name in FIGURES]
    return ["draw", "--run", run, "--curves", "[]", "--figures", *figures]


def both(command: list[str]) -> dict[str, float]:
    """Time a job with and without a server, in pairs."""
    with tempfile.TemporaryDirectory() as folder:
        serve = [str(BIN / "handbook"), "warm", "--socket", f"{folder}/socket"]
        with subprocess.Popen(
            serve, env=ENVIRONMENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as server:
            assert server.stdin is not None
            assert server.stdout is not None
            server.stdout.readline()
            warm = {"HANDBOOK_WARM": f"{folder}/socket"}
            pairs = [(seconds(command, {}), seconds(command, warm)) for _ in range(PAIRS)]
            server.stdin.close()
    cold_s, warm_s = (statistics.median(times) for times in zip(*pairs, strict=True))
    return {"cold_s": round(cold_s, 3), "warm_s": round(warm_s, 3)}


def seconds(command: list[str], variables: dict[str, str]) -> float:
    """Time one job to its end."""
    start = time.perf_counter()
    subprocess.run(
        [str(BIN / "handbook"), *command],
        cwd=DEMO,
        env=ENVIRONMENT | variables,
        capture_output=True,
        check=True,
    )
    return time.perf_counter() - start


def snakemake(warm: bool) -> dict[str, float]:
    """Time a graph of equal jobs, and what its processors did meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        draw = " ".join(["handbook", *drawing(f"{folder}/{{wildcards.number}}")])
        text = SNAKEFILE.format(jobs=JOBS, demo=DEMO, draw=draw, out=folder)
        Path(folder, "Snakefile").write_text(text)
        before, start = os.times(), time.perf_counter()
        command = [str(BIN / "snakemake"), "--cores", "2", "--config", f"warm={warm}"]
        subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, check=True)
        elapsed, after = time.perf_counter() - start, os.times()
    used = sum(after[2:4]) - sum(before[2:4])
    return {"s": round(elapsed, 2), "processor_s": round(used, 2)}


if __name__ == "__main__":
    main()
