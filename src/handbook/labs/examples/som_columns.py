"""Which columns of the card applications the self-organizing map's program takes (section 8.5)."""

from __future__ import annotations

from handbook.labs.result import Result, against, implies

__all__ = ["compute", "header"]


def header(attributes: int) -> list[str]:
    """Return the file's columns: a number for the customer, anonymous attributes, the class.

    Examples
    --------
    >>> header(2)
    ['CustomerID', 'A1', 'A2', 'Class']
    """
    return ["CustomerID", *(f"A{number}" for number in range(1, attributes + 1)), "Class"]


def compute(attributes: int, start: int, stop: int, amount: int, time: int) -> list[Result]:
    """Slice the header as the program slices the rows, columns counted from 0."""
    columns = header(attributes)
    taken = columns[start:stop]
    missed = [name for name in columns[1:-1] if name not in taken]
    return [
        against("a slice leaves its end out")(
            "columns that the map learns from", len(taken), stop - start
        ),
        against("all attributes but those of the slice")(
            "attributes that it never sees",
            ", ".join(missed),
            ", ".join(f"A{number}" for number in range(stop, attributes + 1)),
            book=implies("none", 8780),
            fault="contradicts itself",
            reason=f"columns {start}:{stop} end before column {stop}, and with them the last "
            "attributes",
            instead="gives the map every attribute (model som)",
        ),
        against("the attributes stand behind the customer's number")(
            f"columns {amount} and {time}, which are read as amount and time",
            f"{columns[amount]}, {columns[time]}",
            f"A{amount}, A{time}",
            book=implies("amount, time", (8882, 8884)),
            fault="wrong claim",
            reason="the file has neither: these are the two attributes that were left out, "
            "without a known meaning; amount and time belong to the payments that the text "
            "describes",
            instead="lists the customers of outlier nodes with the values that the file has",
        ),
    ]
