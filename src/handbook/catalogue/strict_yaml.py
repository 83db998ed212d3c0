"""YAML read strictly: what a lenient parser passes over in silence is an error with its line.

A file that was cut, a key that stands twice and aliases that expand without end all give a
catalogue that asks for something else than its author does; so does a value that readers of YAML
1.1 and of 1.2 take for different things. DVC reads and writes 1.2.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from handbook.core.errors import HandbookError

__all__ = ["END", "is_ended", "read"]

#: YAML's own mark of the end of a document, as the last line of a file.
END = "...\n"

# The parser in C takes a fifth of the time; some builds of PyYAML lack it.
_Safe: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Far more than any catalogue has, with every alias counted as what it stands for.
_MOST_VALUES, _DEEPEST = 100_000, 50
# Numbers as YAML 1.2 writes them; readers of 1.1 take `1e-05` for text.
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_TEXT = "tag:yaml.org,2002:str"
# What the two versions take for different things, and what to write instead.
_AMBIGUOUS = (
    (re.compile(r"[-+]?0[0-9_]+"), "octal for one reader of YAML and decimal for another"),
    (re.compile(r"[-+]?0o[0-7_]+"), "octal for one reader of YAML and text for another"),
    (re.compile(r"[-+]?0b[01_]+"), "binary for one reader of YAML and text for another"),
    (
        re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?"),
        "counted in sixties by one reader of YAML and text for another",
    ),
    (
        re.compile(r"(?=.*[0-9])[-+.0-9][-+.0-9_]*_[-+.0-9_eE]*|[-+]?\.[0-9]+[eE][0-9]+"),
        "a number for one reader of YAML and text for another",
    ),
    (
        re.compile(r"yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF"),
        "true or false for one reader of YAML and text for another",
    ),
)


def read(path: Path) -> dict[str, Any]:
    """Return the keys and values of a YAML file.

    Raises
    ------
    HandbookError
        Says what is wrong, in which line, and what to do.
    """
    text = _text(path)
    try:
        _check_depth(path, text)
        content = _Strict(text).get_single_data()
    except yaml.YAMLError as error:
        raise _described(path, text, error) from None
    if not isinstance(content, dict):
        raise HandbookError(f"{path}: must hold keys such as 'models:' and 'data:'")
    return content


def is_ended(text: str) -> bool:
    r"""Tell whether a text says itself where it ends, so that a part of it is no whole.

    Examples
    --------
    >>> is_ended("seed: 42\n...\n"), is_ended("seed: 42\n")
    (True, False)
    """
    return text.endswith(f"\n{END}")


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise HandbookError(
            f"{path}: cannot be read: {error.strerror}; run the command in the project's folder: a "
            "clone, or the source distribution unpacked"
        ) from None
    except OSError as error:
        raise HandbookError(f"{path}: cannot be read: {error.strerror}") from None
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise HandbookError(
            f"{path}:{line}: byte {data[error.start]:#04x} is not UTF-8; save the file as UTF-8"
        ) from None
    if not text.strip():
        raise HandbookError(f"{path}: empty; `git checkout {path.name}` brings the last version")
    if not text.endswith("\n"):
        raise HandbookError(
            f"{path}:{text.count(chr(10)) + 1}: ends in the middle of a line, so that it may have "
            f"been cut; `git diff {path.name}` shows what is missing. If nothing is, end the last "
            "line with a line break"
        )
    return text


class _Strict(_Safe):  # type: ignore[misc]
    """A loader of plain values that refuses keys that stand twice and values of two meanings."""

    def get_single_data(self) -> Any:
        node = self.get_single_node()
        if node is None:
            return None
        _count(node, {})
        return self.construct_document(node)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        if isinstance(node, yaml.ScalarNode) and not node.style:  # no quotes around it
            for pattern, meanings in _AMBIGUOUS:
                if pattern.fullmatch(node.value):
                    raise _fault(f"{node.value} is {meanings}; {_instead(node.value)}", node)
            if node.tag == _TEXT and _FLOAT.fullmatch(node.value):
                return float(node.value)
        try:
            return super().construct_object(node, deep)
        except ValueError as error:  # no such day, or a number of too many digits
            raise _fault(f"{error}; put it in quotes if it is text", node) from None

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Any:
        first: dict[Any, int] = {}
        for key_node, _ in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                continue
            key, line = self.construct_object(key_node, deep=True), key_node.start_mark.line + 1
            if not isinstance(key, str):
                raise _fault(f"the key {key!r} is no text; put it in quotes", key_node)
            if key in first:
                problem = f"the key {key!r} stands there twice, first in line {first[key]}"
                raise _fault(f"{problem}; remove one of the two", key_node)
            first[key] = line
        return super().construct_mapping(node, deep)


def _instead(value: str) -> str:
    """Say how to write a value that has one meaning."""
    lower, text = value.lower(), f'"{value}" if it is text'
    if lower in {"yes", "on"}:
        return f"write true, or {text}"
    if lower in {"no", "off"}:
        return f"write false, or {text}"
    number = value.replace("_", "").lstrip("0")
    plain = f"{number} if it is a number, or " if re.fullmatch(r"[0-9.]+", number) else ""
    return f"write {plain}{text}"


def _fault(problem: str, node: yaml.Node) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark)


def _check_depth(path: Path, text: str) -> None:
    """Refuse what is nested so deeply that putting it together would exhaust the stack."""
    depth = 0
    for event in yaml.parse(text, Loader=_Safe):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise HandbookError(f"{path}:{line}: nested more than {_DEEPEST} levels deep")


def _count(node: yaml.Node, counted: dict[int, int | None]) -> int:
    """Count the values below a node, those behind aliases as often as they are named."""
    if id(node) in counted:
        number = counted[id(node)]
        if number is None:
            raise _fault("an alias stands for what it is itself a part of; remove it", node)
        return number
    counted[id(node)] = None
    number = 1
    for item in node.value if isinstance(node, yaml.CollectionNode) else ():
        for part in item if isinstance(item, tuple) else (item,):
            number += _count(part, counted)
            if number > _MOST_VALUES:
                raise _fault(f"aliases expand to more than {_MOST_VALUES:,} values", node)
    counted[id(node)] = number
    return number


def _described(path: Path, text: str, error: yaml.YAMLError) -> HandbookError:
    problem = getattr(error, "problem", None) or "a character that YAML does not allow"
    begin = getattr(error, "context_mark", None)
    mark = getattr(error, "problem_mark", None) or begin
    line = mark.line + 1 if mark else text.count("\n", 0, getattr(error, "position", 0)) + 1
    lines = text.splitlines()
    here = lines[line - 1] if line <= len(lines) else ""
    if "\t" in here[: len(here) - len(here.lstrip())]:
        problem = "a tab; indent with spaces"
    elif line > len(lines):
        problem += "; the file may have been cut"
    if begin is not None and begin.line + 1 != line:
        problem += f" ({getattr(error, 'context', '')}, line {begin.line + 1})"
    return HandbookError(
        f"{path}:{line}: not valid YAML: {problem}; `git diff {path.name}` shows what changed"
    )
