"""Saved models that would fill the memory are refused before they do, and none that are honest."""

from __future__ import annotations

import io
import json
import re
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge

from handbook.core.errors import HandbookError
from handbook.training import saving

MIB = 2**20


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A saved model of a few arrays, where models may take 4 MiB."""
    monkeypatch.setenv("HANDBOOK_MODEL_LIMIT", "4")
    path = tmp_path / "model.skops"
    saving.save(LogisticRegression().fit([[0.0], [1.0]], [0, 1]), path)
    return path


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


def zipped(contents: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as file:
        for name, content in contents.items():
            file.writestr(name, content)
    return out.getvalue()


def array(size: int) -> bytes:
    out = io.BytesIO()
    np.save(out, np.zeros(size, np.uint8))
    return out.getvalue()


def honest(contents: dict[str, bytes]) -> bytes:
    """An array of 100 MiB that says so."""
    return zipped(contents | {"0.npy": array(100 * MIB)})


def lying(contents: dict[str, bytes]) -> bytes:
    """An array of 100 MiB that says 1,000 bytes."""
    big = array(100 * MIB)
    data = zipped(contents | {"0.npy": big})
    size = len(big).to_bytes(4, "little")
    assert data.count(size) == 2  # in the member's own header, and in the list of all
    return data.replace(size, (1000).to_bytes(4, "little"))


def many(contents: dict[str, bytes]) -> bytes:
    """A hundred arrays of 1 MiB."""
    return zipped(contents | {f"{number}.npy": array(MIB) for number in range(100)})


def named_often(contents: dict[str, bytes]) -> bytes:
    """One array of 1 MiB that a hundred places name."""
    schema = json.loads(contents["schema.json"])
    node = {"__class__": "ndarray", "__module__": "numpy", "__loader__": "NdArrayNode"}
    node |= {"type": "numpy", "file": "b.npy"}
    attributes = schema["content"]["content"]
    attributes |= {f"a{number}": node for number in range(100)}
    return zipped(contents | {"schema.json": json.dumps(schema).encode(), "b.npy": array(MIB)})


def described_at_length(contents: dict[str, bytes]) -> bytes:
    """Objects that take far more memory than their description of 0.3 MB."""
    schema = json.loads(contents["schema.json"])
    empty = {"__class__": "list", "__module__": "builtins", "__loader__": "ListNode", "content": []}
    schema["content"]["content"]["a"] = empty | {"content": [empty] * 3000}
    return zipped(contents | {"schema.json": json.dumps(schema).encode()})


@pytest.mark.parametrize(
    ("bomb", "message"),
    [
        (honest, "says that it unpacks to more than the 4 MiB"),
        (lying, "more than the 4 MiB|cannot|not a whole skops file"),
        (many, "says that it unpacks to more than the 4 MiB"),
        (named_often, "names arrays so often that they take more than the 4 MiB"),
        (described_at_length, "schema.json: has more than"),
    ],
)
def test_a_bomb_is_refused_in_little_memory(
    bomb: Callable[[dict[str, bytes]], bytes], message: str, model: Path
) -> None:
    model.write_bytes(bomb(members(model)))
    tracemalloc.start()
    with pytest.raises(HandbookError, match=f"{re.escape(str(model))}.*({message})"):
        saving.load(model)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 16 * MIB


def test_the_refusal_says_how_to_raise_the_limit(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    big = Ridge()
    big.coef_ = np.random.default_rng(0).normal(size=MIB)
    with pytest.raises(HandbookError, match=r"about to be saved.*HANDBOOK_MODEL_LIMIT to a larger"):
        saving.save(big, model)
    monkeypatch.setenv("HANDBOOK_MODEL_LIMIT", "16")
    saving.save(big, model)
    monkeypatch.setenv("HANDBOOK_MODEL_LIMIT", "4")
    with pytest.raises(HandbookError, match="if it is your own, set the variable"):
        saving.load(model)
    monkeypatch.setenv("HANDBOOK_MODEL_LIMIT", "16")
    np.testing.assert_array_equal(saving.load(model).coef_, big.coef_)
    monkeypatch.setenv("HANDBOOK_MODEL_LIMIT", "much")
    with pytest.raises(HandbookError, match="HANDBOOK_MODEL_LIMIT=much: give a number of MiB"):
        saving.load(model)


def test_without_a_given_limit_it_follows_the_size_of_the_file(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HANDBOOK_MODEL_LIMIT")
    contents = members(model)
    model.write_bytes(zipped(contents | {"more.npy": array(63 * MIB)}))
    saving.load(model)
    model.write_bytes(zipped(contents | {"more.npy": array(65 * MIB)}))
    with pytest.raises(HandbookError, match="more than the 64 MiB"):
        saving.load(model)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_file_packed_in_another_way_is_refused(method: int, model: Path) -> None:
    model.write_bytes(zipped(members(model), method))
    with pytest.raises(HandbookError, match="packed as no skops file is"):
        saving.load(model)


def nested(depth: int) -> str:
    return '{"content": ' * depth + "1" + "}" * depth


@pytest.mark.parametrize(
    "schema",
    ["", "{", "[]", "7", '{"protocol": "x"}', '{"protocol": 0}', nested(5_000), '{"file": "a"}'],
)
def test_a_description_of_nothing_is_named(schema: str, model: Path) -> None:
    model.write_bytes(zipped({"schema.json": schema.encode()}))
    with pytest.raises(HandbookError, match=r"model\.skops: (not a whole skops file|schema\.json)"):
        saving.load(model)


def test_every_damaged_byte_is_read_or_named(model: Path) -> None:
    whole = model.read_bytes()
    for position in range(0, len(whole), 31):
        damaged = bytearray(whole)
        damaged[position] ^= 0xFF
        model.write_bytes(damaged)
        try:
            saving.load(model)
        except HandbookError as error:
            assert str(model) in str(error)  # noqa: PT017
