"""The command line: every subcommand explains itself, errors are read by people."""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from handbook import cli
from handbook.catalogue import reading
from handbook.commands import line
from handbook.commands.command import SUBCOMMANDS
from handbook.commands.tracking import mlflow_store
from handbook.core import files
from handbook.core.errors import HandbookError
from handbook.data import gate
from tests.project import ROOT

COMMANDS = re.findall(r"^  ([a-z][a-z-]+) ", cli.parser().format_help(), flags=re.MULTILINE)


def test_each_rule_has_its_command() -> None:
    rules = (Path(__file__).parents[1] / "workflow" / "rules").glob("*.smk")
    called = {
        verb for path in rules for verb in re.findall(r'"\s*handbook ([a-z-]+) ', path.read_text())
    }
    assert called <= set(COMMANDS)
    assert {"acquire", "prepare", "validate", "gate", "train", "crossval", "track"} <= called


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        cli.main([command, "--help"])
    assert stop.value.code == 0
    text = capsys.readouterr().out
    assert "usage: handbook" in text
    assert f"example:\n  handbook {command}" in text


def test_an_error_for_people_has_no_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    params = tmp_path / "params.yaml"
    params.write_text("seed: 1\ndata: {}\nmodels: {}\nlab: {}\n")
    log = tmp_path / "logs" / "check.log"
    assert cli.main(["check", str(params), "--log", str(log)]) == 1
    said = capsys.readouterr().err
    assert "lab: unknown key; did you mean 'labs'?" in said
    assert "Traceback" not in said
    assert "did you mean 'labs'?" in log.read_text()


CHATTER = """
import os, sys
from handbook import cli
from handbook.catalogue import reading
def chatting(path):
    print("a library's banner")
    os.write(1, b"[Info] of compiled code\\n")
    print("a warning", file=sys.stderr)
    raise SystemExit(3)
reading.read = chatting
cli.main(["check", "params.yaml", "--log", "check.log"])
"""


def test_what_libraries_print_goes_to_the_log_where_one_line_is_shown(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CHATTER],
        cwd=tmp_path, env=os.environ | {line.LOG_ALONE: "1"}, capture_output=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (3, b"", b"")
    text = (tmp_path / "check.log").read_text()
    assert text.startswith("$ handbook check params.yaml --log check.log\n")
    for words in ("a library's banner", "[Info] of compiled code", "a warning"):
        assert words in text


def test_a_defect_keeps_its_traceback_in_the_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(path: Path) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr("handbook.catalogue.reading.read", broken)
    log = tmp_path / "check.log"
    assert cli.main(["check", "params.yaml", "--log", str(log)]) == 1
    assert "error: RuntimeError: a defect (traceback in" in capsys.readouterr().err
    assert "Traceback" in log.read_text()
    with pytest.raises(RuntimeError, match="a defect"):
        cli.main(["check", "params.yaml"])


def catalogue(folder: Path) -> str:
    """Write the shipped catalogue as jobs read it, and return its path."""
    shipped = reading.read(Path(__file__).parents[1] / "params.yaml")
    return str(reading.write(shipped, folder))


