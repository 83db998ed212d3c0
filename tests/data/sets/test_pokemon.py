"""Sprites made by hand: every mode, any shape, repeated, exchanged and broken."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from handbook.core.errors import HandbookError
from handbook.data.prepare import prepare
from handbook.data.sets import pokemon
from handbook.data.validate import validate


def png(mode="RGBA", size=(10, 10), colour=(255, 0, 0, 255)):
    buffer = io.BytesIO()
    picture = Image.new("RGBA", size, colour)
    if mode == "P":
        picture = picture.quantize(4)
    Image.Image.save(picture if mode == "P" else picture.convert(mode), buffer, "PNG")
    return buffer.getvalue()


def raw(tmp_path, sprites, **changes):
    """Write an index and an archive of (species, bytes) pairs; `changes` are index columns."""
    rows = []
    with zipfile.ZipFile(tmp_path / "pokemon-sprites.zip", "w") as file:
        for number, (species, data) in enumerate(sprites):
            row = dict.fromkeys(pokemon._INDEX, "0")
            try:
                width, height = Image.open(io.BytesIO(data)).size
            except OSError:
                width, height = 1, 1
            row |= {
                "path": f"pokemon/{number}.png",
                "species_id": species,
                "species": f"s{species}",
                "mode": "P",
                "width": width,
                "height": height,
                "md5": hashlib.md5(data).hexdigest(),
            }
            rows.append(row | changes)
            file.writestr(row["path"], data)
    with (tmp_path / "index.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(pokemon._INDEX))
        writer.writeheader()
        writer.writerows(rows)
    return tmp_path


def load(tmp_path, sprites, **changes):
    return pokemon.load(raw(tmp_path, sprites, **changes), "pokeapi")


def test_transparent_becomes_white(tmp_path):
    data = load(tmp_path, [(1, png(colour=(9, 9, 9, 0)))])
    assert data.X.shape == (1, 64, 64, 3)
    assert (data.X == 255).all()


def test_half_transparent_is_mixed_with_white(tmp_path):
    data = load(tmp_path, [(1, png(colour=(0, 0, 0, 51)))])  # 51 / 255 = 0.2
    assert np.unique(data.X).tolist() == [204]


@pytest.mark.parametrize("mode", ["P", "RGBA", "L", "LA", "RGB"])
def test_every_mode_is_read(tmp_path, mode):
    data = load(tmp_path, [(1, png(mode, colour=(80, 80, 80, 255)))])
    assert np.abs(data.X.astype(int) - 80).max() <= 4  # a palette may round


def test_a_wide_picture_keeps_its_proportions(tmp_path):
    (picture,) = load(tmp_path, [(1, png(size=(64, 32), colour=(0, 0, 0, 255)))]).X
    dark = picture[:, :, 0] == 0
    assert dark.all(axis=1).sum() == 32
    assert dark[16:48].all()


def test_pictures_that_look_the_same_are_kept_once_whatever_their_file(tmp_path):
    same = (80, 80, 80, 255)
    data = load(
        tmp_path,
        [(1, png(colour=same)), (1, png(colour=same)), (2, png("L", colour=same)), (2, png())],
    )
    assert data.details["path"].tolist() == ["pokemon/0.png", "pokemon/3.png"]
    assert data.groups.tolist() == [1, 2]


def test_later_species_and_icons_are_left_out(tmp_path):
    data = load(tmp_path, [(721, png()), (722, png(colour=(0, 0, 255, 255)))])
    assert data.groups.tolist() == [721]
    (tmp_path / "icons").mkdir()
    assert len(load(tmp_path / "icons", [(1, png())], icon="1")) == 0


def test_the_original_is_described(tmp_path):
    details = load(tmp_path, [(7, png(size=(30, 20)))]).details
    assert details.to_dict("records") == [
        {
            "path": "pokemon/0.png",
            "species": "s7",
            "mode": "P",
            "original_width": 30,
            "original_height": 20,
        }
    ]


@pytest.mark.parametrize(
    ("sprites", "changes", "message"),
    [
        ([(1, png())], {"md5": "0"}, "is not the picture that index.csv lists"),
        ([(1, png())], {"width": 11}, "10x10 pixels, expected 11x10"),
        ([(1, png(size=(1025, 1)))], {}, "1025x1 pixels, expected at most 1024"),
        ([(1, png()[:-30])], {"width": 10, "height": 10}, "not a whole PNG image"),
        ([(1, b"GIF89a")], {}, "not a whole PNG image"),
        ([(1, png())], {"path": "pokemon/other.png"}, "holds no 'pokemon/other.png'"),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path, sprites, changes, message):
    with pytest.raises(HandbookError, match=message):
        load(tmp_path, sprites, **changes)


def test_generated_species_differ_more_than_their_pictures():
    data = pokemon.sample(0)
    assert len(np.unique(data.groups)) == 30
    assert len({picture.tobytes() for picture in data.X}) == len(data) == 600


@pytest.mark.parametrize(("own", "kept"), [(5, 5), (80, 80), (81, 80), (781, 80)])
def test_of_a_species_with_many_pictures_some_are_kept_in_even_steps(own, kept):
    species = pd.Series([201] * own + [25] * 3)
    marked = pokemon._capped(species)
    assert marked[:own].sum() == kept
    assert marked[own:].all()
    gaps = np.diff(np.flatnonzero(marked[:own]))
    assert gaps.max() - gaps.min() <= 1


def folders(tmp_path, **pictures):
    """Write an archive as the book's own: a folder for each species."""
    with zipfile.ZipFile(tmp_path / "pokemon.zip", "w") as file:
        file.mkdir("pokemon")
        for species, contents in pictures.items():
            file.mkdir(f"pokemon/{species}")
            for number, data in enumerate(contents):
                file.writestr(f"pokemon/{species}/{number}.png", data)
        file.writestr("__MACOSX/pokemon/._0.png", b"Mac OS X")
    return tmp_path


