"""A small copy of this project that tests may build, change and break."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from handbook.core.lock import alone_in

ROOT = Path(__file__).parents[1]
COPIED = (
    "Snakefile",
    "workflow",
    "src",
    "requirements.lock",
    "overrides.yaml",
    "dvc.yaml",
    ".dvcignore",
    ".gitignore",
)
SNAKEMAKE = ("snakemake", "--workflow-profile", "workflow/profiles/default")
DATA = ("bank-marketing", "fashion-mnist", "diabetes", "iris")
MODELS = {
    "logistic-regression": "bank-marketing",
    "decision-tree-regressor": "diabetes",
    "rbf-network": "bank-marketing",
    "lenet": "fashion-mnist",
}
CLAIMS = ("escape-local-minima",)
LABS = ("corr2d", "optimizer-race", "som-step", "svc-three-points")


def once(factory: pytest.TempPathFactory, name: str, build: Callable[[Path], object]) -> Path:
    """Return a folder that the first to ask has filled, of all processes that share the tests."""
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    with alone_in(folder):
        if not (folder / "finished").exists():
            if (folder / "begun").exists():
                pytest.fail(f"{name}: another process could not make it")
            (folder / "begun").touch()
            build(folder)
            (folder / "finished").touch()
    return folder


class Project:
    """A folder with the workflow, the package and a catalogue of four models."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def create(cls, root: Path) -> Project:
        """Copy the project, with generated data and one epoch a network."""
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                ignore = shutil.ignore_patterns("__pycache__", "*.egg-info")
                shutil.copytree(source, root / name, ignore=ignore)
            else:
                root.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, root / name)
        project = cls(root)
        params = yaml.safe_load((ROOT / "params.yaml").read_text())
        params |= {"tier": "demo", "data_source": "sample", "crossval": {"folds": 2}}
        params["data"] = {name: params["data"][name] for name in DATA}
        params["models"] = {name: params["models"][name] for name in MODELS}
        for name, data in MODELS.items():
            model = params["models"][name]
            model["data"] = data
            model["variants"] = {"book": model["variants"]["book"]}
            for key in ("book", "departs"):  # of data sets that this catalogue has not
                model["variants"]["book"].pop(key, None)
            model.pop("leave_one_out", None)
        params |= {"judges": {}, "side_by_side": {}, "backtests": {}}
        params["sweeps"] = {
            "depth": {"model": "decision-tree-regressor", "space": {"max_depth": [1, 2, 3]}}
        }
        params["bias_variance"] = {
            "data": "diabetes",
            "rounds": 2,
            "models": {"decision-tree-regressor": {"parameter": "max_depth", "values": [1, 2]}},
        }
        params["labs"] = {name: params["labs"][name] for name in LABS}
        params["claims"] = {name: params["claims"][name] for name in CLAIMS}
        params["models"]["lenet"]["variants"]["book"]["tiers"]["demo"]["params"]["epochs"] = 1
        project.write_params(params)
        # Generated data has no raw files.
        project.drop_outs("data/raw", "results/judges", "results/side-by-side", "results/backtests")
        return project

    def drop_outs(self, *beginnings: str) -> None:
        """Let DVC expect nothing of what this catalogue does not make."""
        path = self.root / "dvc.yaml"
        stages = yaml.safe_load(path.read_text())
        outs = stages["stages"]["rebuild"]["outs"]
        outs[:] = [out for out in outs if not next(iter(out)).startswith(beginnings)]
        path.write_text(yaml.safe_dump(stages, sort_keys=False))

    def copy(self, root: Path) -> Project:
        """Return a copy with the same times."""
        # MLflow's store knows its own place; it is made again from the records.
        ignore = shutil.ignore_patterns("mlflow.db", "mlartifacts")
        shutil.copytree(self.root, root, dirs_exist_ok=True, ignore=ignore)
        return Project(root)

    def params(self) -> Any:
        """Read the catalogue."""
        return yaml.safe_load((self.root / "params.yaml").read_text())

    def write_params(self, params: Any) -> None:
        """Write the catalogue."""
        (self.root / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))

    def append(self, file: str, text: str = "\n_UNUSED = 1\n") -> None:
        """Put text at the end of a file: in a module, code that changes nothing but the code."""
        path = self.root / file
        path.write_text(path.read_text() + text)

    def edit(self, file: str, old: str, new: str) -> None:
        """Replace text that a file holds once."""
        path = self.root / file
        text = path.read_text()
        assert text.count(old) == 1, f"{file} holds {old!r} {text.count(old)} times"
        path.write_text(text.replace(old, new))

    def environment(self, **more: str) -> dict[str, str]:
        """Return what commands find around them: this folder's package, and no mirror."""
        path = str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"]
        own = {"PATH": path, "PYTHONPATH": str(self.root / "src"), "HANDBOOK_MIRROR": ""}
        return os.environ | own | more

    def run(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the environment in this folder, on this folder's package."""
        return subprocess.run(
            command,
            cwd=self.root,
            env=self.environment(**environment),
            capture_output=True,
            text=True,
            check=False,
        )

    def start(self, *command: str, **environment: str) -> subprocess.Popen[str]:
        """Start a command in a session of its own, with one pipe for all that it prints."""
        return subprocess.Popen(
            command,
            cwd=self.root,
            env=self.environment(**environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def succeed(self, *command: str) -> str:
        """Run a command that must succeed; return what it printed."""
        done = self.run(*command)
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    def snakemake(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the workflow as `make rebuild` does."""
        return self.run(*SNAKEMAKE, *arguments)

    def planned(self) -> set[str]:
        """Return what a dry run would do, in the words of the rules' messages."""
        done = self.snakemake("--dry-run", "--quiet", "reason")
        assert done.returncode == 0, done.stderr
        jobs = re.findall(r"^Job \d+: (.*)$", done.stderr + done.stdout, flags=re.MULTILINE)
        return set(jobs) - {"Everything is there"}
