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
    shell: "cd {work} && {draw} && touch {out}/{{output}}"
"""


def main() -> None:
    """Measure, print and write down."""
    if not (DEMO / "results" / "runs.json").exists():
        sys.exit("build/demo is missing: run `make demo` first")
    with tempfile.TemporaryDirectory() as folder:
        train = training(*RUN, Path(folder))
        draw = ["draw", *train[1:]]
        found = {
            "cores": os.cpu_count(),
            "pairs": PAIRS,
            # what the first one fits, the second one draws
            "one_job": {"train": both(train, folder), "draw": both(draw, folder)},
            "jobs_in_snakemake": JOBS,
            "snakemake": {way: snakemake(draw, folder, way == "warm") for way in ("cold", "warm")},
        }
    result = ROOT / "benchmarks" / "results" / "warm.json"
    result.write_text(json.dumps(found, indent=2) + "\n")
    print(json.dumps(found, indent=2))


def both(command: list[str], work: str) -> dict[str, float]:
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
            pairs = [
                (seconds(command, work, {}), seconds(command, work, warm)) for _ in range(PAIRS)
            ]
            server.stdin.close()
    cold_s, warm_s = (statistics.median(times) for times in zip(*pairs, strict=True))
    return {"cold_s": round(cold_s, 3), "warm_s": round(warm_s, 3)}


def seconds(command: list[str], work: str, variables: dict[str, str]) -> float:
    """Time one job to its end."""
    start = time.perf_counter()
    subprocess.run(
        [str(BIN / "handbook"), *command],
        cwd=work,
        env=ENVIRONMENT | variables,
        capture_output=True,
        check=True,
    )
    return time.perf_counter() - start


def snakemake(draw: list[str], work: str, warm: bool) -> dict[str, float]:
    """Time a graph of equal jobs, and what its processors did meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        command = " ".join(["handbook", *draw])
        text = SNAKEFILE.format(jobs=JOBS, work=work, draw=command, out=folder)
        Path(folder, "Snakefile").write_text(text)
        before, start = os.times(), time.perf_counter()
        command = [str(BIN / "snakemake"), "--cores", "2", "--config", f"warm={warm}"]
        subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, check=True)
        elapsed, after = time.perf_counter() - start, os.times()
    used = sum(after[2:4]) - sum(before[2:4])
    return {"s": round(elapsed, 2), "processor_s": round(used, 2)}


if __name__ == "__main__":
    main()
