"""A data set of one's own is put into the catalogue whole, or not at all."""

from __future__ import annotations

import gzip
import hashlib
import io
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
import yaml
from PIL import Image
from tests.catalogue.declaring.made_tables import customers

from handbook.catalogue import reading
from handbook.catalogue.checks import faults
from handbook.catalogue.declaring import new_data
from handbook.catalogue.declaring.new_data import NewData, add
from handbook.catalogue.declaring.proposal import Options
from handbook.core.errors import HandbookError
from handbook.data import raw, registry
from handbook.data.prepare import load

CATALOGUE = """# what runs
seed: 42
tier: standard
data_source: real  # or sample
crossval: {folds: 5}

data:
  iris: {release: bundled}  # flowers
  fashion-mnist: {release: official}
  macbeth: {release: world-library}

models:
  logistic-regression:
    title: Logistic regression
    section: "2.7"
    task: classification
    data: [iris]  # few
    estimator: sklearn.linear_model.LogisticRegression
    variants: {book: {}}

  # the second
  forest:
    title: Forest
    section: "2.13"
    task: classification
    data: [iris]
    estimator: sklearn.ensemble.RandomForestClassifier
    variants: {book: {}}

  lenet:
    title: LeNet
    section: "3.13"
    task: classification
    data: [fashion-mnist]
    estimator: handbook.models.lenet.LeNetClassifier
    variants: {book: {}}

  char-ngram:
    title: N-grams
    section: "5.6"
    task: language
    data: [macbeth]
    estimator: handbook.models.text.ngram.CharacterNgram
    variants: {book: {}}

judges: {}
side_by_side: {}
bias_variance:
labs: {}
claims: {}
sweeps: {}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with a catalogue of four models."""
    (tmp_path / "params.yaml").write_text(CATALOGUE)
    return tmp_path


def put(project: Path, *paths: Path, target: str = "", **settings) -> list[str]:
    options = settings.pop("options", {})
    new = NewData(paths=paths, options=Options(target=target, **options), **settings)
    return list(add(new, project / "params.yaml"))


def own_table(project: Path, name: str = "Kunden 2026.csv", rows: int = 300) -> Path:
    path = project / name
    path.write_text(customers(rows), encoding="utf-8", newline="")
    return path


def everything(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_table_is_pinned_declared_and_learnt_from(project: Path) -> None:
    path = own_table(project)
    lines = put(project, path, target="Geht")
    params = reading.read(project / "params.yaml")
    declared = params.data["kunden-2026"].declared
    (file,) = declared.files
    assert file.name == "Kunden-2026.csv"
    assert file.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (project / "data/raw/kunden-2026/Kunden-2026.csv").read_bytes() == path.read_bytes()
    assert raw.pins("kunden-2026", "v1").keys() == {"data/raw/kunden-2026/Kunden-2026.csv"}
    assert params.models["logistic-regression"].data == ["iris", "kunden-2026"]
    assert params.models["forest"].data == ["iris", "kunden-2026"]
    assert params.models["lenet"].data == ["fashion-mnist"]
    rows = load("kunden-2026", "v1", project / "data/raw/kunden-2026", 0)
    assert (len(rows), rows.classes) == (299, ("nein", "ja"))
    assert lines[-1] == "next: handbook run kunden-2026"
    assert any(line.startswith("Nummer: left out, a number of its own") for line in lines)


def test_all_else_in_the_catalogue_stays_as_it_was_written(project: Path) -> None:
    put(project, own_table(project), target="Geht", name="own")
    kept = [
        line
        for line in (project / "params.yaml").read_text().splitlines(keepends=True)
        if line in CATALOGUE.splitlines(keepends=True)
    ]
    lost = [line for line in CATALOGUE.splitlines(keepends=True) if line not in kept]
    # the lists of data of the two models that learn from it
    assert lost == ["    data: [iris]  # few\n", "    data: [iris]\n"]
    assert "data: [iris, own]  # few" in (project / "params.yaml").read_text()


def test_a_second_time_the_name_is_taken_until_it_is_to_be_replaced(project: Path) -> None:
    put(project, own_table(project), target="Geht", name="own")
    before = everything(project)
    other = own_table(project, "other.csv", rows=200)
    before["other.csv"] = other.read_bytes()
    with pytest.raises(HandbookError, match=r"data\.own is there already; --replace puts"):
        put(project, other, target="Geht", name="own")
    assert everything(project) == before
    put(project, other, target="Geht", name="own", replace=True)
    assert sorted(path.name for path in (project / "data/raw").rglob("*")) == ["other.csv", "own"]
    params = reading.read(project / "params.yaml")
    assert params.data["own"].declared.rows == 199
    assert params.models["forest"].data == ["iris", "own"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"target": "Gehen"}, "there is no column 'Gehen'; did you mean 'Geht'"),
        ({"name": "Own"}, "'Own' becomes a folder: use small letters, digits and hyphens"),
        ({"name": "iris"}, "'iris' is a data set of this project"),
        ({"name": "mnist"}, "'mnist' is a data set of this project"),
        ({"models": ["forrest"]}, "--models forrest: did you mean 'forest'"),
        ({"models": ["lenet"]}, "--models lenet: does classification, and this is for classif"),
        ({"test_size": 1.5}, "test_size is 1.5, expected between 0 and 1"),
        ({"release": "sample"}, "--release: .sample. is that of generated data"),
    ],
)
def test_what_is_refused_leaves_nothing_behind(project: Path, settings, message: str) -> None:
    path = own_table(project)
    before = everything(project)
    with pytest.raises(HandbookError, match=message):
        put(project, path, **{"target": "Geht", **settings})
    assert everything(project) == before


