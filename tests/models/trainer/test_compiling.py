"""Compilation: what it is worth where it works, and nothing worse than slow where it fails."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from tests.models.made_adversaries import creatures, dcgan, gan, marks
from torch._dynamo.backends.common import aot_autograd
from torch._functorch.compilers import nop

from handbook.models.trainer import compiling


def broken(*_: Any) -> Any:
    raise AssertionError("strides of the gradient\nand a page more")


#: Compilers that fail at once, where the backward pass is compiled, and where it runs.
FAILING = {
    "at once": broken,
    "compiling backward": aot_autograd(fw_compiler=nop, bw_compiler=broken),
    "running backward": aot_autograd(fw_compiler=nop, bw_compiler=lambda *_: broken),
}


def warnings_of(caplog: pytest.LogCaptureFixture) -> list[Any]:
    return [record for record in caplog.records if record.name == compiling.__name__]


@pytest.fixture(autouse=True)
def forget_compiled() -> Any:
    torch._dynamo.reset()
    yield
    torch._dynamo.reset()


@pytest.mark.parametrize("failure", FAILING)
@pytest.mark.parametrize("ema", [None, 0.9])
def test_a_failed_compilation_changes_nothing_but_the_log(
    failure: str, ema: float | None, monkeypatch, caplog
) -> None:
    images, _ = marks()
    plain = gan(ema=ema, separate_updates=True).fit(images)
    monkeypatch.setattr(compiling, "_BACKEND", FAILING[failure])
    fallen = gan(ema=ema, separate_updates=True, compile=True).fit(images)
    assert fallen.state_ == plain.state_
    assert fallen.history_ == plain.history_
    np.testing.assert_array_equal(fallen.snapshots_, plain.snapshots_)
    (record,) = warnings_of(caplog)
    assert record.levelname == "WARNING"
    assert "compile: true gave " in record.getMessage()
    assert "goes on with plain networks" in record.getMessage()
    assert "\n" not in record.getMessage()


# torch's own tracing looks at the gradient of the images between the two networks
@pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor")
def test_trying_a_compilation_out_moves_neither_weights_nor_chance(monkeypatch, caplog) -> None:
    # A compiler that changes nothing: all that differs from plain networks is that it was tried.
    monkeypatch.setattr(compiling, "_BACKEND", "eager")
    before = torch.get_rng_state()
    plain = dcgan(flip=True, ema=0.9).fit(creatures())
    compiled = dcgan(flip=True, ema=0.9, compile=True).fit(creatures())
    assert compiled.state_ == plain.state_
    assert compiled.history_ == plain.history_
    np.testing.assert_array_equal(compiled.snapshots_, plain.snapshots_)
    assert torch.equal(torch.get_rng_state(), before)
    assert not warnings_of(caplog)


def test_a_compiler_sees_the_networks(monkeypatch) -> None:
    seen = []

    def compiler(graph: torch.fx.GraphModule, _: Any) -> Any:
        seen.append(graph)
        return graph.forward

    monkeypatch.setattr(compiling, "_BACKEND", compiler)
    gan(compile=True).fit(marks()[0])
    assert len(seen) >= 2
