"""A furnished results folder, so that the report can be tested and looked at.

``python -m tests.report.conftest FOLDER [--sample]`` writes one with its report.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.report.browsing import CHROMIUM
from tests.report.made_predictions import many_classes, two_classes
from tests.report.made_results import GARMENTS, Made
from tests.report.made_text_fault import text_fault


def furnish(made: Made) -> Made:
    """Fill a folder with what a rebuild of the first models could leave behind."""
    yes_no = {"no": {"train": 31937, "test": 7985}, "yes": {"train": 4231, "test": 1058}}
    made.data(
        "bank-marketing",
        "Bank marketing",
        release="bank-full",
        classes=yes_no,
        notes="Calls of a Portuguese bank. Duration is known only after the call.",
        columns=[
            {"name": "age", "type": "number", "missing": 0, "distinct": 77, "min": 18, "max": 95,
             "mean": 40.93621021432837, "std": 10.618762},
            {"name": "balance", "type": "number", "missing": 0, "distinct": 7168, "min": -8019,
             "max": 102127, "mean": 1362.272057, "std": 3044.765829},
            {"name": "job", "type": "category", "missing": 288, "distinct": 11,
             "top": [["blue-collar", 9732], ["management", 9458], ["technician", 7597]]},
        ],
    )  # fmt: skip
    made.data("credit-approval", "Australian credit approval", fails=True, classes=yes_no)
    made.data(
        "fashion-mnist",
        "Fashion-MNIST",
        kind="images",
        licence="MIT",
        classes={name: {"train": 6000, "test": 1000} for name in GARMENTS},
        rows={"train": 60000, "test": 10000},
        images={"shape": [28, 28], "mean": 72.94035, "std": 90.02118},
    )
    made.data("boston-housing", "Boston housing", target="medv", rows={"train": 404, "test": 102})
    made.data(
        "macbeth",
        "Macbeth",
        kind="text",
        licence="public domain",
        target="",
        rows={"train": 3000, "test": 330},
        text={"characters": 111661, "lines": 3330, "alphabet": "\n !&'(),-.:;<>?ABC[]abc"},
    )
    made.model(
        "logistic-regression", "Logistic regression", "classification",
        ["bank-marketing", "credit-approval"],
    )  # fmt: skip
    made.model(
        "rbf-network",
        "Radial basis function network",
        "classification",
        ["bank-marketing"],
        section="7.3",
        estimator="handbook.models.rbf.RBFClassifier",
        variants={"book": {"bank-marketing": {"accuracy": 0.88}}, "improved": {}},
    )
    made.model(
        "lenet",
        "LeNet",
        "classification",
        ["fashion-mnist"],
        section="3.13",
        estimator="handbook.models.lenet.LeNetClassifier",
        curves=["loss", "validation_loss", "accuracy"],
        variants={"book": {"fashion-mnist": {"accuracy": 0.8412}}},
    )
    made.catalogue["models"]["lenet"]["variants"]["book"]["departs"] = [
        {"what": "images are passed over once an epoch", "lines": [4845, 4856], "data": []},
        {"what": "garments lie on <black>", "lines": [], "data": ["fashion-mnist"]},
    ]
    made.data(
        "bank-marketing-realistic",
        "Bank marketing, realistic",
        release="bank-full",
        classes=yes_no,
        notes="The same calls without their duration.",
    )
    made.model(
        "svc-linear",
        "Linear support vector machine",
        "classification",
        ["bank-marketing", "bank-marketing-realistic"],
        variants={"book": {}, "tuned": {}},
        shows=["coefficients"],
    )
    made.model("mlp", "Multilayer perceptron", "classification", ["bank-marketing"])
    made.model("svc", "Support vector machine", "classification", ["bank-marketing"])
    made.model("ridge", "Ridge regression", "regression", ["boston-housing"], section="2.6.5")
    made.model("lasso", "Lasso", "regression", ["boston-housing"], section="2.6.4")

    table = {"categorical": "onehot", "numeric": "standard", "missing": "indicator"}
    no_yes = ("no", "yes")
    bank = "bank-marketing"
    made.run(
        "logistic-regression", bank, classes=no_yes, preprocess=table, **two_classes(9043, 1.7)
    )
    never = two_classes(9043, 0.45, seed=1)
    never["predicted"] = np.zeros_like(never["predicted"])
    made.run("rbf-network", bank, classes=no_yes, preprocess=table, seconds=94.2, **never)
    made.run(
        "rbf-network", bank, "improved", classes=no_yes, preprocess=table, cv=False,
        seconds=4012, **two_classes(9043, 1.3, seed=2),
    )  # fmt: skip
    made.failed("svc", bank, "HandbookError: bank-marketing: memory ran out\nat row 12 <of> many")
    epochs = "".join(
        f"{epoch},{2.2 * 0.75**epoch:.6f},{2.2 * 0.77**epoch:.6f},{1 - 0.7 * 0.8**epoch:.6f}\n"
        for epoch in range(1, 11)
    )
    made.run(
        "lenet", "fashion-mnist", classes=GARMENTS, seconds=512.7,
        history="epoch,loss,validation_loss,accuracy\n" + epochs,
        **many_classes(10000, 10, 2.6),
    )  # fmt: skip
    picture = made.run_dir("lenet", "fashion-mnist") / "figures/kernels.svg"
    picture.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 90"><title>A kernel</title>'
        "<desc>A made-up kernel: dark is low, light is high.</desc><rect width='90' height='90'/>"
        "</svg>\n"
    )
    for data, skill in ((bank, 1.6), ("bank-marketing-realistic", 1.1)):
        for variant, gain, found in (("book", 0.0, {}), ("tuned", 0.1, tuned_svc())):
            said = two_classes(9043, skill + gain)
            said["scores"] = np.log(said["probabilities"][:, 1] / said["probabilities"][:, 0])
            del said["probabilities"]
            made.run(
                "svc-linear", data, variant, classes=no_yes, preprocess=table, seconds=12.3,
                **said, **found,
            )  # fmt: skip
        made.curves(
            "svc-linear", data, "roc_auc", train=0.93, check=0.90, dummy=0.5,
            sizes=[400, 2000, 8000, 28934], parameter="C", values=[0.001, 0.01, 0.1, 1, 10],
        )  # fmt: skip
    rng = np.random.default_rng(3)
    price = rng.gamma(6, 3.7, 102)
    for name, noise in (("ridge", 4.6), ("lasso", 5.1)):
        made.run(
            name, "boston-housing", target="medv", true=price, preprocess=table,
            predicted=price * 0.8 + 4.4 + rng.normal(0, noise, 102), **other_schemes(noise),
        )  # fmt: skip
    made.curves("ridge", "boston-housing", "rmse", train=1.9, check=4.7, dummy=9.2, noise=0.3)
    made.bias_variance()
    made.compare(bank, "roc_auc")
    made.compare("boston-housing", "rmse")
    made.gauge(bank)
    made.gauge("fashion-mnist")
    made.gauge("boston-housing")
    made.rehearse("logistic-regression/bank-marketing/book", ignore=("days",))
    made.rehearse("ridge/boston-housing/book", rows=30)
    made.lab(
        "corr2d",
        "Two-dimensional cross-correlation",
        [
            {"name": "3x3 of 0..8 with 2x2 of 0..3", "computed": [[19, 25], [37, 43]],
             "expected": [[19, 25], [37, 43]], "source": "scipy.signal.correlate2d",
             "book": {"value": [[19.0, 25.0], [37.0, 43.0]], "how": "printed", "lines": [5289],
                      "seed": None},
             "tolerance": 1e-9, "verdict": "agrees", "reason": "", "fault": ""},
            {"name": "saddle", "computed": 0.31234567, "expected": 0.31234567,
             "source": "closed form", "tolerance": 1e-6,
             "book": {"value": 3.0, "how": "listing", "lines": [3110, 3112], "seed": 5},
             "verdict": "book differs", "reason": "the book's listing is wrong",
             "instead": "computes it in closed form", "fault": "gives another number"},
            {"name": "ramp", "computed": [[0.5 * place for place in range(40)]] * 3,
             "expected": [[0.5 * place for place in range(40)]] * 3, "source": "closed form",
             "book": None, "tolerance": 1e-3, "verdict": "no figure printed", "reason": "",
             "fault": ""},
        ],
        about="Correlate a square with a smaller one.",
        params={"size": 3, "kernel": 2},
    )  # fmt: skip
    made.lab("padding", "Padding", None, section="4.10")
    made.lab("stride", "Stride", [], section="4.9")
    made.worked("linear-regression-toy")
    made.claim("escape-local-minima", demo=False, steps=100, runs=20)
    made.text_faults += [
        text_fault("4.7", "the summary", fault="announced and missing", lines=[7, 9]),
        text_fault("cover", "the title", fault="wrong claim"),
    ]
    return made


def tuned_svc() -> dict[str, Any]:
    """Return what a search for a support vector machine leaves behind."""
    trials = [
        {"params": {"C": c}, "score": score, "spread": 0.004}
        for c, score in ((0.01, 0.871), (0.1, 0.893), (1, 0.902), (10, 0.901))
    ]
    return {
        "search": {"space": {"C": [0.01, 0.1, 1, 10]}, "draws": None, "splits": 3, "rows": 4000},
        "threshold": "balanced_accuracy",
        "chosen": {"params": {"C": 1}, "threshold": -0.77, "score": 0.902, "trials": trials},
        "fold_choices": [{"C": 1}, {"C": 1}, {"C": 10}, {"C": 1}, {"C": 0.1}],
    }


def other_schemes(error: float) -> dict[str, Any]:
    """Return scores over repeated folds and over single rows left out."""
    return {
        "repeated": {
            "repeats": 5,
            "folds": 5,
            "mean": {"rmse": error + 0.1, "r2": 0.7},
            "standard_error": {"rmse": 0.15, "r2": 0.02},
            "interval": {"rmse": [error - 0.3, error + 0.5], "r2": None},
        },
        "leave_one_out": {
            "rows": 404,
            "metrics": {"rmse": error + 0.05, "r2": 0.71},
            "standard_error": {"rmse": 0.11},
        },
    }


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., Made]:
    def make(name: str = "made", *, sample: bool = False) -> Made:
        return Made(tmp_path / name, sample=sample)

    return make


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Return a furnished folder with its report, for tests that only read."""
    made = furnish(Made(tmp_path_factory.mktemp("furnished")))
    made.build()
    return made


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, driven by Playwright."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def opened(browser: Any, furnished: Made) -> Iterator[Callable[..., Any]]:
    """Open a page of the report from disk; an error in a script is a fault."""
    contexts = []
    faults: list[str] = []

    def open_page(name: str | Path, **options: Any) -> Any:
        context = browser.new_context(**({"viewport": {"width": 1300, "height": 900}} | options))
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto((furnished.report / name).as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


if __name__ == "__main__":
    full = furnish(Made(Path(sys.argv[1]), sample="--sample" in sys.argv))
    print(full.build() / "index.html")
