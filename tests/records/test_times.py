"""Where the time of a rebuild went, from the records that it left."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handbook import cli
from handbook.core.errors import HandbookError
from handbook.records.jobs import Job, recorded
from handbook.records.times import critical_path, laid_out, lines, measured, times


def record(
    folder: Path, result: str, rule: str, took: float, reads: Sequence[str] = (), threads: int = 1
) -> None:
    """Write a record as Snakemake does; the job goes by its result."""
    path = folder / ".snakemake" / "metadata" / urlsafe_b64encode(result.encode()).decode()
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "rule": rule,
        "log": [f"logs/{result}.log"],
        "input": list(reads),
        "shellcmd": f"handbook {result} --threads {threads} --log logs/{result}.log",
        "starttime": 100.0,
        "endtime": 100.0 + took,
    }
    path.write_text(json.dumps(content))


def run(folder: Path, jobs: dict[str, tuple[float, float]], planned: int | None = None) -> None:
    """Write the events of a run on two cores: by the job's name when it began and ended."""
    names = [*jobs, *(f"later/{n}" for n in range((planned or len(jobs)) - len(jobs)))]
    plan = [
        {"number": n, "kind": "train/1", "threads": 1, "priority": 2, "seconds": 1.0, "needs": []}
        for n, _ in enumerate(names)
    ]
    events: list[dict[str, Any]] = [{"event": "plan", "time": 0.0, "cores": 2, "jobs": plan}]
    for number, (name, (begun, ended)) in enumerate(jobs.items()):
        of = {"jobid": number, "rule_name": name.partition("/")[0]}
        files = {"input": [], "output": [name], "log": [f"logs/{name}.log"]}
        events.append({"event": "job_info", "time": begun, **of, **files})
        events.append({"event": "job_finished", "time": ended, "jobid": number})
    events.sort(key=lambda event: float(event["time"]))
    path = folder / ".snakemake" / "log" / "2026-01-01T000000.0.events.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{json.dumps(event)}\n" for event in events))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two trainings, of which one takes both cores, a figure of each, and a report of both."""
    record(tmp_path, "train/a", "train", 30.0, threads=2)
    record(tmp_path, "train/b", "train", 50.0)
    record(tmp_path, "draw/a", "draw_like_svc", 2.0, reads=["train/a"])
    record(tmp_path, "draw/b", "draw_like_som", 4.0, reads=["train/b", "raw/of-nobody"])
    record(tmp_path, "report", "report", 10.0, reads=["draw/a", "draw/b"])
    return tmp_path


def test_the_bound_is_the_longest_chain_or_the_work_of_each_core(folder: Path) -> None:
    jobs = recorded(folder)
    two, one = laid_out(jobs, 2), laid_out(jobs, 1)
    assert [name for name, _ in two.path] == ["train/b", "draw/b", "report"]
    assert two.critical == two.bound == 64.0
    assert two.work == 30 * 2 + 50 + 2 + 4 + 10
    # Nobody has two threads on one core.
    assert (one.work, one.bound, one.seconds, one.idle_share) == (96.0, 96.0, 96.0, 0.0)


def test_jobs_are_laid_out_behind_what_they_read_and_idle_cores_count(folder: Path) -> None:
    span = laid_out(recorded(folder), 2)
    # 30 s of both cores, then 50 s beside the figure of the first, its own figure and the report.
    assert span.seconds == 30 + 50 + 4 + 10
    assert span.idle_share == pytest.approx(1 - 126 / 188)
    assert span.rules["train"].idle == 50 - 2
    assert span.rules["report"].idle == 10
    assert sum(rule.idle for rule in span.rules.values()) == pytest.approx(188 - 126)
    # Rules that differ in their figures alone are one.
    assert span.rules["draw"].jobs == 2
    assert (span.rules["draw"].longest, span.rules["draw"].longest_seconds) == ("draw/b", 4.0)


def test_a_rebuild_of_everything_is_told_as_it_went(folder: Path) -> None:
    run(folder, {"train/a": (0, 60), "train/b": (0, 50), "draw/b": (70, 90)})
    reckoned = times(folder)
    assert reckoned.whole
    assert reckoned.everything == reckoned.last
    assert reckoned.everything.seconds == 90.0
    assert reckoned.everything.idle_share == pytest.approx(1 - 130 / 180)
    assert next(lines(reckoned)) == "The last rebuild as it went: 3 jobs on 2 cores:"


def test_where_the_last_run_made_a_part_all_jobs_are_laid_out(folder: Path) -> None:
    run(folder, {"draw/b": (0, 4)}, planned=3)
    reckoned = times(folder)
    assert not reckoned.whole
    assert reckoned.everything.seconds == 94.0
    assert next(lines(reckoned)) == (
        "The last run made 1 of 3 planned jobs in 4 s and kept the rest. "
        "All 5 jobs, each as it last ran, laid out on 2 cores:"
    )


def test_other_cores_lay_a_whole_rebuild_out_anew(folder: Path) -> None:
    run(folder, {"train/a": (0, 60), "train/b": (0, 50), "draw/b": (70, 90)})
    assert times(folder, cores=1).everything.seconds == 96.0


def test_the_command_prints_a_table_and_json(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["times", str(folder)]) == 0
    printed = capsys.readouterr().out
    assert "makespan         1 min 34 s   1.47 times the bound" in printed
    assert printed.index("train ") < printed.index("report ") < printed.index("draw ")
    assert cli.main(["times", str(folder), "--cores", "4", "--json"]) == 0
    span = json.loads(capsys.readouterr().out)["everything"]
    assert (span["cores"], span["seconds"], span["path"][0]) == (4, 64.0, ["train/b", 50.0])
    assert cli.main(["times", str(folder / "nowhere")]) == 1
    assert "no records of jobs" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        cli.main(["times", "--cores", "0"])


def test_a_damaged_record_and_one_of_other_things_count_as_none(folder: Path) -> None:
    metadata = folder / ".snakemake" / "metadata"
    (metadata / urlsafe_b64encode(b"cut").decode()).write_text('{"rule": "train", "log')
    (metadata / urlsafe_b64encode(b"odd").decode()).write_text('["of", "others"]')
    (metadata / urlsafe_b64encode(b"old").decode()).write_text('{"rule": "train"}')
    assert len(recorded(folder)) == 5
    with pytest.raises(HandbookError, match="no records of jobs"):
        times(folder / "empty")


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, Job]:
    """Draw jobs that need earlier ones."""
    count = draw(st.integers(1, 12))
    names = [str(n) for n in range(count)]
    return {
        name: Job(
            "rule",
            draw(st.integers(0, 9)),
            draw(st.integers(1, 3)),
            draw(st.integers(0, 2)),
            tuple(draw(st.sets(st.sampled_from(names[:n]))) if n else ()),
        )
        for n, name in enumerate(names)
    }


@given(jobs=graphs(), cores=st.integers(1, 4))
def test_no_layout_beats_the_bound_or_wastes_more_than_it(jobs: dict[str, Job], cores: int) -> None:
    span = laid_out(jobs, cores)
    assert span.jobs == len(jobs)
    assert span.bound <= span.seconds <= sum(job.seconds for job in jobs.values())
    assert 0 <= span.idle_share <= 1
    chain = critical_path(jobs)
    assert all(a in jobs[b].needs for (a, _), (b, _) in pairwise(chain))
    assert measured(jobs, 1).jobs == len(jobs)
