"""Pokemon sprites: small pictures of 721 species, for models that generate pictures."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from handbook.core.errors import HandbookError
from handbook.data.dataset import Dataset, Kind
from handbook.data.expectation import (
    Expectation,
    between,
    categories,
    columns,
    complete,
    images,
    unique,
)
from handbook.data.formats import archive, tables
from handbook.data.source import GitObjects, RawFile, Source

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd


__all__ = ["KIND", "SIDE", "SOURCES", "TASKS", "expectations", "load", "sample"]

_ABOUT = {
    "folder": "pokemon",
    "licence": "(c) The Pokemon Company: research use only, not to be redistributed",
}
_SPRITES = GitObjects("https://github.com/PokeAPI/sprites", "sprites.xz", 30_184, 46_676_295)

SOURCES = {
    "pokeapi": Source(
        title="Pokemon sprites",
        files=(
            RawFile(
                "pokemon-sprites.zip",
                60_674_491,
                "3f5da98d285d266df8a43ce533c30fd4d436b58e1edc425e0839a253c866027b",
                git=_SPRITES,
            ),
            RawFile(
                "index.csv",
                9_337_026,
                "9d840849e82c6722e8fcc0e66edb0eb7d9a51ca28cde91097024281aa50f9401",
                git=_SPRITES,
            ),
        ),
        homepage="https://github.com/PokeAPI/sprites",
        citation="PokeAPI contributors. Sprites of all Pokemon games, as of February 2021.",
        notes=(
            "A subset of PokeAPI's sprites: species 1 to 721 and no icons, 32,150 files, as near "
            "as it comes to the 40,597 pictures of the archive that the book uses, whose digest "
            "is known only as SHA-1. 5,404 of the files repeat another one and 1,313 more look "
            "the same once they are on white and 64x64 pixels large. Of species with more than 80 "
            "different pictures (Unown has 781, a letter each) 80 are kept: 24,310 remain, and all "
            "of a species are on one side of the split. Both files are written from the "
            "sprites in PokeAPI's Git repository, whose ids the package holds. Pictures are for "
            "research and stay out of reports."
        ),
        **_ABOUT,
    ),
    "d2l": Source(
        title="Pokemon sprites of the book",
        files=(
            RawFile(
                "pokemon.zip",
                0,
                "",
                ("http://d2l-data.s3-accelerate.amazonaws.com/pokemon.zip",),
                sha1="c065c0e2593b8b161a2d7873e42418bf6a21106c",
            ),
        ),
        homepage="https://d2l.ai/chapter_generative-adversarial-networks/dcgan.html",
        citation=(
            "A. Zhang, Z. C. Lipton, M. Li and A. J. Smola. Dive into Deep Learning. 2021, "
            "section 20.2."
        ),
        notes=(
            "The archive that the book uses: 40,597 pictures in 721 folders, one a species. Its "
            "publisher gives its SHA-1 and no size. Pictures that repeat another one are left "
            "out, and of a species at most 80 are kept, as in release 'pokeapi'. Pictures are for "
            "research and stay out of reports."
        ),
        **_ABOUT,
    ),
}
KIND: Kind = "images"
TASKS = ("generation",)
SIDE = 64
"""Height and width of the pictures, in pixels."""

_LAST_SPECIES = 721  # the species of the book's own archive of sprites
_MOST = 80  # pictures of a species; 13 have more, Unown ten times as many
_LARGEST = 1024  # pixels along a side; real sprites have at most 232
_ROWS = 24_310
_SAMPLE_SPECIES, _SAMPLE_EACH = 30, 20
_COLUMNS = ["path", "species_id", "species", "mode", "width", "height"]
_DETAILS = ("path", "species", "mode", "original_width", "original_height")

# In the order of the file
_INDEX = {
    "path": "category",
    "species_id": "int64",
    **dict.fromkeys(("species", "stem", "generation", "game"), "category"),
    **dict.fromkeys(("back", "shiny", "female"), "int64"),
    "palette": "category",
    **dict.fromkeys(("transparent", "icon", "width", "height"), "int64"),
    "mode": "category",
    "bytes": "int64",
    **dict.fromkeys(("git_blob_sha1", "md5", "source_path"), "category"),
}


def load(raw: Path, release: str) -> Dataset:
    """Read the sprites of 721 species, without icons and without repetitions.

    Every sprite is put on white, padded to a square and brought to 64x64 pixels. Of sprites
    that then look the same the first one of the index is kept, so that no picture can be in
    the training and the test rows; of species with very many pictures, some are left out. Species
    are groups.
    """
    import numpy as np

    if release == "d2l":
        return _load_folders(raw / "pokemon.zip", release)
    path = raw / "index.csv"
    index = tables.read_table(path.read_bytes(), str(path), _INDEX)
    index = index[(index["species_id"] <= _LAST_SPECIES) & (index["icon"] == 0)]
    # most repetitions are equal files: they need not be decoded to be found
    index = index.drop_duplicates("md5")
    X = np.empty((len(index), SIDE, SIDE, 3), np.uint8)
    zipped = raw / "pokemon-sprites.zip"
    sprites = archive.members(zipped, index["path"].astype(str), limit=2**20)
    entries = zip(index.itertuples(index=False), sprites, strict=True)
    for row, (entry, (name, data)) in enumerate(entries):
        if hashlib.md5(data, usedforsecurity=False).hexdigest() != entry.md5:
            raise HandbookError(
                f"{zipped}: {name} is not the picture that index.csv lists; the two files do "
                "not belong together, delete them and acquire them again"
            )
        what, listed = f"{zipped}: {name}", (entry.width, entry.height)
        X[row], _, size = _decoded(data, what)
        if size != listed:
            raise HandbookError(
                f"{what}: {size[0]}x{size[1]} pixels, expected {listed[0]}x{listed[1]}; delete "
                "the raw files and acquire them again"
            )
    return _dataset(release, X, index)


def _load_folders(zipped: Path, release: str) -> Dataset:
    """Read a zip file that holds a folder of pictures for each species."""
    import numpy as np
    import pandas as pd

    # archives made on a Mac hold a companion of each file, whose name begins with a dot
    paths = [
        path
        for path in archive.names(zipped)
        if path.lower().endswith(".png") and not Path(path).name.startswith(".")
    ]
    folders = sorted({Path(path).parent.name for path in paths})
    numbers = {folder: number for number, folder in enumerate(folders, 1)}
    pictures, rows, before = [], [], set()
    for path, data in archive.members(zipped, paths, limit=2**20):
        digest = hashlib.sha256(data).digest()
        if digest not in before:
            before.add(digest)
            picture, mode, size = _decoded(data, f"{zipped}: {path}")
            pictures.append(picture)
            species = Path(path).parent.name
            rows.append((path, numbers[species], species, mode, *size))
    if not rows:
        raise HandbookError(
            f"{zipped}: holds no PNG pictures; it is not the pinned release, delete it and "
            "acquire it again"
        )
    return _dataset(release, np.stack(pictures), pd.DataFrame(rows, columns=_COLUMNS))


def _dataset(variant: str, X: npt.NDArray[np.uint8], index: pd.DataFrame) -> Dataset:
    import numpy as np
    import pandas as pd

    digests = pd.Series([hashlib.sha256(picture.data).digest() for picture in X])
    first = np.flatnonzero(~digests.duplicated().to_numpy())
    first = first[_capped(index["species_id"].iloc[first])]
    index = index.iloc[first]
    texts = {name: index[name].astype(str) for name in ("path", "species", "mode")}
    sizes = {f"original_{name}": index[name] for name in ("width", "height")}
    details = pd.DataFrame(texts | sizes).reset_index(drop=True)
    groups = index["species_id"].to_numpy()
    return Dataset("pokemon", variant, KIND, X[first], groups=groups, details=details)


def _capped(species: pd.Series[int]) -> npt.NDArray[np.bool_]:
    """Mark at most :data:`_MOST` rows of each species, evenly spaced over its rows."""
    import numpy as np

    own = species.groupby(species)
    index, count = own.cumcount().to_numpy(), own.transform("size").to_numpy()
    taken = np.minimum(count, _MOST)
    # of n rows in order, those at which index * taken / n passes a whole number
    marked: npt.NDArray[np.bool_] = (index * taken) // count != ((index - 1) * taken) // count
    return marked


def _decoded(data: bytes, what: str) -> tuple[npt.NDArray[np.uint8], str, tuple[int, int]]:
    """Decode a sprite, put it on white, pad it to a square and resize it.

    Mode and size, width first, are those that it had.
    """
    import numpy as np
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data), formats=["PNG"]) as opened:
            if max(opened.size) > _LARGEST:
                raise HandbookError(
                    f"{what}: {opened.width}x{opened.height} pixels, expected at most {_LARGEST} "
                    "along a side; delete the raw files and acquire them again"
                )
            mode = opened.mode
            sprite = opened.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError) as error:
        raise HandbookError(
            f"{what}: not a whole PNG image ({error}); delete it and acquire it again"
        ) from None
    side = max(sprite.size)
    canvas = Image.new("RGBA", (side, side), "white")
    corner = ((side - sprite.width) // 2, (side - sprite.height) // 2)
    canvas.alpha_composite(sprite, corner)
    small = canvas.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    return np.asarray(small), mode, sprite.size


def sample(seed: int) -> Dataset:
    """Draw 600 creatures of 30 made-up species: mirrored blots in two colours on white.

    Each species has its own shape and colours; its 20 pictures differ in size, place and shade.
    """
    import numpy as np
    import pandas as pd

    random = np.random.default_rng(seed)
    pictures, rows = [], []
    for species in range(1, _SAMPLE_SPECIES + 1):
        # half of a pattern of 8x8 cells, mirrored: 0 white, 1 and 2 the colours of the species
        half = random.choice(3, size=(8, 4), p=[0.3, 0.4, 0.3])
        half[2:6, 1:] = random.integers(1, 3, (4, 3))
        pattern = np.hstack([half, half[:, ::-1]])
        colours = np.vstack([[255, 255, 255], random.integers(0, 200, (2, 3))])
        for number in range(_SAMPLE_EACH):
            pictures.append(_creature(pattern, colours, random))
            name = f"made-up-{species:02}"
            rows.append((f"sample/{name}/{number}.png", species, name, "RGB", SIDE, SIDE))
    return _dataset("sample", np.stack(pictures), pd.DataFrame(rows, columns=_COLUMNS))


def _creature(
    pattern: npt.NDArray[Any], colours: npt.NDArray[Any], random: np.random.Generator
) -> npt.NDArray[np.uint8]:
    import numpy as np

    cell = random.integers(4, 8)
    shade = np.where(np.arange(3)[:, None] > 0, random.integers(-20, 55, 3), 0)
    small = (colours + shade).clip(0, 255)[pattern.repeat(cell, 0).repeat(cell, 1)]
    picture = np.full((SIDE, SIDE, 3), 255, np.uint8)
    top, left = random.integers(0, SIDE - len(small) + 1, 2)
    picture[top : top + len(small), left : left + len(small)] = small
    return picture


def expectations(release: str) -> list[Expectation]:
    """Return the expectations: square colour pictures on white, none twice, known modes."""
    rows, species, modes = _ROWS, _LAST_SPECIES, ["L", "P", "RGBA"]
    if release == "sample":
        rows, species, modes = _SAMPLE_SPECIES * _SAMPLE_EACH, _SAMPLE_SPECIES, ["RGB"]
    sizes, kinds = (13, 232), categories("mode", modes)
    if release == "d2l":  # its publisher says how many pictures there are, not what they are
        sizes, kinds = (1, _LARGEST), []
    statistics = ("height", "width", "channels", "mean", "std", "blank", "digest")
    return [
        columns([*statistics, *_DETAILS, "duplicate"]),
        *images((SIDE, SIDE, 3), None, None if release == "d2l" else rows),
        *complete(_DETAILS),
        *kinds,
        between("original_width", *sizes, f"sprites are {sizes[0]} to {sizes[1]} pixels wide"),
        between("original_height", *sizes, f"sprites are {sizes[0]} to {sizes[1]} pixels high"),
        unique(["path"], "every sprite has a file of its own"),
        between("species", species, species, "every species is there", measure="UniqueValueCount"),
    ]
