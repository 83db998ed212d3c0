"""The IDX reader against files made by hand, whole and broken."""

from __future__ import annotations

import gzip
import struct

import numpy as np
import pytest

from handbook.core.errors import HandbookError
from handbook.data.formats import idx


def packed(*sizes, values=None, magic=None):
    header = bytes([0, 0, 8, len(sizes)]) if magic is None else magic
    body = bytes(range(int(np.prod(sizes)))) if values is None else values
    return header + struct.pack(f">{len(sizes)}I", *sizes) + body


def written(path, data):
    path.write_bytes(gzip.compress(data))
    return path


def test_reads_a_file_made_by_hand(tmp_path):
    path = written(tmp_path / "a.gz", packed(2, 1, 3))
    assert idx.read(path, 3).tolist() == [[[0, 1, 2]], [[3, 4, 5]]]


def test_reads_labels(tmp_path):
    assert idx.read(written(tmp_path / "a.gz", packed(3)), 1).tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (packed(4), "magic number 00000801, expected 00000803"),
        (packed(2, 1, 3, magic=b"\0\0\x0d\x03"), "magic number 00000d03"),
        (b"", "magic number , expected"),
        (packed(2, 1, 3)[:9], "truncated within its header"),
        (packed(2, 1, 3)[:-1], "5 values where its header says 6"),
        (packed(2, 1, 3) + b"x", "more values where its header says 6"),
        (packed(2**16, 2**16, 2, values=b""), "claims 8,589,934,592 values"),
    ],
)
def test_another_structure_is_refused(tmp_path, data, message):
    with pytest.raises(HandbookError, match=message):
        idx.read(written(tmp_path / "a.gz", data), 3)


def test_a_truncated_archive_is_refused(tmp_path):
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(packed(2, 1, 3))[:-6])
    with pytest.raises(HandbookError, match="not a complete gzip file"):
        idx.read(path, 3)


def test_reads_a_file_that_is_not_packed(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(packed(2, 1, 3))
    assert idx.read(path, 3).tolist() == [[[0, 1, 2]], [[3, 4, 5]]]


def test_what_is_no_archive_is_refused(tmp_path):
    path = tmp_path / "a.gz"
    path.write_bytes(b"PK" + packed(2, 1, 3))
    with pytest.raises(HandbookError, match="not a complete gzip file"):
        idx.read(path, 3)


def folder(tmp_path, train=(2, 28, 28), labels=2, value=1):
    for name, data in zip(
        idx.FILES,
        (
            packed(*train, values=bytes(int(np.prod(train)))),
            packed(labels, values=bytes([value] * labels)),
            packed(1, 28, 28, values=bytes(784)),
            packed(1, values=b"\0"),
        ),
        strict=True,
    ):
        written(tmp_path / name, data)
    return tmp_path


def load(raw):
    return idx.load(raw, name="mnist", release="official", classes=("0", "1"))


def test_the_four_files_become_one_set_with_the_test_rows_last(tmp_path):
    data = load(folder(tmp_path))
    assert data.X.shape == (3, 28, 28)
    assert data.y.tolist() == [1, 1, 0]
    assert data.test.tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"train": (2, 14, 56)}, "images of 14x56 pixels, expected 28x28"),
        ({"labels": 3}, "holds 2 images, .* 3 labels; the files do not belong together"),
        ({"value": 2}, "label 2 at row 0, expected 0 to 1"),
    ],
)
def test_files_that_do_not_fit_are_refused(tmp_path, change, message):
    with pytest.raises(HandbookError, match=message):
        load(folder(tmp_path, **change))


def test_swapped_files_are_refused(tmp_path):
    raw = folder(tmp_path)
    (raw / idx.FILES[0]).rename(raw / "images")
    (raw / idx.FILES[1]).rename(raw / idx.FILES[0])
    (raw / "images").rename(raw / idx.FILES[1])
    with pytest.raises(HandbookError, match="magic number 00000801, expected 00000803"):
        load(raw)
