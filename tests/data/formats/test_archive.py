"""Hostile and broken zip files."""

from __future__ import annotations

import stat
import tracemalloc
import zipfile

import pytest

from handbook.core.errors import HandbookError
from handbook.data.formats import archive


def zipped(path, compression=zipfile.ZIP_DEFLATED, **members):
    with zipfile.ZipFile(path, "w", compression) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return path


def test_reads_members_in_the_order_asked_for(tmp_path):
    path = zipped(tmp_path / "a.zip", a=b"1", b=b"2", c=b"3")
    assert list(archive.members(path, ["c", "a"])) == [("c", b"3"), ("a", b"1")]


def test_an_absent_member_is_named(tmp_path):
    with pytest.raises(HandbookError, match=r"holds no 'b'"):
        archive.member(zipped(tmp_path / "a.zip", a=b"1"), "b")


def test_what_is_no_archive_is_refused(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"<html>404</html>")
    with pytest.raises(HandbookError, match="not a zip archive"):
        archive.member(tmp_path / "a.zip", "a")


@pytest.mark.parametrize("name", ["../a", "b/../../a", "/etc/a", "C:\\a", "..\\a"])
def test_a_path_out_of_the_archive_is_refused(tmp_path, name):
    path = zipped(tmp_path / "a.zip", **{name: b"1"})
    stored = zipfile.ZipFile(path).namelist()[0]
    with pytest.raises(HandbookError, match="points outside the archive"):
        archive.member(path, stored)


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO])
def test_a_link_is_refused(tmp_path, kind):
    info = zipfile.ZipInfo("a")
    info.external_attr = (kind | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as file:
        file.writestr(info, "/etc/passwd")
    with pytest.raises(HandbookError, match="is no plain file"):
        archive.member(tmp_path / "a.zip", "a")


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(HandbookError, match="is no plain file"):
        archive.member(zipped(tmp_path / "a.zip", **{"a/": b""}), "a/")


def test_a_member_above_the_limit_is_refused_unread(tmp_path):
    path = zipped(tmp_path / "a.zip", a=bytes(1001))
    assert archive.member(path, "a", limit=1001) == bytes(1001)
    with pytest.raises(HandbookError, match=r"1,001 bytes unpacked, more than the 1,000 allowed"):
        archive.member(path, "a", limit=1000)


def patched(path, old, new):
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new))
    return path


def test_a_header_that_claims_too_little_does_not_let_a_bomb_through(tmp_path):
    size = 100_000_000
    path = zipped(tmp_path / "a.zip", a=bytes(size))
    patched(path, size.to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    tracemalloc.start()
    with pytest.raises(HandbookError, match=r"cannot be read|header says 1,000"):
        archive.member(path, "a", limit=2000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_member_that_unpacks_without_a_bound_is_refused(tmp_path, method):
    path = zipped(tmp_path / "a.zip", method, a=b"1")
    with pytest.raises(HandbookError, match="is packed by another method than deflate"):
        archive.member(path, "a")


def test_a_header_that_claims_more_than_deflate_can_give_is_refused(tmp_path):
    path = zipped(tmp_path / "a.zip", a=b"abc")
    patched(path, (3).to_bytes(4, "little") + b"\x01", (2**24).to_bytes(4, "little") + b"\x01")
    with pytest.raises(HandbookError, match="claims 16,777,216 bytes from 5"):
        archive.member(path, "a")


def test_a_header_that_claims_more_than_there_is_is_noticed(tmp_path):
    path = zipped(tmp_path / "a.zip", a=b"abc")
    patched(path, (3).to_bytes(4, "little") + b"\x01", (99).to_bytes(4, "little") + b"\x01")
    with pytest.raises(HandbookError, match="has 3 bytes, its header says 99"):
        archive.member(path, "a")


def test_an_encrypted_member_is_refused(tmp_path):
    path = zipped(tmp_path / "a.zip", a=b"abc")
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    path.write_bytes(data)
    with pytest.raises(HandbookError, match="is encrypted"):
        archive.member(path, "a")


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_damaged_content_is_noticed(tmp_path, compression):
    path = zipped(tmp_path / "a.zip", compression, a=bytes(range(256)) * 4)
    data = bytearray(path.read_bytes())
    data[60] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(HandbookError, match=r"a\.zip: .*cannot be read.* acquire it again"):
        archive.member(path, "a")


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_every_damage_is_named_with_the_archive(tmp_path, method):
    path = zipped(tmp_path / "a.zip", method, a=bytes(range(256)) * 4)
    whole = path.read_bytes()
    cut = [whole[:size] for size in range(0, len(whole), 10)]
    flipped = [
        whole[:offset] + bytes([whole[offset] ^ change]) + whole[offset + 1 :]
        for offset in range(len(whole))
        for change in (0x01, 0xFF)
    ]
    for damaged in cut + flipped:
        path.write_bytes(damaged)
        try:
            assert archive.member(path, "a") == bytes(range(256)) * 4
        except HandbookError as error:
            assert str(path) in str(error)  # noqa: PT017
