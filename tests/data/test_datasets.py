"""What every data set promises, whatever it holds."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pandas as pd
import pytest

from handbook.core.errors import HandbookError
from handbook.data import registry
from handbook.data.source import RawFile

NAMES = (
    "bank-marketing",
    "bank-marketing-book",
    "bank-marketing-realistic",
    "boston-housing",
    "credit-approval",
    "credit-card",
    "diabetes",
    "fashion-mnist",
    "iris",
    "macbeth",
    "mnist",
    "pokemon",
)
BUNDLED = ("diabetes", "iris")
SHARED = dict.fromkeys(("bank-marketing-book", "bank-marketing-realistic"), "bank-marketing")


def same(entry, other):
    if isinstance(entry, pd.DataFrame):
        return entry.equals(other)
    return entry == other if isinstance(entry, str) else np.array_equal(entry, other)


def test_all_data_sets_are_found():
    assert registry.names() == NAMES


def test_an_unknown_name_gets_the_nearest_one():
    with pytest.raises(HandbookError, match=r"'bank-markting'; did you mean 'bank-marketing'\?"):
        registry.module("bank-markting")


@pytest.mark.parametrize("name", NAMES)
def test_sources_are_pinned(name):
    module = registry.module(name)
    assert module.KIND in ("table", "images", "text")
    assert set(module.TASKS) <= {
        "classification",
        "regression",
        "generation",
        "language",
        "outliers",
    }
    assert module.SOURCES
    assert "sample" not in module.SOURCES
    for source in module.SOURCES.values():
        assert source.folder == SHARED.get(name, name)
        for text in (source.title, source.licence, source.homepage, source.citation):
            assert text
        assert bool(source.files) == (name not in BUNDLED)
        for file in source.files:
            assert re.fullmatch(r"[0-9a-f]{64}|[0-9a-f]{40}", file.digest)
            assert file.size > 0 or not file.sha256
            assert all(url.startswith(("http://", "https://")) for url in file.urls)
            # a reader must learn why there is nowhere to get the file
            assert file.urls or file.archive or file.git or "public" in source.notes


@pytest.mark.parametrize("name", NAMES)
def test_sample_is_small_and_has_the_form_that_is_promised(name):
    module = registry.module(name)
    data = module.sample(3)
    assert (data.name, data.variant, data.kind) == (name, "sample", module.KIND)
    assert data.test is None
    if data.kind == "text":
        assert 5_000 < len(data.X) < 100_000
        return
    assert 100 <= len(data) <= 2_000
    if data.kind == "images":
        assert data.X.dtype == np.uint8
    if data.classes:
        assert data.y.dtype == np.int64
        assert set(data.y.tolist()) == set(range(len(data.classes)))
    elif data.y is not None:
        assert data.y.dtype == np.float64
    for part in (data.y, data.groups, data.details):
        assert part is None or len(part) == len(data)


@pytest.mark.parametrize("name", NAMES)
def test_sample_depends_on_the_seed_alone(name):
    module = registry.module(name)
    assert same(module.sample(1).X, module.sample(1).X)
    if name not in BUNDLED:
        assert not same(module.sample(1).X, module.sample(2).X)


@pytest.mark.parametrize("name", [name for name in NAMES if registry.module(name).KIND == "table"])
def test_categories_are_sorted_text(name):
    for column in registry.module(name).sample(0).X.select_dtypes("category"):
        categories = list(registry.module(name).sample(0).X[column].cat.categories)
        assert categories == sorted(categories)
        assert all(isinstance(value, str) for value in categories)


@pytest.mark.parametrize("name", NAMES)
def test_every_expectation_says_what_it_means_and_what_to_do(name):
    module = registry.module(name)
    for release in (*module.SOURCES, "sample"):
        expectations = module.expectations(release)
        assert len(expectations) >= 15
        for entry in expectations:
            assert entry.meaning
            assert entry.remedy


def test_a_pinned_file_is_compared_by_size_then_digest(tmp_path):
    file = RawFile("a", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    path = tmp_path / "a"
    assert file.mismatch(path) == "there is no such file"
    path.write_bytes(b"abcd")
    assert file.mismatch(path) == "4 bytes, expected 3"
    path.write_bytes(b"abd")
    assert re.match("SHA-256 [0-9a-f]{12}…, expected ba7816bf8f01…", file.mismatch(path))
    path.write_bytes(b"abc")  # its digest is in FIPS 180-2, appendix B.1
    assert file.mismatch(path) == ""


def test_a_file_may_be_known_by_its_sha1_only(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"abc")  # its digest is in FIPS 180-2, appendix A.1
    digest = "a9993e364706816aba3e25717850c26c9cd0d89d"
    file = RawFile("a", 0, "", sha1=digest)
    assert file.digest == digest
    assert file.mismatch(path) == ""
    path.write_bytes(b"abd")
    assert re.match("SHA-1 [0-9a-f]{12}…, expected a9993e364706…", file.mismatch(path))


@pytest.mark.parametrize("name", NAMES)
def test_anyone_can_fetch_the_first_release(name):
    source = next(iter(registry.module(name).SOURCES.values()))
    assert [pin.name for pin in source.files if not (pin.urls or pin.archive or pin.git)] == []


# Facts that the publishers or the papers state, not this project
ROWS = {
    "bank-marketing": (45_211, {"yes": 5_289}),
    "bank-marketing-book": (45_211, {"yes": 5_289}),
    "bank-marketing-realistic": (45_211, {"yes": 5_289}),
    "credit-approval": (690, {"approved": 307}),
    "credit-card": (10_000, {"fraud": 492}),
    "boston-housing": (506, {}),
    "diabetes": (442, {}),
    "iris": (150, {"setosa": 50}),
    "mnist": (70_000, {"1": 7_877}),
    "fashion-mnist": (70_000, {"Sneaker": 7_000}),
}


@pytest.mark.data
@pytest.mark.parametrize("name", ROWS)
def test_real_rows_and_classes(name, mirror):
    module = registry.module(name)
    release, source = next(iter(module.SOURCES.items()))
    for file in source.files:
        assert file.mismatch(mirror / source.folder / file.name) == ""
    data = module.load(mirror / source.folder, release)
    rows, classes = ROWS[name]
    assert len(data) == rows
    assert {key: int((data.y == data.classes.index(key)).sum()) for key in classes} == classes


@pytest.mark.data
@pytest.mark.parametrize("name", [name for name in NAMES if registry.module(name).KIND == "table"])
def test_a_sample_has_the_columns_of_the_real_data(name, mirror):
    module = registry.module(name)
    release, source = next(iter(module.SOURCES.items()))
    real, sample = module.load(mirror / source.folder, release), module.sample(0)
    assert list(sample.X.dtypes.items()) == list(real.X.dtypes.items())
    assert dataclasses.replace(sample, X=0, y=0, details=None, variant="") == dataclasses.replace(
        real, X=0, y=0, details=None, variant=""
    )
    assert (sample.details is None) == (real.details is None)


@pytest.mark.data
def test_mnist_has_the_published_mean_and_deviation(mirror):
    data = registry.module("mnist").load(mirror / "mnist", "official")
    train = data.X[~data.test] / 255
    assert train.mean() == pytest.approx(0.1307, abs=5e-5)
    assert train.std() == pytest.approx(0.3081, abs=5e-5)
    assert data.test.sum() == 10_000


@pytest.mark.data
@pytest.mark.parametrize(
    ("release", "characters", "alphabet"), [("world-library", 112_478, 66), ("mit", 111_661, 64)]
)
def test_macbeth_is_read_in_two_editions(mirror, release, characters, alphabet):
    module = registry.module("macbeth")
    (pin,) = module.SOURCES[release].files
    assert pin.mismatch(mirror / "macbeth" / pin.name) == ""
    text = module.load(mirror / "macbeth", release).X
    assert len(text) == characters
    assert len(set(text)) == alphabet
