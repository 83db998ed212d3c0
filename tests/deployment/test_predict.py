"""Answers to the rows of files."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import csv, feather, ipc
from sklearn.ensemble import IsolationForest
from tests.records.tracking.tracked_results import Results

from handbook import cli
from handbook.core.errors import HandbookError
from handbook.data import dataset
from handbook.data.declared.declaration import Table
from handbook.deployment import reading
from handbook.deployment.chosen import choose
from handbook.deployment.forms import Form
from handbook.deployment.predict import Options, predict
from handbook.training.preprocess import pipeline
from handbook.training.spec import Preprocess

pytestmark = pytest.mark.usefixtures("at_top")

DATA = "bank-marketing"
ROWS = pd.DataFrame(
    {
        "job": ["clerk", "smith", "clerk"],
        "city": ["here", None, "here"],
        "age": [30, 41, 52],
        "balance": [0.5, None, -1.25],
    }
)


@pytest.fixture
def answered(made: Results, tmp_path: Path) -> Callable[..., pd.DataFrame]:
    """Return a function that answers a file by a command, and reads the answers."""

    def answer(file: Path, *more: str) -> pd.DataFrame:
        output = tmp_path / "answers.parquet"
        output.unlink(missing_ok=True)
        assert cli.main(["predict", DATA, str(file), "--output", str(output), *more]) == 0
        return pd.read_parquet(output)

    return answer


def expected() -> pd.DataFrame:
    """The answers of the saved estimator itself."""
    return choose(DATA).open().predict(ROWS)


def written(path: Path) -> Path:
    """Write the rows as the ending of the path says."""
    match path.suffix:
        case ".parquet":
            ROWS.to_parquet(path)
        case ".feather":
            ROWS.astype({"job": "category"}).to_feather(path)
        case ".stream":
            table = pa.Table.from_pandas(ROWS)
            with ipc.new_stream(path, table.schema) as stream:
                stream.write_table(table)
        case ".gz":
            ROWS.to_csv(path, index=False)
        case _:
            ROWS.to_csv(path, index=False, sep=";" if path.stem == "semicolons" else ",")
    return path


@pytest.mark.parametrize(
    "name",
    ["a.csv", "semicolons.csv", "a.csv.gz", "a.parquet", "a.feather", "a.stream"],
)
def test_a_file_of_any_kind_has_the_answers_of_the_estimator(
    name: str, tmp_path: Path, answered: Callable[..., pd.DataFrame]
) -> None:
    answers = answered(written(tmp_path / name))
    pd.testing.assert_frame_equal(answers, expected(), check_dtype=False, rtol=1e-12)


class Standard:
    """A standard input or output of bytes."""

    def __init__(self, content: bytes = b"") -> None:
        self.buffer = io.BytesIO(content)

    def isatty(self) -> bool:
        return False

    def flush(self) -> None:
        pass

    def write(self, text: str) -> None:
        self.buffer.write(text.encode())


@pytest.mark.parametrize("name", ["a.csv", "a.parquet", "a.feather", "a.stream"])
@pytest.mark.parametrize("words", [[], ["-"]])
def test_the_standard_input_is_told_by_its_first_bytes(
    name: str, words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = Standard()
    monkeypatch.setattr(sys, "stdin", Standard(written(tmp_path / name).read_bytes()))
    monkeypatch.setattr(sys, "stdout", output)
    assert cli.main(["predict", DATA, *words]) == 0
    answers = pd.read_csv(io.BytesIO(output.buffer.getvalue()))
    pd.testing.assert_frame_equal(answers, expected(), check_dtype=False, rtol=1e-12)


@pytest.mark.parametrize("ending", ["csv", "parquet", "arrow", "feather"])
def test_the_ending_says_how_answers_are_written(
    ending: str, tmp_path: Path, made: Results
) -> None:
    output = tmp_path / "new" / f"answers.{ending}"
    file = written(tmp_path / "a.csv")
    assert cli.main(["predict", DATA, str(file), "--output", str(output)]) == 0
    read = {"csv": csv.read_csv, "parquet": pd.read_parquet}.get(ending, feather.read_table)
    answers = read(output)
    if not isinstance(answers, pd.DataFrame):
        answers = answers.to_pandas()
    pd.testing.assert_frame_equal(answers, expected(), check_dtype=False, rtol=1e-12)
    assert [path.name for path in output.parent.iterdir()] == [output.name]


HEAD = "job,city,age,balance\n"
GOOD = HEAD + "clerk,here,30,1\n" * 4
REFUSED = {
    "a column is lacking": ("job,town,age,balance\na,b,1,1\n", "lack 1 of 4 columns: city"),
    "a column is new": (
        "job,city,age,balance,y\nclerk,here,30,1,no\n",
        "columns that no model of these rows has: y; `--keep y` carries them",
    ),
    "a column is there twice": (
        "job,city,age,balance,age\nclerk,here,30,1,30\n",
        "column 'age' is there 2 times",
    ),
    "a category is new": (GOOD + "pilot,here,30,1\n", "column 'job': 'pilot' in row 5; the train"),
    "a value is no number": (GOOD + "clerk,here,old,1\n", "column 'age': 'old' in row 5; expected"),
    "a value is not there": (GOOD + "clerk,here,,1\n", "column 'age': nothing in row 5, and no"),
    "a value is infinite": (GOOD + "clerk,here,inf,1\n", "column 'age': 'inf' in row 5; expected"),
    "a row is short": (GOOD + "clerk,here,3\n", "row 5 has 3 values, expected 4: 'clerk,here,3'"),
    "a row is long": (GOOD + "clerk,here,3,4,5\n", "row 5 has 5 values, expected 4"),
    "there is a header alone": (HEAD, "no rows; expected a header and at least one row"),
    "there is nothing": ("", "it is empty, expected a table"),
    "it is a page": ("<html><title>Sign in</title>", "it is a web page ('Sign in'), expected a"),
}


@pytest.mark.parametrize("fault", REFUSED)
@pytest.mark.parametrize("output", [None, "answers.csv", "answers.parquet"])
def test_what_does_not_fit_is_named_and_leaves_no_file(
    fault: str, output: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text, message = REFUSED[fault]
    file = tmp_path / "rows.csv"
    file.write_text(text)
    folder = tmp_path / "answers"
    folder.mkdir()
    words = ["--output", str(folder / output)] if output else []
    assert cli.main(["predict", DATA, str(file), *words]) == 1
    printed = capsys.readouterr()
    assert f"error: {file}: " in printed.err
    assert message in printed.err
    assert printed.out == ""
    assert list(folder.iterdir()) == []


def test_bytes_that_are_no_text_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "rows.csv"
    file.write_bytes((GOOD * 1).encode() + "clerk,Zürich,30,1\n".encode("latin-1"))
    assert cli.main(["predict", DATA, str(file)]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "UTF8" in printed.err


def test_an_earlier_file_of_answers_stays_where_the_rows_are_refused(tmp_path: Path) -> None:
    file, output = tmp_path / "rows.csv", tmp_path / "answers.csv"
    file.write_text(REFUSED["a category is new"][0])
    output.write_text("earlier")
    assert cli.main(["predict", DATA, str(file), "--output", str(output)]) == 1
    assert output.read_text() == "earlier"


def test_rows_are_flagged_by_their_numbers(
    tmp_path: Path,
    answered: Callable[..., pd.DataFrame],
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("id,job,city,age,balance\n1,clerk,here,30,1\n2,smith,here,30,1\n3,pilot,,,\n")
    answers = answered(file, "--policy", "flag", "--keep", "id")
    assert answers["id"].tolist() == ["1", "2", "3"]
    assert answers["unfamiliar"].tolist() == ["", "", "job: 'pilot' is new; age: is missing"]
    assert "3 rows in" in (printed := capsys.readouterr().err)
    assert "1 of them unfamiliar" in printed
    passed = answered(file, "--policy", "pass")
    assert list(passed.columns) == ["predicted", "p:no", "p:yes"]
    answered(file, "--policy", "flag")
    assert "left out, as no model of these rows has them: id" in capsys.readouterr().err


def test_marks_of_missing_values_hold_for_their_column(
    tmp_path: Path, answered: Callable[..., pd.DataFrame]
) -> None:
    file = tmp_path / "rows.csv"
    ROWS.assign(balance=[0.5, -1, -1.25], city=["here", "NA", "here"]).to_csv(file, index=False)
    answers = answered(file, "--missing", "balance=-1.0", "--missing", "NA")
    pd.testing.assert_frame_equal(answers, expected(), check_dtype=False, rtol=1e-12)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["rows.csv", "--output", "rows.csv"], "holds the rows; name another file"),
        (["rows.csv", "--output", "a.txt"], "its ending says how answers are written"),
        (["rows.csv", "--keep", "agee"], "--keep agee: no such column; did you mean 'age'?"),
        (["rows.csv", "--separator", "ab"], "expected one character, or tab"),
        (["lost.csv"], "lost.csv: cannot be read"),
        (["rows.csv", "--run", "svm/bank-marketing/book"], "no run 'svm/bank-marketing/book'"),
    ],
)
def test_options_that_cannot_be_are_refused(
    words: list[str], message: str, made: Results, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(made.root / "rows.csv")
    before = file.read_bytes()
    assert cli.main(["predict", DATA, *words]) == 1
    assert message in capsys.readouterr().err
    assert file.read_bytes() == before


def test_a_detector_scores_and_flags_rows(made: Results, tmp_path: Path) -> None:
    rows = made.data("payments")
    detector = pipeline(IsolationForest(random_state=0), Preprocess(), rows.X).fit(rows.X)
    made.run("forest", data="payments", task="outliers", estimator=detector)
    made.results.joinpath("catalogue.json").write_text(json.dumps(made.catalogue))
    chosen = choose("payments", "forest/payments/book")
    file, output = tmp_path / "rows.csv", tmp_path / "answers.csv"
    rows.X.to_csv(file, index=False)
    assert predict(chosen, file, output, Options(), print)["rows"] == 20
    answers = pd.read_csv(output)
    np.testing.assert_allclose(answers["score"], -detector.score_samples(rows.X))
    strange = (detector.predict(rows.X) == -1).tolist()
    assert (answers["predicted"] == "yes").tolist() == strange


def test_a_declared_table_is_read_as_it_is_declared(tmp_path: Path, made: Results) -> None:
    table = Table.model_validate(
        {
            "reader": "csv",
            "separator": ";",
            "decimal": ",",
            "thousands": ".",
            "missing": ["", "k.A."],
            "columns": {
                "job": {"type": "category", "header": "Beruf"},
                "city": {"type": "category"},
                "age": {"type": "date", "format": "%d.%m.%Y"},
                "balance": {"type": "number"},
            },
            "ignored": {"Nummer": "a number of its own for each row"},
        }
    )
    form = Form.parse(json.loads(json.dumps(Form(table, target="y").plain())))
    file = tmp_path / "rows.csv"
    file.write_text(
        "Nummer;Beruf;city;age;balance\n"
        "1;clerk;here;31.01.1970;1.234,5\n2;k.A.;here;11.02.1970;k.A.\n"
    )
    (part,) = reading.tables(file, form, ["job"])
    rows = form.columns(part, 1)
    assert rows["job"].tolist() == ["clerk", "missing"]
    assert rows["age"].tolist() == [30.0, 41.0]
    assert float(rows["balance"][0]) == 1234.5
    assert rows["balance"].isna().tolist() == [False, True]
    output = tmp_path / "answers.csv"
    counts = predict(choose(DATA), file, output, Options(form, "flag"), print)
    assert counts == {"rows": 2, "unfamiliar": 1}
    file.write_text("Nummer;Beruf;city;age;balance\n1;clerk;here;31.13.1970;1\n")
    with pytest.raises(HandbookError, match=r"'31.13.1970' in row 1; expected dates as %d.%m.%Y"):
        predict(choose(DATA), file, output, Options(form), print)


def test_files_of_this_project_can_be_answered(
    made: Results, answered: Callable[..., pd.DataFrame]
) -> None:
    path = made.results / "data" / DATA / "test.arrow"
    answers = answered(path)
    X = dataset.read(path).X
    pd.testing.assert_frame_equal(
        answers, choose(DATA).open().predict(X), check_dtype=False, rtol=1e-12
    )
