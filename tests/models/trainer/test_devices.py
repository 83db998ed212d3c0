"""Devices: what is here, what a name stands for, and where a fitted network predicts."""

from __future__ import annotations

import numpy as np
import pytest
from tests.models.made_digits import digits, quick

from handbook.core.errors import HandbookError
from handbook.models.trainer import devices
from handbook.models.trainer.launch import engine


def test_auto_is_the_quickest_device_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "available", lambda: ["cuda", "cpu"])
    assert (devices.resolved("auto"), devices.resolved("cpu")) == ("cuda", "cpu")
    assert (devices.usable("cuda:1"), devices.usable("mps")) == ("cuda:1", "cpu")


def test_a_device_that_is_missing_is_an_error_that_says_what_is_here() -> None:
    with pytest.raises(
        HandbookError,
        match=r"device 'neverheard' cannot be used: .*; here torch .* computes on .*cpu; give "
        "device: auto",
    ):
        engine("neverheard")


def test_a_network_of_another_machines_device_predicts_on_the_processor() -> None:
    images, labels = digits(60)
    model = quick(epochs=1).fit(images, labels)
    expected = model.predict_proba(images)
    moved = quick(epochs=1, device="neverheard")
    vars(moved).update({k: v for k, v in vars(model).items() if k.endswith("_")})
    np.testing.assert_array_equal(moved.predict_proba(images), expected)


def test_auto_trains_as_the_device_that_it_stands_for() -> None:
    images, labels = digits(60)
    auto, named = (quick(epochs=1, device=name) for name in ("auto", devices.best()))
    assert auto.fit(images, labels).state_ == named.fit(images, labels).state_