@pytest.mark.parametrize(
    ("command", "threads"),
    [
        ("train lenet/fashion-mnist/book", "2"),
        ("train lenet/fashion-mnist/book --threads 3", "3"),
        ("train ridge/diabetes/book", "1"),
        # two of these abreast are through in less time than one after the other on both cores
        ("crossval lenet/fashion-mnist/book", "1"),
        ("explain lenet/fashion-mnist/book", "1"),
        ("judge mnist", "2"),
    ],
)
def test_the_count_of_threads_is_the_catalogues(
    command: str, threads: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = {}
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    wide = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    wide["models"]["lenet"]["threads"] = wide["judges"]["mnist"]["threads"] = 2
    written = reading.write(reading.load(wide), tmp_path)

    def call(*_: object) -> None:
        """Do nothing."""
        seen.update(os.environ)

    verb = command.split()[0]
    monkeypatch.setitem(SUBCOMMANDS, verb, replace(SUBCOMMANDS[verb], call=call))
    assert cli.main([*command.split(), "--catalogue", str(written)]) == 0
    assert seen["OMP_NUM_THREADS"] == threads


def test_a_lab_is_computed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = catalogue(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert cli.main(["lab", "corr2d", "--catalogue", shipped]) == 0
    result = json.loads(Path("results/labs/corr2d/result.json").read_text())
    assert [row["verdict"] for row in result["results"][1:]] == ["agrees", "agrees"]
    assert "agrees" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "hint"),
    [
        ("trian lenet/fashion-mnist/book", "'trian' is unknown; did you mean 'train'?"),
        ("train lenet/fashon-mnist/book", "did you mean 'lenet/fashion-mnist/book'?"),
        ("train lenet", "name a run as model/data/variant"),
        ("train lenet/fashion-mnist/book --thread 2x", "invalid int value: '2x'"),
        (
            "train lenet/fashion-mnist/book --treads 2",
            "--treads is unknown; did you mean '--threads'?",
        ),
        ("lab corr2", "did you mean 'corr2d'?"),
        ("prepare iriss", "did you mean 'iris'?"),
        ("draw-side-by-side lenet-schedule", "did you mean 'lenet-schedules'?"),
    ],
)
def test_a_misspelt_word_is_met_with_the_nearest_one(
    command: str, hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        status = cli.main(command.split())
    except SystemExit as stop:
        status = stop.code
    assert status
    assert hint in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "file"),
    [
        ("crossval ridge/diabetes/book", "results/data/diabetes/train.arrow"),
        ("explain ridge/diabetes/book", "results/data/diabetes/train.arrow"),
        ("gate iris", "results/data/iris/validation.json"),
    ],
)
def test_a_job_before_those_that_it_builds_on_names_what_is_missing(
    command: str,
    file: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    shipped = catalogue(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert cli.main([*command.split(), "--catalogue", shipped]) == 1
    assert f"error: {file}: missing; `snakemake" in capsys.readouterr().err


def test_help_has_a_part_for_people_and_one_for_jobs() -> None:
    people, jobs = cli.parser().format_help().split("for jobs of the workflow")
    assert "for people:" in people
    assert "\n  compare " in people
    assert "\n  train " in jobs
    assert "\n  train " not in people


def test_the_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "Params"


def test_the_summary_says_where_things_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = {
        "model": "lenet",
        "data": "mnist",
        "variant": "book",
        "task": "classification",
        "primary": "accuracy",
        "metrics": {"accuracy": 0.98765},
        "baseline": {"accuracy": None},
        "cv": {"mean": {"accuracy": 0.98}, "interval": {"accuracy": [0.97, 0.99]}},
        "data_variant": "sample",
    }
    worse = run | {"model": "stump", "cv": {"mean": {"accuracy": 0.5}, "interval": {}}}
    unknown = run | {"model": "mute", "cv": {"mean": {"accuracy": None}, "interval": {}}}
    files.write_json(tmp_path / "results" / "runs.json", [unknown, worse, run])
    assert cli.main(["summary", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "accuracy 0.980 [0.970, 0.990] over folds, 0.9877 on test rows, dummy undefined" in said
    assert "3 runs" in said
    assert "stump" not in said
    assert "mute" not in said
    assert "generated sample data" in said
    assert "results/report/index.html" in said
    assert f"make ui FOLDER={tmp_path}" in said


@pytest.mark.parametrize(
    ("command", "file"),
    [
        ("summary {0}", "results/runs.json"),
        ("collect --catalogue {0}/a.json", "a.json"),
        ("track --catalogue {0}/a.json --output {0}/b", "a.json"),
        ("report --catalogue {0}/a.json --output {0}/b", "a.json"),
    ],
)
def test_a_missing_file_is_named_with_the_command_that_makes_it(
    command: str, file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(command.format(tmp_path).split()) == 1
    assert f"{tmp_path / file}: missing; `make rebuild` makes it" in capsys.readouterr().err


def test_a_demo_keeps_to_its_folder_whatever_store_the_shell_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "https://mlflow.example.org")
    assert mlflow_store("standard") == ("https://mlflow.example.org", Path("mlartifacts"))
    assert mlflow_store("demo") == ("sqlite:///mlflow.db", Path("mlartifacts"))
    Path("params.yaml").touch()  # a project of that tier is no demo of another
    assert mlflow_store("demo") == ("https://mlflow.example.org", Path("mlartifacts"))


def test_opening_mlflow_without_results_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["ui", str(tmp_path)]) == 1
    assert "`make demo`, `make rebuild` or `handbook run` makes them" in capsys.readouterr().err


def test_a_job_that_a_signal_ended_says_which(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "hand_over", lambda arguments: 128 + signal.SIGTERM)
    log = tmp_path / "train.log"
    assert cli.main(["train", "ridge/diabetes/book", "--log", str(log)]) == 143
    assert log.read_text() == (
        f"$ handbook train ridge/diabetes/book --log {log}\n"
        "ended by SIGTERM: asked to end, by a person, a batch system or the end of the run\n"
    )


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        cli.main(["--version"])
    assert stop.value.code == 0
    assert re.fullmatch(r"handbook \d+\.\d+\.\d+\n", capsys.readouterr().out)


def test_every_option_of_a_sweep_says_what_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("sweep", "adopt"):
        parser = argparse.ArgumentParser()
        for add in SUBCOMMANDS[command].arguments:
            add(parser)
        for action in parser._actions:
            assert action.help, f"{command} {action.option_strings}"


def test_who_reads_enough_of_a_list_ends_it_without_a_traceback(tmp_path: Path) -> None:
    code = "import sys; from handbook.cli import main; sys.exit(main(['schema']))"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 128 + signal.SIGPIPE


def test_mlflow_may_get_its_runs_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shipped = catalogue(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HANDBOOK_MLFLOW_LATER", "1")
    assert cli.main(["track", "--catalogue", shipped, "--output", "tracked.json"]) == 0
    assert json.loads(Path("tracked.json").read_text()) == []
    assert "when `make ui` opens it" in capsys.readouterr().err
    assert not Path("mlflow.db").exists()


def test_the_gate_opens_and_shuts(tmp_path: Path) -> None:
    good = {
        "expectation": "expect_column_values_to_be_between",
        "column": "age",
        "meaning": "customers are adults",
        "success": True,
        "remedy": "acquire it again",
        "unexpected_count": 0,
        "unexpected_rows": [],
        "unexpected_values": [],
    }
    found = tmp_path / "validation.json"
    accepted = tmp_path / "accepted.json"
    record = {
        "data": "bank",
        "variant": "sample",
        "rows": 9,
        "success": True,
        "expectations": [good],
    }
    files.write_json(found, record)
    gate.gate("bank", found, accepted)
    assert json.loads(accepted.read_text())["expectations"] == 1
    accepted.unlink()
    bad = good | {
        "success": False,
        "unexpected_count": 7,
        "unexpected_rows": [3, 4, 5, 6, 7, 8, 9],
        "unexpected_values": [1, 2, 3, 4, 5, 6, 7],
    }
    other = good | {"column": None, "meaning": "9 rows", "success": False, "observed": 8}
    files.write_json(found, record | {"success": False, "expectations": [good, bad, other]})
    with pytest.raises(HandbookError) as caught:
        gate.gate("bank", found, accepted)
    said = str(caught.value)
    assert "bank: 2 of 3 expectations fail" in said
    assert "column 'age': customers are adults; 7 rows do not (row 3: 1, row 4: 2" in said
    assert "9 rows; observed 8; acquire it again" in said
    assert not accepted.exists()
