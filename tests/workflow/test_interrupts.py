"""A run that is ended before its time ends in order, and the same command goes on."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from tests.faults.processes import SERVES
from tests.project import ROOT, SNAKEMAKE, Project
from tests.services.server import free_port

from handbook.workflow.lifeline import PATIENCE_S

pytestmark = [pytest.mark.services, pytest.mark.slow]

LENET = Path("results/models/lenet/fashion-mnist/book")
CHECKPOINT = Path("logs/train/lenet/fashion-mnist/book.checkpoint")


@pytest.fixture
def long(project: Project) -> Project:
    """A built project with one training to do that takes a while."""
    lengthen(project)
    return project


def lengthen(project: Project) -> None:
    """Ask for many more epochs of one model."""
    params = project.params()
    params["models"]["lenet"]["variants"]["book"]["tiers"]["demo"]["params"]["epochs"] = 60
    params["models"]["lenet"]["variants"]["book"]["crossval"] = False
    project.write_params(params)


def wait_until(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Wait for something that a process brings about."""
    while not condition():
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.05)


def in_training(project: Project) -> Callable[[], bool]:
    """Whether the training has some epochs behind it."""
    history = project.root / LENET / "history.csv"
    old = history.stat().st_ino if history.exists() else None

    def begun() -> bool:
        try:
            return history.stat().st_ino != old and history.read_text().count("\n") > 3
        except FileNotFoundError:
            return False

    return begun


def processes_in(project: Project) -> list[psutil.Process]:
    """Every process that works in the project's folder."""

    def works_here(process: psutil.Process) -> bool:
        try:
            return Path(process.cwd()) == project.root and process.status() != "zombie"
        except (psutil.Error, OSError):
            return False

    return [process for process in psutil.process_iter() if works_here(process)]


def end(project: Project, process: subprocess.Popen[str], number: int) -> str:
    """Send a signal, see everything end in time, and return what was printed."""
    process.send_signal(number)
    printed, _ = process.communicate(timeout=PATIENCE_S + 20)
    latest = time.monotonic() + PATIENCE_S + 4
    while processes_in(project) and time.monotonic() < latest:
        time.sleep(0.1)
    assert processes_in(project) == []
    return printed


def goes_on(project: Project) -> str:
    """Run the same command to its end, and return what it printed."""
    done = project.snakemake()
    assert done.returncode == 0, done.stderr
    assert len((project.root / LENET / "history.csv").read_text().splitlines()) == 61
    assert not (project.root / CHECKPOINT).exists()
    assert project.planned() == set()
    return done.stdout + done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_asked_to_end_it_saves_what_it_has(long: Project, number: signal.Signals) -> None:
    run = long.start(*SNAKEMAKE)
    wait_until(in_training(long), run)
    printed = end(long, run, number)
    assert "Stopping: jobs save what they can go on from" in printed
    assert "the same command goes on" in printed
    assert run.returncode != 0
    assert (long.root / CHECKPOINT).exists()
    # An interruption is no failure.
    assert not (long.root / CHECKPOINT).with_name("book.failed.json").exists()
    assert not (long.root / "logs/report").exists()
    assert not list(long.root.glob(".snakemake/locks/*"))
    goes_on(long)


def test_an_edit_taken_back_after_an_interrupt_leaves_nothing_missing(project: Project) -> None:
    before, params = contents(project), project.params()
    lengthen(project)
    run = project.start(*SNAKEMAKE)
    wait_until(in_training(project), run)
    end(project, run, signal.SIGINT)
    assert not (project.root / LENET / "model.skops").exists()
    project.write_params(params)
    done = project.snakemake()
    assert done.returncode == 0, done.stderr
    assert contents(project) == before


def contents(project: Project) -> dict[str, bytes]:
    """Every result but those that hold times."""
    results = project.root / "results"
    timed = {"context.json", "times.json", "shown.json"}
    return {
        str(path.relative_to(results)): path.read_bytes()
        for path in results.rglob("*")
        if path.is_file() and path.name not in timed and path.suffix != ".html"
    }


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_the_run_ends_with_make(long: Project, number: signal.Signals) -> None:
    shutil.copy2(ROOT / "Makefile", long.root)
    run = long.start("make", f"HANDBOOK_ENVIRONMENT={sys.prefix}", "rebuild")
    wait_until(in_training(long), run)
    end(long, run, number)
    assert (long.root / CHECKPOINT).exists()
    goes_on(long)


