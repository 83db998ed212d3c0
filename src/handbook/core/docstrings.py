"""Docstrings read from source files, without importing them."""

from __future__ import annotations

import ast
import importlib.util
from pathlib import Path

__all__ = ["first_paragraph"]


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
    package, _, name = module.rpartition(".")
    parent = importlib.util.find_spec(package.partition(".")[0])
    for folder in (parent and parent.submodule_search_locations) or ():
        file = Path(folder).joinpath(*package.split(".")[1:], f"{name}.py")
        if file.is_file():
            for node in ast.parse(file.read_bytes()).body:
                if isinstance(node, ast.FunctionDef) and node.name == function:
                    paragraph = (ast.get_docstring(node) or "").partition("\n\n")[0]
                    return " ".join(paragraph.replace("`", "").split())
    return ""
