"""Sweeps as they are written on a command line."""

from __future__ import annotations

import pytest

from handbook.core.errors import HandbookError
from handbook.sweeps.command_line import full_name, read_set

LENET = ["epochs", "learning_rate", "momentum", "batch_size", "schedule", "scaling", "shift"]


def test_what_the_issue_asks_for() -> None:
    assert read_set(["lr=0.01,0.03,0.1", "schedule=step,plateau"], LENET) == {
        "learning_rate": [0.01, 0.03, 0.1],
        "schedule": ["step", "plateau"],
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("epochs=1,2", [1, 2]),
        ("epochs=1..30", {"low": 1, "high": 30}),
        ("momentum=0.5..1", {"low": 0.5, "high": 1.0}),
        ("learning_rate=log:1e-4..0.1/4", {"low": 1e-4, "high": 0.1, "log": True, "points": 4}),
        ("schedule=null,step", [None, "step"]),
        ("shift=true,false", [True, False]),
        ("learning_rate=1e-3", [0.001]),
        ("batch_size=[50],[50,50]", [[50], [50, 50]]),
        ("lr={low: 1e-3, high: 1, log: true}", {"low": 0.001, "high": 1, "log": True}),
        ("momentum=-1.5e-1...5", {"low": -0.15, "high": 0.5}),
    ],
)
def test_values(text: str, expected: object) -> None:
    (values,) = read_set([text], LENET).values()
    assert values == expected
    if isinstance(values, list):
        assert list(map(type, values)) == list(map(type, expected))


def test_a_condition_stands_behind_the_name() -> None:
    values = read_set(["momentum[schedule=step|null][epochs=3]=0.5..0.9"], LENET)["momentum"]
    assert values["when"] == {"schedule": ["step", None], "epochs": [3]}


def test_a_name_that_could_be_several_is_refused() -> None:
    with pytest.raises(HandbookError, match=r"s: could be scaling or schedule or shift"):
        full_name("s", LENET)
    assert full_name("sca", LENET) == "scaling"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("learning_rat=0.1,0.2", ""),
        ("lerning_rate=0.1", "did you mean 'learning_rate'"),
        ("=3", "not NAME=VALUES"),
        ("epochs", "not NAME=VALUES"),
        ("epochs=1,,2", "an empty value"),
        ("epochs=1..x", "a range is low..high"),
        ("epochs=[1,2", "a bracket that is not closed"),
        ("momentum[schedule]=0.5", r"a condition is \[NAME=VALUE\]"),
    ],
)
def test_what_does_not_read_says_so(text: str, says: str) -> None:
    if not says:  # a beginning is enough
        assert list(read_set([text], LENET)) == ["learning_rate"]
        return
    with pytest.raises(HandbookError, match=says):
        read_set([text], LENET)


def test_a_parameter_given_twice_is_refused() -> None:
    with pytest.raises(HandbookError, match="learning_rate is given twice"):
        read_set(["lr=1,2", "learning_rate=3"], LENET)
