"""Why jobs would run, from what Snakemake says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.records.compared_runs import Repository

from handbook import cli
from handbook.records.events import Event
from handbook.records.sources import Sources
from handbook.records.why.plan import Job, jobs_of, makers
from handbook.records.why.reasons import changes, explain
from handbook.records.why.words import lines
from handbook.workflow import provenance

NOWHERE = Sources(Path("nowhere"))


def job(name: str, reason: str, inputs: str = "", outputs: str = "") -> Job:
    verb, _, target = name.partition("/")
    return Job(verb, target, reason, frozenset(inputs.split()), frozenset(outputs.split()))


def params(before: str, now: str) -> str:
    """A reason as Snakemake writes it."""
    return (
        "Params have changed since last execution: Union of exclusive params before and now "
        f"across all output: before: {before} now: {now} "
    )


def told(jobs: list[Job], folder: Path = Path("nowhere")) -> str:
    return "\n".join(lines(explain(jobs, folder, NOWHERE)))


def test_a_parameter_before_and_now() -> None:
    before = repr(json.dumps({"model": "lenet", "params": {"lr": 0.01, "epochs": 3}, "seed": 42}))
    now = repr(json.dumps({"model": "lenet", "params": {"lr": 0.03, "epochs": 3}, "seed": 42}))
    said = told([job("train/lenet", params(before, now))])
    assert said.splitlines()[-1] == "train lenet: params.lr 0.01 -> 0.03"


def test_a_parameter_that_is_new_or_gone() -> None:
    before = repr(json.dumps({"model": "svr", "params": {"C": 1}}))
    now = repr(json.dumps({"model": "svr", "params": {"gamma": 0.5}}))
    assert list(changes(f"before: {before} now: {now}", NOWHERE)) == [
        "params.C 1 -> none",
        "params.gamma none -> 0.5",
    ]


def test_code_versions_and_parameters_are_told_apart() -> None:
    old = [
        {"handbook.training.train": "1" * 16, "handbook.gone": "2" * 16},
        {"numpy": "2.4.6", "scipy": "1.17.1"},
    ]
    new = [
        {"numpy": "2.5.0", "scipy": "1.17.1"},
        {"handbook.training.train": "3" * 16, "handbook.more": "4" * 16},
    ]
    ends = [",".join(repr(json.dumps(value)) for value in part) for part in (old, new)]
    assert sorted(changes("before: {} now: {}".format(*ends), NOWHERE)) == [
        "handbook/gone.py is no longer imported",
        "handbook/more.py is now imported",
        "handbook/training/train.py changed",
        "numpy 2.4.6 -> 2.5.0",
    ]


def test_the_function_that_changed_is_named_where_git_knows_both(repository: Repository) -> None:
    source = "def fit():\n    return {}\n"
    digests = []
    for value in (1, 2):
        repository.commit({"src/handbook/thing.py": source.format(value)})
        digests.append(provenance.code_digest(source.format(value).encode()))
    ends = [repr(json.dumps({"handbook.thing": digest})) for digest in digests]
    said = list(changes("before: {} now: {}".format(*ends), Sources(repository.root)))
    assert said == ["handbook/thing.py changed (fit)"]


def test_plain_values_and_digests_of_files() -> None:
    assert list(changes("before: 'official' now: 'v2'", NOWHERE)) == ["official -> v2"]
    ends = [repr(json.dumps({"style.css": digit * 16})) for digit in "12"]
    assert list(changes("before: {} now: {}".format(*ends), NOWHERE)) == ["style.css changed"]
    added = repr(json.dumps({"numpy": "2.5.0"}))
    assert list(changes(f"before: <nothing exclusive> now: {added}", NOWHERE)) == [
        "numpy none -> 2.5.0"
    ]


def test_a_value_may_hold_the_words_of_snakemake() -> None:
    ends = [repr(f"as of now: {when}") for when in ("then", "today")]
    assert list(changes("before: {} now: {}".format(*ends), NOWHERE)) == [
        "as of now: then -> as of now: today"
    ]


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("Missing output files: results/a.json", "never run"),
        ("Missing output files: results/a.json; Updated input files: b.arrow", "never run"),
        ("Missing output files: results/known.json", "results/known.json missing"),
        ("Incomplete output files: results/a.json", "was interrupted"),
        ("Updated input files: data/raw/a.csv", "data/raw/a.csv changed"),
        ("Code has changed since last execution", "the command of its rule changed"),
        (
            "Set of input files has changed since last execution",
            "its inputs are others than before",
        ),
        ("Something new", "Something new"),
    ],
)
def test_other_reasons(tmp_path: Path, reason: str, expected: str) -> None:
    # "results/known.json" in base64, as Snakemake names its records.
    records = tmp_path / ".snakemake" / "metadata"
    records.mkdir(parents=True)
    (records / "cmVzdWx0cy9rbm93bi5qc29u").write_text("{}")
    assert told([job("validate/mnist", reason)], tmp_path).splitlines()[-1] == (
        f"validate mnist: {expected}"
    )


def test_what_follows_is_told_after_its_cause() -> None:
    train = job("train/lenet", "Missing output files: run.json", outputs="run.json")
    draw = job("draw/lenet", "Input files updated by another job: run.json", "run.json", "a.svg")
    report = job("report", "Input files updated by another job: a.svg, run.json", "a.svg run.json")
    assert makers([report, draw, train]) == {report: [draw, train], draw: [train], train: []}
    found = explain([report, draw, train], Path("nowhere"), NOWHERE)
    assert [one.because for one in found] == [(), (train,), (train,)]
    assert told([report, draw, train]).splitlines() == [
        "3 jobs would run.",
        "",
        "train lenet: never run",
        "  because train lenet runs: draw lenet; report",
    ]


def test_what_follows_from_several_is_told_at_the_end() -> None:
    one = job("train/a", "Missing output files: a.json", outputs="a.json")
    two = job("train/b", "Code has changed since last execution", outputs="b.json")
    three = job("train/c", "Updated input files: c.csv", "c.csv", "c.json")
    pair = job("both", "Input files updated by another job: a.json, b.json", "a.json b.json")
    every = job(
        "all",
        "Input files updated by another job: a.json, b.json, c.json",
        "a.json b.json c.json",
    )
    assert told([one, two, three, pair, every]).splitlines()[-2:] == [
        "because train a and train b run: both",
        "because of all this: all",
    ]


def test_large_plans_stay_short_and_are_whole_when_asked() -> None:
    jobs = [job(f"train/m{place:03}", "Missing output files: x") for place in range(200)]
    said = explain(jobs, Path("nowhere"), NOWHERE)
    short, whole = "\n".join(lines(said)), "\n".join(lines(said, details=True))
    assert len(short) < 200
    assert "train (200 jobs: m000, m001, m002 and 197 more): never run" in short
    assert all(f"m{place:03}" in whole for place in range(200))


def test_nothing_to_do_is_said() -> None:
    assert told([]).startswith("Nothing to do")


def test_snakemakes_events_are_read() -> None:
    train = Event(
        event="job_info",
        message="",
        rule_name="train",
        input=["b.arrow", "c.arrow"],
        output=["a.json"],
        log=["logs/train/lenet/fashion-mnist/book.log"],
        reason="Missing output files: a.json; Input files updated by another job: b.arrow, c.arrow",
    )
    everything = train | {"rule_name": "all", "log": [], "output": []}
    [found] = jobs_of([train, everything])
    assert found.name == "train lenet/fashion-mnist/book"
    assert found.inputs == {"b.arrow", "c.arrow"}
    assert told([found]).splitlines()[-1] == f"{found.name}: never run"


def test_outside_of_a_project_the_command_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["why"]) == 1
    assert "run this at the top of the project" in capsys.readouterr().err
