"""Dense layers by way of oneDNN, against torch's own in 64 bits."""

from __future__ import annotations

import copy
import subprocess
import sys

import pytest
import torch
from torch import Tensor, nn

from handbook.models.dense import Dense

SIZES = [(1, 1, 1), (5, 7, 3), (64, 3136, 128), (33, 784, 512)]


def made(
    rows: int, inputs: int, outputs: int, bias: bool = True
) -> tuple[Dense, nn.Linear, Tensor]:
    """Return a layer, torch's own with the same weights in 64 bits, and rows."""
    torch.manual_seed(rows)
    layer = Dense(inputs, outputs, bias=bias)
    exact = nn.Linear(inputs, outputs, bias=bias, dtype=torch.float64)
    exact.load_state_dict(layer.state_dict())
    return layer, exact, torch.randn(rows, inputs)


def close(found: Tensor | None, expected: Tensor | None) -> None:
    assert found is not None
    assert expected is not None
    found, expected = found.detach().double(), expected.detach()
    torch.testing.assert_close(found, expected, rtol=0, atol=3e-6 * float(expected.abs().max()))


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("size", SIZES)
def test_outputs_and_gradients_are_torchs(size: tuple[int, int, int], bias: bool) -> None:
    layer, exact, x = made(*size, bias)
    x.requires_grad_()
    wide = x.detach().double().requires_grad_()
    weights = torch.randn(size[0], size[2])
    found, expected = layer(x), exact(wide)
    assert type(found.grad_fn).__name__ == "_AffineBackward"  # torch still has the operation
    close(found, expected)
    (found.tanh() * weights).sum().backward()
    (expected.tanh() * weights.double()).sum().backward()
    close(x.grad, wide.grad)
    for own, wide in zip(layer.parameters(), exact.parameters(), strict=True):
        close(own.grad, wide.grad)


def test_a_penalty_on_gradients_has_gradients() -> None:
    layer, exact, x = made(16, 20, 8)
    for network, rows in ((layer, x), (exact, x.double())):
        rows = rows.requires_grad_()
        scores = network(rows).pow(3).sum()
        (slope,) = torch.autograd.grad(scores, rows, create_graph=True)
        ((slope.norm(dim=1) - 1) ** 2).mean().backward()
    for own, wide in zip(layer.parameters(), exact.parameters(), strict=True):
        close(own.grad, wide.grad)


@pytest.mark.parametrize("layout", ["transposed", "sliced"])
def test_rows_may_lie_in_memory_as_they_like(layout: str) -> None:
    layer, exact, _ = made(6, 10, 4)
    x = torch.randn(10, 6).t() if layout == "transposed" else torch.randn(12, 20)[::2, ::2]
    close(layer(x), exact(x.double()))


def test_elsewhere_it_is_torchs_own() -> None:
    layer, exact, x = made(6, 10, 4)
    plain = nn.Linear(10, 4)
    plain.load_state_dict(layer.state_dict())
    assert torch.equal(layer(x[:0]), plain(x[:0]))
    assert torch.equal(layer(x[None]), plain(x[None]))
    assert torch.equal(copy.deepcopy(layer).double()(x.double()), exact(x.double()))
    with torch.autocast("cpu"):
        assert layer(x).dtype == torch.bfloat16
    (enabled, *_) = torch.backends.mkldnn.set_flags(_enabled=False)  # type: ignore[no-untyped-call]
    try:
        assert torch.equal(layer(x), plain(x))
    finally:
        torch.backends.mkldnn.set_flags(_enabled=enabled)  # type: ignore[no-untyped-call]


def test_every_process_gets_the_same_bytes() -> None:
    code = """
import hashlib, os, torch
from handbook.models.dense import Dense
torch.set_num_threads(1)
kept = [torch.empty(n) for n in os.urandom(50)]  # what is made later lies elsewhere in memory
torch.manual_seed(0)
layer, x = Dense(3136, 128), torch.randn(64, 3136)
layer(x).square().sum().backward()
parts = [layer(x).detach(), *(parameter.grad for parameter in layer.parameters())]
print(hashlib.sha256(b"".join(part.numpy().tobytes() for part in parts)).hexdigest())
"""
    ran = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        for _ in range(4)
    ]
    assert len({process.stdout for process in ran}) == 1
