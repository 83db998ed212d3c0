"""The two raw files of Pokemon sprites, written byte for byte from the sprites themselves."""

from __future__ import annotations

import csv
import hashlib
import lzma
import struct
import zipfile
from collections.abc import Callable, Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import NamedTuple, TypeAlias

from handbook.data.download import Unavailable

__all__ = ["Sprite", "listing", "write"]

Read: TypeAlias = Callable[[Sequence[str]], Iterator[bytes]]
"""Gives the content of each object of a list of ids."""

_DATE = (2021, 2, 24, 0, 0, 0)  # of the repository's state, given to every file of the zip
_MODES = {0: "L", 2: "RGB", 3: "P", 4: "LA", 6: "RGBA"}  # by the colour type of a PNG
_FLAGS = ("back", "shiny", "female")
_PALETTES = ("gray", "gbc")  # sprites of the first games, as the first consoles showed them
_HEADER = [
    *("path", "species_id", "species", "stem", "generation", "game", *_FLAGS, "palette"),
    *("transparent", "icon", "width", "height", "mode", "bytes", "git_blob_sha1", "md5"),
    "source_path",
]


class Sprite(NamedTuple):
    """A sprite's path in the zip, such as ``0025-pikachu/gen-i__yellow__back__25``, and its id."""

    name: str
    id: str

    @property
    def path(self) -> str:
        """The path of its file in the zip."""
        return f"pokemon/{self.name}.png"

    @property
    def parts(self) -> tuple[str, str, list[str], str]:
        """Generation, game, what kinds of picture it is, and the file's name in the repository."""
        generation, game, *kinds, stem = self.name.partition("/")[2].split("__")
        return generation.replace("gen-", "generation-"), game, kinds, stem

    @property
    def source(self) -> str:
        """The path of its file in the repository."""
        generation, game, kinds, stem = self.parts
        folders = ["versions", generation, "icons" if game.startswith("icons-") else game]
        if generation == "current":
            folders = []
        elif game == "model":
            folders = ["model"]
        return "/".join(["sprites/pokemon", *folders, *kinds, f"{stem}.png"])


def listing(name: str) -> list[Sprite]:
    """Read a compressed list of sprites, in the order of their paths.

    It holds the names, a line each, an empty line, and the ids of 20 bytes each.
    """
    content = (resources.files("handbook.data") / name).read_bytes()
    names, _, ids = lzma.decompress(content).partition(b"\n\n")
    return [
        Sprite(line, ids[20 * row : 20 * row + 20].hex())
        for row, line in enumerate(names.decode("ascii").split("\n"))
    ]


def write(path: Path, name: str, sprites: Sequence[Sprite], read: Read) -> None:
    """Write the raw file `name`, the zip or the index, to `path`."""
    (_write_zip if name.endswith(".zip") else _write_index)(path, sprites, read)


def _write_zip(path: Path, sprites: Sequence[Sprite], read: Read) -> None:
    """Write all sprites in the order of their paths in the repository, not compressed."""
    ordered = sorted(sprites, key=lambda sprite: sprite.source)
    with zipfile.ZipFile(path, "w") as file:
        contents = read([sprite.id for sprite in ordered])
        for sprite, content in zip(ordered, contents, strict=True):
            entry = zipfile.ZipInfo(sprite.path, _DATE)
            # the same on every system
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            file.writestr(entry, content)


def _write_index(path: Path, sprites: Sequence[Sprite], read: Read) -> None:
    """Write a table with a row for each sprite: what its path says and what its picture is."""
    with path.open("w", newline="", encoding="ascii") as file:
        table = csv.writer(file)  # whose lines end in CRLF
        table.writerow(_HEADER)
        contents = read([sprite.id for sprite in sprites])
        for sprite, content in zip(sprites, contents, strict=True):
            table.writerow(_row(sprite, content))


def _row(sprite: Sprite, content: bytes) -> list[str | int]:
    number, _, species = sprite.name.partition("/")[0].partition("-")
    generation, game, kinds, stem = sprite.parts
    if content[:8] != b"\x89PNG\r\n\x1a\n" or len(content) < 26:
        raise Unavailable(f"{sprite.path}: object {sprite.id} is no PNG picture")
    # PNG, second edition, 11.2.2: the header comes first, 16 bytes into the file
    width, height, _, colours = struct.unpack(">IIBB", content[16:26])
    return [
        *(sprite.path, int(number), species, stem, generation, game),
        *(int(flag in kinds) for flag in _FLAGS),
        "".join(kind for kind in kinds if kind in _PALETTES),
        *(int("transparent" in kinds), int(game.startswith("icons-"))),
        *(width, height, _MODES.get(colours, ""), len(content), sprite.id),
        hashlib.md5(content, usedforsecurity=False).hexdigest(),
        sprite.source,
    ]
