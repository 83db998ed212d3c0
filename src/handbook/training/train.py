"""Train one run on its training rows and measure it once on the held-out rows."""

from __future__ import annotations

import csv
import json
import resource
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any, TextIO

import pyarrow as pa
import pyarrow.feather

from handbook import tasks
from handbook.core.files import digest, sha256, write_json, written_whole
from handbook.core.folders import RunFolder
from handbook.data import dataset
from handbook.tasks.task import Predictions
from handbook.training.build import last_step
from handbook.training.saving import load, save
from handbook.training.spec import RunSpec
from handbook.training.tuning import fit

__all__ = ["train"]

Say = Callable[[str], None]


def train(
    spec: RunSpec,
    train_path: Path,
    test_path: Path,
    folder: RunFolder,
    *,
    judge_path: Path | None = None,
    code: Mapping[str, str],
    versions: Mapping[str, str],
    revision: Mapping[str, Any],
    tier: str,
    say: Say,
) -> None:
    """Fit, score beside the dummy baseline, and write the whole story of one run.

    Parameters
    ----------
    spec : RunSpec
    train_path, test_path : Path
    folder : RunFolder
        Where it writes.
    judge_path : Path or None
        The classifier that looks at what was generated, for the tasks in `tasks.JUDGED`.
    code, versions : mapping of str to str
        Digests of the modules and versions of the libraries that made this run.
    revision : mapping
        The commit that the code stands on, and whether it was changed since.
    tier : str
        Which tier was asked for; recorded, without influence.
    say : callable
        Takes a line of progress.

    Raises
    ------
    HandbookError
        What the user can mend. Whatever error is raised, a record with status FAILED is left at
        `folder.failure`; an interruption is no failure and leaves none.
    """
    started = _now()
    record: dict[str, Any] = {
        **spec.settings(),
        "code": dict(code),
        "versions": dict(versions),
        "data_digests": {"train": sha256(train_path), "test": sha256(test_path)},
    }
    if judge_path is not None:
        record["judge"] = sha256(judge_path)
    record = {"job_key": digest(record), **record}
    folder.failure.unlink(missing_ok=True)
    try:
        context = _run(record, spec, train_path, test_path, judge_path, folder, say)
    except Exception as error:
        failure = {"status": "FAILED", "error": f"{type(error).__name__}: {error}"}
        times = {"started": started, "ended": _now(), "tier": tier}
        write_json(folder.failure, record | failure | times)
        raise
    times = {"started": started, "ended": _now(), "tier": tier}
    write_json(folder.context, times | context | dict(revision))


def _run(
    record: dict[str, Any],
    spec: RunSpec,
    train_path: Path,
    test_path: Path,
    judge_path: Path | None,
    folder: RunFolder,
    say: Say,
) -> dict[str, Any]:
    rows, held_out = dataset.read(train_path), dataset.read(test_path)
    tasks.targets(rows, spec.task)  # refuses rows without labels where there must be some
    task = tasks.module(spec.task)
    judge = None if judge_path is None else load(judge_path, spec.trusted)
    classes = len(rows.classes)
    say(f"training on {len(rows):,} rows of {spec.data} ({rows.variant})")

    folder.history.parent.mkdir(parents=True, exist_ok=True)
    folder.history.unlink(missing_ok=True)  # a link leads into DVC's cache
    with folder.history.open("w", newline="", encoding="utf-8") as file:
        history = _History(file, say)
        clock, before = perf_counter(), _peak_memory()
        checkpoint = folder.failure.with_name(f"{spec.variant}.checkpoint")
        estimator, chosen = fit(
            spec, rows.X, rows.y, classes, history, (checkpoint, record["job_key"])
        )
        seconds, grown = perf_counter() - clock, _peak_memory() - before
        history.close()
    if chosen and "params" in chosen:
        best = ", ".join(f"{name} {value}" for name, value in chosen["params"].items())
        say(f"best of {len(chosen['trials'])} settings: {best}")

    predictions = task.predict(estimator, held_out.X, classes, judge)
    metrics, undefined = task.score(held_out.y, predictions)
    dummy = task.baseline().fit(rows.X, rows.y)
    baseline, _ = task.score(held_out.y, task.predict(dummy, held_out.X, classes, judge))
    primary = task.primary(classes)
    say(
        f"{primary} {metrics[primary]:.4f} on {len(held_out):,} held-out rows; "
        f"dummy {baseline[primary]:.4f}; {seconds:.1f} s"
    )

    save(estimator, folder.model, spec.trusted)
    _write_predictions(folder.predictions, spec.task, held_out, predictions)
    write_json(
        folder.metrics,
        {"primary": primary, "metrics": metrics, "baseline": baseline, "undefined": undefined},
    )
    record |= {
        "data_variant": rows.variant,
        "rows": {"train": len(rows), "test": len(held_out)},
        "chosen": chosen,
        "fitted_params": _plain(last_step(estimator).get_params()),
        "status": "FINISHED",
    }
    write_json(folder.record, record)
    return {"train_seconds": seconds, "train_mib": grown, "step_times": history.times}


def _plain(params: Mapping[str, Any]) -> Any:
    """Return constructor arguments as JSON has them; of what it has not, such as NaN, the name."""
    return json.loads(json.dumps(params, default=str), parse_constant=str)


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _peak_memory() -> float:
    """Return the most memory that this process has held so far, in MiB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (2**20 if sys.platform == "darwin" else 2**10)  # bytes there, KiB elsewhere


class _History:
    """Writes each step's metrics as they come, so that a long training can be watched."""

    def __init__(self, file: TextIO, say: Say) -> None:
        self.times: list[str] = []
        self._file = file
        self._say = say
        self._writer: csv.DictWriter[str] | None = None

    def __call__(self, row: Mapping[str, float]) -> None:
        """Append one row; `epoch` comes first."""
        if self._writer is None:
            self._writer = csv.DictWriter(self._file, list(row), lineterminator="\n")
            self._writer.writeheader()
        self._writer.writerow(row)
        self._file.flush()
        self.times.append(_now())
        self._say(", ".join(f"{name} {value:.4g}" for name, value in row.items()))

    def close(self) -> None:
        """Leave at least a header: a closed form has no steps."""
        if self._writer is None:
            self._file.write("epoch\n")


def _write_predictions(
    path: Path, task: str, held_out: dataset.Dataset, predictions: Predictions
) -> None:
    columns = predictions.table
    if task not in tasks.UNLABELLED:
        columns = columns.assign(true=held_out.y)
    about = {"task": task, "classes": list(held_out.classes), "target": held_out.target}
    table = pa.Table.from_pandas(columns, preserve_index=False)
    table = table.replace_schema_metadata({b"handbook": json.dumps(about).encode()})
    with written_whole(path) as partial:
        pa.feather.write_feather(table, partial, compression="zstd")
