"""The book's process of machine learning, step by step, and where this report does each."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["LINES", "PROCESS", "Step"]

#: Where the steps stand in the book's text, which calls them the machine learning process (2.3).
LINES = (1132, 1139)


class Step(NamedTuple):
    """A step of the process.

    Parameters
    ----------
    name : str
    page : str
        Where this report does it.
    here : str
        What is done here, in a few words.
    """

    name: str
    page: str
    here: str


#: In the order of the book.
PROCESS = (
    Step("Problem definition", "index.html#data", "what each data set is to tell, and by what "
         "score"),
    Step("Data collection", "made.html", "pinned public files, each checked by its digest"),
    Step("Data preprocessing", "index.html#data", "expectations that all rows have to meet; "
         "encoding and scaling fitted on training rows alone"),
    Step("Model selection", "models.html", "every model of the book, and a dummy beside them"),
    Step("Model training", "race.html", "the book’s settings, and those that a search found on "
         "training rows"),
    Step("Model evaluation", "index.html", "cross-validation and held-out rows, with intervals"),
    Step("Model deployment", "deployment.html", "rows from outside are answered, by a model that "
         "is kept, promoted and rolled back"),
    Step("Model monitoring and maintenance", "monitoring.html", "drift and scores over time; what "
         "learning anew regains"),
)  # fmt: skip
