"""Profiles: how Snakemake is called, by the name of a folder in ``workflow/profiles``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from handbook.core.errors import HandbookError, nearest

__all__ = ["USUAL", "folder_of", "overrides_of", "path_of"]

#: The profile of `make rebuild`.
USUAL = "default"

_PROFILES = "workflow/profiles"


def path_of(profile: str) -> Path:
    """Return the folder of a profile, which Snakemake takes.

    Parameters
    ----------
    profile : str
        Its name.

    Raises
    ------
    HandbookError
        There is no such profile here.
    """
    path = Path(_PROFILES, profile)
    if "/" in profile or not (path / "config.yaml").exists():
        names = sorted(config.parent.name for config in Path(_PROFILES).glob("*/config.yaml"))
        hint = nearest(profile, names) if names else "run this at the top of the project"
        raise HandbookError(f"--profile {profile}: no profile of {_PROFILES}; {hint}")
    return path


def folder_of(profile: str) -> Path:
    """Return the folder in which a profile runs its jobs."""
    return Path(_settings(profile).get("directory", "."))


def overrides_of(profile: str) -> dict[str, str]:
    """Return what a profile replaces of the catalogue."""
    pairs = (text.partition("=") for text in _settings(profile).get("config", ()))
    return {key: value for key, _, value in pairs}


def _settings(profile: str) -> Mapping[str, Any]:
    text = (path_of(profile) / "config.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text) or {}
