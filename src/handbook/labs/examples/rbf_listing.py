"""Names in the RBF network's steps, and the order that it gives categories (section 7.3)."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.spatial.distance import cdist
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

from handbook.labs.names import unbound
from handbook.labs.result import Result, against, implies, listing, outcome

__all__ = ["apart", "compute"]

# Names of step 5, and of steps 1 to 4.
_USED = ("K_clust", "column", "numpy", "Cent", "math")
_BOUND = (
    "math", "pd", "LabelEncoder", "accuracy_score", "train_test_split", "KMeans", "StandardScaler",
    "np", "Data", "cols", "data_encode", "data_rest", "data_train", "data_test", "X_train",
    "Y_train", "X_test", "Y_test", "scaler",
)  # fmt: skip


def apart(encoder: Any, categories: list[str]) -> list[float]:
    """Return the distance of the first encoded category to the second, and to the last.

    The encoder gives a dense array.

    Examples
    --------
    >>> apart(OrdinalEncoder(), ["a", "b", "c", "d"])
    [1.0, 3.0]
    """
    codes = encoder.fit_transform(np.array(categories, dtype=object)[:, None])
    distances = cdist(codes[:1], codes)[0]
    return [float(distances[1]), float(distances[-1])]


def _times_as_far(encoder: Any, categories: list[str]) -> float:
    second, last = apart(encoder, sorted(categories))
    return last / second


def compute(categories: list[str]) -> list[Result]:
    """Check the names in the book's steps, and encode categories in two ways."""
    one_hot = OneHotEncoder(sparse_output=False)
    numbered = make_pipeline(OrdinalEncoder(), StandardScaler())
    category = f"the last of {len(categories)} categories is from the first as the second is"
    return [
        against("the names used less those bound")(
            "names that step 5 uses and nothing before it binds",
            ", ".join(unbound(_USED, _BOUND)),
            ", ".join(name for name in _USED if name not in _BOUND),
            book=implies("none", (8020, 8021, 8022, 8026)),
            fault="crashes when run",
            reason="step 5 needs the centres and their number, which step 6 makes under other "
            "names; numpy is imported as np. Step 7 does the same again, and rightly",
            instead="finds the centres first",
        ),
        against("Python 3 compiles no print without brackets")(
            "a print statement, as the last step has it",
            outcome(lambda: compile("print 1", "step 11", "exec")),
            "raises SyntaxError",
            book=implies("runs", 8188),
            fault="crashes when run",
            reason="that is Python 2; the text below the listing has it with brackets",
            instead="runs on Python 3",
        ),
        against("numbered from 0 in the order of the alphabet; scaling changes all alike")(
            f"numbered labels: how many times as far {category}",
            _times_as_far(numbered, categories),
            len(categories) - 1.0,
            book=listing(_times_as_far(numbered, categories), (7959, 8000)),
        ),
        against("any two one-hot vectors differ in two places by 1")(
            f"one-hot vectors: how many times as far {category}",
            _times_as_far(one_hot, categories),
            1.0,
        ),
    ]
