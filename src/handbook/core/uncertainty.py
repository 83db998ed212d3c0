"""Where results about the uncertainty of scores lie.

Apart from :mod:`handbook.core.folders`, whose digest is part of every training's record.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["intervals_file", "seeds_file"]


def intervals_file(data: str, results: Path = Path("results")) -> Path:
    """Return the path of the confidence intervals of test scores on a data set."""
    return results / "intervals" / f"{data}.json"


def seeds_file(model: str, results: Path = Path("results")) -> Path:
    """Return the path of the scores of one model trained with several seeds."""
    return results / "seeds" / f"{model}.json"
