"""`handbook watch` on a project that was built: files, the log of requests, labels, bad input."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.project import Project

from handbook import cli
from handbook.core.files import read_json, write_json
from handbook.core.folders import DataFolder
from handbook.data.dataset import Dataset, read
from handbook.data.sets import bank_marketing
from handbook.deployment.chosen import choose
from handbook.deployment.watching import REFERENCE, reference_of
from handbook.monitoring.reference import Reference
from handbook.serving.requests import LOGS, Log, Request

DATA, RUN = "bank-marketing", "logistic-regression/bank-marketing/book"


@pytest.fixture(autouse=True)
def top(built: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work at the top of a project whose results are those of the built one."""
    for name in ("results", ".snakemake", "params.yaml"):
        (tmp_path / name).symlink_to(built.root / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def rows() -> pd.DataFrame:
    """Rows that follow the same law as those of the training, with labels."""
    data = bank_marketing.sample(7)
    return data.X.assign(y=np.array(bank_marketing.CLASSES, dtype=object)[data.labels])


@pytest.fixture
def watched(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Return a function that watches, and returns the exit status and all that was printed."""

    def call(*words: str) -> tuple[int, str]:
        status = cli.main(["watch", DATA, *words])
        printed = capsys.readouterr()
        return status, printed.out + printed.err

    return call


Watched = Callable[..., tuple[int, str]]


def written(rows: pd.DataFrame, name: str = "rows.csv") -> str:
    """Write rows by the ending of a name."""
    if name.endswith(".csv"):
        rows.to_csv(name, index=False)
    elif name.endswith(".parquet"):
        rows.to_parquet(name)
    else:
        rows.to_feather(name)
    return name


@pytest.mark.parametrize("ending", ["csv", "parquet", "arrow"])
def test_rows_of_the_same_law_are_no_alarm(
    rows: pd.DataFrame, watched: Watched, ending: str
) -> None:
    status, text = watched(written(rows, f"rows.{ending}"))
    assert status == 0
    assert "bank-marketing: 2,000 rows against 1,600 training rows" in text
    assert "no alarm: nothing has moved by a PSI of 0.1" in text
    assert "4 windows" not in text
    assert re.search(r"1,501-2,000 +0 of 19 .* 0\.\d+ \[0\.\d+, 0\.\d+\]", text)


def test_drift_has_an_exit_status_of_its_own_and_is_told_in_json(
    rows: pd.DataFrame, watched: Watched
) -> None:
    later = pd.concat([rows.iloc[:500], rows.iloc[500:1000].assign(age=rows["age"] + 15)])
    status, text = watched(written(later), "--json")
    assert status == 3
    content = json.loads(text)
    first, second = content["windows"]
    assert (content["alarm"], content["run"]) == (True, RUN)
    assert (first["alarms"], second["alarms"]) == ([], ["column:age"])
    age = second["columns"][0]
    assert age["column"] == "age"
    assert age["alarm"]
    assert age["adjusted"] < 1e-6
    assert second["performance"]["rows"] == 500
    assert set(second["performance"]["tests"]) == {"roc_auc", "precision", "calibration"}


def test_the_last_windows_alone_can_be_judged(rows: pd.DataFrame, watched: Watched) -> None:
    """A scheduler is not woken by what was an alarm before."""
    moved = rows.assign(age=rows["age"].where(rows.index >= 500, rows["age"] + 15))
    file = written(moved)
    assert watched(file)[0] == 3
    assert watched(file, "--last", "1")[0] == 0


def test_gauges_are_written_for_prometheus(rows: pd.DataFrame, watched: Watched) -> None:
    older = rows.assign(age=rows["age"] + 15)
    assert watched(written(older), "--prometheus", "out/watch.prom")[0] == 3
    text = Path("out/watch.prom").read_text()
    labels = f'data="{DATA}",run="{RUN}"'
    assert f"handbook_watch_alarm{{{labels}}} 1.0\n" in text
    assert f"handbook_watch_rows{{{labels}}} 500.0\n" in text
    assert re.search(rf'drift_psi{{{labels},kind="column",column="age"}} [01]\.\d+', text)
    assert f'handbook_watch_score{{{labels},metric="roc_auc"}}' in text
    # Every line is a comment or a sample, every metric is described once, before its samples.
    described = re.findall(r"^# TYPE (\S+) gauge$", text, flags=re.MULTILINE)
    sampled = re.findall(r"^(\w+)\{[^}]*\} [-+.e\d]+$", text, flags=re.MULTILINE)
    assert len(described) * 2 + len(sampled) == len(text.splitlines())
    assert described == list(dict.fromkeys(sampled))
    assert list(Path("out").iterdir()) == [Path("out/watch.prom")]


def test_what_was_served_is_watched_with_labels_that_came_later(
    rows: pd.DataFrame, watched: Watched
) -> None:
    chosen = choose(DATA)
    model, log = chosen.open(), Log(LOGS / DATA)
    labels = []
    for start in range(0, 1_000, 100):
        part = rows.iloc[start : start + 100].drop(columns="y")
        answers = model.predict(part, {"policy": "pass"})
        columns = {name: part[name].astype(object).where(part[name].notna(), None) for name in part}
        request = Request(
            RUN,
            "another" if start < 300 else chosen.job_key,
            {name: values.tolist() for name, values in columns.items()},
            {str(name): values.tolist() for name, values in answers.items()},
            "pass",
        )
        log.write([request])
        labels += [(request.id, row, rows["y"].iloc[start + row]) for row in range(100)]
    log.close()
    status, text = watched("--json")
    content = json.loads(text)
    assert status == 0
    assert content["remarks"] == [
        f"300 of 1000 rows were answered by another model than {RUN}: their answers are left out"
    ]
    assert [window["performance"] for window in content["windows"]] == [None, None]
    pd.DataFrame(labels, columns=["request", "row", "label"]).to_csv("labels.csv", index=False)
    content = json.loads(watched("--labels", "labels.csv", "--json")[1])
    assert [window["labelled"] for window in content["windows"]] == [200, 500]
    assert content["windows"][0]["start"] < content["windows"][1]["start"]
    # Served or from a file, the answers are the same, and so are their scores.
    of_file = json.loads(watched(written(rows.iloc[500:1000]), "--json")[1])
    mine, theirs = content["windows"][1], of_file["windows"][0]
    assert mine["performance"]["scores"] == pytest.approx(theirs["performance"]["scores"])
    assert [own["psi"] for own in mine["columns"]] == [own["psi"] for own in theirs["columns"]]


def test_before_anything_is_served_nothing_is_said(watched: Watched) -> None:
    status, text = watched("--prometheus", "watch.prom")
    assert status == 0
    assert "nothing was served yet" in text
    assert "handbook_watch_alarm" in Path("watch.prom").read_text()


def test_times_out_of_order_are_put_in_order_with_a_word(
    rows: pd.DataFrame, watched: Watched
) -> None:
    later = rows.iloc[:1_000].assign(age=rows["age"].where(rows.index < 500, rows["age"] + 15))
    later["when"] = pd.date_range("2026-01-01", periods=1_000, freq="h").astype(str)
    file = written(later.iloc[::-1])
    status, text = watched(file, "--time", "when", "--json")
    content = json.loads(text)
    assert status == 3
    assert content["remarks"] == [
        "999 rows are earlier than the row before: all were put in the order of 'when'"
    ]
    assert [window["alarms"] for window in content["windows"]] == [[], ["column:age"]]
    assert content["windows"][0]["start"].startswith("2026-01-01 00:00")


FAULTS = (
    *("empty", "one row", "no column", "all missing", "infinite", "new", "label", "time"),
    *("no time", "labels", "last"),
)


def spoilt(rows: pd.DataFrame) -> dict[str, tuple[pd.DataFrame, tuple[str, ...], int, str]]:
    """Return rows with a fault each, more words of the command, the exit status and a word."""
    infinite = rows.astype({"balance": float})
    infinite.loc[:999, "balance"] = math.inf
    astronauts = rows.astype({"job": object})
    astronauts.loc[1_800:, "job"] = "astronaut"
    label = rows.copy()
    label.loc[5, "y"] = "maybe"
    return {
        "empty": (rows.iloc[:0], (), 1, "no rows; expected a header and at least one row below it"),
        "one row": (rows.iloc[:1], (), 0, "fewer than 50 rows: nothing can be said yet"),
        "no column": (rows.drop(columns="job"), (), 1, "lacks 1 of 16 columns: job"),
        "all missing": (rows.assign(loan=None), (), 3, "loan: no value at all"),
        "infinite": (infinite, (), 3, "balance: 500 infinite, counted as missing"),
        "new": (astronauts, (), 3, "job: 200 of new categories: 'astronaut'"),
        "label": (label, (), 1, "label 'maybe' in row 6; expected one of no, yes"),
        "time": (rows, ("--time", "age"), 1, "expected times such as 2026-11-29"),
        "no time": (rows, ("--time", "when"), 1, "columns: when"),
        "labels": (rows, ("--labels", "x.csv"), 1, "labels stand in a column 'y'"),
        "last": (rows, ("--rows", "100", "--last", "3"), 0, "for 66 tests"),
    }


@pytest.mark.parametrize("fault", FAULTS)
def test_bad_input_is_met_with_a_word(rows: pd.DataFrame, watched: Watched, fault: str) -> None:
    frame, words, status, word = spoilt(rows)[fault]
    assert watched(written(frame), *words) == (status, ANY_WITH(word))


class ANY_WITH(str):
    """Equal to every text that holds this one and no traceback."""

    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and str(self) in other and "Traceback" not in other


def test_a_deployed_model_has_its_reference_beside_it(top: Path) -> None:
    chosen = choose(DATA)
    reference = reference_of(chosen)
    assert (reference.run, reference.job_key) == (RUN, chosen.job_key)
    copy = top / "copy"
    write_json(copy / REFERENCE, reference.plain())
    kept = reference_of(type(chosen)(**{**vars(chosen), "folder": copy}), Path("nowhere"))
    assert kept == reference
    assert len((copy / REFERENCE).read_bytes()) < 60_000


def test_pictures_are_not_watched(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["watch", "fashion-mnist"]) == 1
    assert "only rows with columns are watched" in capsys.readouterr().err


def test_a_rebuild_rehearses_the_watch(built: Project) -> None:
    content: dict[str, Any] = read_json(built.root / "results/watch/bank-marketing.json")
    held_out: Dataset = read(DataFolder(DATA, built.root / "results").test)
    assert content["run"] == RUN
    assert content["test_rows"] == len(held_out)
    assert content["windows"] == 2 * (len(held_out) // 2 // content["rule"]["rows"])
    assert [column["column"] for column in content["columns"]] == list(held_out.X.columns)
    assert isinstance(reference_of(choose(DATA)), Reference)
    page = (built.root / "results/report/watch/bank-marketing.html").read_text()
    assert "Watching Bank marketing" in page
