"""What Snakemake's own process takes of a core while hundreds of jobs are ready.

Jobs sleep, so that all its time is that of choosing, starting and ending them. Side by side: as
Snakemake comes, with the profile of old, and with what the workflow sets now
(``handbook.workflow.scheduling``).

    .venv/bin/python benchmarks/scheduler.py

Processor seconds are counted, so that a busy machine does not matter. Jobs end here ten times as
often as in a rebuild. Results go to ``benchmarks/results/scheduler.json``.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

JOBS = 800
DATA_SETS = 20
SLEEP_S = 2.0
CORES = 4
SPAN_S = float(os.environ.get("SPAN_S", "120"))  # of the run that is measured
REBUILD_JOBS, REBUILD_S = 849, 70 * 60
RESULT = Path(__file__).parent / "results" / "scheduler.json"

SNAKEFILE = """
import json, os, threading, time
from pathlib import Path

onstart:
    if {ours}:
        from handbook.workflow import scheduling
        scheduling.look_once(workflow)
    begin, cpu = time.monotonic(), time.process_time()
    def write():
        Path("spent.json").write_text(json.dumps(
            {{"cpu_s": time.process_time() - cpu, "wall_s": time.monotonic() - begin,
              "jobs": len(list(Path("done").glob("*")))}}))
        os._exit(0)
    timer = threading.Timer({span}, write)
    timer.daemon = True
    timer.start()

rule all:
    input: expand("done/{{n}}", n=range({jobs}))

rule work:
    input:
        train=lambda w: f"data/{{int(w.n) % {sets}}}/train.arrow",
        test=lambda w: f"data/{{int(w.n) % {sets}}}/test.arrow",
        accepted=lambda w: f"data/{{int(w.n) % {sets}}}/accepted.json",
    output: "done/{{n}}"
    log: "logs/{{n}}.log"
    params: spec=lambda w: json.dumps({{"n": w.n}})
    message: "Working {{wildcards.n}}"
    shell: "sleep {sleep}; touch {{output}}"
"""
OLD = ["--max-jobs-per-timespan", "10000/3s"]
VARIANTS = {"as Snakemake comes": ([], False), "profile of old": (OLD, False), "now": ([], True)}


def measure(options: list[str], ours: bool) -> dict[str, float]:
    """Run Snakemake for a while and return what it took."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        text = SNAKEFILE.format(ours=ours, span=SPAN_S, jobs=JOBS, sets=DATA_SETS, sleep=SLEEP_S)
        (folder / "Snakefile").write_text(text)
        for n in range(DATA_SETS):
            (folder / "data" / str(n)).mkdir(parents=True)
            for file in ("train.arrow", "test.arrow", "accepted.json"):
                (folder / "data" / str(n) / file).write_text(f"{n}")
        command = [sys.executable, "-m", "snakemake", "--cores", str(CORES), "--scheduler"]
        command += ["greedy", "--max-checksum-file-size", "1000000000", *options]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if not (folder / "spent.json").exists():
            sys.exit(done.stderr)
        spent = json.loads((folder / "spent.json").read_text())
    return {
        "jobs_ended": spent["jobs"],
        "cpu_s": round(spent["cpu_s"], 2),
        "wall_s": round(spent["wall_s"], 1),
        "share_of_a_core": round(spent["cpu_s"] / spent["wall_s"], 4),
        "cpu_ms_for_a_job": round(1000 * spent["cpu_s"] / spent["jobs"], 1),
        # where the cost of a job does not grow with those that have ended, as it does now
        "share_in_a_rebuild": round(spent["cpu_s"] / spent["jobs"] * REBUILD_JOBS / REBUILD_S, 4),
    }


def main() -> None:
    """Measure each variant and write the result."""
    chosen = sys.argv[1:] or list(VARIANTS)
    measured = {name: measure(*VARIANTS[name]) for name in chosen}
    result = {
        "python": platform.python_version(),
        "snakemake": version("snakemake"),
        "cores": os.cpu_count(),
        "ready_jobs": JOBS,
        "slots": CORES,
        "seconds_of_a_job": SLEEP_S,
        "date": time.strftime("%Y-%m-%d"),
        "variants": measured,
    }
    print(json.dumps(result, indent=2))
    if not sys.argv[1:]:
        RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
