"""A file that is not the pinned one, in its place: the same rows, or something else."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import replace

import pandas as pd
import pytest

from handbook.core.errors import HandbookError
from handbook.data import prepare, registry
from handbook.data.fingerprint import fingerprint
from handbook.data.sets import boston_housing
from handbook.data.source import RawFile

SHAPES = {
    "as Excel writes it": lambda text: "\ufeff" + text.replace(",", ";").replace("\n", "\r\n"),
    "reordered": lambda text: "".join(
        ",".join(reversed(line.split(","))) + "\n" for line in text.splitlines()
    ),
}


@pytest.fixture
def housing(tmp_path, monkeypatch):
    """A release of the housing data that pins a file of two lines, and the text of that file."""
    text = (
        "crim,zn,indus,chas,nox,rm,age,dis,rad,tax,ptratio,b,lstat,medv\n"
        "0.00632,18,2.31,0,0.538,6.575,65.2,4.09,1,296,15.3,396.9,4.98,24\n"
        "0.02731,0,7.07,1,0.469,6.421,78.9,4.9671,2,242,17.8,396.9,9.14,21.6\n"
    )
    path = tmp_path / "BostonHousing.csv"
    path.write_text(text)
    rows = fingerprint(boston_housing.load(tmp_path, "statlib"))
    pin = RawFile(path.name, len(text), hashlib.sha256(text.encode()).hexdigest())
    other = RawFile("other.csv", 5, hashlib.sha256(b"other").hexdigest())
    statlib = replace(boston_housing.SOURCES["statlib"], files=(pin,), rows=rows)
    sources = {"statlib": statlib, "second": replace(statlib, files=(other,))}
    monkeypatch.setattr(boston_housing, "SOURCES", sources)
    return path, text


@pytest.mark.parametrize("shape", SHAPES)
def test_the_pinned_rows_in_another_shape_are_loaded(housing, capsys, shape):
    path, text = housing
    expected = prepare.load("boston-housing", "statlib", path.parent, 0)
    assert capsys.readouterr().err == ""
    path.write_text(SHAPES[shape](text))
    loaded = prepare.load("boston-housing", "statlib", path.parent, 0)
    pd.testing.assert_frame_equal(loaded.X, expected.X)
    assert loaded.y.tolist() == expected.y.tolist()
    assert "BostonHousing.csv: not the pinned file (" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text.replace("21.6", "21.7"), "right columns, but other rows than the rel"),
        (lambda text: text.replace("medv", "MEDV"), "column 14 is called 'MEDV', expected 'medv'"),
        (lambda text: "<html>", "it is a web page, expected a table"),
        (lambda text: "other", "file of another release: name it in params.yaml.*release: second"),
    ],
)
def test_another_table_in_its_place_is_refused(housing, change, message):
    path, text = housing
    path.write_text(change(text))
    with pytest.raises(HandbookError, match=f"boston-housing: .*BostonHousing.csv.*{message}"):
        prepare.load("boston-housing", "statlib", path.parent, 0)


@pytest.mark.data
@pytest.mark.parametrize("name", registry.names())
def test_the_fingerprint_is_that_of_the_pinned_files(name, mirror):
    release, source = next(iter(registry.module(name).SOURCES.items()))
    if not source.rows:
        assert name in {"macbeth", "pokemon", "diabetes", "iris"}
        return
    data = registry.module(name).load(mirror / source.folder, release)
    assert fingerprint(data) == source.rows


@pytest.mark.data
def test_archives_that_were_packed_again_hold_the_same_rows(mirror, tmp_path, capsys):
    for path in (mirror / "fashion-mnist").iterdir():
        content = gzip.decompress(path.read_bytes())
        (tmp_path / path.name).write_bytes(gzip.compress(content, 1, mtime=1))
    assert len(prepare.load("fashion-mnist", "official", tmp_path, 0)) == 70_000
    assert "the same rows in another shape" in capsys.readouterr().err
