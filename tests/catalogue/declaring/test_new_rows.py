"""Later rows of a table of one's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from tests.catalogue.declaring.made_tables import customers
from tests.catalogue.declaring.test_new_data import CATALOGUE

from handbook import cli
from handbook.catalogue import reading
from handbook.core.files import sha256
from handbook.data import registry


@pytest.fixture
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose table holds the first 400 of 800 customers; the others come later."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_text(CATALOGUE)
    head, *lines = customers(800).splitlines(keepends=True)
    write(tmp_path / "own.csv", head, *lines[:400])
    write(tmp_path / "later.csv", head, *lines[400:])
    words = ["new", "data", "own.csv", "--target", "Geht", "--models", "logistic-regression"]
    assert cli.main(words) == 0
    return tmp_path


def write(path: Path, *lines: str) -> None:
    path.write_text("".join(lines), encoding="utf-8", newline="")


def state(top: Path) -> dict[str, bytes]:
    files = [top / "params.yaml", *(top / "data").rglob("*")]
    return {str(path): path.read_bytes() for path in files if path.is_file()}


def test_later_rows_are_a_release_of_their_own(
    top: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = yaml.safe_load((top / "params.yaml").read_text())
    old = before["data"]["own"]
    assert cli.main(["new", "rows", "own", "later.csv", "--widen"]) == 0
    assert "own: release v2, 798 rows instead of 399" in capsys.readouterr().out
    after = yaml.safe_load((top / "params.yaml").read_text())
    new = after["data"].pop("own")
    assert new["release"] == "v2"
    assert new["declared"]["files"][0] == old["declared"]["files"][0]
    assert new["declared"]["files"][1] == {
        "name": "later.csv",
        "size": (top / "later.csv").stat().st_size,
        "sha256": sha256(top / "data/raw/own/later.csv"),
    }
    assert sum(new["declared"]["classes"].values()) == new["declared"]["rows"] == 798
    del before["data"]["own"]
    assert after == before
    reading.read(top / "params.yaml")
    rows = registry.module("own").load(top / "data/raw/own", "v2")
    assert len(rows.X) == 798
    # the same again, and once more under the same name
    assert cli.main(["new", "rows", "own", "later.csv"]) == 1
    assert "later.csv: its rows are there already, as later.csv" in capsys.readouterr().err
    head, *lines = customers(900).splitlines(keepends=True)
    write(top / "later.csv", head, *lines[800:])
    assert cli.main(["new", "rows", "own", "later.csv", "--widen", "--release", "june"]) == 0
    again = yaml.safe_load((top / "params.yaml").read_text())["data"]["own"]
    assert (again["release"], again["declared"]["files"][2]["name"]) == ("june", "later-2.csv")


REFUSED: dict[str, tuple[Callable[[str], str], str]] = {
    "a value beyond": (
        lambda text: text.replace("Rentner", "Pilot", 1),
        "Beruf: new values 'Pilot'; ",
    ),
    "a class more": (
        lambda text: text.replace(";nein\r\n", ";vielleicht\r\n", 1),
        "Geht: 'vielleicht' is none of the classes",
    ),
    "a column less": (lambda text: text.replace("Alter", "Alt", 1), "no column 'Alter'"),
    "no number": (lambda text: text.replace(";DE;", ";DE;", 1) + "1;old;;;;;;;ja\r\n", "'old' is"),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_rows_that_are_not_as_declared_change_nothing(
    fault: str, top: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change, message = REFUSED[fault]
    text = (top / "later.csv").read_text(encoding="utf-8")
    write(top / "later.csv", change(text.replace("\n", "\r\n")))
    before = state(top)
    assert cli.main(["new", "rows", "own", "later.csv"]) == 1
    assert message in capsys.readouterr().err
    assert state(top) == before
    assert {path.name for path in (top / "data/raw").iterdir()} == {"own"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["onw", "later.csv"], "no data set 'onw'; did you mean 'own'?"),
        (["own", "june.csv"], "june.csv: there is no such file"),
        (["iris", "later.csv"], "rows are added to tables that `handbook new data` declared"),
    ],
)
def test_what_cannot_be_added_to_is_named(
    words: list[str], message: str, top: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["new", "rows", *words]) == 1
    assert message in capsys.readouterr().err


def test_what_is_wider_is_declared_only_where_that_is_asked_for(
    top: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (top / "later.csv").read_text(encoding="utf-8").replace("Rentner", "Pilot", 1)
    write(top / "later.csv", text)
    assert cli.main(["new", "rows", "own", "later.csv", "--widen"]) == 0
    assert "Beruf: new values 'Pilot'" in capsys.readouterr().out
    declared = yaml.safe_load((top / "params.yaml").read_text())["data"]["own"]["declared"]
    assert declared["table"]["columns"]["Beruf"]["values"][-1] == "Pilot"
