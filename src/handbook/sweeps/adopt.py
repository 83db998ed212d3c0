"""Write the best setting of a sweep into `params.yaml`, as a variant of its model."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import CommentMark
from ruamel.yaml.representer import RoundTripRepresenter
from ruamel.yaml.tokens import CommentToken

from handbook.catalogue import reading, strict_yaml
from handbook.catalogue.sections import Preprocess
from handbook.core.errors import HandbookError, nearest
from handbook.core.files import read_json, write_text
from handbook.core.folders import SweepFolder

__all__ = ["adopt", "with_variants"]

# Longest line of the file, as everywhere in this project.
_WIDTH = 100
_COLLECTIONS = (CommentedMap, CommentedSeq)


def adopt(sweep: str, results: Path, params_path: Path, *, variant: str = "tuned") -> Iterator[str]:
    """Write the best setting of a sweep into `params.yaml` as a variant of its model.

    Parameters
    ----------
    sweep : str
    results : Path
        Folder of results.
    params_path : Path
        The file to edit.
    variant : str
        Name of the variant; added where the model has none of that name.

    Yields
    ------
    str
        What was written, and what to consider before it is used.

    Raises
    ------
    HandbookError
        There is no such sweep, none of its trials finished, or the edited catalogue would not be
        valid; the file is not changed.
    """
    folder = SweepFolder(sweep, results)
    if not folder.best.is_file():
        names = [path.parent.name for path in folder.path.parent.glob("*/best.json")]
        hint = nearest(sweep, names) if names else "no sweep has results"
        raise HandbookError(f"{sweep!r}: no such sweep in {folder.path.parent}; {hint}")
    best = read_json(folder.best)
    if best["setting"] is None:
        raise HandbookError(f"{sweep}: no trial finished, so there is nothing to adopt")
    if best["data_variant"] == "sample":
        raise HandbookError(
            f"{sweep}: was run on generated data, which says nothing about real data; run "
            f"`make sweep NAME={sweep}`"
        )
    model = strict_yaml.read(params_path)["models"].get(best["model"])
    if model is None:
        raise HandbookError(f"{params_path}: no model {best['model']!r} any more")
    estimator = read_json(folder.record)["spec"]["estimator"]
    content = _variant(model, best, estimator, variant)
    text = params_path.read_text(encoding="utf-8")
    edited = with_variants(text, {best["model"]: {variant: content}})
    reading.load(yaml.safe_load(edited))
    write_text(params_path, edited)
    params = ", ".join(f"{name} {value}" for name, value in content["params"].items())
    yield f"{params_path}: models.{best['model']}.variants.{variant}: {params}"
    data = [model["data"]] if isinstance(model["data"], str) else model["data"]
    others = [name for name in content.get("data") or data if name != best["data"]]
    if others:
        yield f"it also serves {', '.join(others)}, which the sweep did not see"
    if best["rows"]:
        yield f"it was chosen on {best['rows']:,} rows; other settings may suit more rows"
    yield "`make rebuild` fits it on all training rows and measures it on the test rows"


def _variant(
    model: Mapping[str, Any], best: Mapping[str, Any], estimator: str, name: str
) -> dict[str, Any]:
    """Return the new content of a variant: a search of its own is left out, the rest stays."""
    content = dict(model["variants"].get(name) or {})
    content.pop("search", None)
    content["params"] = best["params"]
    if best["preprocess"] is not None:
        defaults = Preprocess().model_dump()
        content.pop("preprocess", None)
        changed = {
            key: value for key, value in best["preprocess"].items() if value != defaults[key]
        }
        content |= {"preprocess": changed} if changed else {}
    content.pop("estimator", None)
    return content if estimator == model["estimator"] else content | {"estimator": estimator}


def with_variants(text: str, variants: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the text of a catalogue in which some variants have new content.

    Comments, order and layout of everything else stay.

    Parameters
    ----------
    text : str
        Text of `params.yaml`.
    variants : mapping of str to mapping
        Model -> variant -> all of its keys.

    Raises
    ------
    HandbookError
        The edit would change something else too, such as another variant that shares an anchor.

    Examples
    --------
    >>> text = '''
    ... models:
    ...   knn:  # near is alike
    ...     variants:
    ...       tuned:
    ...         params: {k: 3}  # for now
    ... '''
    >>> print(with_variants(text, {"knn": {"tuned": {"params": {"k": 7}}}}).strip())
    models:
      knn:  # near is alike
        variants:
          tuned:
            params: {k: 7}  # for now
    """
    expected, document = yaml.safe_load(text), _editor().load(text)
    for model, changed in variants.items():
        expected["models"][model]["variants"] |= changed
        old = document["models"][model]["variants"]
        _merge(old, {**old, **changed})
    edited = _dump(document)
    if yaml.safe_load(edited) != expected:
        raise HandbookError(
            "params.yaml: cannot be edited without changing something else; put there by hand, "
            f"below models -> model -> variants: {json.dumps(variants)}"
        )
    return edited


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


def _merge(old: CommentedMap, new: Mapping[str, Any]) -> None:
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
            old[key] = _laid_out(key, new[key], column)
            if token := _token_below(old, key):
                comment = token.value.startswith("#")  # two spaces behind the new value
                moved = CommentToken(f" {token.value}", CommentMark(0)) if comment else token
                _put_below(old, key, moved)
    if removed or below:
        container, key = _last(old)
        token = _token_below(container, key) or CommentToken("\n", CommentMark(0))
        token.value += "".join(f"{' ' * column}{line}\n" for line in removed) + below
        _put_below(container, key, token)


def _laid_out(key: str, value: Any, indent: int) -> Any:
    """Return a value to be written on the line of its key, or below it where it is too long."""
    if not isinstance(value, Mapping | list):
        return value
    node = CommentedSeq(value) if isinstance(value, list) else CommentedMap(value)
    node.fa.set_flow_style()
    first, *more = _dump(CommentedMap({key: node})).splitlines()
    if isinstance(value, list) or not (more or len(first) > _WIDTH - indent):
        return node
    return CommentedMap({name: _laid_out(name, v, indent + 2) for name, v in value.items()})


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
