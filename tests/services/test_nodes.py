"""A training shared by processes on two nodes: what one process learns, written once."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil
import pytest
import safetensors.torch
import torch
from sklearn.base import BaseEstimator

from handbook.core.files import read_json
from handbook.training.build import last_step
from handbook.training.saving import load
from tests.project import SNAKEMAKE, Project
from tests.services import figures
from tests.services.nodes import Node, launcher, torchrun, two_nodes
from tests.services.server import tail, wait

pytestmark = [
    pytest.mark.services,
    pytest.mark.skipif(os.geteuid() != 0, reason="makes network namespaces"),
]
RUN = "lenet/fashion-mnist/book"
FOLDER = f"results/models/{RUN}"
# Batches of odd size, and a rate at which no rounding grows into another network.
SETTINGS = {"epochs": 3, "batch_size": 17, "learning_rate": 0.01}


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project with the rows of one data set, and a run trained by one process."""
    project = Project.create(tmp_path_factory.mktemp("nodes") / "alone")
    _set(project, **SETTINGS)
    done = project.snakemake("--until", "gate", "--", "results/data/fashion-mnist/accepted.json")
    assert done.returncode == 0, done.stderr
    project.succeed("handbook", "train", RUN)
    return project


@pytest.fixture
def nodes() -> Iterator[tuple[Node, Node]]:
    with two_nodes() as both:
        yield both


def _set(project: Project, **settings: float) -> None:
    params = project.params()
    params["models"]["lenet"]["variants"]["book"]["tiers"]["demo"]["params"] |= settings
    project.write_params(params)


def _fresh(project: Project, root: Path, **settings: int) -> Project:
    """Return a copy without what was trained."""
    copy = project.copy(root)
    for name in ("results/models", "results/cv", "logs/train", "logs/crossval"):
        shutil.rmtree(root / name, ignore_errors=True)
    _set(copy, **settings)
    return copy


def _start(project: Project, node: Node, *command: str) -> subprocess.Popen[str]:
    """Start a command in a project on a node."""
    with (project.root / "node.txt").open("w") as log:
        return subprocess.Popen(
            node.inside(*command),
            cwd=project.root,
            env=project.environment(**node.environment()),
            stdout=log,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )


def _train(projects: Sequence[Project], nodes: Sequence[Node]) -> list[subprocess.Popen[str]]:
    """Start the processes of a training, each on its node and in its project."""
    return [
        _start(project, node, *torchrun(rank), "-m", "handbook", "train", RUN)
        for rank, (project, node) in enumerate(zip(projects, nodes, strict=True))
    ]


def _end(*started: subprocess.Popen[str]) -> None:
    """Kill commands with all that they have started, as a node does that loses its power."""
    for process in started:
        if process.poll() is None:
            for child in psutil.Process(process.pid).children(recursive=True):
                child.kill()
            process.kill()
        process.wait()


def _files(project: Project) -> set[str]:
    return {
        str(path.relative_to(project.root))
        for name in ("results", "logs")
        for path in (project.root / name).rglob("*")
        if path.is_file()
    }


def _network(project: Project) -> dict[str, torch.Tensor]:
    estimator: BaseEstimator = load(project.root / FOLDER / "model.skops", ())
    return safetensors.torch.load(last_step(estimator).state_)


def _same(project: Project, alone: Project) -> None:
    """Hold a training by two processes against that by one."""
    expected, weights = _network(alone), _network(project)
    assert weights.keys() == expected.keys()
    for name, value in expected.items():
        torch.testing.assert_close(weights[name], value, rtol=1e-4, atol=1e-6)
    scores, own = (
        read_json(each.root / FOLDER / "metrics.json")["metrics"] for each in (alone, project)
    )
    assert own == pytest.approx(scores, rel=1e-3)
    with (project.root / FOLDER / "history.csv").open() as file:
        history = list(csv.DictReader(file))
    assert [row["epoch"] for row in history] == ["1", "2", "3"]
    assert len(read_json(project.root / FOLDER / "context.json")["step_times"]) == 3


@pytest.mark.quick
def test_two_nodes_without_a_shared_folder_learn_what_one_process_learns(rows, nodes, tmp_path):
    one, other = (_fresh(rows, tmp_path / str(i), devices=2) for i in range(2))
    before, begun = _files(other), time.monotonic()
    trained = _train((one, other), nodes)
    try:
        codes = [process.wait(300) for process in trained]
    finally:
        _end(*trained)
    assert codes == [0, 0], tail(one.root / "node.txt") + tail(other.root / "node.txt")
    seconds = time.monotonic() - begun
    _same(one, rows)
    assert _files(other) == before
    local = time.monotonic()
    rows.succeed("handbook", "train", RUN)
    figures.record(
        "nodes",
        figures.Row(
            engine=f"torchrun of PyTorch {torch.__version__.partition('+')[0]}, gloo",
            ran="a training of LeNet shared by two nodes, with the start of both",
            seconds=seconds,
            local_seconds=time.monotonic() - local,
            faults=("a node killed", "other rows on a node", "a batch of odd size"),
            result="equal to one process up to rounding; one node writes",
        ),
    )


@pytest.mark.quick
def test_a_node_with_other_rows_is_named_and_nothing_is_kept(rows, nodes, tmp_path):
    one, other = (_fresh(rows, tmp_path / str(i), devices=2) for i in range(2))
    _set(other, learning_rate=0.5)
    trained = _train((one, other), nodes)
    try:
        codes = [process.wait(300) for process in trained]
    finally:
        _end(*trained)
    assert 0 not in codes
    text = (other.root / "node.txt").read_text()
    assert "this process has other rows or settings than the first one" in text
    assert not (one.root / FOLDER / "model.skops").exists()


def test_a_node_that_dies_ends_the_training_which_then_goes_on(rows, nodes, tmp_path):
    one, other, whole = (_fresh(rows, tmp_path / str(i), devices=2, epochs=40) for i in range(3))
    kept = one.root / "logs/train" / f"{RUN}.checkpoint"
    trained = _train((one, other), nodes)
    try:
        wait("a checkpoint is kept", kept.exists)
        _end(trained[1])
        assert trained[0].wait(60) != 0
    finally:
        _end(*trained)
    assert not (one.root / FOLDER / "model.skops").exists()
    assert kept.exists()

    trained = _train((one, other), nodes)
    try:
        assert [process.wait(300) for process in trained] == [0, 0]
    finally:
        _end(*trained)
    # two processes on this machine alone compute the same to the bit
    whole.succeed("handbook", "train", RUN)
    for name, value in _network(whole).items():
        assert torch.equal(_network(one)[name], value)


def test_a_rebuild_starts_the_processes_of_such_a_job_by_itself(rows, nodes, tmp_path):
    project = _fresh(rows, tmp_path / "shared", devices=2)
    script = launcher(nodes, tmp_path / "launch.sh")
    targets = (f"{FOLDER}/model.skops", f"results/cv/{RUN}.json")
    done = project.run(*SNAKEMAKE, "--", *targets, HANDBOOK_LAUNCHER=str(script))
    assert done.returncode == 0, done.stdout + done.stderr
    _same(project, rows)
    rows.succeed("handbook", "crossval", RUN)
    alone, shared = (
        read_json(each.root / targets[1])["mean"]["accuracy"] for each in (rows, project)
    )
    assert shared == pytest.approx(alone, rel=1e-3)
    assert project.planned() & {f"Training {RUN}"} == set()
