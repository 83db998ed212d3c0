"""Sections of the book as the catalogue writes them: their order, and the chapters they lie in."""

from __future__ import annotations

import re

__all__ = ["OTHER", "chapter_in_brief", "chapter_name", "chapter_of", "chapter_title", "order"]

#: The chapter of what names no section by its number.
OTHER = "other"

# In our own words; a chapter that is not here has its number alone.
_TITLES = {
    "2": "Machine learning models",
    "3": "Networks and their optimisation",
    "4": "Convolutional networks",
    "5": "Recurrent networks",
    "6": "Generative adversarial networks",
    "7": "Radial basis function networks",
    "8": "Self-organizing maps",
    OTHER: "Outside the chapters",
}
# For a menu of one line.
_BRIEF = {
    "2": "Machine learning",
    "3": "Networks",
    "4": "Convolution",
    "5": "Recurrence",
    "6": "Adversaries",
    "7": "Radial bases",
    "8": "Maps",
    OTHER: "Other",
}


def order(section: str) -> tuple[int, ...]:
    """Return what sorts sections by their numbers; a range lies where it begins.

    What has no number comes last.

    Examples
    --------
    >>> sorted(["annex", "3.10", "3.9", "3.2.1-3.2.5", "3.2"], key=order)
    ['3.2', '3.2.1-3.2.5', '3.9', '3.10', 'annex']
    """
    first = re.match(r"[0-9]+(\.[0-9]+)*", section)
    return tuple(map(int, first[0].split("."))) if first else (10**6,)


def chapter_of(section: str) -> str:
    """Return the number of the chapter that a section lies in, else :data:`OTHER`.

    Examples
    --------
    >>> chapter_of("3.2.8, 5.5"), chapter_of("annex")
    ('3', 'other')
    """
    first = re.match(r"[0-9]+", section)
    return str(int(first[0])) if first else OTHER


def chapter_title(chapter: str) -> str:
    """Return what a chapter is about, empty where that is not known."""
    return _TITLES.get(chapter, "")


def chapter_in_brief(chapter: str) -> str:
    """Return what a chapter is about in a word or two, empty where that is not known."""
    return _BRIEF.get(chapter, "")


def chapter_name(chapter: str) -> str:
    """Return the name of a chapter by which a list of them is read.

    Examples
    --------
    >>> chapter_name("4"), chapter_name("12"), chapter_name("other")
    ('Chapter 4: Convolutional networks', 'Chapter 12', 'Outside the chapters')
    """
    title = chapter_title(chapter)
    if chapter == OTHER:
        return title
    return f"Chapter {chapter}: {title}" if title else f"Chapter {chapter}"
