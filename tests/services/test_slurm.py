"""The workflow as jobs of a real SLURM: the same results, whatever happens to nodes and jobs."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from handbook.report.verify import differences
from tests.project import Project
from tests.services.figures import Row, record
from tests.services.server import wait
from tests.services.slurm import Cluster, cluster

PROFILE = ("snakemake", "--workflow-profile", "workflow/profiles/slurm")
RUN = "results/models/lenet/fashion-mnist/book/run.json"
TRAINING = "rule_runs_train"  # what Snakemake calls the group of that training
LOG = "logs/train/lenet/fashion-mnist/book.log"
_PATIENCE_S = 1800.0
started: list[subprocess.Popen[str]] = []


@pytest.fixture(scope="module")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two nodes with one core each, as many as this machine has."""
    with cluster(tmp_path_factory.mktemp("cluster") / "slurm", nodes=2, cpus=1) as serving:
        yield serving


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with one training that takes a while, and goes on from where it was ended."""
    project = Project.create(tmp_path / "project")
    params = project.params()
    params["models"]["lenet"]["variants"]["book"]["tiers"]["demo"]["params"]["epochs"] = 60
    project.write_params(params)
    return project


def run(project: Project, slurm: Cluster, *arguments: str) -> subprocess.Popen[str]:
    """Start the workflow on a cluster, on one core a job."""
    # A machine that has other work is no cluster that is too slow.
    usual = ("--set-resources", "train:runtime=60", "--cores", "1")
    started.append(project.start(*PROFILE, *usual, *arguments, **slurm.environment))
    return started[-1]


def ended(process: subprocess.Popen[str]) -> str:
    """Return what a run printed, once it has ended."""
    return process.communicate(timeout=_PATIENCE_S)[0]


@pytest.fixture(autouse=True)
def no_run_is_left() -> Iterator[None]:
    """End what a test that failed has started."""
    yield
    while started:
        process = started.pop()
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


@pytest.mark.quick
def test_a_project_on_a_cluster_is_the_same(slurm: Cluster, built: Project, tmp_path: Path) -> None:
    project = Project.create(tmp_path / "project")
    printed = ended(run(project, slurm))
    assert not list(differences(built.root / "results", project.root / "results")), printed
    events = (project.root / ".snakemake/log").glob("*.events.jsonl")
    jobs = sum(path.read_text().count('"event": "job_finished"') for path in events)
    # The short ones travelled together.
    assert len(slurm.jobs("all")) * 4 < jobs
    assert "Nothing to be done" in project.snakemake("--dry-run").stdout


def test_a_whole_demo_is_the_same(tmp_path: Path) -> None:
    """And takes how much longer than on this machine, on as many cores?"""
    root, seconds = Path(__file__).parents[2], {}
    demo = ["--workflow-profile", "workflow/profiles/demo", "--directory", str(tmp_path / "here")]
    there = [*PROFILE[1:], "--directory", str(tmp_path / "there"), "--config", "tier=demo"]
    there += ["data_source=sample", "--cores", "1"]
    with cluster(tmp_path / "slurm", nodes=2, cpus=1) as slurm:
        version = slurm.call("sinfo", "--version").split()[-1]
        for name, arguments in {"here": [*demo, "--cores", "2"], "there": there}.items():
            begun = time.monotonic()
            done = subprocess.run(
                ["snakemake", *arguments], cwd=root, env=os.environ | slurm.environment,
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            seconds[name] = time.monotonic() - begun
            assert done.returncode == 0, done.stdout + done.stderr
        jobs = len(slurm.jobs("all"))
    assert not list(differences(tmp_path / "here" / "results", tmp_path / "there" / "results"))
    row = Row(
        engine=f"SLURM {version}, two nodes of one core",
        ran=f"the whole demo, in {jobs} jobs of SLURM",
        seconds=seconds["there"],
        local_seconds=seconds["here"],
        faults=(
            "a node dies", "the controller is restarted", "`scancel`", "memory and time run out",
            "the run is stopped, or killed", "a node dies in a sweep",
        ),
        result="every byte the same; each run went on, or said which job failed and why",
    )  # fmt: skip
    record("slurm", row)


def test_a_node_that_dies_costs_time_alone(slurm: Cluster, project: Project) -> None:
    process = run(project, slurm, RUN)
    job = slurm.await_job(TRAINING, "RUNNING")
    node = slurm.node_of(job)
    slurm.kill_node(node)
    printed = ended(process)
    slurm.start_node(node)
    slurm.await_nodes()
    assert process.returncode == 0, printed
    assert "Restarts=1" in slurm.call("scontrol", "show", "job", str(job))


def test_a_controller_may_be_restarted(slurm: Cluster, project: Project) -> None:
    process = run(project, slurm, RUN)
    job = slurm.await_job(TRAINING, "RUNNING")
    slurm.stop_controller()
    time.sleep(5.0)  # in which Snakemake gets no answer
    slurm.start_controller()
    printed = ended(process)
    assert process.returncode == 0, printed
    assert job in slurm.jobs("COMPLETED")


def test_a_cancelled_job_is_named_and_the_same_command_goes_on(
    slurm: Cluster, project: Project
) -> None:
    process = run(project, slurm, "--retries", "0", RUN)
    job = slurm.await_job(TRAINING, "RUNNING")
    wait("the training has begun", (project.root / LOG).exists, 120)
    slurm.call("scancel", str(job))
    printed = ended(process)
    assert process.returncode == 1
    assert f"  train: {LOG}\n    job {job} of the cluster: cancelled" in printed
    assert "1 job failed" in printed
    again = run(project, slurm, RUN)
    printed = ended(again)
    assert again.returncode == 0, printed


@pytest.mark.parametrize(
    ("asked", "word"),
    [("train:mem_mb=250", "over its memory"), ("train:runtime=1", "over its time")],
)
def test_a_job_that_asked_for_too_little_is_named(
    slurm: Cluster, project: Project, asked: str, word: str
) -> None:
    params = project.params()
    params["models"]["lenet"]["variants"]["book"]["tiers"]["demo"]["params"]["epochs"] = 5000
    project.write_params(params)
    process = run(project, slurm, "--retries", "0", "--set-resources", asked, "--", RUN)
    printed = ended(process)
    assert process.returncode == 1
    assert f"  train: {LOG}\n" in printed
    assert word in printed


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_stopped_leaves_no_job(
    slurm: Cluster, project: Project, number: signal.Signals
) -> None:
    process = run(project, slurm, RUN)
    job = slurm.await_job(TRAINING, "RUNNING")
    process.send_signal(number)
    printed = ended(process)
    assert "the same command goes on" in printed
    wait("the job is gone", lambda: job not in slurm.jobs("RUNNING", "COMPLETING"), 60)
    again = run(project, slurm, RUN)
    printed = ended(again)
    assert again.returncode == 0, printed


def test_jobs_of_a_killed_run_are_taken_out_of_the_queue(slurm: Cluster, project: Project) -> None:
    process = run(project, slurm, RUN)
    slurm.await_job(TRAINING, "RUNNING")
    process.kill()
    process.communicate()
    again = run(project, slurm, RUN)
    printed = ended(again)
    assert again.returncode == 0, printed
    assert not slurm.jobs("PENDING", "RUNNING")


def test_a_sweep_loses_no_trial_when_a_node_dies(
    slurm: Cluster, project: Project, tmp_path: Path
) -> None:
    sweep = ["handbook", "sweep", "lenet", "--set", "learning_rate=0.01,0.03,0.1,0.3"]
    sweep += ["--name", "rates"]
    here = project.copy(tmp_path / "here")
    here.succeed(*sweep)
    process = project.start(*sweep, "--profile", "slurm", **slurm.environment)
    started.append(process)
    node = slurm.node_of(slurm.await_job("rule_explore", "RUNNING"))
    slurm.kill_node(node)
    printed = ended(process)
    slurm.start_node(node)
    slurm.await_nodes()
    assert process.returncode == 0, printed
    table = "results/sweeps/rates/trials.csv"
    assert (project.root / table).read_text() == (here.root / table).read_text()
