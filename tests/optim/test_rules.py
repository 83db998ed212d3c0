"""Rules against torch's optimizers, step by step, and what must hold of any step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from handbook import optim
from handbook.core.errors import HandbookError
from handbook.optim import (
    Adadelta,
    AdaGrad,
    Adam,
    GradientDescent,
    Momentum,
    Nesterov,
    RMSprop,
    Rule,
    minimise,
)

Array = npt.NDArray[np.float64]

# Ours beside torch's, with settings that differ from both defaults.
PEERS: dict[str, tuple[Callable[[], Rule], Callable[[Any], torch.optim.Optimizer]]] = {
    "gradient descent": (
        lambda: GradientDescent(0.03),
        lambda p: torch.optim.SGD(p, lr=0.03),
    ),
    "momentum": (
        lambda: Momentum(0.03, 0.7),
        lambda p: torch.optim.SGD(p, lr=0.03, momentum=0.7),
    ),
    "nesterov": (
        lambda: Nesterov(0.03, 0.7),
        lambda p: torch.optim.SGD(p, lr=0.03, momentum=0.7, nesterov=True),
    ),
    "adagrad": (
        lambda: AdaGrad(0.3, epsilon=1e-3),
        lambda p: torch.optim.Adagrad(p, lr=0.3, eps=1e-3),
    ),
    "rmsprop": (
        lambda: RMSprop(0.03, 0.8, epsilon=1e-3),
        lambda p: torch.optim.RMSprop(p, lr=0.03, alpha=0.8, eps=1e-3),
    ),
    "adam": (
        lambda: Adam(0.03, (0.8, 0.95), epsilon=1e-3),
        lambda p: torch.optim.Adam(p, lr=0.03, betas=(0.8, 0.95), eps=1e-3),
    ),
    "adadelta": (
        lambda: Adadelta(0.7, 0.8, epsilon=1e-3),
        lambda p: torch.optim.Adadelta(p, lr=0.7, rho=0.8, eps=1e-3),
    ),
}
RULES: dict[str, Callable[[], Rule]] = {name: ours for name, (ours, _) in PEERS.items()}


def bowl(seed: int, d: int = 4) -> tuple[Array, Array]:
    """A random convex quadratic: its matrix, with curvatures of at least 0.5, and its minimum."""
    random = np.random.default_rng(seed)
    roots = random.normal(size=(d, d))
    return roots @ roots.T / d + 0.5 * np.eye(d), random.normal(size=d)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", PEERS)
def test_each_step_is_torchs(name: str, seed: int) -> None:
    ours, theirs = PEERS[name]
    A, b = bowl(seed)
    point = torch.ones(4, dtype=torch.float64, requires_grad=True)
    rule, peer, x = ours(), theirs([point]), np.ones(4)
    for _ in range(60):
        # A quadratic term: the gradient is no linear map. Both get this one, since a rule that
        # divides by small gradients also magnifies the rounding in them.
        gradient = A @ (x - b) + 0.1 * x**2
        x = rule.step(x, gradient)
        point.grad = torch.tensor(gradient)
        peer.step()
        assert x == pytest.approx(point.detach().numpy(), rel=1e-12, abs=1e-13)


def test_defaults_are_torchs() -> None:
    g = np.array([0.3, -2.0])
    for ours, theirs in (
        (AdaGrad(), torch.optim.Adagrad),
        (Adam(), torch.optim.Adam),
        (Adadelta(), torch.optim.Adadelta),
    ):
        point = torch.zeros(2, dtype=torch.float64, requires_grad=True)
        point.grad = torch.tensor(g)
        theirs([point]).step()
        assert ours.step(np.zeros(2), g) == pytest.approx(point.detach().numpy(), rel=1e-12)


@pytest.mark.parametrize("name", RULES)
def test_every_rule_finds_the_minimum_of_a_bowl(name: str) -> None:
    A, b = bowl(7)
    *_, last = minimise(RULES[name](), lambda x: A @ (x - b), b + 1, steps=4_000)
    assert last == pytest.approx(b, abs=0.05)


@given(st.floats(0.1, 1.9), st.floats(0.1, 10), st.floats(-5, 5))
def test_gradient_descent_shrinks_each_error_by_the_known_factor(
    share: float, curvature: float, start: float
) -> None:
    rate = share / curvature
    path = minimise(GradientDescent(rate), lambda x: curvature * x, [start], steps=12)
    assert path[:, 0] == pytest.approx(start * (1 - share) ** np.arange(13), abs=1e-9)


@given(st.floats(0, 0.95), st.floats(0.5, 2))
def test_momentum_under_a_constant_force_reaches_its_terminal_speed(
    momentum: float, force: float
) -> None:
    path = minimise(Momentum(0.1, momentum), lambda x: np.full(1, force), [0.0], steps=400)
    terminal = -0.1 * force / (1 - momentum)
    assert path[-1] - path[-2] == pytest.approx(terminal, rel=1e-6)


@pytest.mark.parametrize("rule", [lambda: Momentum(0.1, 0.0), lambda: Nesterov(0.1, 0.0)])
def test_without_momentum_there_is_plain_descent(rule: Callable[[], Rule]) -> None:
    A, b = bowl(1)
    given_up, plain = (
        minimise(one, lambda x: A @ (x - b), np.zeros(4), steps=20)
        for one in (rule(), GradientDescent(0.1))
    )
    assert given_up == pytest.approx(plain)


@given(st.integers(0, 99), st.floats(1e-3, 1e3))
def test_adaptive_rules_do_not_mind_the_unit_of_the_loss(seed: int, unit: float) -> None:
    A, b = bowl(seed)
    for make in (
        lambda: AdaGrad(0.1, epsilon=0.0),
        lambda: RMSprop(0.1, epsilon=0.0),
        lambda: Adam(0.1, epsilon=0.0),
    ):
        plain = minimise(make(), lambda x: A @ (x - b), np.zeros(4), steps=20)
        scaled = minimise(make(), lambda x: unit * (A @ (x - b)), np.zeros(4), steps=20)
        assert scaled == pytest.approx(plain, abs=1e-9)


@given(st.floats(1e-3, 1e3), st.sampled_from([-1.0, 1.0]))
def test_the_first_step_of_adagrad_and_adam_is_the_rate(size: float, sign: float) -> None:
    for rule in (AdaGrad(0.25, epsilon=0.0), Adam(0.25, epsilon=0.0)):
        moved = rule.step(np.zeros(1), np.array([sign * size]))
        assert moved == pytest.approx([-0.25 * sign])


@pytest.mark.parametrize("name", RULES)
def test_twice_the_rate_is_twice_the_first_step(name: str) -> None:
    once, twice = RULES[name](), RULES[name]()
    twice.rate = 2 * np.asarray(once.rate)
    g = np.array([1.0, -0.2])
    assert twice.step(np.zeros(2), g) == pytest.approx(2 * once.step(np.zeros(2), g))


@pytest.mark.parametrize("name", RULES)
def test_several_rates_run_at_once_as_they_do_alone(name: str) -> None:
    rates = np.array([0.01, 0.02, 0.05])
    together, A = RULES[name](), bowl(3)[0]
    together.rate = rates[:, None]
    paths = minimise(together, lambda x: x @ A, np.ones((3, 4)), steps=15)
    for index, rate in enumerate(rates):
        alone = RULES[name]()
        alone.rate = float(rate)
        path = minimise(alone, lambda x: A @ x, np.ones(4), steps=15)
        assert paths[:, index] == pytest.approx(path)


@pytest.mark.parametrize("name", RULES)
def test_a_step_writes_into_nothing_that_it_is_given(name: str) -> None:
    rule, parameters, gradient = RULES[name](), np.ones(3), np.full(3, 2.0)
    for _ in range(3):
        rule.step(parameters, gradient)
    assert parameters.tolist() == [1, 1, 1]
    assert gradient.tolist() == [2, 2, 2]


@pytest.mark.parametrize("name", RULES)
def test_at_a_minimum_a_fresh_rule_stays(name: str) -> None:
    assert RULES[name]().step(np.ones(2), np.zeros(2)).tolist() == [1, 1]


def test_a_schedule_sets_the_rate_of_each_step() -> None:
    path = minimise(GradientDescent(9.0), lambda x: np.ones(1), [0.0], 3, lambda step: 10.0**-step)
    assert path[:, 0] == pytest.approx([0, -1, -1.1, -1.11])


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: GradientDescent(0.0), "GradientDescent: learning rate 0.0 is not above 0"),
        (lambda: GradientDescent(np.array([1.0, -1.0])), "is not above 0"),
        (lambda: Nesterov(0.1, 1.0), r"Nesterov: momentum 1.0 is outside \[0, 1\)"),
        (lambda: RMSprop(0.1, -0.1), "RMSprop: decay -0.1"),
        (lambda: Adam(0.1, (0.9, 1.0)), "Adam: second decay 1.0"),
        (lambda: Adadelta(0.1, 2.0), "Adadelta: decay 2.0"),
        (lambda: Adam().step(np.ones(2), np.ones(3)), r"gradient of shape \(3,\)"),
    ],
)
def test_what_cannot_be_is_an_error(make: Callable[[], object], said: str) -> None:
    with pytest.raises(HandbookError, match=said):
        make()


def test_public_names() -> None:
    assert set(optim.__all__) == {
        *("GradientDescent", "Momentum", "Nesterov", "AdaGrad", "RMSprop", "Adam", "Adadelta"),
        *("Rule", "minimise", "lbfgs", "two_loop", "line_search", "Found"),
        *("batch", "stochastic", "mini_batch"),
        *("step_decay", "exponential", "warm_up", "Plateau"),
    }
    assert all(hasattr(optim, name) for name in optim.__all__)
