"""The mechanisms of the claims on descent, against closed forms and other libraries."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
import torch
from scipy.optimize import minimize_scalar
from scipy.special import xlogy
from sklearn.linear_model import LogisticRegression

from handbook.claims.experiments import adagrad_sparse as sparse
from handbook.claims.experiments import critical_rate as rates
from handbook.claims.experiments import escape_local_minima as escape
from handbook.claims.experiments import exploding_gradients as exploding
from handbook.claims.networks import fresh
from handbook.optim.adaptive import AdaGrad, RMSprop
from handbook.optim.descent import GradientDescent

# --- x cos(πx) ----------------------------------------------------------------------------------


def test_plain_descent_stays_in_its_valley_and_ends_at_its_minimum() -> None:
    starts = np.array([-0.9, 0.2, 0.3, 1.9])
    ends = escape.descend(GradientDescent(0.02), starts, np.zeros((2000, 4)), (-1.0, 2.0))
    shallow = minimize_scalar(escape.wave, bounds=(-1, 0.27), options={"xatol": 1e-10}).x
    deep = minimize_scalar(escape.wave, bounds=(0.28, 2), options={"xatol": 1e-10}).x
    assert ends == pytest.approx([shallow, shallow, deep, deep], abs=1e-5)
    top = minimize_scalar(lambda x: -escape.wave(x), bounds=(-0.2, 1), options={"xatol": 1e-10}).x
    assert escape.barrier() == pytest.approx(top, abs=1e-6)


def test_the_samples_pulls_move_a_descent_by_rate_times_pull() -> None:
    pulls = np.array([[0.5], [-2.0]])
    end = escape.descend(GradientDescent(0.1), np.array([0.0]), pulls, (-1.0, 2.0))
    first = 0.0 - 0.1 * (1.0 + 0.5)  # the slope at 0 is cos 0
    assert end[0] == pytest.approx(first - 0.1 * (escape.slope(first) - 2.0))


# --- bowls --------------------------------------------------------------------------------------


def test_the_critical_rate_of_a_bowl_is_two_over_its_largest_eigenvalue() -> None:
    curvature = np.diag([4.0, 1.0])
    assert rates.critical(curvature, steps=500, halvings=25) == pytest.approx(0.5, rel=0.01)
    assert not rates.diverges(curvature, 0.49, 500)
    assert rates.diverges(curvature, 0.51, 500)


def test_steps_are_those_of_a_geometric_series() -> None:
    # With one curvature λ the distance falls by 1 - rate λ at each step.
    needed = rates.steps_needed(np.eye(3), 0.1, most=1000, near=1e-3)
    assert needed == int(np.ceil(np.log(1e-3) / np.log(0.9)))
    assert rates.steps_needed(np.eye(3), 0.001, most=50, near=1e-3) == 50


def test_a_bowls_curvature_is_that_of_the_mean_squared_error() -> None:
    X = torch.from_numpy(np.random.default_rng(3).standard_normal((20, 4)))
    hessian = torch.autograd.functional.hessian(
        lambda w: ((X @ w) ** 2).mean(), torch.zeros(4, dtype=torch.float64)
    )
    assert rates.bowl(3, 4, 20) == pytest.approx(hessian.numpy())


# --- AdaGrad ------------------------------------------------------------------------------------


def test_the_shares_of_columns_fall_geometrically_to_the_rarest() -> None:
    X, y = sparse.rare_rows(1, rows=20_000, columns=3, rarest=0.02)
    assert X.mean(axis=0) == pytest.approx([0.5, 0.1, 0.02], abs=0.015)
    assert set(y) == {-1.0, 1.0}


def test_the_logistic_loss_is_the_negative_log_likelihood() -> None:
    X, y = sparse.rare_rows(2, rows=200, columns=4, rarest=0.2)
    model = LogisticRegression(C=1.0, fit_intercept=False).fit(X, y)
    p = model.predict_proba(X)[:, 1]
    expected = -np.mean(xlogy(y > 0, p) + xlogy(y < 0, 1 - p))
    assert sparse.logistic_loss(X, y, model.coef_) == pytest.approx([expected])


def test_rates_side_by_side_are_as_each_alone() -> None:
    X, y = sparse.rare_rows(2, rows=100, columns=5, rarest=0.1)
    train = partial(sparse.train, AdaGrad, X=X, y=y, steps=50, seed=1)
    both = train(np.array([0.1, 1.0]))
    assert both == pytest.approx([train(np.array([r]))[0] for r in (0.1, 1.0)])


def test_adagrad_on_a_steep_parabola_moves_by_the_rate_over_growing_roots() -> None:
    # From afar the gradient hardly changes, so step t is the rate over the root of t.
    start, rate, steps = 1e6, 1.0, 100
    path = np.sqrt(sparse.steep_start(AdaGrad, rate, start, steps))
    moved = rate * np.sum(1 / np.sqrt(np.arange(1, steps + 1)))
    assert start - path[-1] == pytest.approx(moved, rel=1e-4)
    # RMSprop's steps come to the rate itself and stay there.
    path = np.sqrt(sparse.steep_start(RMSprop, rate, start, steps))
    assert path[-2] - path[-1] == pytest.approx(rate, rel=1e-3)


# --- exploding gradients ------------------------------------------------------------------------


@pytest.mark.parametrize("radius", [0.8, 1.2])
def test_gradients_grow_by_the_radius_at_each_step_back(radius: float) -> None:
    network = fresh(partial(exploding.Adder, 4, radius), 1)
    with torch.no_grad():  # all units stay active: states and inputs are above 0
        network.layer.all_weights[0][0].abs_()
    x, y = exploding.adding(torch.Generator().manual_seed(1), 8, 10)
    norms = exploding.gradient_by_step(network, x, y)
    # Before the first number above 0 comes in, units rest at 0 and pass nothing on.
    ratios = np.array(norms[1:-1]) / np.array(norms[2:])
    assert ratios == pytest.approx(np.full(8, radius), rel=1e-4)


def test_states_and_gradients_are_those_of_torchs_own_layer() -> None:
    network = fresh(partial(exploding.Adder, 6, 1.1), 2)
    x, y = exploding.adding(torch.Generator().manual_seed(2), 5, 7)
    states, _ = network.layer(x)
    states.retain_grad()
    torch.nn.functional.mse_loss(network.answer(states[:, -1]).squeeze(1), y).backward()
    last = float(torch.linalg.vector_norm(states.grad[:, -1]))
    assert exploding.gradient_by_step(network, x, y)[-1] == pytest.approx(last, rel=1e-5)


def test_two_numbers_of_a_sequence_are_marked_and_summed() -> None:
    x, y = exploding.adding(torch.Generator().manual_seed(3), 200, 10)
    numbers, marks = x[..., 0], x[..., 1]
    assert (marks[:, :5].sum(dim=1) == 1).all()
    assert (marks[:, 5:].sum(dim=1) == 1).all()
    assert torch.allclose(y, (numbers * marks).sum(dim=1))
    # What always answering 0 costs: the variance of two uniform numbers and the square of 1.
    assert float((y**2).mean()) == pytest.approx(7 / 6, rel=0.15)


def test_a_clipped_step_is_no_longer_than_rate_times_limit() -> None:
    network = fresh(partial(exploding.Adder, 4, 1.3), 1)
    before = [parameter.detach().clone() for parameter in network.parameters()]
    exploding.train_adder(network, 1, batches=1, batch=4, steps=30, rate=0.01, clip=1.0)
    moved = [
        (parameter - old).detach().flatten()
        for parameter, old in zip(network.parameters(), before, strict=True)
    ]
    assert float(torch.linalg.vector_norm(torch.cat(moved))) <= 0.01 * 1.001
