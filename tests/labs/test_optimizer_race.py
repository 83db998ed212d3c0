"""The race: its problems against SciPy, and that its rules are the same for all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml
from scipy.optimize import approx_fprime, rosen

from handbook.catalogue import estimators, reading
from handbook.core.errors import HandbookError
from handbook.data.sets import bank_marketing
from handbook.labs.examples import optimizer_race
from handbook.labs.examples.optimizer_race import Problem
from handbook.labs.registry import run

RATES = [0.001, 0.01, 0.1, 1.0]


@pytest.fixture(scope="module")
def problems() -> dict[str, Problem]:
    return optimizer_race.problems(bank_marketing.sample(1), [1, 100], rows=200, seed=0)


def test_each_gradient_is_a_difference_quotient(problems: dict[str, Problem]) -> None:
    random = np.random.default_rng(0)
    for name, one in problems.items():
        points = one.start + random.normal(scale=0.3, size=(3, len(one.start)))
        for point, slope in zip(points, one.gradient(points), strict=True):
            quotient = approx_fprime(point, lambda x, one=one: one.value(x[None])[0], 1e-7)
            assert slope == pytest.approx(quotient, rel=1e-3, abs=1e-4), name


def test_known_values(problems: dict[str, Problem]) -> None:
    points = np.array([[-1.2, 1.0], [0.3, -2.0]])
    assert problems["Rosenbrock"].value(points) == pytest.approx([rosen(x) for x in points])
    assert problems["Beale"].value(np.array([[3.0, 0.5]])) == pytest.approx(0)
    assert problems["Beale"].value(np.array([[0.0, 0.0]])) == pytest.approx(14.203125)
    bowl = problems["quadratic, condition 100"]
    curvatures = np.linalg.eigvalsh(bowl.gradient(np.eye(2)))
    assert curvatures == pytest.approx([1, 100])
    assert bowl.value(bowl.start[None]) == pytest.approx(50.5)


def test_no_rate_of_the_grid_does_better_than_the_one_that_is_kept(
    problems: dict[str, Problem],
) -> None:
    one = problems["quadratic, condition 100"]
    kept = optimizer_race.race(one, RATES, budget=60)

    def mark(excess: np.ndarray) -> float:
        return float(np.log10(np.maximum(excess, 1e-12)).mean())

    for rate in RATES:
        alone = optimizer_race.race(one, [rate], budget=60)
        for name in optimizer_race.RULES:
            # two rates may tie, but for what processors round
            assert mark(kept[name].excess) <= mark(alone[name].excess) + 1e-7, (name, rate)


def test_every_optimizer_has_the_same_budget(problems: dict[str, Problem]) -> None:
    for lane in optimizer_race.race(problems["Rosenbrock"], RATES, budget=30).values():
        assert lane.evaluations[-1] <= 30
        assert len(lane.evaluations) == len(lane.excess) == len(lane.path)


def test_an_optimizer_that_leaves_the_numbers_has_lost(problems: dict[str, Problem]) -> None:
    lanes = optimizer_race.race(problems["Rosenbrock"], [0.001, 1.0], budget=50)
    assert lanes["gradient descent"].rate == 0.001
    assert np.isfinite(lanes["gradient descent"].excess).all()


def test_the_rows_come_first_and_change_the_last_problem_alone() -> None:
    params = {"conditions": [1], "rates": RATES, "budget": 20, "rows": 150, "seed": 0}
    one, other = (
        run("optimizer-race", "t", "s", params, bank_marketing.sample(seed)) for seed in (1, 2)
    )
    ours, theirs = one["plot"]["losses"], other["plot"]["losses"]
    assert [name for name in ours if ours[name] != theirs[name]] == [
        "logistic regression, bank-marketing, generated rows"
    ]


@pytest.mark.parametrize(
    ("lab", "data", "said"),
    [
        ("optimizer-race", None, r"labs\.optimizer-race\.data: missing"),
        ("optimizer-race", "bank-marketin", r"labs\.optimizer-race\.data: .*bank-marketing"),
        ("momentum", "iris", r"labs\.momentum\.data: it takes no rows"),
    ],
)
def test_the_catalogue_gives_rows_to_labs_that_take_them(
    lab: str, data: str | None, said: str
) -> None:
    given = yaml.safe_load((Path(__file__).parents[2] / "params.yaml").read_text())
    given |= {"models": {}, "judges": {}, "side_by_side": {}, "sweeps": {}, "bias_variance": None}
    given |= {"backtests": {}}
    given["labs"] = {lab: given["labs"][lab] | {"data": data}}
    with pytest.raises(HandbookError, match=said):
        estimators.check(reading.load(given))
