"""Docstrings read from source files, without importing them."""

from __future__ import annotations

import ast
import importlib.util
from itertools import takewhile
from pathlib import Path

__all__ = ["first_paragraph", "prose"]


def first_paragraph(module: str, function: str) -> str:
    """Return the first paragraph of a function's docstring on one line, without backquotes.

    Empty where there is no such module, function or docstring.

    Examples
    --------
    >>> first_paragraph("handbook.core.docstrings", "first_paragraph")
    "Return the first paragraph of a function's docstring on one line, without backquotes."
    >>> first_paragraph("handbook.core.docstrings", "other")
    ''
    """
    return next(iter(_paragraphs(module, function)), "")


def prose(module: str, function: str) -> str:
    """Return all paragraphs of a function's docstring above its first section, on one line.

    Examples
    --------
    >>> prose("handbook.core.docstrings", "first_paragraph")[-59:]
    'Empty where there is no such module, function or docstring.'
    """
    above = takewhile(lambda paragraph: "----" not in paragraph, _paragraphs(module, function))
    return " ".join(above)


def _paragraphs(module: str, function: str) -> list[str]:
    package, _, name = module.rpartition(".")
    parent = importlib.util.find_spec(package.partition(".")[0])
    for folder in (parent and parent.submodule_search_locations) or ():
        file = Path(folder).joinpath(*package.split(".")[1:], f"{name}.py")
        if file.is_file():
            for node in ast.parse(file.read_bytes()).body:
                if isinstance(node, ast.FunctionDef) and node.name == function:
                    text = (ast.get_docstring(node) or "").replace("`", "")
                    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]
    return []