def test_the_archive_of_the_book_has_a_folder_for_each_species(tmp_path):
    red, blue = png(), png("P", (4, 8), (0, 0, 255, 255))
    data = pokemon.load(folders(tmp_path, Zubat=[red, red], Abra=[blue, red]), "d2l")
    assert data.variant == "d2l"
    assert data.details.to_dict("list") == {
        "path": ["pokemon/Zubat/0.png", "pokemon/Abra/0.png"],
        "species": ["Zubat", "Abra"],
        "mode": ["RGBA", "P"],
        "original_width": [10, 4],
        "original_height": [10, 8],
    }
    assert data.groups.tolist() == [2, 1]
    assert data.X.shape == (2, 64, 64, 3)
    assert data.X[0, 32, 32].tolist() == [255, 0, 0]


@pytest.mark.parametrize(
    ("pictures", "message"),
    [
        ({}, "holds no PNG pictures"),
        ({"Abra": [b"GIF89a"]}, "pokemon/Abra/0.png: not a whole PNG image"),
        ({"Abra": [png(size=(1, 1025))]}, "1x1025 pixels, expected at most 1024"),
    ],
)
def test_another_archive_is_no_archive_of_the_book(tmp_path, pictures, message):
    with pytest.raises(HandbookError, match=message):
        pokemon.load(folders(tmp_path, **pictures), "d2l")


@pytest.mark.slow
def test_the_rows_of_the_book_meet_their_expectations(tmp_path):
    random = np.random.default_rng(0)
    pictures = {
        f"s{number}": [png(colour=(*random.integers(0, 200, 3).tolist(), 255), size=(9, 5))]
        for number in range(721)
    }
    data = pokemon.load(folders(tmp_path, **pictures), "d2l")
    train, test, _ = prepare(data, 0, 0.1)
    assert validate("pokemon", "d2l", train, test)["success"]