def test_killed_it_leaves_nobody_behind(long: Project) -> None:
    run = long.start(*SNAKEMAKE)
    wait_until(in_training(long), run)
    end(long, run, signal.SIGKILL)
    assert list(long.root.glob(".snakemake/locks/*"))
    assert "the last run here was killed" in goes_on(long)


def test_two_at_once_take_turns_and_who_only_looks_does_not_wait(long: Project) -> None:
    first = long.start(*SNAKEMAKE)
    wait_until(in_training(long), first)
    second = long.start(*SNAKEMAKE)
    assert second.stdout is not None
    line = next(line for line in second.stdout if "at work here" in line)
    assert f"process {first.pid} (" in line
    assert long.run(*SNAKEMAKE, "--dry-run").returncode == 0
    assert long.run("snakemake", "--lint").returncode == 0
    assert re.search(r"^done: (\d+) of \1 jobs", first.communicate()[0], flags=re.MULTILINE)
    assert "Nothing to be done" in second.communicate()[0]
    assert (first.returncode, second.returncode) == (0, 0)


def test_the_page_opens_beside_a_run(long: Project) -> None:
    long.succeed("handbook", "track")
    run = long.start(*SNAKEMAKE)
    wait_until(in_training(long), run)
    page = long.start("handbook", "ui", ".", "--port", str(free_port()))
    assert page.stdout is not None
    assert "a run is at work here" in next(iter(page.stdout))
    assert any(SERVES in line for line in page.stdout)
    page.terminate()
    page.communicate()
    end(long, run, signal.SIGINT)


def test_what_is_edited_during_a_run_waits_for_the_next(long: Project) -> None:
    run = long.start(*SNAKEMAKE)
    wait_until(in_training(long), run)
    module = "src/handbook/report/figures/runs/curves.py"
    if not (long.root / module).exists():
        module = "src/handbook/report/figures/draw.py"
    before = (long.root / module).read_text()
    long.append(module, "\nraise RuntimeError('edited')\n")
    printed = run.communicate()[0]
    assert run.returncode == 0, printed
    assert "Drawing lenet on fashion-mnist (book)" in long.planned()
    (long.root / module).write_text(before)
    assert long.planned() == set()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_sweep_ends_in_order_too(project: Project, number: signal.Signals) -> None:
    command = ("handbook", "sweep", "lenet", "--set", "learning_rate=log:0.001..0.1/40")
    sweep = project.start(*command, "--name", "rates")
    trials = project.root / "results/sweeps/.trials"
    wait_until(lambda: any(trials.rglob("*.jsonl")) or any(trials.rglob("*.json")), sweep)
    printed = end(project, sweep, number)
    assert "Traceback" not in printed
    assert "the same command goes on" in printed
    assert not list(project.root.glob(".snakemake/locks/*"))


def test_a_job_of_a_person_waits_for_the_run(long: Project) -> None:
    run = long.start(*SNAKEMAKE)
    wait_until(in_training(long), run)
    job = long.start("handbook", "lab", "som-step")
    assert job.stdout is not None
    assert f"process {run.pid} (" in next(iter(job.stdout))
    os.killpg(run.pid, signal.SIGINT)
    run.communicate()
    job.communicate()
    assert job.returncode == 0
    assert json.loads((long.root / "results/labs/som-step/result.json").read_text())


def test_it_ends_though_nobody_reads_what_it_prints(long: Project) -> None:
    run = long.start(*SNAKEMAKE)
    wait_until(in_training(long), run)
    assert run.stdout is not None
    run.stdout.close()  # as where `tee` ended first
    run.send_signal(signal.SIGTERM)
    run.wait(timeout=PATIENCE_S + 20)
    assert (long.root / CHECKPOINT).exists()
