"""Fits of chapter 2 on bank-marketing with and without scikit-learn-intelex.

It is no dependency of this project; in an environment of its own:

    pip install scikit-learn-intelex && python benchmarks/intelex.py

after `make rebuild`, on a quiet machine. One thread each, in turn; results go to
`benchmarks/results/intelex.json`.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
ROUNDS = 3
MODELS: dict[str, tuple[str, dict[str, Any]]] = {
    "svc, linear": ("sklearn.svm.SVC", {"kernel": "linear", "cache_size": 1000}),
    "svc, rbf": ("sklearn.svm.SVC", {"cache_size": 1000}),
    "k-nearest neighbours": ("sklearn.neighbors.KNeighborsClassifier", {}),
    "k-nearest neighbours, Manhattan": (
        "sklearn.neighbors.KNeighborsClassifier",
        {"metric": "manhattan"},
    ),
    "random forest": ("sklearn.ensemble.RandomForestClassifier", {"random_state": 42}),
    "gradient boosting": ("sklearn.ensemble.GradientBoostingClassifier", {"random_state": 42}),
}


def main() -> None:
    """Time every model both ways, each in a process of its own."""
    found = {}
    for name in MODELS:
        times: dict[str, list[list[float]]] = {"plain": [], "intelex": []}
        for _ in range(ROUNDS):
            for way, each in times.items():
                command = [sys.executable, __file__, way, name]
                done = subprocess.run(command, capture_output=True, text=True, check=True)
                each.append(json.loads(done.stdout.splitlines()[-1]))
        found[name] = {
            way: {
                "fit_s": round(statistics.median(fit for fit, _ in each), 2),
                "predict_s": round(statistics.median(predict for _, predict in each), 2),
            }
            for way, each in times.items()
        }
    out = ROOT / "benchmarks" / "results" / "intelex.json"
    out.write_text(json.dumps({"python": platform.python_version(), "models": found}, indent=2))
    print(out.read_text())


def one(way: str, name: str) -> None:
    """Fit on the training rows, rank the test rows, and print both times."""
    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    if way == "intelex":
        from sklearnex import patch_sklearn

        patch_sklearn(verbose=False)
    from handbook.data import dataset
    from handbook.training.build import build

    rows, held_out = (
        dataset.read(ROOT / f"results/data/bank-marketing/{part}.arrow")
        for part in ("train", "test")
    )
    path, params = MODELS[name]
    recipe = {"numeric": "standard", "categorical": "onehot", "missing": "indicator"}
    model = build({"estimator": path, "params": params, "preprocess": recipe, "seed": 42}, rows.X)
    start = time.perf_counter()
    model.fit(rows.X, rows.y)
    fitted = time.perf_counter()
    ranks = model.predict_proba if hasattr(model, "predict_proba") else model.decision_function
    ranks(held_out.X)
    print(json.dumps([fitted - start, time.perf_counter() - fitted]))


if __name__ == "__main__":
    one(*sys.argv[1:]) if len(sys.argv) > 1 else main()
