"""Declarations of data sets of every kind, with files made for them."""

from __future__ import annotations

import gzip
import hashlib
import io
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from handbook.data.declared.data_set import DeclaredDataSet
from handbook.data.declared.declaration import Declaration

#: Semicolons, decimal commas, points between thousands, a date, missing marks, quoted separators.
ROWS = """Alter;Preis;Ort;Tag;Nr;Kauf
18;1.000,5;Ulm;02.01.1970;1;ja
40;NA;"Hof; Land";03.01.1970;2;nein
89;2.500,0;;04.01.1970;3;nein
33;1.200,0;Ulm;05.01.1970;4;
"""
COLUMNS: dict[str, Any] = {
    "age": {"type": "integer", "header": "Alter", "between": [18, 89]},
    "Preis": {"type": "number", "between": [1000, 2500], "missing": 0.4},
    "Ort": {"type": "category", "values": ["Hof; Land", "Ulm", "missing"]},
    "Tag": {"type": "date", "format": "%d.%m.%Y", "between": ["1970-01-02", "1970-01-04"]},
    "Kauf": {"type": "category"},
}
TABLE: dict[str, Any] = {
    "reader": "csv",
    "separator": ";",
    "decimal": ",",
    "thousands": ".",
    "missing": ["", "NA"],
    "columns": COLUMNS,
    "ignored": {"Nr": "never repeated"},
}


def declared(raw: Path, name: str = "own", **content: Any) -> DeclaredDataSet:
    """Return a declared data set of the files that lie in `raw`."""
    files = [
        {
            "name": path.name,
            "size": path.stat().st_size,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        }
        for path in sorted(raw.iterdir())
    ]
    return DeclaredDataSet(
        name, "v1", Declaration.model_validate({"title": "Own", "files": files, **content})
    )


def table(raw: Path, rows: str = ROWS, encoding: str = "utf-8", **changed: Any) -> DeclaredDataSet:
    """Return a table for classification, its format changed in parts."""
    (raw / "rows.csv").write_bytes(rows.encode(encoding))
    return declared(
        raw,
        tasks=["classification"],
        table=TABLE | {"encoding": encoding.removesuffix("-sig")} | changed,
        target="Kauf",
        classes={"nein": 2, "ja": 1},
        rows=3,
    )


def folders(raw: Path) -> DeclaredDataSet:
    """Return twelve pictures of two classes in a zip file, a third of them test rows."""
    with zipfile.ZipFile(raw / "pictures.zip", "w") as archive:
        for number in range(12):
            pixels = np.full((4 + number % 2, 6, 3), 20 * number, np.uint8)
            stream = io.BytesIO()
            Image.fromarray(pixels).save(stream, "PNG")
            part, label = "test" if number < 4 else "train", "cat" if number % 2 else "dog"
            archive.writestr(f"pets/{part}/{label}/{number:02}.png", stream.getvalue())
            archive.writestr(f"__MACOSX/pets/{part}/{label}/._{number:02}.png", b"no picture")
        archive.writestr("pets/README.txt", "about them")
    return declared(
        raw,
        tasks=["classification"],
        images={"reader": "folders", "shape": [4, 6, 3], "test_folder": "test"},
        target="label",
        classes={"cat": 6, "dog": 6},
        rows=12,
    )


def arrays(raw: Path) -> DeclaredDataSet:
    """Return the images and labels of an NPZ file, as several programs lay them out."""
    X = np.arange(6 * 4 * 4, dtype=np.uint8).reshape(6, 4, 4, 1)
    y = np.array([[1], [2], [1], [2], [1], [2]])
    np.savez(raw / "digits.npz", x_train=X[:4], y_train=y[:4], x_test=X[4:], y_test=y[4:])
    return declared(
        raw,
        tasks=["classification"],
        images={
            "reader": "npz",
            "shape": [4, 4],
            "images": ["x_train"],
            "labels": ["y_train"],
            "test_images": ["x_test"],
            "test_labels": ["y_test"],
        },
        target="label",
        classes={"1": 3, "2": 3},
        rows=6,
    )


def idx_files(raw: Path) -> DeclaredDataSet:
    """Return images in IDX, of which one file is packed, without a split of the publisher's."""
    pixels = bytes(range(2 * 3 * 4))
    (raw / "images").write_bytes(bytes([0, 0, 8, 3]) + struct.pack(">3I", 2, 3, 4) + pixels)
    labels = bytes([0, 0, 8, 1]) + struct.pack(">I", 2) + bytes([0, 1])
    (raw / "labels.gz").write_bytes(gzip.compress(labels))
    return declared(
        raw,
        tasks=["classification"],
        images={
            "reader": "idx",
            "shape": [3, 4],
            "images": ["images"],
            "labels": ["labels.gz"],
        },
        target="label",
        classes={"0": 1, "1": 1},
        rows=2,
    )


def text(raw: Path) -> DeclaredDataSet:
    """Return a text of two files in another encoding than UTF-8."""
    (raw / "1.txt").write_bytes("für\r\nalle\r\n".encode("cp1252"))
    (raw / "2.txt").write_bytes("Tage\r\n".encode("cp1252"))
    return declared(
        raw,
        tasks=["language"],
        text={"encoding": "cp1252", "lines": 4, "longest": 4, "alphabet": "aefglrtuTü"},
    )