def test_a_crash_while_it_is_put_there_leaves_nothing_behind(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(project, own_table(project), target="Geht", name="own")
    other = own_table(project, "other.csv", rows=200)
    before = everything(project)

    def full(path: Path, text: str) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("handbook.catalogue.declaring.placing.write_text", full)
    for name in ("own", "new"):
        with pytest.raises(OSError, match="no space left"):
            put(project, other, target="Geht", name=name, replace=True)
        assert everything(project) == before


def test_a_file_of_several_that_is_not_there_is_named(project: Path) -> None:
    with pytest.raises(HandbookError, match=r"none\.csv: there is no such file"):
        put(project, project / "none.csv", target="y")


def test_a_message_names_the_users_file_and_not_its_copy(project: Path) -> None:
    path = own_table(project)
    with pytest.raises(HandbookError) as error:
        put(project, path, target="Gehen")
    assert str(error.value).startswith(f"{path}: ")


def picture(number: int) -> bytes:
    stream = io.BytesIO()
    pixels = np.random.default_rng(number).integers(0, 256, (20, 16, 3), np.uint8)
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


def test_a_folder_of_images_is_packed_and_its_folders_are_the_classes(project: Path) -> None:
    for number in range(60):
        path = project / "Pets" / ("cat" if number % 3 else "dog") / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture(number))
    (project / "Pets" / "README.txt").write_text("about them")
    put(project, project / "Pets")
    params = reading.read(project / "params.yaml")
    declared = params.data["pets"].declared
    assert declared.classes == {"cat": 40, "dog": 20}
    assert declared.images.shape == [20, 16, 3]
    assert params.models["lenet"].data == ["fashion-mnist", "pets"]
    rows = load("pets", "v1", project / "data/raw/pets", 0)
    assert rows.X.shape == (60, 20, 16, 3)
    with zipfile.ZipFile(project / "data/raw/pets/pets.zip") as archive:
        assert "README.txt" not in archive.namelist()
    # the same bytes for the same images, whatever their times
    (file,) = declared.files
    put(project, project / "Pets", name="again", models=["lenet"])
    assert reading.read(project / "params.yaml").data["again"].declared.files[0].sha256 == (
        file.sha256
    )


def test_a_large_picture_is_made_smaller_unless_the_user_says_how(project: Path) -> None:
    with zipfile.ZipFile(project / "photos.zip", "w") as archive:
        for number in range(40):
            stream = io.BytesIO()
            grey = np.random.default_rng(number).integers(0, 256, (100, 200), np.uint8)
            Image.fromarray(grey).save(stream, "PNG")
            archive.writestr(f"{'ab'[number % 2]}/{number}.png", stream.getvalue())
    put(project, project / "photos.zip")
    put(project, project / "photos.zip", name="asked", options={"shape": (28, 28)})
    params = reading.read(project / "params.yaml")
    assert params.data["photos"].declared.images.shape == [32, 64]
    assert params.data["asked"].declared.images.shape == [28, 28]


def test_arrays_are_told_by_their_names_and_lengths(project: Path) -> None:
    random = np.random.default_rng(0)
    arrays = {
        name: random.integers(0, 256, (rows, 8, 8), np.uint8)
        for name, rows in (("train_images", 60), ("val_images", 20), ("test_images", 20))
    }
    labels = {
        name.replace("images", "labels"): (np.arange(len(array)) % 2)[:, None]
        for name, array in arrays.items()
    }
    np.savez(project / "own.npz", **arrays, **labels)
    put(project, project / "own.npz", models=["lenet"])
    images = reading.read(project / "params.yaml").data["own"].declared.images
    assert images.images == ["train_images", "val_images"]
    assert images.labels == ["train_labels", "val_labels"]
    assert (images.test_images, images.test_labels) == (["test_images"], ["test_labels"])
    rows = load("own", "v1", project / "data/raw/own", 0)
    assert (len(rows), int(rows.test.sum())) == (100, 20)


