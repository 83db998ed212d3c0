"""The two raw files of Pokemon sprites, made of a Git repository's objects."""

from __future__ import annotations

import csv
import hashlib
import io
import lzma
import types
import zipfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from PIL import Image
from tests.data.git_server import published, serving

from handbook.core.errors import HandbookError
from handbook.data import registry, sprites
from handbook.data.acquire import acquire
from handbook.data.sets import pokemon
from handbook.data.source import GitObjects, RawFile, Source


def png(mode, size):
    buffer = io.BytesIO()
    Image.new(mode, size).save(buffer, "PNG")
    return buffer.getvalue()


# name in the list: path in the repository, content
SPRITES = {
    "0001-bulbasaur/current__main__1": ("sprites/pokemon/1.png", png("P", (96, 96))),
    "0001-bulbasaur/gen-i__yellow__back__gbc__1": (
        "sprites/pokemon/versions/generation-i/yellow/back/gbc/1.png",
        png("RGBA", (32, 40)),
    ),
    "0004-ho-oh/gen-viii__icons-viii__female__4": (
        "sprites/pokemon/versions/generation-viii/icons/female/4.png",
        png("L", (8, 8)),
    ),
    "0010-x/gen-vi__model__10": ("sprites/pokemon/model/10.png", png("P", (96, 96))),
}
INDEX = """\
path,species_id,species,stem,generation,game,back,shiny,female,palette,transparent,icon,width,height,mode
pokemon/0001-bulbasaur/current__main__1.png,1,bulbasaur,1,current,main,0,0,0,,0,0,96,96,P
pokemon/0001-bulbasaur/gen-i__yellow__back__gbc__1.png,1,bulbasaur,1,generation-i,yellow,1,0,0,gbc,0,0,32,40,RGBA
pokemon/0004-ho-oh/gen-viii__icons-viii__female__4.png,4,ho-oh,4,generation-viii,icons-viii,0,0,1,,0,1,8,8,L
pokemon/0010-x/gen-vi__model__10.png,10,x,10,generation-vi,model,0,0,0,,0,0,96,96,P
"""
NAMES = ("sprites.zip", "index.csv")


@pytest.fixture
def listed(tmp_path):
    """Publish four sprites and one more file; write their list."""
    files = dict(SPRITES.values()) | {"README.md": b"more"}
    ids = published(tmp_path / "site" / "public.git", files)
    names = "\n".join(SPRITES).encode()
    blobs = b"".join(bytes.fromhex(ids[source]) for source, _ in SPRITES.values())
    path = tmp_path / "toy.xz"
    path.write_bytes(lzma.compress(names + b"\n\n" + blobs))
    return path


