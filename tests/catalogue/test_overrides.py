"""What DVC changes of the catalogue, in a file of its own or in `params.yaml` itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from dvc.utils.hydra import apply_overrides
from tests.project import ROOT

from handbook.catalogue import reading
from handbook.core.errors import HandbookError


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    """The shipped catalogue with its overrides, in a folder of its own."""
    for name in ("params.yaml", "overrides.yaml"):
        (tmp_path / name).write_text((ROOT / name).read_text())
    return tmp_path / "params.yaml"


def test_dvc_writes_overrides_and_leaves_the_catalogue_as_its_author_wrote_it(
    shipped: Path,
) -> None:
    before = shipped.read_text()
    file = str(shipped.with_name("overrides.yaml"))
    book = "models.lenet.variants.book.params"
    apply_overrides(file, [f"+{book}.learning_rate=0.00001", "+seed=7"])
    apply_overrides(file, [f"{book}.learning_rate=0.00002", f"+{book}.epochs=3"])
    params, whole = reading.read(shipped), reading.read(ROOT / "params.yaml")
    ours, theirs = (p.models["lenet"].variants["book"].params for p in (params, whole))
    assert ours == theirs | {"learning_rate": 2e-05, "epochs": 3}
    assert (params.seed, params.data, shipped.read_text()) == (7, whole.data, before)


def test_a_catalogue_that_dvc_has_rewritten_is_the_same_catalogue(shipped: Path) -> None:
    apply_overrides(str(shipped), ["models.lenet.variants.book.params.learning_rate=0.00001"])
    params, whole = reading.read(shipped).model_dump(), reading.read(ROOT / "params.yaml")
    assert params["models"]["lenet"]["variants"]["book"]["params"].pop("learning_rate") == 1e-05
    expected = whole.model_dump()
    del expected["models"]["lenet"]["variants"]["book"]["params"]["learning_rate"]
    assert params == expected


def test_a_fault_of_the_overrides_is_named_in_their_file(shipped: Path) -> None:
    beside = shipped.with_name("overrides.yaml")
    beside.write_text("seed: 1\nseed: 2\n")
    with pytest.raises(HandbookError, match=r"overrides\.yaml:2: .*stands there twice"):
        reading.read(shipped)
