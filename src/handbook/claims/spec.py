"""All that an experiment on a claim depends on in the catalogue."""

from __future__ import annotations

from typing import Any

from handbook.core.section import Section

__all__ = ["ClaimSpec"]


class ClaimSpec(Section):
    """One claim of the book with the settings of its experiment, as a tier has them.

    Parameters
    ----------
    claim, title, section : str
        Its name, its title and the section of the book.
    data : str or None
        The data set whose training rows the experiment takes.
    params : dict
        Its settings.
    seeds : list of int
        The experiment is repeated for each.
    least : dict of str to float
        The smallest effect of interest of each of its parts.
    level : float
        At which all intervals hold together.
    demo : bool
        Whether seeds and settings are too small to decide anything.
    """

    claim: str
    title: str
    section: str
    data: str | None
    params: dict[str, Any]
    seeds: list[int]
    least: dict[str, float]
    level: float
    demo: bool
