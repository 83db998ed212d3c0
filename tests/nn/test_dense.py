"""The dense layer beside torch's."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from handbook import nn
from handbook.core.errors import HandbookError


def test_a_layer_worked_on_paper() -> None:
    # 1 * 3 + 2 * 4 + 10 = 21; 1 * 0 + 2 * 1 + 20 = 22
    assert nn.dense([[1, 2]], [[3, 4], [0, 1]], [10, 20]).tolist() == [[21, 22]]


@given(st.integers(1, 5), st.integers(1, 5), st.integers(1, 5), st.integers(0, 99))
def test_values_and_gradients_are_torchs(n: int, inputs: int, outputs: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    X, W, b = rng.normal(size=(n, inputs)), rng.normal(size=(outputs, inputs)), rng.normal(size=1)
    b = np.repeat(b, outputs)
    grad = rng.normal(size=(n, outputs))
    theirs = [torch.tensor(one, requires_grad=True) for one in (X, W, b)]
    said = torch.nn.functional.linear(*theirs)
    said.backward(torch.tensor(grad))
    assert nn.dense(X, W, b) == pytest.approx(said.detach().numpy())
    for ours, given_ in zip(nn.dense_backward(grad, X, W), theirs, strict=True):
        assert ours == pytest.approx(given_.grad.numpy())


def test_weights_the_wrong_way_round_are_an_error() -> None:
    with pytest.raises(HandbookError, match=r"X is \(4, 3\) and W \(3, 2\).*transpose W"):
        nn.dense(np.ones((4, 3)), np.ones((3, 2)))
