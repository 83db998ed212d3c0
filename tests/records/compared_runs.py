"""Runs and repositories as the tests of comparison need them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from handbook.records.reader import read_run
from handbook.records.run import RunRecord


def run(*command: str, cwd: Path) -> str:
    """Run a command that must succeed."""
    return subprocess.run(command, cwd=cwd, check=True, capture_output=True, text=True).stdout


class Repository:
    """A git repository of a test's own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main")
        self.git("config", "user.name", "Tester")
        self.git("config", "user.email", "tester@example.org")

    def git(self, *arguments: str) -> str:
        return run("git", *arguments, cwd=self.root).strip()

    def write(self, path: str, text: str) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def commit(self, files: dict[str, str]) -> str:
        """Write files and commit them; return the hash."""
        for path, text in files.items():
            self.write(path, text)
        self.git("add", "-A")
        self.git("commit", "-qm", "more")
        return self.git("rev-parse", "HEAD")


def record(**more: Any) -> dict[str, Any]:
    """Content of a run's record."""
    return {
        "job_key": "aa" * 32,
        "model": "ridge",
        "data": "diabetes",
        "variant": "book",
        "task": "regression",
        "seed": 42,
        "threads": 1,
        "estimator": "sklearn.linear_model.Ridge",
        "preprocess": {"numeric": "standard"},
        "params": {"alpha": 0.1},
        "search": None,
        "threshold": None,
        "fit_rows": None,
        "code": {"handbook.training.train": "1" * 16},
        "versions": {"numpy": "2.4.6"},
        "data_digests": {"train": "t" * 64, "test": "s" * 64},
        "data_variant": "bundled",
        "status": "FINISHED",
    } | more


def folds(run: dict[str, Any], scores: list[float | None], **more: Any) -> dict[str, Any]:
    """Content of a cross-validation's file."""
    known = [score for score in scores if score is not None]
    return {
        "work": RunRecord(run).work,
        "data_digests": {"train": run["data_digests"]["train"]},
        "split": "one",
        "share": 0.25,
        "level": 0.95,
        "primary": "rmse",
        "scores": [{"fold": place, "rows": 9, "rmse": x} for place, x in enumerate(scores)],
        "mean": {"rmse": sum(known) / len(known)},
        "interval": {"rmse": [min(known), max(known)]},
    } | more


class Files:
    """Files of one run, held in memory."""

    def __init__(self, **content: Any) -> None:
        self.content = content

    def records(self) -> list[str]:
        return ["models/ridge/diabetes/book/run.json"]

    def json(self, path: Path) -> Any:
        return self.content.get("folds" if path.parts[0] == "cv" else path.stem)


def recorded(
    scores: list[float | None] | None = None, rmse: float = 5.0, split: str = "one", **more: Any
) -> RunRecord:
    """A run as it is read from its files."""
    run = record(**more)
    files = Files(
        run=run,
        metrics={"primary": "rmse", "metrics": {"rmse": rmse, "r2": None}},
        context={"commit": "c0"},
        folds=None if scores is None else folds(run, scores, split=split),
    )
    read = read_run(files, "ridge/diabetes/book")
    assert read is not None
    return read


def lay(
    root: Path, scores: list[float | None] | None = None, rmse: float = 5.0, **more: Any
) -> None:
    """Write a finished run's files below a folder."""
    run = record(**more)
    place = f"{run['model']}/{run['data']}/{run['variant']}"
    folder = root / "results" / "models" / place
    folder.mkdir(parents=True, exist_ok=True)
    content = {
        "run": run,
        "metrics": {"primary": "rmse", "metrics": {"rmse": rmse}, "baseline": {"rmse": 9.0}},
        "context": {"commit": None, "dirty": False, "train_seconds": 1.5, "tier": "standard"},
    }
    for name, value in content.items():
        (folder / f"{name}.json").write_text(json.dumps(value))
    if scores is not None:
        path = root / "results" / "cv" / f"{place}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(folds(run, scores)))
