"""What cannot be kept is seen on a few rows, whatever the code of another library does there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.workflow import made_models

from handbook.catalogue import reading
from handbook.catalogue.params import Params
from handbook.core.errors import HandbookError
from handbook.training.spec import Preprocess, RunSpec
from handbook.workflow import trials

CATALOGUE = Path(__file__).parents[2] / "params.yaml"
MODULE = made_models.__name__


def spec(name: str, trusted: tuple[str, ...] = (MODULE,), **params: Any) -> RunSpec:
    path = name if "." in name else f"{MODULE}.{name}"
    return RunSpec(
        model="m", data="iris", variant="v", task="classification", seed=1,
        estimator=path, trusted=trusted, preprocess=Preprocess(), params=params,
    )  # fmt: skip


def test_what_a_trial_shows() -> None:
    kept, untrusted, of_tensors, many, too_many, forgetful = trials.tried(
        [
            spec("Kept"),
            spec("lightgbm.LGBMClassifier", ("lightgbm.LGBMClassifier",), verbose=-1, n_jobs=1),
            spec("OfTensors"),
            spec("NeedsMany"),
            spec("NeedsMany", least=10_000),
            spec("Forgetful"),
        ]
    )
    assert kept == many == trials.Outcome((), "")
    assert untrusted.refused == ("lightgbm.basic.Booster", "lightgbm.sklearn.LGBMClassifier")
    assert untrusted.error == ""
    assert "read back: RuntimeError: Cannot directly construct TensorBase" in of_tensors.error
    assert "subclass handbook.models.network.NetworkClassifier" in of_tensors.error
    assert "cannot be fitted to generated rows: ValueError:" in too_many.error
    assert "needs 10000" in too_many.error
    assert "read back: ValueError: what was read back predicts otherwise" in forgetful.error


def test_a_crash_stays_in_its_process() -> None:
    before, crashed, after = trials.tried([spec("Kept"), spec("Crashing"), spec("Kept")])
    assert before == trials.Outcome((), "")
    assert crashed.error == "a fit of few rows ended its process (ended by SIGKILL)"
    assert after.error == crashed.error


def test_what_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "_LIMIT_S", 0.5)
    (outcome,) = trials.tried([spec("Hanging")])
    assert outcome.error.startswith("a fit of few rows did not end in 0.5 s; look whether it waits")


def test_what_computes_for_ever_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "_COMPUTING_S", 1)  # less than its imports take
    (outcome,) = trials.tried([spec("Kept")])
    assert outcome.error.startswith("a fit of few rows did not end in 1 s of computing; give it")


def test_a_process_that_leaves_quietly_is_no_success() -> None:
    (outcome,) = trials.tried([spec("Leaving")])
    assert outcome.error == "a fit of few rows ended its process (no word of why)"


def catalogue(trusted: list[str]) -> Params:
    params = yaml.safe_load(CATALOGUE.read_text())
    params["models"]["boosted"] = {
        "title": "Boosted trees",
        "task": "classification",
        "data": "iris",
        "estimator": "lightgbm.LGBMClassifier",
        "trusted": trusted,
        "variants": {
            "default": {"params": {"verbose": -1, "n_jobs": 1}},
            "ours": {"estimator": "sklearn.svm.SVC"},
        },
    }
    return reading.load(params)


def test_the_message_has_the_line_to_add_and_what_passed_is_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memo, begun = tmp_path / "tried", []
    tried = trials.tried
    monkeypatch.setattr(trials, "tried", lambda specs: begun.extend(specs) or tried(specs))
    with pytest.raises(HandbookError) as refused:
        trials.check(catalogue(["lightgbm.LGBMClassifier"]), memo)
    assert refused.value.args[0].splitlines()[1:] == [
        "  models.boosted.variants.default: its saved file would hold lightgbm.basic.Booster, "
        "lightgbm.sklearn.LGBMClassifier, which nothing trusts; if you would run their code, write "
        "below models.boosted:",
        "    trusted: [lightgbm.LGBMClassifier, lightgbm.basic.Booster, "
        "lightgbm.sklearn.LGBMClassifier]",
    ]
    assert [each.variant for each in begun] == ["default"]  # scikit-learn's need no trial
    assert not memo.exists()
    for expected in (1, 0):
        begun.clear()
        trials.check(catalogue(["lightgbm"]), memo)
        assert len(begun) == expected


def test_the_books_own_catalogue_needs_no_trial(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trials, "_end", None)
    trials.check(reading.read(CATALOGUE), tmp_path / "tried")
    assert list(tmp_path.iterdir()) == []
