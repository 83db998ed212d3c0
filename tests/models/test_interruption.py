"""A training that is asked to end stops after a batch, and goes on from there."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.models.made_adversaries import creatures, dcgan, gan, marks
from tests.models.made_texts import STREAM, TEXT, WINDOWS, quick

from handbook.models.cnn import CNNClassifier
from handbook.models.lenet import LeNetClassifier
from handbook.models.trainer import Engine
from handbook.models.trainer.estimator import TorchEstimator


def digits(n: int = 60) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    return random.integers(0, 256, (n, 28, 28), np.uint8), np.arange(n) % 3


IMAGES: dict[str, Any] = {"epochs": 3, "batch_size": 16, "random_state": 0}
HELD_OUT = {"validation_fraction": 0.2, "patience": 2}
# A model, what it is fitted on, and an update in the midst of an epoch after the first.
CASES = [
    pytest.param(lambda: LeNetClassifier(**IMAGES), digits(), 6, id="lenet"),
    pytest.param(
        lambda: CNNClassifier(**IMAGES, **HELD_OUT, shift=2, averaging=0.9, schedule="one-cycle"),
        digits(), 6, id="cnn",
    ),
    pytest.param(lambda: quick(STREAM), (TEXT,), 9, id="stream"),
    pytest.param(lambda: quick(STREAM | {"members": 2}), (TEXT,), 9, id="committee"),
    pytest.param(lambda: quick(WINDOWS, batch_size=20), (TEXT,), 9, id="windows"),
    pytest.param(gan, marks(), 7, id="gan"),
    pytest.param(lambda: dcgan(), (creatures(),), 9, id="dcgan"),
]  # fmt: skip


def state(model: TorchEstimator) -> dict[str, Any]:
    """What a fit left: weights as bytes, history, snapshots."""
    return {name: value for name, value in vars(model).items() if name.endswith("_")}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize(("make", "rows", "update"), CASES)
def test_an_interrupted_training_resumes_after_the_same_batch(
    make: Any,
    rows: Any,
    update: int,
    number: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    updates = 0
    plain = Engine.update

    def counted(*arguments: Any) -> None:
        nonlocal updates
        updates += 1
        plain(*arguments)

    def interrupted(*arguments: Any) -> None:
        counted(*arguments)
        if updates == update:
            os.kill(os.getpid(), number)
            os.kill(os.getpid(), number)  # a second request changes nothing

    monkeypatch.setattr(Engine, "update", counted)
    whole = make().fit(*rows)
    total, updates = updates, 0
    monkeypatch.setattr(Engine, "update", interrupted)
    path = tmp_path / "checkpoint"
    ended = signal.signal(number, lambda *_: None)  # else the end would be that of the tests
    try:
        with pytest.raises(KeyboardInterrupt):
            make().set_checkpoint(path, "rows").fit(*rows)
    finally:
        signal.signal(number, ended)
    assert updates <= update + 2, "it ended with the batch, of which a GAN's has several updates"
    monkeypatch.setattr(Engine, "update", counted)
    resumed = make().set_checkpoint(path, "rows").fit(*rows)
    assert updates == total, "no batch was trained on twice"
    expected = state(whole)
    for name, value in state(resumed).items():
        np.testing.assert_equal(value, expected[name], err_msg=name)


def test_without_a_checkpoint_it_ends_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*arguments: Any) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        raise AssertionError("it went on")

    monkeypatch.setattr(Engine, "update", interrupted)
    with pytest.raises(KeyboardInterrupt):
        LeNetClassifier(**IMAGES).fit(*digits())
