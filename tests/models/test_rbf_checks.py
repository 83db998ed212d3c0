"""scikit-learn's own checks of the RBF estimators, over their ways to centres and weights."""

from __future__ import annotations

from sklearn.utils.estimator_checks import parametrize_with_checks

from handbook.models.rbf import RBFClassifier, RBFRegressor

ALL = {"centers": "random", "n_centers": 200, "ridge": 1e-3, "bias": True, "random_state": 0}
WIDE = {"width": 2.0, "activation": "text", "ridge": 1e-3, "bias": True, "random_state": 0}
DESCENT = {"output": "gradient-descent", "bias": True, "random_state": 0}

BATCHES = (
    "as scikit-learn's MiniBatchKMeans, which fails it too: a row of weight 2 counts twice in a "
    "centroid, but it enters the batches as one row"
)


FEW = (
    "asks for R^2 0.5 on a slope in ten columns; the default, the handbook's eight units of "
    "narrow width, reaches 0.23 (40 units, below: 0.59)"
)


def expected_failures(estimator) -> dict[str, str]:
    failures = {}
    if estimator.centers == "minibatch":
        failures["check_sample_weight_equivalence_on_dense_data"] = BATCHES
    if repr(estimator) == repr(RBFRegressor(random_state=0)):
        failures["check_regressors_train"] = FEW
    return failures


@parametrize_with_checks(
    [
        RBFClassifier(random_state=0),
        RBFClassifier(**WIDE),
        RBFClassifier(**ALL, width="per-center", output="logistic"),
        RBFClassifier(**DESCENT, centers="minibatch", width="nearest"),
        RBFRegressor(random_state=0),
        RBFRegressor(n_centers=40, random_state=0),
        RBFRegressor(**WIDE, n_centers=80),
        RBFRegressor(**ALL, width="nearest", n_neighbors=3),
        RBFRegressor(**DESCENT, n_centers=20, train_units=True),
    ],
    expected_failed_checks=expected_failures,
)
def test_scikit_learns_checks_pass(estimator, check) -> None:
    check(estimator)
