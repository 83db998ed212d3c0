"""Profiles: how Snakemake is called, by the name of a folder in ``workflow/profiles``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from handbook.catalogue import file
from handbook.core.errors import HandbookError, nearest
from handbook.workflow import rules

__all__ = ["USUAL", "arguments", "folder_of", "overrides_of", "path_of"]

#: The profile of `make rebuild`.
USUAL = "default"

_PROFILES = Path("workflow/profiles")


def path_of(profile: str) -> Path:
    """Return the folder of a profile, which Snakemake takes.

    Parameters
    ----------
    profile : str
        Its name; a project's own goes before that of the package.

    Raises
    ------
    HandbookError
        There is no such profile.
    """
    folders = [_PROFILES] if _PROFILES.is_dir() else []
    if Path("Snakefile").is_file():
        folders.append(rules.profiles())
    for folder in folders:
        if "/" not in profile and (folder / profile / "config.yaml").exists():
            return folder / profile
    names = {config.parent.name for folder in folders for config in folder.glob("*/config.yaml")}
    hint = nearest(profile, names) if names else "run this at the top of the project"
    raise HandbookError(f"--profile {profile}: no profile of {_PROFILES}; {hint}")


def arguments(profile: str) -> list[str]:
    """Return how Snakemake is called with a profile."""
    own = [] if file.is_usual() else ["--directory", str(folder_of(profile))]
    return ["--workflow-profile", str(path_of(profile)), *own]


def folder_of(profile: str) -> Path:
    """Return the folder in which a profile runs its jobs; a second catalogue has its own."""
    folder = Path(_settings(profile).get("directory", "."))
    if file.is_usual():
        return folder
    return Path("build", file.usual().stem, "" if profile == USUAL else profile)


def overrides_of(profile: str) -> dict[str, str]:
    """Return what a profile replaces of the catalogue."""
    pairs = (text.partition("=") for text in _settings(profile).get("config", ()))
    return {key: value for key, _, value in pairs}


def _settings(profile: str) -> Mapping[str, Any]:
    text = (path_of(profile) / "config.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text) or {}
