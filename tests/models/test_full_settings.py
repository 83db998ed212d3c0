"""Every setting of the tier `full`, on a tiny network: built, and trained forward and backward.

What only a GPU could show is left to `benchmarks/gpu.sh`; formats are those of a GPU, on a CPU.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.models.made_adversaries import creatures, dcgan, gan, marks
from tests.models.made_digits import digits, quick
from tests.models.made_texts import TEXT
from tests.project import ROOT

from handbook.catalogue import devices, reading
from handbook.catalogue.specs import judge_spec, run_spec
from handbook.training.classes import load_class

#: The same networks, small enough for a fraction of a second.
TINY: dict[str, dict[str, Any]] = {
    "CNNClassifier": {"widths": [2, 3], "dense": 4, "epochs": 1, "batch_size": 20},
    "LeNetClassifier": {"epochs": 1, "batch_size": 20},
    "CharacterModel": {"hidden": 4, "epochs": 1, "share": 0.1, "batch_size": 8, "embedding": 3},
    "GAN": {"n_steps": 1, "snapshot_every": 1, "batch_size": 8, "width": 4, "latent_size": 3,
            "discriminator_width": 2},
    "DCGAN": {"epochs": 1, "batch_size": 12, "width": 1, "latent_size": 3},
}  # fmt: skip


def settings() -> dict[str, tuple[str, dict[str, Any]]]:
    """Import path and arguments of each network of the tier, by its name, where CUDA is."""
    here = devices._Here(
        ("cuda", "cpu"), frozenset(devices._estimators(reading.read(ROOT / "params.yaml")))
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(devices, "_look", lambda *_: here)
        params = reading.read_with(ROOT / "params.yaml", {"tier": "full"})
    specs: list[tuple[str, Any]] = [(run.path, run_spec(params, run)) for run in params.runs()]
    specs += [(f"judge/{name}", judge_spec(params, name)) for name in params.judges]
    return {
        name: (spec.estimator, spec.params)
        for name, spec in specs
        if spec.estimator.rpartition(".")[2] in TINY
    }


FULL = settings()


def rows(name: str) -> tuple[Any, ...]:
    """A few rows of the shape that a class takes."""
    if name == "CharacterModel":
        return (TEXT,)
    if name == "DCGAN":
        return (creatures(24),)
    images, labels = digits(60, times=4) if name == "LeNetClassifier" else digits(60)
    return images, labels


def losses(model: Any) -> list[float]:
    return [row["loss"] for row in model.history_]


def test_all_networks_of_the_full_tier_are_asked_to_train_on_the_gpu() -> None:
    assert len(FULL) > 25
    assert {params["device"] for _, params in FULL.values()} == {"cuda"}
    # both cost the DCGAN time on an H200; `benchmarks/gpu.sh` measures them again
    slower = ("compile", "precision")
    assert not [name for name, (_, params) in FULL.items() for key in slower if key in params]


@pytest.mark.parametrize("name", FULL)
def test_a_full_setting_trains_on_a_tiny_network(name: str) -> None:
    path, params = FULL[name]
    kind = path.rpartition(".")[2]
    tiny = dict(TINY[kind])
    if kind == "CNNClassifier" and len(params.get("widths", ())) == 3:
        tiny["widths"] = [2, 3, 3]
    model = load_class(path)(**params | tiny | {"device": "cpu", "random_state": 0})
    model.fit(*rows(kind))
    assert np.isfinite(losses(model)).all()


@pytest.mark.parametrize("precision", ["32-true", "bf16-mixed"])
@pytest.mark.parametrize("channels_last", [False, True])
def test_formats_of_a_gpu_go_forward_and_backward(precision: str, channels_last: bool) -> None:
    settings = {"precision": precision, "channels_last": channels_last}
    assert np.isfinite(losses(gan(**settings, ema=0.9).fit(marks()[0]))).all()
    assert np.isfinite(losses(dcgan(**settings, epochs=1).fit(creatures()))).all()
    images, labels = digits(60)
    assert np.isfinite(losses(quick(**settings, epochs=1).fit(images, labels))).all()