@pytest.fixture
def remote(tmp_path, listed, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    with serving(tmp_path / "site") as server:
        yield server


@pytest.fixture
def get(tmp_path, listed, remote, monkeypatch):
    """Make the four sprites the only data set; acquire a file of it."""
    every = sprites.listing(str(listed))
    contents = {sprite.id: SPRITES[sprite.name][1] for sprite in every}
    git = GitObjects(f"{remote.url}/public.git", str(listed), 3, sum(map(len, contents.values())))
    pins = []
    for name in NAMES:
        sprites.write(tmp_path / name, name, every, lambda ids: map(contents.__getitem__, ids))
        data = (tmp_path / name).read_bytes()
        pins.append(RawFile(name, len(data), hashlib.sha256(data).hexdigest(), git=git))
    source = Source("Toy", "toy", tuple(pins), "none", "https://example.org", "nobody", "A.")
    module = types.SimpleNamespace(SOURCES={"first": source})
    monkeypatch.setattr(registry, "module", lambda name: module)

    def call(name, **options):
        output = tmp_path / "raw" / "toy" / name
        options = {"repo": tmp_path, "wait": 0.0, "attempts": 2} | options
        return acquire("toy", "first", name, output, **options)

    return call


def test_the_index_tells_what_paths_and_pictures_say(get, tmp_path):
    get("index.csv")
    with (tmp_path / "raw" / "toy" / "index.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    expected = csv.DictReader(io.StringIO(INDEX))
    assert [{name: row[name] for name in expected.fieldnames} for row in rows] == list(expected)
    for row, (source, content) in zip(rows, SPRITES.values(), strict=True):
        assert row["source_path"] == source
        assert row["bytes"] == str(len(content))
        assert row["md5"] == hashlib.md5(content).hexdigest()
        blob = b"blob %d\0" % len(content) + content
        assert row["git_blob_sha1"] == hashlib.sha1(blob).hexdigest()


def test_the_zip_holds_the_sprites_as_they_are(get, tmp_path):
    get("sprites.zip")
    with zipfile.ZipFile(tmp_path / "raw" / "toy" / "sprites.zip") as file:
        content = {entry.filename: file.read(entry) for entry in file.infolist()}
        assert {entry.compress_type for entry in file.infolist()} == {zipfile.ZIP_STORED}
    assert content == {f"pokemon/{name}.png": data for name, (_, data) in SPRITES.items()}
    # in the order of the repository
    assert [path.rpartition("__")[2] for path in content] == ["1.png", "10.png", "1.png", "4.png"]


@pytest.mark.parametrize("names", [NAMES, NAMES[::-1]])
def test_two_files_of_the_same_objects_are_one_transfer(get, remote, tmp_path, names):
    for name in names:
        assert get(name).startswith(f"{remote.url}/public.git (by Git, 3 files)")
    assert len(remote.wanted) == 1
    assert sorted(path.name for path in (tmp_path / "raw" / "toy").iterdir()) == sorted(NAMES)
    assert [path.name for path in (tmp_path / "raw").iterdir() if path.is_dir()] == ["toy"]


def test_two_jobs_at_once_are_one_transfer(get, remote):
    remote.answers.clear()
    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(get, name) for name in NAMES]
        remote.answers.set()
        assert all(job.result() for job in jobs)
    assert len(remote.wanted) == 1


def test_the_second_file_may_come_from_the_mirror(get, tmp_path):
    mirror = tmp_path / "mirror" / "toy"
    mirror.mkdir(parents=True)
    (mirror / "index.csv").write_bytes((tmp_path / "index.csv").read_bytes())
    get("sprites.zip", mirror=str(mirror.parent))
    assert get("index.csv", mirror=str(mirror.parent)).startswith("mirror")
    assert not list((tmp_path / "raw").glob(".*.git"))


def test_why_the_remote_gave_nothing_is_said_beside_the_others(get, remote, tmp_path):
    (tmp_path / "site" / "public.git").rename(tmp_path / "site" / "gone.git")
    with pytest.raises(HandbookError) as stop:
        get("sprites.zip")
    message = str(stop.value)
    assert "1. mirror: HANDBOOK_MIRROR is not set" in message
    assert f"3. {remote.url}/public.git (by Git, 3 files): fatal: repository " in message
    assert "public addresses" not in message
    assert "- A." not in message


def test_objects_that_make_another_file_are_refused(get, tmp_path, monkeypatch):
    monkeypatch.setattr(sprites, "_DATE", (2022, 2, 24, 0, 0, 0))
    with pytest.raises(HandbookError, match="not the pinned release"):
        get("sprites.zip")
    assert list((tmp_path / "raw" / "toy").iterdir()) == []


def test_the_list_of_the_package_is_that_of_the_pins():
    listed = sprites.listing("sprites.xz")
    (git,) = {pin.git for pin in pokemon.SOURCES["pokeapi"].files}
    assert git.url == "https://github.com/PokeAPI/sprites"
    assert len({sprite.id for sprite in listed}) == git.count
    paths = [sprite.path for sprite in listed]
    assert paths == sorted(set(paths))


@pytest.mark.data
@pytest.mark.parametrize("pin", pokemon.SOURCES["pokeapi"].files, ids=lambda pin: pin.name)
def test_the_sprites_make_exactly_the_pinned_files(pin, mirror, tmp_path):
    listed = sprites.listing(pin.git.listing)
    paths = {sprite.id: sprite.path for sprite in listed}
    with zipfile.ZipFile(mirror / "pokemon" / "pokemon-sprites.zip") as file:
        contents = partial(map, lambda name: file.read(paths[name]))
        sprites.write(tmp_path / pin.name, pin.name, listed, contents)
        assert sum(file.getinfo(path).file_size for path in paths.values()) == pin.git.size
    assert pin.mismatch(tmp_path / pin.name) == ""
