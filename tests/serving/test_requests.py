"""The log of requests: what was answered is in it, whole lines alone, also on a disk that fills."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from handbook.core.errors import HandbookError
from handbook.serving.requests import SHADOW, Log, Request, labelled, read, records

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FIRST = Request(
    "ridge/bank/book", "ab12", {"age": [30, None], "job": ["clerk", "smith"]},
    {"predicted": ["no", "yes"], "p:yes": [0.1, 0.75]}, "refuse", "r1", NOON,
)  # fmt: skip
SECOND = Request(
    "lda/bank/book", "cd34", {"age": [50], "pet": ["cat"]},
    {"predicted": ["no"], "unfamiliar": ["pet: 'cat' is new"]}, "flag", "r2",
    datetime(2026, 3, 1, 13, tzinfo=UTC),
)  # fmt: skip


def written(folder: Path, *requests: Request) -> Path:
    """Return the only file of a log that one process wrote."""
    log = Log(folder)
    log.write(requests)
    log.close()
    (path,) = folder.glob("*.jsonl")
    return path


def test_a_line_holds_what_was_asked_and_answered(tmp_path: Path) -> None:
    (record,) = records(written(tmp_path, FIRST))
    assert record == {
        "id": "r1",
        "time": "2026-03-01T12:00:00.000+00:00",
        "run": "ridge/bank/book",
        "job_key": "ab12",
        "rows": {"age": [30, None], "job": ["clerk", "smith"]},
        "answers": {"predicted": ["no", "yes"], "p:yes": [0.1, 0.75]},
        "policy": "refuse",
    }


def test_values_that_are_no_numbers_are_null(tmp_path: Path) -> None:
    request = Request("r", "k", {"age": [float("nan"), float("inf"), 1.0]}, {}, "pass")
    (record,) = records(written(tmp_path, request))
    assert record["rows"] == {"age": [None, None, 1.0]}


def test_a_log_is_read_row_by_row(tmp_path: Path) -> None:
    later, earlier = Log(tmp_path), Log(tmp_path)  # two workers
    later.write([SECOND])
    earlier.write([FIRST])
    later.close()
    earlier.close()
    expected = pd.DataFrame(
        {
            "request": ["r1", "r1", "r2"],
            "row": [0, 1, 0],
            "time": pd.to_datetime([NOON, NOON, SECOND.time]),
            "run": ["ridge/bank/book", "ridge/bank/book", "lda/bank/book"],
            "job_key": ["ab12", "ab12", "cd34"],
            "x:age": [30.0, None, 50.0],
            "x:job": ["clerk", "smith", None],
            "predicted": ["no", "yes", "no"],
            "p:yes": [0.1, 0.75, None],
            "x:pet": [None, None, "cat"],
            "unfamiliar": [None, None, "pet: 'cat' is new"],
        }
    )
    pd.testing.assert_frame_equal(
        read(tmp_path), expected, check_like=True, check_dtype=False, check_column_type=False
    )


def test_a_log_without_requests_has_no_rows(tmp_path: Path) -> None:
    frame = read(tmp_path / "served" / "bank")
    assert list(frame.columns) == ["request", "row", "time", "run", "job_key"]
    assert frame.empty


def test_a_shadow_stands_beside_the_answer(tmp_path: Path) -> None:
    path = written(tmp_path, FIRST, SECOND)
    lines = [
        {"id": "r1", "run": "svc/bank/book", "answers": {"predicted": ["yes", "yes"]}},
        {"id": "r2", "run": "svc/bank/book", "fault": "column 'job': missing"},
    ]
    path.with_name("a" + SHADOW).write_text("".join(json.dumps(line) + "\n" for line in lines))
    frame = read(tmp_path)
    assert frame["shadow_run"].tolist()[:2] == ["svc/bank/book"] * 2
    assert frame["shadow:predicted"].tolist()[:2] == ["yes", "yes"]
    assert frame[["shadow_run", "shadow:predicted"]].iloc[2].isna().all()


def test_a_line_that_is_being_written_is_left_out(tmp_path: Path) -> None:
    path = written(tmp_path, FIRST, SECOND)
    path.write_bytes(path.read_bytes()[:-5])
    assert read(tmp_path)["request"].tolist() == ["r1", "r1"]


def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, FIRST, SECOND)
    path.write_bytes(path.read_bytes().replace(b'"rows"', b'"rows', 1))
    with pytest.raises(HandbookError, match=rf"{path.name}: line 1 is no JSON"):
        read(tmp_path)


FILLING = """
import resource, sys
from pathlib import Path
from handbook.serving.requests import Log, Request
log = Log(Path(sys.argv[1]))
written = 0
try:
    while True:
        log.write([Request("run", "key", {"a": [1] * 100}, {"b": [2]}, "pass")] * 3)
        written += 3
except OSError as error:
    print(written, error.errno)
"""


def test_a_disk_that_fills_up_leaves_whole_lines(tmp_path: Path) -> None:
    """A limit on the size of files stands for the disk."""

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))

    done = subprocess.run(
        [sys.executable, "-c", FILLING, str(tmp_path)],
        preexec_fn=limited, capture_output=True, text=True, check=True, env=os.environ,
    )  # fmt: skip
    written, errno = map(int, done.stdout.split())
    (path,) = tmp_path.glob("*.jsonl")
    assert len(list(records(path))) == written > 0
    assert path.read_bytes().endswith(b"\n")
    assert os.strerror(errno) == "File too large"


def test_labels_that_come_later_are_joined(tmp_path: Path) -> None:
    frame = read(written(tmp_path, FIRST, SECOND).parent)
    labels = tmp_path / "labels.csv"
    labels.write_text("request,row,label\nr1,1,yes\nr2,0,no\nr9,0,no\n")
    joined = labelled(frame, labels)
    assert joined["label"].tolist()[1:] == ["yes", "no"]
    assert joined["label"].isna().tolist() == [True, False, False]
    assert joined.drop(columns="label").equals(frame)


def test_labels_of_classes_are_text_and_others_numbers(tmp_path: Path) -> None:
    labels = tmp_path / "labels.csv"
    labels.write_text("request,row,label\nr,0,1\n")
    for value, label in (("1", "1"), (0.5, 1)):
        folder = tmp_path / str(value)
        written(folder, Request("run", "key", {"a": [1]}, {"predicted": [value]}, "pass", "r"))
        assert labelled(read(folder), labels)["label"].tolist() == [label]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("request,row\nr1,0\n", "no column label"),
        ("request,row,label\nr1,0,no\nr1,0,yes\n", "line 3 is a second label of row 0 of"),
        ("request,row,label\nx,0,no\n", "none of its 1 labels is of a request in this log"),
        ("", "cannot be read"),
    ],
)
def test_labels_that_do_not_fit_are_refused(text: str, fault: str, tmp_path: Path) -> None:
    frame = read(written(tmp_path / "log", FIRST).parent)
    labels = tmp_path / "labels.csv"
    labels.write_text(text)
    with pytest.raises(HandbookError, match=fault):
        labelled(frame, labels)
