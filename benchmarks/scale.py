"""What a catalogue of ten times as many runs costs in planning, collecting, tracking and reporting.

Two catalogues are made up, of 150 and of 1,500 runs: tables of generated data, one model of the
demo's over and over as variants of other names, with the demo's results under those names. Nothing
is trained. Each is measured, one after the other: time, and the most memory of any one process.

    .venv/bin/python benchmarks/scale.py [FOLDER]

takes the demo's results from a folder (default: ``build/demo``), 1 GB of disk and 20 minutes, most
of them Snakemake's, which rests a tenth of a second for each job whose results it is told to keep.
Ten times the runs may take ten times as long, no more; a rebuild that has nothing to do may take
25 s. Results go to ``benchmarks/results/scale.json``.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml

from handbook.catalogue.params import EMPTY
from handbook.core.files import digest, read_json, write_json
from handbook.training.spec import RunSpec

ROOT = Path(__file__).parents[1]
RESULT = ROOT / "benchmarks" / "results" / "scale.json"
COPIED = ("Snakefile", "workflow", "src", "requirements.lock", "overrides.yaml", "dvc.yaml")
MODELS = {
    "boston-housing": (
        *("linear-regression", "lasso", "ridge", "svr", "knn-regressor"),
        *("decision-tree-regressor", "random-forest-regressor", "extra-trees-regressor"),
        *("adaboost-regressor", "gradient-boosting-regressor"),
    ),
    "bank-marketing": (
        *("logistic-regression", "svc", "knn-classifier", "decision-tree-classifier"),
        "random-forest-classifier",
    ),
}
SIZES = (10, 100)  # variants of each of the 15 models
NO_OP_S = 25.0
SNAKEMAKE = ("snakemake", "--workflow-profile", "workflow/profiles/default", "--quiet", "all")


def create(root: Path, demo: Path, variants: int) -> None:
    """Make a project with so many variants of each model, and results of all."""
    root.mkdir(parents=True)
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, root / name)
    names = [f"v{number:03}" for number in range(variants)]
    params = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8")) | EMPTY
    params |= {"tier": "demo", "data_source": "sample", "backtests": {}}
    params["data"] = {data: params["data"][data] for data in MODELS}
    models: dict[str, Any] = {}
    for data, own in MODELS.items():
        for name in own:
            entry = params["models"][name] | {"data": [data]}
            for key in ("also_in_demo", "leave_one_out", "errata"):
                entry.pop(key, None)
            book = {
                key: value
                for key, value in entry["variants"]["book"].items()
                if key not in ("book", "departs", "data")
            }
            models[name] = entry | {"variants": dict.fromkeys(names, book)}
    params["models"] = models
    text = yaml.dump(params, sort_keys=False, Dumper=_WithoutAliases)
    (root / "params.yaml").write_text(text, encoding="utf-8")
    for data, own in MODELS.items():
        _copy(demo, root, f"results/data/{data}")
        watched = read_json(demo / f"results/watch/{data}.json")
        watched |= {"run": f"{own[0]}/{data}/{names[0]}"}
        write_json(root / f"results/watch/{data}.json", watched)
        intervals = read_json(demo / f"results/intervals/{data}.json")
        runs = intervals["runs"]
        intervals["runs"] = {}
        for name in own:
            records = {variant: _run(demo, root, name, data, variant) for variant in names}
            for variant, record in records.items():
                estimate = runs[f"{name}/{data}/book"] | {"job_key": record["job_key"]}
                intervals["runs"][f"{name}/{data}/{variant}"] = estimate
            _copy(demo, root, f"results/diagnose/{name}/{data}")
            curves = root / f"results/diagnose/{name}/{data}/curves.json"
            first = {"variant": names[0], "work": _work(records[names[0]])}
            write_json(curves, read_json(curves) | first)
        write_json(root / f"results/intervals/{data}.json", intervals)
    write_json(root / "results/sweeps/list.json", {})


class _WithoutAliases(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _copy(demo: Path, root: Path, name: str) -> None:
    shutil.copytree(demo / name, root / name)


def _run(demo: Path, root: Path, model: str, data: str, variant: str) -> dict[str, Any]:
    """Copy the results of a run under another name; return its record."""
    source, target = (top / f"results/models/{model}/{data}" for top in (demo, root))
    shutil.copytree(source / "book", target / variant)
    record = read_json(target / variant / "run.json")
    record |= {"variant": variant, "job_key": digest([record["job_key"], variant])}
    write_json(target / variant / "run.json", record)
    folds = read_json(demo / f"results/cv/{model}/{data}/book.json")
    folds |= {"variant": variant, "work": _work(record)}
    write_json(root / f"results/cv/{model}/{data}/{variant}.json", folds)
    return dict(record)


def _work(record: Mapping[str, Any]) -> str:
    """Return the digest of what a run was asked to do."""
    return digest({key: record[key] for key in RunSpec.recorded()})


def record(root: Path) -> None:
    """Let Snakemake take the results for its own: as if it had just made all of them."""
    folder = root / ".snakemake" / "metadata"
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted((root / "results").rglob("*")):
        if path.is_file():
            name = urlsafe_b64encode(path.relative_to(root).as_posix().encode()).decode()
            # not synchronised one by one, as the project's own writing is
            (folder / name).write_text(json.dumps({"endtime": path.stat().st_mtime}))
    cost(root, [*SNAKEMAKE, "--touch", "--forceall"])


def cost(root: Path, command: Sequence[str]) -> dict[str, float]:
    """Run a command in a project and return its time and memory."""
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(root / "src"),
    }
    environment.pop("HANDBOOK_MLFLOW_LATER", None)
    begin = time.monotonic()
    with subprocess.Popen(
        command, cwd=root, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.monotonic() - begin
    if process.returncode:
        sys.exit(f"{' '.join(command)}\n{output[-3000:]}")
    return {
        "seconds": round(seconds, 2),
        "cpu_s": round(usage.ru_utime + usage.ru_stime, 2),
        "mib": round(usage.ru_maxrss / 1024),
    }


def measure(root: Path, demo: Path, variants: int) -> dict[str, dict[str, float]]:
    """Return what each step costs for so many variants of each model."""
    create(root, demo, variants)
    costs: dict[str, dict[str, float]] = {}

    def step(name: str, *command: str) -> None:
        costs[name] = cost(root, command)
        print(f"{15 * variants:>5} runs  {name:<24} {costs[name]}", flush=True)

    results, aside = root / "results", root / "aside"
    results.rename(aside)
    step("plan everything", *SNAKEMAKE, "--dry-run")
    aside.rename(results)
    step("collect", "handbook", "collect")
    step("list what is shown", "handbook", "list-shown")
    step("track all", "handbook", "track")
    step("track nothing new", "handbook", "track")
    step("report", "handbook", "report")
    record(root)
    cost(root, SNAKEMAKE)  # takes the digests of all
    step("rebuild nothing", *SNAKEMAKE)
    step("plan nothing", *SNAKEMAKE, "--dry-run")
    step("why", "handbook", "why")
    step("times", "handbook", "times")
    return costs


def main() -> None:
    """Measure both catalogues and write the result."""
    demo = Path(sys.argv[1] if sys.argv[1:] else ROOT / "build" / "demo").resolve()
    if not (demo / "results" / "runs.json").exists():
        sys.exit(f"{demo}: no results of a demo; run `make demo` first")
    measured: dict[int, Mapping[str, Mapping[str, float]]] = {}
    for variants in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            measured[15 * variants] = measure(Path(folder) / "project", demo, variants)
    few, many = measured.values()
    result = {
        "date": time.strftime("%Y-%m-%d"),
        "python": platform.python_version(),
        "snakemake": version("snakemake"),
        "mlflow": version("mlflow-skinny"),
        "cores": os.cpu_count(),
        "no_op_target_s": NO_OP_S,
        "steps": {
            name: {
                **{f"{runs}_runs": costs[name] for runs, costs in measured.items()},
                "times_as_long": round(many[name]["seconds"] / few[name]["seconds"], 1),
                "times_the_memory": round(many[name]["mib"] / few[name]["mib"], 1),
            }
            for name in few
        },
    }
    print(json.dumps(result, indent=2))
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
