"""Which columns of the card applications the self-organizing map's program takes (section 8.5)."""

from __future__ import annotations

import numpy as np

from handbook.labs.names import unbound
from handbook.labs.result import Result, against, implies, outcome, prints

__all__ = ["compute", "header"]

# Names of the whole program: those that it uses, and those that it binds.
_USED = ("X", "dataset", "grid_size", "scaler", "data", "som", "Y", "markers", "colors", "sc")
_BOUND = (
    "pd", "np", "plt", "MiniSom", "dataset", "X", "y", "MinMaxScaler", "scaler", "X_scaled",
    "grid_size", "learning_rate", "som", "markers", "colors", "i", "x", "w", "mappings",
)  # fmt: skip


def header(attributes: int) -> list[str]:
    """Return the file's columns: a number for the customer, anonymous attributes, the class.

    Examples
    --------
    >>> header(2)
    ['CustomerID', 'A1', 'A2', 'Class']
    """
    return ["CustomerID", *(f"A{number}" for number in range(1, attributes + 1)), "Class"]


def compute(attributes: int, start: int, stop: int, amount: int, time: int) -> list[Result]:
    """Check which columns of the card applications the book's program gives to its map."""
    columns = header(attributes)
    taken = columns[start:stop]
    missed = [name for name in columns[1:-1] if name not in taken]
    return [
        against("a slice leaves its end out")(
            "columns that the map learns from",
            len(taken),
            stop - start,
            book=prints(15, 8780),
            fault="contradicts itself",
            reason="the slice takes 12, as the text says beside it; the file has 14 attributes, "
            "and 16 columns with the customer and the class",
            instead="gives the map every attribute (model som)",
        ),
        against("all attributes but those of the slice")(
            "attributes that it never sees",
            ", ".join(missed),
            ", ".join(f"A{number}" for number in range(stop, attributes + 1)),
        ),
        against("a row has the columns of the slice, counted from 0")(
            f"columns {amount} and {time} of rows that the map has, taken as amounts and times",
            outcome(lambda: np.zeros((1, len(taken)))[:, [amount, time]]),
            "raises IndexError" if max(amount, time) >= stop - start else "runs",
            book=implies("runs", (8882, 8884)),
            fault="crashes when run",
            reason=f"these rows have {len(taken)} columns. The listing says that it assumes "
            "amounts and times there; the file has no columns of these names, which are those of "
            "the payments that the text describes",
            instead="lists the customers of outlier nodes with the values that the file has",
        ),
        against("the names used less those bound")(
            "names that the program uses and nothing binds",
            ", ".join(unbound(_USED, _BOUND)),
            ", ".join(name for name in _USED if name not in _BOUND),
            book=implies("none", (8773, 8800, 8837, 8875)),
            fault="crashes when run",
            reason="the rows are called dataset and X, the classes y, the scaler scaler",
            instead="runs the whole case (model som)",
        ),
    ]
