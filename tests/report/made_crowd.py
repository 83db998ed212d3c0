"""A catalogue of a hundred runs, to see whether the pages still read well.

``python -m tests.report.made_crowd FOLDER`` writes its report.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from tests.report.made_predictions import many_classes, two_classes
from tests.report.made_results import Made

CLASSIFIERS = {
    "logistic-regression": "Logistic regression",
    "svc": "Support vector classifier",
    "knn-classifier": "k-nearest neighbours classifier",
    "lda": "Linear discriminant analysis",
    "decision-tree-classifier": "Decision tree classifier",
    "random-forest-classifier": "Random forest classifier",
    "extra-trees-classifier": "Extremely randomised trees classifier",
    "adaboost-classifier": "AdaBoost classifier",
    "gradient-boosting-classifier": "Gradient boosting classifier",
}
REGRESSORS = {
    "linear-regression": "Linear regression",
    "lasso": "Lasso",
    "ridge": "Ridge regression",
    "svr": "Support vector regression",
    "knn-regressor": "k-nearest neighbours regression",
    "decision-tree-regressor": "Decision tree regression",
    "random-forest-regressor": "Random forest regression",
    "extra-trees-regressor": "Extremely randomised trees regression",
    "adaboost-regressor": "AdaBoost regression",
    "gradient-boosting-regressor": "Gradient boosting regression",
}
YES_NO = {"no": {"train": 3193, "test": 798}, "yes": {"train": 423, "test": 105}}
BINARY = {
    "bank-marketing": "Bank marketing",
    "bank-marketing-realistic": "Bank marketing, realistic",
    "credit-approval": "Credit card applications",
}
NUMBERS = {"boston-housing": "Boston housing", "diabetes": "Diabetes"}
VARIANTS = {"book": {}, "tuned": {}}


def crowd(made: Made) -> Made:
    """Fill a folder with every chapter 2 model on every data set, twice; no figures of runs."""
    for name, title in BINARY.items():
        made.data(name, title, classes=YES_NO)
    made.data("iris", "Iris", classes={name: {"train": 40, "test": 10} for name in "abc"})
    for name, title in NUMBERS.items():
        made.data(name, title, rows={"train": 404, "test": 102})
    for place, (name, title) in enumerate(CLASSIFIERS.items()):
        made.model(name, title, "classification", [*BINARY, "iris"], variants=VARIANTS)
        for variant in VARIANTS:
            skill = 0.3 + 0.12 * place + 0.1 * (variant == "tuned")
            for data in BINARY:
                said = two_classes(900, skill + 0.4 * (data == "bank-marketing"), seed=place)
                made.run(name, data, variant, classes=("no", "yes"), draw_figures=False, **said)
            said = many_classes(30, 3, 2 + skill, seed=place)
            made.run(name, "iris", variant, classes=("a", "b", "c"), draw_figures=False, **said)
        made.curves(
            name, "iris", "accuracy", train=1.0, check=0.8 + 0.02 * place, dummy=1 / 3, noise=0.02
        )
    random = np.random.default_rng(0)
    true = random.gamma(6, 3.7, 102)
    for place, (name, title) in enumerate(REGRESSORS.items()):
        made.model(name, title, "regression", list(NUMBERS), variants=VARIANTS)
        for variant in VARIANTS:
            for data in NUMBERS:
                noise = (300 if (place, variant) == (0, "tuned") else 6) - 0.4 * place
                predicted = true + random.normal(0, noise, 102)
                made.run(
                    name, data, variant, true=true, predicted=predicted, draw_figures=False,
                    target="medv",
                )  # fmt: skip
        made.curves(name, "diabetes", "rmse", train=40.0, check=58.0 - place, dummy=77.0, noise=2.0)
    for data in (*BINARY, "iris", *NUMBERS):
        made.compare(
            data, "rmse" if data in NUMBERS else "accuracy" if data == "iris" else "roc_auc"
        )
    for number in range(60):
        made.lab(f"lab-{number}", f"Worked example {number}", [])
        made.catalogue["labs"][f"lab-{number}"]["section"] = f"{2 + number // 10}.{number % 10}"
    made.bias_variance()
    return made


if __name__ == "__main__":
    print(crowd(Made(Path(sys.argv[1]))).build() / "index.html")
