"""Networks of the experiments: against torch's own layers, and closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import nn

from handbook.claims.experiments import rbf_convergence, rbf_width
from handbook.claims.experiments.gan_wasserstein import drift
from handbook.claims.ring import Duel, Ring, Setting, Stacked, maker_loss, spread_over
from handbook.claims.waves import wave
from handbook.models.rbf import RBFRegressor

RING = Ring(modes=4, deviation=0.05)
SMALL = Setting(width=8, latent=2, batch=16, steps=6, rate=0.01, penalty=0.1)


def test_points_are_counted_to_the_mode_within_three_deviations() -> None:
    points = torch.tensor([[[1.0, 0.1], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0], [1.2, 0.0]]])
    shares = RING.shares(points)
    assert shares.tolist() == [pytest.approx([0.4, 0.2, 0, 0])]
    drawn = RING.draw(20_000, torch.Generator().manual_seed(0))
    by_mode = RING.shares(drawn[None])[0]
    # a normal point in the plane lies within three deviations with 1 - exp(-9/2)
    assert float(by_mode.sum()) == pytest.approx(1 - math.exp(-4.5), abs=0.004)
    assert by_mode.tolist() == pytest.approx([0.25 * (1 - math.exp(-4.5))] * 4, abs=0.015)


def test_stacked_networks_answer_as_torchs_own_layers() -> None:
    generators = [torch.Generator().manual_seed(seed) for seed in (1, 2)]
    stacked = Stacked((2, 5, 5, 1), generators)
    x = torch.randn(2, 7, 2)
    for number in range(2):
        layers: list[nn.Module] = []
        for weight, bias in zip(stacked.weights, stacked.biases, strict=True):
            layer = nn.Linear(weight.shape[1], weight.shape[2])
            layer.weight.data, layer.bias.data = weight[number].T, bias[number, 0]
            layers += [layer, nn.ReLU()]
        expected = nn.Sequential(*layers[:-1])(x[number])
        assert torch.allclose(stacked(x)[number], expected, atol=1e-6)


def test_the_two_losses_differ_in_slope_by_the_odds_of_being_real() -> None:
    answers = torch.tensor([-3.0, 0.0, 2.0], requires_grad=True)
    slopes = {}
    for loss in ("standard", "saturating"):
        (slopes[loss],) = torch.autograd.grad(maker_loss(answers, loss), answers)
    real = answers.sigmoid().detach()
    assert torch.allclose(slopes["saturating"], -real / 3)
    assert torch.allclose(slopes["standard"], -(1 - real) / 3)


def test_slopes_are_those_of_each_seeds_own_network() -> None:
    duel = Duel(RING, SMALL, [3, 4])
    for loss in ("standard", "saturating"):
        lengths = duel.slopes(loss)
        for number in range(2):
            duel.maker.zero_grad()
            duel.judge.zero_grad()
            answers = duel.judge(duel.maker(duel.fixed))[number].flatten()
            torch.autograd.backward(maker_loss(answers, loss))
            squares = [(w.grad[number] ** 2).sum() for w in duel.maker.parameters()]  # type: ignore[index]
            assert float(lengths[number]) == pytest.approx(float(sum(squares)) ** 0.5, rel=1e-4)


@pytest.mark.parametrize("loss", ["standard", "saturating", "wasserstein"])
def test_a_seed_trains_the_same_in_any_company(loss: str) -> None:
    shares, points = spread_over(RING, SMALL, [5, 6], loss, updates=2, pictures=3)
    assert shares.shape == (3, 2, 4)
    _, alone = spread_over(RING, SMALL, [6], loss, updates=2, pictures=3)
    assert torch.allclose(points[1], alone[0], atol=1e-4)


def test_drift_is_the_total_variation_between_pictures() -> None:
    shares = np.array([[[0.5, 0.5, 0.0]], [[0.5, 0.0, 0.5]], [[0.5, 0.0, 0.5]]])
    assert drift(shares) == pytest.approx([0.25])  # half a point moves, then none


def test_solved_weights_are_there_and_learnt_ones_go_towards_them() -> None:
    finding = rbf_convergence.compute(
        seeds=[1, 2], rows=60, noise=0.3, units=8, rates={"descent": 0.1, "adam": 0.01}, batch=20,
        excess=5.0, most=15,
    )  # fmt: skip
    X, y = wave(60, 0.3, np.random.default_rng(1))
    network = RBFRegressor(8, bias=True, random_state=1).fit(X, y)
    distances = (X - network.centers_.T) ** 2
    design = np.column_stack([np.exp(-distances / (2 * network.width_) ** 2), np.ones(60)])
    least = np.linalg.lstsq(design, y, rcond=None)[1][0] / 60 / 2
    assert min(finding.plot["curves"]["RBF, descent"][0]) >= least
    assert finding.measured["passes of RBF, solved"][0] == network.n_iter_ + 1


def test_the_rules_width_is_its_own_measure() -> None:
    finding = rbf_width.compute(
        seeds=[1, 2], rows=20, noise=0.1, units=4, scales=[0.5, 1, 2], narrow=0.5, wide=1,
        ridges=[0],
    )  # fmt: skip
    wide = next(part for part in finding.parts if part.name == "wide-0")
    assert wide.values == (0, 0)
