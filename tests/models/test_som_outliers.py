"""Outlier detection by the map: scikit-learn's checks, what the scores are, what they find."""

from __future__ import annotations

import re

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.metrics import average_precision_score
from sklearn.utils.estimator_checks import parametrize_with_checks

from handbook.models.som import SelfOrganizingMap, SOMOutlierDetector
from handbook.training.build import faults
from handbook.training.saving import load, save


def rows(n: int = 200, features: int = 3) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(n, features))


@parametrize_with_checks(
    [
        SOMOutlierDetector(),
        SOMOutlierDetector(SelfOrganizingMap(3, 3, metric="manhattan"), rule="quantization"),
        SOMOutlierDetector(
            SelfOrganizingMap(training="online", topology="hexagonal", init="random"), n_units=3
        ),
    ]
)
def test_scikit_learns_checks_pass_without_exception(estimator, check) -> None:
    check(estimator)


def test_without_a_map_the_default_one_is_trained() -> None:
    X = rows()
    given, default = SOMOutlierDetector(SelfOrganizingMap()).fit(X), SOMOutlierDetector().fit(X)
    assert default.map is None
    assert default.map_.get_params() == SelfOrganizingMap().get_params()
    assert default.map_.weights_.shape == (10, 10, 3)
    np.testing.assert_array_equal(default.score_samples(X), given.score_samples(X))


def test_the_given_map_stays_as_it_is() -> None:
    template = SelfOrganizingMap(3, 3)
    model = SOMOutlierDetector(template, random_state=5).fit(rows())
    assert model.map is template
    assert not hasattr(template, "weights_")
    assert template.random_state is None
    assert model.map_.random_state == 5


def test_a_seed_of_the_maps_own_is_kept() -> None:
    model = SOMOutlierDetector(SelfOrganizingMap(3, 3, random_state=3), random_state=5)
    assert model.fit(rows()).map_.random_state == 3


def test_parameters_of_the_map_are_nested_parameters() -> None:
    model = SOMOutlierDetector(SelfOrganizingMap()).set_params(map__rows=2, map__columns=3)
    assert model.get_params()["map__columns"] == 3
    assert model.fit(rows()).map_.weights_.shape == (2, 3, 3)


def test_every_parameter_reaches_the_map() -> None:
    given = {
        "rows": 3,
        "columns": 4,
        "topology": "hexagonal",
        "neighborhood": "bubble",
        "metric": "manhattan",
        "training": "online",
        "n_steps": 50,
        "decay": "linear",
        "sigma": 2.0,
        "sigma_end": 0.7,
        "learning_rate": 0.4,
        "learning_rate_end": 0.1,
        "init": "sample",
        "order": "sequential",
        "random_state": 3,
    }
    model = SOMOutlierDetector(SelfOrganizingMap(**given), rule="quantization").fit(rows())
    assert model.map_.get_params() == given
    alone = SelfOrganizingMap(**given).fit(rows())
    assert model.map_.weights_.tobytes() == alone.weights_.tobytes()


@pytest.mark.parametrize("n_units", [1, 3])
def test_scores_are_minus_the_means_over_the_best_units(n_units) -> None:
    X = rows()
    grid = SelfOrganizingMap(rows=5, columns=6)
    by_map = SOMOutlierDetector(grid, n_units=n_units).fit(X)
    far = cdist(X, by_map.map_.weights_.reshape(30, 3))
    best = far.argsort(axis=1)[:, :n_units]
    unit = by_map.map_.distance_map().ravel()
    np.testing.assert_allclose(by_map.score_samples(X), -unit[best].mean(axis=1))
    by_row = SOMOutlierDetector(grid, n_units=n_units, rule="quantization").fit(X)
    np.testing.assert_allclose(
        by_row.score_samples(X), -np.sort(far, axis=1)[:, :n_units].mean(axis=1)
    )


def test_the_threshold_is_the_share_of_the_training_rows() -> None:
    X = rows()
    model = SOMOutlierDetector(
        SelfOrganizingMap(4, 4), rule="quantization", contamination=0.15
    ).fit(X)
    assert model.offset_ == pytest.approx(np.percentile(model.score_samples(X), 15))
    assert (model.predict(X) == -1).sum() == 30
    np.testing.assert_array_equal(model.predict(X) == -1, model.decision_function(X) < 0)


