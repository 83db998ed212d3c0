"""What YAML passes over in silence, and what it says in ten lines, is one error with its line."""

from __future__ import annotations

import tempfile
from pathlib import Path

import hypothesis
import pytest
from hypothesis import strategies
from ruamel.yaml import YAML
from tests.project import ROOT

from handbook.catalogue import strict_yaml
from handbook.core.errors import HandbookError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "params.yaml"


def test_plain_values_come_out(file: Path) -> None:
    text = "a: &few {x: 1, y: [2, 'b', null]}\nb: {<<: *few, x: 3}\nc: 1.5e-3\nd: 1\tx\n"
    file.write_text(text)
    few = {"x": 1, "y": [2, "b", None]}
    assert strict_yaml.read(file) == {"a": few, "b": few | {"x": 3}, "c": 0.0015, "d": "1\tx"}
    file.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert strict_yaml.read(file)["a"] == few


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", None, "empty; `git checkout params.yaml`"),
        ("\n\n", None, "empty"),
        ("a: 1\nb: {c", 2, "may have been cut"),
        ("a: 1\nb: 12", 2, "ends in the middle of a line"),
        ("a: 1\nb: {c: 1,\n", 3, "the file may have been cut"),
        ("a: 1\nb: 'c\n", 3, "the file may have been cut"),
        ("a: 1\nb: 2\na: 3\n", 3, "the key 'a' stands there twice, first in line 1; remove one"),
        ("a:\n  b: {c: [{d: 1, d: 1}]}\n", 2, "the key 'd' stands there twice, first in line 2"),
        ("a: 1\n'a': 2\n", 2, "'a' stands there twice"),
        ("a: *few\n", 1, "undefined alias"),
        ("a: &x 1\nb: &x 2\n", 2, "duplicate anchor"),
        ("a: &a [*a]\n", 1, "is itself a part of"),
        ("a: &a {b: *a}\n", 1, "is itself a part of"),
        ("a:\n\tb: 1\n", 2, "a tab; indent with spaces"),
        ("a:\n  b: 1\n \tc: 1\n", 3, "a tab; indent with spaces"),
        ("a: 1\nb: \x07\n", 2, "a character that YAML does not allow"),
        ("a: 1\nb: \x00\n", 2, "a character that YAML does not allow"),
        ("a: 1\n---\nb: 1\n", 2, "another document"),
        ("a: !!python/object/apply:os.system [ls]\n", 1, "could not determine a constructor"),
        ("a: !!python/name:os.system\n", 1, "could not determine a constructor"),
        ("a: 2026-13-45\n", 1, "put it in quotes if it is text"),
        (f"a: {'9' * 5000}\n", 1, "put it in quotes if it is text"),
        ("yes: 1\n", 1, 'write true, or "yes" if it is text'),
        ("true: 1\n", 1, "the key True is no text; put it in quotes"),
        ("a: 1\nb: {c: [1, no]}\n", 2, 'write false, or "no" if it is text'),
        ("a: 1\nb: 010\n", 2, "octal for one reader of YAML and decimal for another; write 10"),
        (
            "a: 1:30\n",
            1,
            'in sixties by one reader of YAML and text for another; write "1:30"',
        ),
        ("a: 1_000\n", 1, "write 1000 if it is a number"),
        ("a: 0o17\n", 1, 'write "0o17" if it is text'),
        ("? [a]\n: 1\n", 1, "is no text"),
        ("a: {<<: 3}\n", 1, "for merging"),
        ("- a\n", None, "must hold keys such as 'models:'"),
        ("word\n", None, "must hold keys"),
        (f"a: {'[' * 100_000}\n", 1, "nested more than 50 levels deep"),
        ("".join(f"{' ' * n}a:\n" for n in range(60)), 51, "nested more than 50 levels deep"),
    ],
)
def test_a_fault_is_named_with_its_line(
    file: Path, text: str, line: int | None, message: str
) -> None:
    file.write_text(text)
    with pytest.raises(HandbookError) as caught:
        strict_yaml.read(file)
    assert str(caught.value).startswith(f"{file}:{line}: " if line else f"{file}: ")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_aliases_do_not_multiply_without_end(file: Path) -> None:
    lines = ["a0: &a0 [x, x]"] + [
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)
    ]
    file.write_text("\n".join(lines) + "\n")
    with pytest.raises(HandbookError, match=r":6: .*aliases expand to more than 100,000 values"):
        strict_yaml.read(file)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("a: é\n".encode("latin-1"), 1),
        ("a: 1\nb: ä\n".encode("latin-1"), 2),
        ("a: 1\n".encode("utf-16"), 1),
        (b"a: 1\n\x80\n", 2),
        (b"PK\x03\x04\xff\n", 1),
    ],
)
def test_other_encodings_are_named(file: Path, content: bytes, line: int) -> None:
    file.write_bytes(content)
    with pytest.raises(HandbookError, match=f":{line}: byte 0x[0-9a-f]{{2}} is not UTF-8; save"):
        strict_yaml.read(file)


def test_a_file_that_is_not_there(file: Path) -> None:
    with pytest.raises(
        HandbookError,
        match=r"cannot be read: No such file .*; run the command in the project's folder",
    ):
        strict_yaml.read(file)


def test_numbers_as_dvc_writes_them_are_numbers(file: Path) -> None:
    file.write_text("a: 1e-05\nb: [1e5, '1e5', 1.5E+3, .5e-2]\n")
    assert strict_yaml.read(file) == {"a": 1e-05, "b": [1e5, "1e5", 1500.0, 0.005]}


@hypothesis.given(
    strategies.from_regex(r"[-+]?[0-9xo_.:eE+-]{1,7}|[YyNnOoTtFf][A-Za-z]{0,4}|~", fullmatch=True)
)
@hypothesis.settings(deadline=None, derandomize=True, max_examples=500)
def test_what_is_read_is_what_a_reader_of_yaml_1_2_reads(scalar: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "params.yaml")
        path.write_text(f"a: {scalar}\n")
        try:
            ours = strict_yaml.read(path)
        except HandbookError:
            return
    try:
        theirs = YAML(typ="safe", pure=True).load(f"a: {scalar}\n")
    except ValueError:  # it takes `-_` for a number, and cannot say which
        return
    assert repr(ours) == repr(theirs)


def test_the_catalogue_is_the_same_to_dvc() -> None:
    path = ROOT / "params.yaml"
    assert strict_yaml.read(path) == YAML(typ="safe", pure=True).load(path)
