"""The two RBF estimators: the book's network by hand, laws, other libraries, and errors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import scipy.linalg
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.interpolate import RBFInterpolator
from scipy.spatial.distance import cdist, pdist
from sklearn.base import clone
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits

from handbook.models.rbf import RBFClassifier, RBFRegressor, base
from handbook.models.rbf.simplex import project_onto_simplex
from handbook.models.rbf.widths import nearest_width
from handbook.training.build import faults
from handbook.training.saving import load, save

SQUARE = np.array([[0.0, 0.0], [0.0, 3.0], [4.0, 0.0], [4.0, 3.0]])
# one for each way to centres, to widths and to output weights
KINDS = {
    "book": {},
    "minibatch": {"centers": "minibatch", "width": "nearest", "ridge": 1e-3, "bias": True},
    "random": {"centers": "random", "width": "per-center", "output": "logistic", "ridge": 1e-2},
    "given": {"centers": SQUARE, "width": 2.0, "activation": "text"},
    "descent": {"output": "gradient-descent", "epochs": 20, "train_units": True, "bias": True},
}
OF_REGRESSOR = [name for name in KINDS if name != "random"]


def rows(n: int = 60, classes: int = 2) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.normal(size=(n, 2)), np.arange(n) % classes


def kind(name: str) -> RBFClassifier:
    return RBFClassifier(random_state=0, **KINDS[name])


def test_the_books_network_is_the_one_worked_by_hand_to_the_bit() -> None:
    X, y = rows(300)
    model = RBFClassifier(n_centers=8, max_iter=100, random_state=4).fit(X, y)
    with threadpool_limits(limits=1):
        centers = KMeans(8, n_init=1, max_iter=100, random_state=4).fit(X).cluster_centers_
        centers = np.unique(centers, axis=0)
        sigma = pdist(centers).max() / np.sqrt(2 * 8)
        design = np.exp(-cdist(X, centers, "sqeuclidean") / (2 * sigma) ** 2)
        weights, *_ = scipy.linalg.lstsq(design, y[:, np.newaxis].astype(float))
        output = (design @ weights)[:, 0]
    assert model.width_ == sigma
    assert model.coef_.tobytes() == weights.tobytes()
    assert model.decision_function(X).tobytes() == (output - 0.5).tobytes()
    second = np.clip((output - 0.5) + 0.5, 0, 1)
    assert model.predict_proba(X).tobytes() == np.column_stack([1 - second, second]).tobytes()
    np.testing.assert_array_equal(model.predict(X), output > 0.5)


@pytest.mark.parametrize("classes", [2, 3])
def test_as_many_centres_as_points_interpolate_them_exactly(classes) -> None:
    y = np.array([0, 1, classes - 1, 1])
    model = RBFClassifier(n_centers=4, random_state=0).fit(SQUARE, y)
    expected = np.eye(3)[y] if classes == 3 else y - 0.5
    np.testing.assert_allclose(model.decision_function(SQUARE), expected, atol=1e-10)


def test_a_regressor_on_all_points_is_scipys_interpolator() -> None:
    rng = np.random.default_rng(1)
    X, new = rng.uniform(size=(30, 2)), rng.uniform(size=(50, 2))
    y = np.sin(5 * X[:, 0]) * X[:, 1]
    model = RBFRegressor(centers=X, width=0.2, activation="text").fit(X, y)
    theirs = RBFInterpolator(X, y, kernel="gaussian", epsilon=1 / 0.2, degree=-1)
    np.testing.assert_allclose(model.predict(new), theirs(new), atol=1e-8)


def test_a_regressor_far_from_all_centres_says_its_bias() -> None:
    X, _ = rows()
    model = RBFRegressor(bias=True, random_state=0).fit(X, X[:, 0] + 7)
    np.testing.assert_allclose(model.predict([[1e6, 1e6]]), model.intercept_)
    assert RBFRegressor(random_state=0).fit(X, X[:, 0] + 7).predict([[1e6, 1e6]]) == 0


def test_a_curve_is_learnt_from_noisy_points() -> None:
    rng = np.random.default_rng(2)
    X = rng.uniform(-3, 3, size=(400, 1))
    y = np.sin(X[:, 0])
    model = RBFRegressor(12, width="nearest", ridge=1e-3, bias=True, random_state=0)
    model.fit(X, y + rng.normal(scale=0.1, size=400))
    assert np.abs(model.predict(X) - y).max() < 0.12


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("classes", [2, 3])
def test_predictions_are_the_likeliest_class(name, classes) -> None:
    X, y = rows(classes=classes)
    model = kind(name).fit(X, np.array(["no", "perhaps", "yes"])[y])
    probabilities = model.predict_proba(X)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    assert (probabilities >= 0).all()
    # projection may put several classes at one probability: the predicted one is among the best
    column = np.searchsorted(model.classes_, model.predict(X))
    assert (probabilities[np.arange(len(X)), column] == probabilities.max(axis=1)).all()


@pytest.mark.parametrize("name", ["book", "random"])
@pytest.mark.parametrize("threshold", [0.3, 0.5])
def test_two_classes_are_told_apart_by_the_threshold(name, threshold) -> None:
    X, y = rows()
    model = kind(name).set_params(threshold=threshold).fit(X, y)
    second = model.predict_proba(X)[:, 1]
    np.testing.assert_array_equal(model.predict(X), second > threshold)
    np.testing.assert_array_equal(model.predict(X), model.decision_function(X) > 0)
    assert 0 < model.predict(X).sum() < len(X)
    np.testing.assert_allclose(second, kind(name).fit(X, y).predict_proba(X)[:, 1])


def test_two_classes_have_clipped_outputs_as_probabilities() -> None:
    X, y = rows()
    model = RBFClassifier(n_centers=30, width=0.3, random_state=0).fit(X, y)
    output = model.decision_function(X) + model.threshold
    assert output.min() < 0
    assert output.max() > 1
    np.testing.assert_allclose(model.predict_proba(X)[:, 1], np.clip(output, 0, 1))


def test_more_classes_have_projected_outputs_or_softmax_as_probabilities() -> None:
    X, y = rows(classes=3)
    squares, logits = kind("book").fit(X, y), kind("random").fit(X, y)
    outputs = squares.decision_function(X)
    np.testing.assert_array_equal(squares.predict_proba(X), project_onto_simplex(outputs))
    odds = np.exp(logits.decision_function(X))
    np.testing.assert_allclose(logits.predict_proba(X), odds / odds.sum(axis=1, keepdims=True))


@pytest.mark.parametrize("width", ["dmax", "nearest", "per-center", 0.7])
def test_the_scale_multiplies_what_any_rule_gives(width) -> None:
    X, y = rows()
    plain = RBFClassifier(width=width, random_state=0).fit(X, y)
    wide = RBFClassifier(width=width, width_scale=2.5, random_state=0).fit(X, y)
    np.testing.assert_array_equal(wide.width_, 2.5 * plain.width_)


def test_more_neighbours_reach_further() -> None:
    X, y = rows()
    one, three = (
        RBFClassifier(width="nearest", n_neighbors=p, random_state=0).fit(X, y) for p in (1, 3)
    )
    assert one.width_ == nearest_width(one.centers_, 1) < three.width_


@pytest.mark.parametrize("name", KINDS)
def test_a_row_without_weight_is_a_row_not_given(name) -> None:
    X, y = rows()
    weight = np.arange(60) % 4  # every fourth row has none
    kept = weight > 0
    first = kind(name).fit(X, y, weight)
    second = kind(name).fit(X[kept], y[kept], weight[kept])
    assert first.predict_proba(X).tobytes() == second.predict_proba(X).tobytes()


@pytest.mark.parametrize("output", ["least-squares", "logistic", "gradient-descent"])
@settings(max_examples=15)
@given(weight=st.lists(st.integers(1, 4), min_size=20, max_size=20))
def test_a_weight_is_a_number_of_repetitions(output, weight) -> None:
    X, y = rows(20)
    model = RBFClassifier(
        centers=SQUARE, width="per-center", output=output, ridge=0.1, bias=True, epochs=30
    )
    weighted = clone(model).fit(X, y, sample_weight=weight)
    repeated = clone(model).fit(np.repeat(X, weight, axis=0), np.repeat(y, weight))
    np.testing.assert_allclose(weighted.width_, repeated.width_)
    np.testing.assert_allclose(weighted.coef_, repeated.coef_, atol=1e-6)
    np.testing.assert_allclose(weighted.intercept_, repeated.intercept_, atol=1e-6)


@pytest.mark.parametrize("placement", ["kmeans", "minibatch", "random"])
def test_heavy_rows_draw_the_centres(placement) -> None:
    rng = np.random.default_rng(3)
    X = rng.uniform(size=(400, 1))
    weight = np.where(X[:, 0] < 0.5, 50.0, 1.0)
    model = RBFRegressor(20, centers=placement, random_state=0).fit(X, X[:, 0], weight)
    assert (model.centers_ < 0.5).mean() > 0.6


@pytest.mark.parametrize("name", KINDS)
def test_equal_seeds_give_equal_bytes(name) -> None:
    X, y = rows()
    first, second = (kind(name).fit(X, y) for _ in range(2))
    for attribute in ("centers_", "coef_", "intercept_", "loss_curve_"):
        assert getattr(first, attribute).tobytes() == getattr(second, attribute).tobytes()


@pytest.mark.parametrize("name", KINDS)
def test_a_saved_classifier_comes_back_the_same(name, tmp_path: Path) -> None:
    X, y = rows(classes=3)
    model = kind(name).set_progress(print).fit(X, y)
    save(model, tmp_path / "model.skops")
    again = load(tmp_path / "model.skops")
    assert again.predict_proba(X).tobytes() == model.predict_proba(X).tobytes()
    assert "_progress" not in vars(again)


@pytest.mark.parametrize("name", OF_REGRESSOR)
def test_a_saved_regressor_comes_back_the_same(name, tmp_path: Path) -> None:
    X, _ = rows()
    model = RBFRegressor(random_state=0, **KINDS[name]).fit(X, X[:, 0])
    save(model, tmp_path / "model.skops")
    assert load(tmp_path / "model.skops").predict(X).tobytes() == model.predict(X).tobytes()


def test_predicting_in_parts_changes_nothing(monkeypatch) -> None:
    X, y = rows(classes=3)
    model = kind("book").fit(X, y)
    whole = model.decision_function(X)
    monkeypatch.setattr(base, "_ACTIVATIONS", 7 * 8)  # seven rows of eight units at a time
    np.testing.assert_allclose(model.decision_function(X), whole, rtol=0, atol=1e-14)


def test_progress_hears_every_epoch_and_clones_forget_it() -> None:
    X, y = rows()
    heard: list[float] = []
    model = kind("descent").set_progress(lambda figures: heard.append(figures["loss"]))
    model.fit(X, y)
    assert heard == model.loss_curve_.tolist()
    assert len(heard) == 20
    clone(model).fit(X, y)
    assert len(heard) == 20


def test_another_way_to_the_weights_leaves_no_loss_curve_behind() -> None:
    X, y = rows()
    model = kind("descent").fit(X, y)
    model.set_params(output="least-squares", train_units=False).fit(X, y)
    assert model.loss_curve_.size == 0


def test_given_centres_are_copied_and_kept_in_order() -> None:
    X, y = rows()
    given_centers = SQUARE[::-1].copy()
    model = RBFClassifier(centers=given_centers).fit(X, y)
    given_centers[:] = 0
    np.testing.assert_array_equal(model.centers_, SQUARE[::-1])


def test_trained_units_move_and_have_their_own_widths() -> None:
    X, y = rows()
    model = kind("descent").fit(X, y)
    still = kind("descent").set_params(train_units=False).fit(X, y)
    assert model.width_.shape == (8,)
    assert isinstance(still.width_, float)
    assert np.abs(model.centers_ - still.centers_).max() > 1e-4
    assert model.loss_curve_[-1] < still.loss_curve_[-1]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n_centers", 0),
        ("n_centers", 2.5),
        ("n_neighbors", 0),
        ("max_iter", 0),
        ("n_init", "auto"),
        ("epochs", 0),
        ("learning_rate", 0),
        ("width_scale", -1.0),
        ("width_scale", [-2]),
        ("width_scale", float("inf")),
        ("bias", "yes"),
        ("activation", "book"),
        ("output", "ridge"),
        ("centers", "rows"),
        ("width", "max"),
        ("width", -1.0),
        ("ridge", -0.1),
        ("ridge", float("nan")),
        ("threshold", "half"),
    ],
)
def test_a_parameter_out_of_range_is_refused_by_fit_and_by_the_catalogue(name, value) -> None:
    message = f"The '{name}' parameter of RBFClassifier must be"
    with pytest.raises(ValueError, match=message):
        RBFClassifier(**{name: value}).fit(*rows())
    path = "handbook.models.rbf.RBFClassifier"
    (fault,) = faults(path, "classification", "table", {name: value})
    assert fault.startswith(message)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"centers": [[1.0, 2.0, 3.0]]}, "each of the 2 features of X; it has 3"),
        ({"output": "logistic"}, "ridge must be above 0 with output='logistic'"),
        ({"train_units": True}, "train_units must be False with output='least-squares'"),
        ({"output": "logistic", "ridge": 1.0, "threshold": 1.0}, "threshold must be a probab"),
        ({"output": "gradient-descent", "learning_rate": 99.0}, "learning_rate=99.0 makes"),
    ],
)
def test_parameters_that_contradict_each_other_are_refused(params, message) -> None:
    with pytest.raises(ValueError, match=message):
        RBFClassifier(**params).fit(*rows())


def test_a_regressor_has_no_logistic_output() -> None:
    with pytest.raises(ValueError, match="The 'output' parameter of RBFRegressor must be"):
        RBFRegressor(output="logistic", ridge=1.0).fit(*rows())


@pytest.mark.parametrize("estimator", [RBFClassifier(), RBFRegressor()])
def test_sparse_rows_are_refused_with_a_way_out(estimator) -> None:
    X, y = rows()
    with pytest.raises(TypeError, match=r"dense data is required.*toarray"):
        estimator.fit(scipy.sparse.csr_array(X), y)
    with pytest.raises(TypeError, match=r"dense data is required.*toarray"):
        estimator.fit(X, y).predict(scipy.sparse.csr_array(X))


@pytest.mark.parametrize("weight", [None, [1, 0, 0, 1]])
def test_one_class_only_is_refused(weight) -> None:
    with pytest.raises(ValueError, match=r"one class only: 1$"):
        RBFClassifier().fit(SQUARE, [1, 1, 1, 1] if weight is None else [1, 0, 0, 1], weight)


def test_negative_weights_are_refused() -> None:
    with pytest.raises(ValueError, match="Negative values in data passed to `sample_weight`"):
        RBFClassifier().fit(SQUARE, [0, 1, 0, 1], [1, 1, -1, 1])
