"""A page of the report in one file: all styles, scripts and figures that it loads are in it."""

from __future__ import annotations

import base64
import posixpath
import re
from collections.abc import Mapping
from pathlib import Path

from handbook.core.errors import HandbookError, nearest

__all__ = ["single_page"]


def single_page(page: str, texts: Mapping[str, str], figures: Mapping[str, Path]) -> str:
    r"""Return a page that needs no other file; links to other pages become plain text.

    Parameters
    ----------
    page : str
        As in its address, with or without ``.html``.
    texts : mapping of str to str
        Every file of the report but the figures, by its name.
    figures : mapping of str to Path
        Where the figures lie that the report has copies of, by the names of these.

    Raises
    ------
    HandbookError
        There is no such page.

    Examples
    --------
    >>> texts = {
    ...     "labs/a.html": '<link rel="stylesheet" href="../s.css"><a href="b.html">B</a>',
    ...     "s.css": "p {}",
    ... }
    >>> single_page("labs/a", texts, {})
    '<style>\np {}</style><a>B</a>'
    """
    name = f"{page.removesuffix('.html')}.html"
    if name not in texts:
        pages = [text.removesuffix(".html") for text in texts if text.endswith(".html")]
        raise HandbookError(f"the report has no page {page!r}; {nearest(page, pages)}")

    def lies_at(address: str) -> str:
        return posixpath.normpath(posixpath.join(posixpath.dirname(name), address))

    def style(match: re.Match[str]) -> str:
        return f"<style>\n{texts[lies_at(match[1])]}</style>"

    def script(match: re.Match[str]) -> str:
        return f"<script>\n{texts[lies_at(match[1])]}</script>"

    def picture(match: re.Match[str]) -> str:
        data = base64.b64encode(figures[lies_at(match[2])].read_bytes()).decode()
        return f'{match[1]}"data:image/svg+xml;base64,{data}"'

    def link(match: re.Match[str]) -> str:
        page, _, anchor = match[2].partition("#")
        return f'{match[1]}"#{anchor}"' if lies_at(page) == name else f'{match[1]}""'

    text = re.sub(r'<link rel="stylesheet" href="([^":]+)">', style, texts[name])
    text = re.sub(r'(<img [^>]*?\bsrc=)"([^":]+)"', picture, text)
    # Runs over each other lead to where each is shown in full, if that is this page.
    text = re.sub(r'("link": ?)"(?!https?:)([^"]+)"', link, text)
    # A figure still opens large: what it shows then is the picture that is here already.
    text = re.sub(r'<a class="drawing" href="[^"]*"', '<a class="drawing" href="#"', text)
    # What would lead to another file: the words of a link stay, without the link.
    text = re.sub(r'(<a\b[^>]*?) href="(?!#|https?:)[^"]*"', r"\1", text)
    return re.sub(r'<script src="([^":]+)"></script>', script, text)
