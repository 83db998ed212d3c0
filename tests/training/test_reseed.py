"""One run trained from several seeds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from handbook.catalogue import reading, specs
from handbook.core.files import read_json
from handbook.data import dataset
from handbook.training.reseed import reseed
from handbook.training.spec import RunSpec
from handbook.training.tuning import fit
from handbook.training.uncertainty import ReseedSpec

ROOT = Path(__file__).parents[2]
NETWORKS = {"lenet", "cnn", "char-lstm", "gan", "dcgan", "rbf-network", "mlp", "som"}


def rows(path: Path, n: int, seed: int) -> dataset.Dataset:
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(rng.normal(size=(n, 5)), columns=list("abcde"))
    y = (X["a"] + rng.normal(size=n) > 0).to_numpy().astype(np.int64)
    made = dataset.Dataset("made", "sample", "table", X, y, "y", ("no", "yes"))
    dataset.write(path, made)
    return made


def test_each_seed_has_the_score_of_its_own_training(tmp_path: Path) -> None:
    train, test = tmp_path / "train.arrow", tmp_path / "test.arrow"
    fitted_on, held_out = rows(train, 150, 0), rows(test, 60, 1)
    run = RunSpec(
        model="tree", data="made", variant="book", task="classification", seed=1,
        estimator="sklearn.tree.DecisionTreeClassifier", params={"max_features": 1},
    )  # fmt: skip
    spec = ReseedSpec(run=run, seeds=[5, 6, 7], work="w", shortened={"max_features": [1, None]})
    reseed(spec, train, test, tmp_path / "out.json", say=print)
    told = read_json(tmp_path / "out.json")

    expected = []
    for seed in (5, 6, 7):
        own = run.model_copy(update={"seed": seed})
        model, _ = fit(own, fitted_on.X, fitted_on.y, 2)
        expected.append(float(np.mean(model.predict(held_out.X) == held_out.y)))
    assert told["scores"]["accuracy"] == pytest.approx(expected)
    assert len(set(expected)) > 1
    assert told["mean"]["accuracy"] == pytest.approx(np.mean(expected))
    assert told["deviation"]["accuracy"] == pytest.approx(np.std(expected, ddof=1))
    assert (told["primary"], told["seeds"], told["work"]) == ("roc_auc", [5, 6, 7], "w")
    assert told["shortened"] == {"max_features": [1, None]}


def test_every_network_has_three_seeds_that_are_not_its_runs_own() -> None:
    params = reading.read(ROOT / "params.yaml")
    assert set(params.reseeded()) >= NETWORKS
    for model in params.reseeded():
        spec = specs.reseed_spec(params, model)
        assert len(spec.seeds) >= 3
        assert params.seed not in spec.seeds
        whole = specs.run_spec(params, params.first(model))
        assert spec.work == whole.work
        # A seed of the estimator's own would take the place of each of these.
        assert "random_state" not in whole.params
        changed = {k for k, v in spec.run.params.items() if whole.params.get(k) != v}
        assert changed == set(spec.shortened)
