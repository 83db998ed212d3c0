"""Which file is the catalogue of a project."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["OVERRIDES", "VARIABLE", "is_usual", "usual"]

#: Environment variable: the catalogue, where it is to be another file than `params.yaml`.
VARIABLE = "HANDBOOK_PARAMS"
#: File beside the catalogue whose values replace some of it.
OVERRIDES = "overrides.yaml"

_USUAL = Path("params.yaml")


def usual() -> Path:
    """Return the catalogue that commands read where none is named."""
    return Path(os.environ.get(VARIABLE) or _USUAL)


def is_usual() -> bool:
    """Tell whether that is `params.yaml`, whose results lie at the top of the project."""
    return usual() == _USUAL
