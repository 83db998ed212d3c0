"""Where networks train: what the catalogue asks for becomes a parameter of each run."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from tests.catalogue.catalogues import JUDGE, generating
from tests.project import ROOT

from handbook.catalogue import devices, reading
from handbook.catalogue.params import Params, Run
from handbook.catalogue.specs import arguments, judge_spec, reseed_spec, run_spec
from handbook.core.errors import HandbookError
from handbook.training.devices import look

BOOK = Run("gan", "pokemon", "book")
WHOLE = ROOT / "params.yaml"
NETWORKS = {"lenet", "cnn", "char-lstm", "gan", "dcgan"}


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with a GPU, as far as the catalogue can see."""
    networks = look(
        [
            "handbook.models.gan.DCGAN", "handbook.models.gan.GAN",
            "handbook.models.cnn.CNNClassifier", "handbook.models.lenet.LeNetClassifier",
            "handbook.models.text.CharacterModel",
        ]
    )["networks"]  # fmt: skip
    here = devices._Here(("cuda", "cpu"), frozenset(networks))
    monkeypatch.setattr(devices, "_look", lambda paths, trusted: here)


def catalogue(**settings: Any) -> dict[str, Any]:
    """A network that generates, its judge, and a tree."""
    content = generating(pokemon=dict(JUDGE)) | settings
    content["models"]["gan"]["seeds"] = {}
    return content


def test_where_nobody_asks_for_a_device_nothing_is_looked_at(monkeypatch) -> None:
    monkeypatch.setattr(devices, "_look", lambda *_: pytest.fail("torch was asked"))
    whole = reading.read(WHOLE)
    assert devices.settle(whole) is whole
    assert not any("device" in run_spec(whole, run).params for run in whole.runs())
    explicit = catalogue()
    explicit["models"]["gan"]["variants"]["book"]["params"] = {"device": "cuda"}
    assert run_spec(reading.load(explicit), BOOK).params == {"device": "cuda"}


