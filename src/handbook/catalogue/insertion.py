"""Entries put into the text of `params.yaml`: comments, order and layout of all else stay."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping
from typing import Any

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import CommentMark
from ruamel.yaml.representer import RoundTripRepresenter
from ruamel.yaml.tokens import CommentToken

from handbook.catalogue.strict_yaml import END, is_ended
from handbook.core.errors import HandbookError

__all__ = ["with_entries"]

# Longest line of the file, as everywhere in this project.
_WIDTH = 100
_COLLECTIONS = (CommentedMap, CommentedSeq)


def with_entries(
    text: str, entries: Mapping[tuple[str, ...], Mapping[str, Any]], *, depth: int = 0
) -> str:
    """Return the text of a YAML file in which some mappings have new entries, or changed ones.

    Parameters
    ----------
    text : str
    entries : mapping of tuple of str to mapping
        Keys that lead to a mapping -> name of an entry there -> all of its content.
    depth : int
        So many levels of a new entry are written below their keys, and an empty line before it
        where there is one between the others; without, all that fits stands on the line of its key.

    Raises
    ------
    HandbookError
        The edit would change something else too, such as another entry that shares an anchor.

    Examples
    --------
    >>> text = '''
    ... models:
    ...   knn:  # near is alike
    ...     variants:
    ...       tuned:
    ...         params: {k: 3}  # for now
    ... '''
    >>> changed = {"tuned": {"params": {"k": 7}}}
    >>> print(with_entries(text, {("models", "knn", "variants"): changed}).strip())
    models:
      knn:  # near is alike
        variants:
          tuned:
            params: {k: 7}  # for now
    """
    expected, document = yaml.safe_load(text), _editor().load(text)
    for keys, changed in entries.items():
        *above, last = keys
        wanted, parent = expected, document
        for key in above:
            wanted, parent = wanted[key], parent[key]
        wanted[last] = {**(wanted[last] or {}), **changed}
        if not parent[last]:
            _open(parent, last, 2 * len(keys))
        old = parent[last]
        apart = depth > 0 and _stand_apart(old, text.splitlines())
        new = [key for key in changed if key not in old]
        _merge(old, {**old, **changed}, depth)
        for key in new if apart else ():
            old.ca.items.setdefault(key, [None] * 4)[1] = [CommentToken("\n", CommentMark(0))]
    edited = _dump(document) + (END if is_ended(text) else "")
    if yaml.safe_load(edited) != expected:
        by_path = {" -> ".join(keys): dict(changed) for keys, changed in entries.items()}
        raise HandbookError(
            "params.yaml: cannot be edited without changing something else; put there by hand: "
            f"{json.dumps(by_path)}"
        )
    return edited


def _open(parent: CommentedMap, key: str, column: int) -> None:
    """Make an empty mapping one whose entries stand below its key."""
    comment = _token_below(parent, key)
    parent[key] = CommentedMap()
    parent[key].lc.col = column
    if comment is not None:
        _put_below(parent, key, CommentToken(f" {comment.value}", CommentMark(0)))


def _stand_apart(node: CommentedMap, lines: list[str]) -> bool:
    """Tell whether an empty line stands above the last entry of a mapping, and its comments."""
    if len(node) < 2 or not _is_block(node):
        return False
    above = lines[: node.lc.key(list(node)[-1])[0]]
    while above and above[-1].strip().startswith("#"):
        above.pop()
    return bool(above) and not above[-1].strip()


class _Representer(RoundTripRepresenter):
    """Writes values that YAML 1.1 reads back too: the catalogue is read with PyYAML."""

    def float_with_dot(self, value: float) -> Any:
        text = repr(value)
        text = text if "." in text else text.replace("e", ".0e")  # 1.1 reads 1e-05 as text
        return self.represent_scalar("tag:yaml.org,2002:float", text)

    def quoted_word(self, value: str) -> Any:
        # 1.1 reads `no` as false
        quote = "'" if yaml.safe_dump(value, allow_unicode=True).startswith("'") else None
        return self.represent_scalar("tag:yaml.org,2002:str", value, style=quote)


_Representer.add_representer(float, _Representer.float_with_dot)
_Representer.add_representer(str, _Representer.quoted_word)


def _editor() -> YAML:
    editor = YAML()
    editor.Representer = _Representer
    editor.preserve_quotes = True
    editor.width = _WIDTH
    editor.indent(mapping=2, sequence=4, offset=2)
    return editor


def _dump(document: CommentedMap) -> str:
    stream = io.StringIO()
    _editor().dump(document, stream)
    return stream.getvalue()


def _merge(old: CommentedMap, new: Mapping[str, Any], depth: int = 0) -> None:
    """Make a mapping equal to a new one; equal values keep their layout, removed ones a comment.

    The parser keeps the comments and empty lines between two entries with the last value before
    them. They are taken off first and put below the last value at the end.
    """
    column, below = old.lc.col, _take_lines_below(old)
    removed: list[str] = []
    for key in [*old, *(key for key in new if key not in old)]:
        if key not in new:
            removed += _comments(old, [key])
            del old[key]
            continue
        if removed:
            above = [CommentToken(f"{line}\n", CommentMark(column)) for line in removed]
            tokens = old.ca.items.setdefault(key, [None] * 4)
            tokens[1], removed = [*(tokens[1] or []), *above], []
        block = key in old and _is_block(old[key])
        if block and isinstance(old[key], Mapping) and isinstance(new[key], Mapping):
            _merge(old[key], new[key])
        elif key not in old or old[key] != new[key]:
            removed = _comments(old[key], _keys(old[key])) if block else []
            old[key] = _laid_out(key, new[key], column, depth)
            if token := _token_below(old, key):
                comment = token.value.startswith("#")  # two spaces behind the new value
                moved = CommentToken(f" {token.value}", CommentMark(0)) if comment else token
                _put_below(old, key, moved)
    if removed or below:
        container, key = _last(old)
        token = _token_below(container, key) or CommentToken("\n", CommentMark(0))
        token.value += "".join(f"{' ' * column}{line}\n" for line in removed) + below
        _put_below(container, key, token)


def _laid_out(key: str, value: Any, indent: int, depth: int = 0) -> Any:
    """Return a value to be written on the line of its key, or below it where it is too long.

    Of a mapping so many levels are written below in any case.
    """
    if not isinstance(value, Mapping | list):
        return value
    node = CommentedSeq(value) if isinstance(value, list) else CommentedMap(value)
    node.fa.set_flow_style()
    first, *more = _dump(CommentedMap({key: node})).splitlines()
    long = bool(more) or len(first) > _WIDTH - indent
    if isinstance(value, list) and long and all(isinstance(item, Mapping) for item in value):
        return CommentedSeq(_laid_out("-", item, indent + 4) for item in value)
    if isinstance(value, list) or not value or not (long or depth > 0):
        return node
    return CommentedMap(
        {name: _laid_out(name, inner, indent + 2, depth - 1) for name, inner in value.items()}
    )


def _is_block(node: Any) -> bool:
    return isinstance(node, _COLLECTIONS) and not node.fa.flow_style() and len(node) > 0


def _keys(node: CommentedMap | CommentedSeq) -> list[Any]:
    return list(node) if isinstance(node, CommentedMap) else list(range(len(node)))


def _last(node: Any) -> tuple[Any, Any]:
    """Return the last entry of a block, however deep: its collection and its key there."""
    key = _keys(node)[-1]
    return _last(node[key]) if _is_block(node[key]) else (node, key)


def _token_below(node: Any, key: Any) -> CommentToken | None:
    """Return what follows a value on its line, and all lines from there to the next entry."""
    token: CommentToken | None = (node.ca.items.get(key) or [None] * 4)[_position(node)]
    return token


def _put_below(node: Any, key: Any, token: CommentToken) -> None:
    node.ca.items.setdefault(key, [None] * 4)[_position(node)] = token
    if isinstance(node[key], _COLLECTIONS):
        node[key].ca.comment = [token, None]


def _position(node: Any) -> int:
    """Return where the parser keeps such a comment, among the four that an entry can have."""
    return 2 if isinstance(node, CommentedMap) else 0


def _take_lines_below(node: CommentedMap) -> str:
    token = _token_below(*_last(node)) if _is_block(node) else None
    if token is None:
        return ""
    own, _, below = token.value.partition("\n")
    token.value = f"{own}\n"
    return str(below)


def _comments(node: Any, keys: Iterable[Any]) -> list[str]:
    """Take all comments of some entries, in order."""
    lines: list[str] = []
    for key in keys:
        for tokens in node.ca.items.pop(key, []):
            for token in tokens if isinstance(tokens, list) else [tokens] if tokens else []:
                lines += token.value.split("\n")
        if isinstance(node[key], _COLLECTIONS):
            lines += _comments(node[key], _keys(node[key]))
    return [line.strip() for line in lines if line.strip()]