def test_idx_files_are_told_by_their_headers(project: Path) -> None:
    paths = []
    for name, rows in (("train", 40), ("t10k", 20)):
        pixels = np.random.default_rng(rows).integers(0, 256, rows * 64, np.uint8).tobytes()
        images = bytes([0, 0, 8, 3]) + struct.pack(">3I", rows, 8, 8) + pixels
        labels = bytes([0, 0, 8, 1]) + struct.pack(">I", rows) + bytes([0, 1] * (rows // 2))
        for part, data in (("images-idx3", images), ("labels-idx1", labels)):
            paths.append(project / f"{name}-{part}-ubyte.gz")
            paths[-1].write_bytes(gzip.compress(data))
    put(project, *paths, name="own", models=["lenet"])
    declared = reading.read(project / "params.yaml").data["own"].declared
    assert declared.images.test_images == ["t10k-images-idx3-ubyte.gz"]
    assert declared.classes == {"0": 30, "1": 30}
    rows = load("own", "v1", project / "data/raw/own", 0)
    assert (len(rows), int(rows.test.sum())) == (60, 20)


def test_texts_are_read_one_behind_the_other(project: Path) -> None:
    for number in (1, 2):
        (project / f"{number}.txt").write_bytes("für alle Tage\r\n".encode("cp1252") * 100)
    put(project, project / "1.txt", project / "2.txt", name="own")
    params = reading.read(project / "params.yaml")
    declared = params.data["own"].declared
    assert declared.text.encoding == "cp1252"
    assert (declared.text.lines, declared.text.longest) == (201, 13)
    assert declared.text.alphabet == " Taefglrü"
    assert params.models["char-ngram"].data == ["macbeth", "own"]
    assert load("own", "v1", project / "data/raw/own", 0).X == "für alle Tage\n" * 200


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", b"short\n", "6 characters, at least 2,000 are needed"),
        ("a.zip", b"PK", "not a zip archive"),
        ("a.npz", b"nothing", "cannot be read as NPZ"),
        ("a.doc", b"nothing", r"what is a file that ends in \.doc\? Known are \.csv"),
        ("a.csv.gz", b"nothing", r"a\.csv\.gz: packed; unpack it"),
        ("a.xlsx", b"nothing", "a workbook; save its sheet as CSV"),
        ("a-idx3-ubyte", bytes([0, 0, 8, 3, 0]), "truncated within its header"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(
    project: Path, name: str, content: bytes, message: str
) -> None:
    (project / name).write_bytes(content)
    before = everything(project)
    with pytest.raises(HandbookError, match=message):
        put(project, project / name)
    assert everything(project) == before


def test_the_catalogue_is_read_by_every_yaml_reader(project: Path) -> None:
    path = project / "rows.csv"
    lines = [f"{row % 7},{'yes' if row % 3 else 'no'},{'on' if row % 2 else 'off'}"
             for row in range(90)]  # fmt: skip
    path.write_text("\n".join(["on,null,y", *lines, ""]))
    put(project, path, target="y", options={"positive": "on"})
    declared = yaml.safe_load((project / "params.yaml").read_text())["data"]["rows"]["declared"]
    assert declared["classes"] == {"off": 45, "on": 45}
    assert declared["table"]["columns"]["null"]["values"] == ["no", "yes"]
    assert list(declared["table"]["columns"]) == ["on", "null", "y"]
    reading.read(project / "params.yaml")


def test_codes_that_look_like_numbers_stay_text(project: Path) -> None:
    codes = ["1e5", "0o14", "0b1", "1_000", "12:30", "0x1F", "007", "null", "~"]
    path = project / "rows.csv"
    lines = [f"{codes[row % 9]},{row % 7},{row % 2}" for row in range(180)]
    path.write_text("\n".join(["code,x,y", *lines, ""]))
    put(project, path, target="y")
    declared = reading.read(project / "params.yaml").data["rows"].declared
    assert declared.table.columns["code"].values == sorted({*codes, "missing"} - {"null"})


def test_the_usual_models_are_those_of_the_catalogue() -> None:
    params = reading.read(Path(__file__).parents[3] / "params.yaml")
    for (kind, task), usual in new_data._USUAL.items():
        for model in usual:
            assert params.models[model].task == task
            assert kind in {registry.module(name).KIND for name in params.models[model].data}


def test_two_catalogues_in_one_process_know_their_own(project: Path) -> None:
    put(project, own_table(project), target="Geht", name="own")
    params = reading.read(project / "params.yaml")
    reading.parse(CATALOGUE)
    # what was read before is still at work
    assert registry.module("own").KIND == "table"
    assert list(faults(params)) == []
    with pytest.raises(HandbookError, match=r"data\.own: no such data set"):
        reading.parse(CATALOGUE.replace("  iris:", "  own: {release: v1}\n  iris:", 1))


def test_a_catalogue_without_the_books_sections_takes_one(project: Path) -> None:
    head = CATALOGUE.split("judges:")[0] + "...\n"
    (project / "params.yaml").write_text(head)
    put(project, own_table(project), target="Geht", name="own")
    text = (project / "params.yaml").read_text()
    assert text.endswith("\n...\n")
    assert reading.parse(text).models["forest"].data == ["iris", "own"]