def test_the_distance_map_finds_a_rare_kind_of_rows() -> None:
    # 30 rows of another kind get nodes of their own: they match those well, and are found by
    # how far these nodes lie from the others
    common = np.random.default_rng(0).normal(size=(970, 3))
    rare = np.random.default_rng(1).normal(size=(30, 3)) * 0.2 + 7.0
    X, truth = np.vstack([common, rare]), np.arange(1000) >= 970
    model = SOMOutlierDetector(contamination=0.03).fit(X)
    assert average_precision_score(truth, -model.score_samples(X)) > 0.95
    by_row = SOMOutlierDetector(rule="quantization").fit(X)
    assert average_precision_score(truth, -by_row.score_samples(X)) < 0.5


def test_a_stiff_map_finds_scattered_rows_by_their_distance() -> None:
    random = np.random.default_rng(0)
    common = random.normal(size=(980, 3))
    direction = random.normal(size=(20, 3))
    scattered = 9 * direction / np.linalg.norm(direction, axis=1, keepdims=True)
    X, truth = np.vstack([common, scattered]), np.arange(1000) >= 980
    stiff = SelfOrganizingMap(rows=3, columns=3, sigma=2.0, sigma_end=2.0)
    model = SOMOutlierDetector(stiff, rule="quantization", contamination=0.02).fit(X)
    assert average_precision_score(truth, -model.score_samples(X)) == 1.0
    np.testing.assert_array_equal(model.predict(X) == -1, truth)


def test_progress_is_the_maps() -> None:
    seen: list[dict[str, float]] = []
    model = SOMOutlierDetector(SelfOrganizingMap(n_steps=7)).set_progress(seen.append).fit(rows())
    assert [row["epoch"] for row in seen] == [1, 2, 3, 4, 5, 6, 7]
    model.set_progress(None).fit(rows())
    assert len(seen) == 7


@pytest.mark.parametrize("rule", ["distance-map", "quantization"])
def test_a_saved_detector_answers_as_before(tmp_path, rule) -> None:
    X = rows()
    model = SOMOutlierDetector(rule=rule, random_state=0).set_progress(lambda row: None).fit(X)
    save(model, tmp_path / "detector.skops")
    again = load(tmp_path / "detector.skops")
    np.testing.assert_array_equal(again.decision_function(X), model.decision_function(X))
    save(SOMOutlierDetector(rule=rule, random_state=0).fit(X), tmp_path / "second.skops")
    assert (tmp_path / "second.skops").read_bytes() == (tmp_path / "detector.skops").read_bytes()


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"rule": "depth"}, "'rule' parameter of SOMOutlierDetector must be a str among"),
        ({"map": "grid"}, "'map' parameter of SOMOutlierDetector must be an instance of"),
        ({"n_units": 0}, r"'n_units' parameter .* must be an int in the range \[1, inf\)"),
        ({"contamination": 0.6}, r"'contamination' parameter .* in the range \(0.0, 0.5\]"),
        ({"contamination": None}, "'contamination' parameter of SOMOutlierDetector must be"),
        ({"map__rows": 0}, "'rows' parameter of SelfOrganizingMap must be an int"),
    ],
)
def test_a_parameter_out_of_range_is_refused_by_fit_and_by_the_catalogue(params, message) -> None:
    model = SOMOutlierDetector(SelfOrganizingMap()).set_params(**params)
    with pytest.raises(ValueError, match=message):
        model.fit(rows())
    path = "handbook.models.som.SOMOutlierDetector"
    nested = {"map": {"class": "handbook.models.som.SelfOrganizingMap"}}
    (fault,) = faults(path, "outliers", "table", nested | params)
    assert re.search(message, fault)


def test_more_units_than_nodes_are_refused() -> None:
    with pytest.raises(ValueError, match="n_units must be at most the 4 nodes; it is 5"):
        SOMOutlierDetector(SelfOrganizingMap(2, 2), n_units=5).fit(rows())