@pytest.fixture
def no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without a GPU."""
    here = devices._Here(("cpu",), frozenset({"handbook.models.gan.DCGAN"}))
    monkeypatch.setattr(devices, "_look", lambda paths, trusted: here)


@pytest.mark.usefixtures("no_gpu")
def test_auto_on_a_machine_without_a_gpu_changes_no_digest() -> None:
    plain, auto = reading.load(catalogue()), reading.load(catalogue(device="auto"))
    assert run_spec(plain, BOOK).work == run_spec(auto, BOOK).work
    assert auto.device == "cpu"
    lowered = catalogue()
    lowered["models"]["gan"]["variants"]["book"]["tiers"] = {"demo": {"params": {"device": "auto"}}}
    demo = reading.load(lowered | {"tier": "demo"})
    assert run_spec(demo, BOOK).work == run_spec(reading.load(catalogue(tier="demo")), BOOK).work


@pytest.mark.usefixtures("gpu")
@pytest.mark.parametrize("device", ["auto", "cuda"])
def test_a_run_on_a_gpu_is_another_run_than_on_a_processor(device: str) -> None:
    plain, params = reading.load(catalogue()), reading.load(catalogue(device=device))
    assert run_spec(params, BOOK).params == {"device": "cuda"}
    assert run_spec(params, BOOK).work != run_spec(plain, BOOK).work
    assert reseed_spec(params, "gan").run.params["device"] == "cuda"
    assert judge_spec(params, "pokemon").params["device"] == "cuda"
    tree = Run("tree", "iris", "book")
    assert run_spec(params, tree).work == run_spec(plain, tree).work


@pytest.mark.usefixtures("gpu")
def test_the_nearest_word_on_a_device_counts() -> None:
    content = catalogue(device="auto")
    model = content["models"]["gan"]
    model["device"] = "cpu"
    assert "device" not in run_spec(reading.load(content), BOOK).params
    model["variants"]["book"]["params"] = {"device": "auto"}
    assert run_spec(reading.load(content), BOOK).params["device"] == "cuda"
    model["variants"]["book"]["tiers"] = {"standard": {"params": {"device": "cpu"}}}
    assert run_spec(reading.load(content), BOOK).params["device"] == "cpu"


@pytest.mark.usefixtures("gpu")
def test_the_full_tier_trains_every_network_on_the_gpu_that_is_there() -> None:
    params = reading.read_with(WHOLE, {"tier": "full"})
    on_gpu = {
        run.model for run in params.runs() if run_spec(params, run).params.get("device") == "cuda"
    }
    on_processor = {run.model for run in params.runs() if devices.cards_of_run(params, run) == 0}
    assert on_gpu == NETWORKS
    assert on_gpu.isdisjoint(on_processor)
    assert {judge_spec(params, name).params["device"] for name in params.judges} == {"cuda"}


@pytest.mark.usefixtures("gpu")
def test_what_is_settled_stays_so_when_jobs_read_it(tmp_path) -> None:
    params = reading.read_with(WHOLE, {"device": "auto"})
    again = reading.read(reading.write(params, tmp_path))
    runs = list(params.runs())
    assert [run_spec(params, run).work for run in runs] == [
        run_spec(again, run).work for run in runs
    ]
    assert devices.settle(params) == params


@pytest.mark.usefixtures("gpu")
def test_a_gpu_is_taken_by_who_computes_on_it_and_by_who_asks_a_judge_there() -> None:
    params = reading.load(catalogue(device="auto"))
    assert devices.cards_of_run(params, BOOK) == 1
    assert devices.cards_of_run(params, Run("tree", "iris", "book")) == 0
    assert (devices.cards_of_judge(params, "pokemon"), devices.cards_of_seeds(params, "gan")) == (
        1,
        1,
    )
    content = catalogue(device="auto")
    content["models"]["gan"]["device"] = "cpu"
    params = reading.load(content)
    assert devices.cards(arguments(params.models["gan"].variants["book"], "standard")) == 0
    assert devices.cards_of_run(params, BOOK) == 1  # of the judge


def test_a_device_that_is_not_here_is_an_error_that_names_what_is(monkeypatch) -> None:
    params: Params = reading.load(catalogue(device="mps"))
    monkeypatch.setattr(devices, "_look", lambda *_: devices._Here(("cuda", "cpu"), frozenset()))
    with pytest.raises(HandbookError, match=r"device mps: torch computes on cuda, cpu here; 3 "
                       r"training.*gan/pokemon/book first; give device: auto"):  # fmt: skip
        devices.require(params)
    devices.require(reading.load(catalogue()))


def test_a_judge_on_a_device_that_is_not_here_is_refused_too(monkeypatch) -> None:
    content = catalogue()
    content["judges"]["pokemon"]["params"] = {"device": "cuda"}
    params = reading.load(content)
    monkeypatch.setattr(devices, "_look", lambda *_: devices._Here(("cpu",), frozenset()))
    with pytest.raises(HandbookError, match=r"1 training.* judges.pokemon first"):
        devices.require(params)


def test_a_driver_that_hangs_is_an_error_that_says_what_to_do(monkeypatch) -> None:
    monkeypatch.setattr(devices, "_LOOK_S", 0.01)
    with pytest.raises(HandbookError, match=r"could not be asked .*no answer in .* device: cpu"):
        devices._look(("handbook.models.gan.GAN",), ())


def test_a_device_of_no_known_name_is_refused() -> None:
    with pytest.raises(HandbookError, match="device: 'gpu' is not known"):
        reading.load(catalogue(device="gpu"))


def test_every_rule_that_runs_networks_says_so_and_profiles_have_one_gpu() -> None:
    rules = "\n".join(path.read_text() for path in (ROOT / "workflow" / "rules").glob("*.smk"))
    for verb in ("train", "judge", "explain", "crossval", "diagnose", "reseed", "explore"):
        (rule,) = re.findall(rf"^rule {verb}:\n(.*?)^\S", rules + "\nend", re.DOTALL | re.MULTILINE)
        assert "gpu=lambda w: devices.cards" in rule, verb
    for path in (ROOT / "workflow" / "profiles").glob("*/config.yaml"):
        profile = yaml.safe_load(path.read_text())
        if "executor" not in profile:  # a batch system has its own count of cards
            assert profile["resources"] == ["gpu=1"]
