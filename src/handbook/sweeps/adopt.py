"""From the best setting of a sweep to a variant of its model, written into `params.yaml`.

The file is edited where the variant stands and nowhere else: a parser says from which character to
which each value reaches, and all between keeps its bytes, comments among it.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from handbook.catalogue import reading
from handbook.catalogue.sections import Preprocess
from handbook.core.errors import HandbookError, nearest
from handbook.core.files import read_json, write_text

__all__ = ["adopt", "with_variant"]

# A line of the file at most, as everywhere in this project.
_WIDTH = 100
# What a search would find is found: the rest of a variant stays as it is.
_DROPPED = ("search",)
# libyaml, ten times as fast as Python's own; not every platform's PyYAML comes with it.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


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
        Of the sweep's model; made where there is none of that name.

    Yields
    ------
    str
        What was done, and what to think of.

    Raises
    ------
    HandbookError
        There is no such sweep, none of its trials finished, or what would come of it is no valid
        catalogue; the file is as it was.
    """
    folder = results / "sweeps"
    if not (folder / sweep / "best.json").is_file():
        known = [path.parent.name for path in folder.glob("*/best.json")]
        hint = nearest(sweep, known) if known else "no sweep has results"
        raise HandbookError(f"{sweep!r}: no such sweep in {folder}; {hint}")
    best = read_json(folder / sweep / "best.json")
    if best["setting"] is None:
        raise HandbookError(f"{sweep}: no trial finished, so there is nothing to adopt")
    if best["data_variant"] == "sample":
        raise HandbookError(
            f"{sweep}: was run on generated data, which says nothing about real data; run "
            f"`make sweep NAME={sweep}`"
        )
    text = params_path.read_text(encoding="utf-8")
    before = _load(text)
    model = before["models"].get(best["model"])
    if model is None:
        raise HandbookError(f"{params_path}: no model {best['model']!r} any more")
    record = read_json(folder / sweep / "sweep.json")
    wanted = _variant(before, model, best, record["spec"], variant)
    edited = with_variant(text, best["model"], variant, wanted)
    reading.load(_load(edited))
    write_text(params_path, edited)
    params = ", ".join(f"{name} {value}" for name, value in wanted["params"].items())
    yield f"{params_path}: models.{best['model']}.variants.{variant}: {params}"
    data = [model["data"]] if isinstance(model["data"], str) else model["data"]
    others = [name for name in wanted.get("data") or data if name != best["data"]]
    if others:
        yield f"it also serves {', '.join(others)}, which the sweep did not see"
    if best["rows"]:
        yield f"it was found on {best['rows']:,} rows; more may want other settings"
    yield "`make rebuild` fits it on all training rows and measures it on the test rows"


def _variant(
    before: Mapping[str, Any],
    model: Mapping[str, Any],
    best: Mapping[str, Any],
    spec: Mapping[str, Any],
    name: str,
) -> dict[str, Any]:
    """Return the whole variant as it is to be."""
    old = copy.deepcopy(model["variants"].get(name) or {})
    wanted = {key: value for key, value in old.items() if key not in _DROPPED}
    wanted["params"] = best["params"]
    if best["preprocess"] is not None:
        usual = Preprocess().model_dump()
        asked = {key: value for key, value in best["preprocess"].items() if value != usual[key]}
        wanted.pop("preprocess", None)
        wanted |= {"preprocess": asked} if asked else {}
    if spec["estimator"] != model["estimator"]:
        wanted["estimator"] = spec["estimator"]
    else:
        wanted.pop("estimator", None)
    return wanted


def with_variant(text: str, model: str, name: str, wanted: Mapping[str, Any]) -> str:
    """Return the text of a catalogue with one variant of one model as it is wanted.

    Parameters
    ----------
    text : str
        Of `params.yaml`.
    model, name : str
    wanted : mapping
        The whole variant.

    Raises
    ------
    HandbookError
        The text is written in a way that this cannot edit; nothing was changed.

    Examples
    --------
    >>> text = '''
    ... models:
    ...   knn:  # near is alike
    ...     variants:
    ...       tuned:
    ...         params: {k: 3}  # for now
    ... '''
    >>> print(with_variant(text, "knn", "tuned", {"params": {"k": 7}}).strip())
    models:
      knn:  # near is alike
        variants:
          tuned:
            params: {k: 7}  # for now
    """
    node = yaml.compose(text, Loader=_Loader)
    variants = _at(node, ["models", model, "variants"])
    expected = _load(text)
    expected["models"][model]["variants"][name] = dict(wanted)
    entry = _entry(variants, name)
    if entry is None:
        edited = _appended(text, variants, name, wanted)
    else:
        edited = _rewritten(text, entry, name, wanted)
    try:
        as_wanted = _load(edited) == expected
    except yaml.YAMLError:
        as_wanted = False
    if not as_wanted:
        raise HandbookError(
            f"params.yaml: models.{model}.variants.{name} is written in a way that cannot be "
            f"edited without touching more; put there by hand: {json.dumps(dict(wanted))}"
        )
    return edited


def _load(text: str) -> Any:
    return yaml.load(text, Loader=_Loader)


def _at(node: Any, path: Sequence[str]) -> Any:
    for key in path:
        found = _entry(node, key)
        if found is None:
            raise HandbookError(f"params.yaml: no {key} at {'.'.join(path)}")
        node = found[1]
    return node


def _entry(node: Any, key: str) -> tuple[Any, Any] | None:
    """Return key and value of an entry of a mapping."""
    return next((one for one in node.value if one[0].value == key), None)


def _appended(text: str, variants: Any, name: str, wanted: Mapping[str, Any]) -> str:
    """Put a variant behind the last one."""
    if variants.flow_style:
        whole = {**_value(variants), name: wanted}
        start, end = variants.start_mark.index, variants.end_mark.index
        return text[:start] + _flow(whole) + text[end:]
    indent = variants.start_mark.column
    place = _end_of_block(text, variants)
    return text[:place] + _block(name, wanted, indent) + text[place:]


def _end_of_block(text: str, node: Any) -> int:
    """Return where the last line of a block ends: comments and gaps that follow are no part."""
    key, last = node.value[-1]
    return _entry_end(text, key, last)


def _rewritten(text: str, entry: tuple[Any, Any], name: str, wanted: Mapping[str, Any]) -> str:
    """Edit a variant key by key, from its end to its beginning, so that places stay true."""
    key, node = entry
    if node.flow_style or not isinstance(node, yaml.MappingNode):
        indent, inline = key.start_mark.column, _flow(wanted)
        line = f"{' ' * indent}{name}: {inline}"
        # a comment may follow on the line
        if len(line) <= _WIDTH and not _aliased(node, key):
            return text[: node.start_mark.index] + inline + text[node.end_mark.index :]
        end = _line_end(text, node.end_mark.index)
        comment = text[node.end_mark.index : end].strip()
        block = _block(name, wanted, indent, comment)
        return (
            text[: _line_start(text, key.start_mark.index)] + block + text[end:].removeprefix("\n")
        )
    edits: list[tuple[int, int, str]] = []
    indent = node.start_mark.column
    for own_key, value in node.value:
        start = _line_start(text, own_key.start_mark.index)
        end = _entry_end(text, own_key, value)
        if own_key.value not in wanted:
            edits.append((start, end, _comments(text[start:end], indent)))
        elif _value(value) != wanted[own_key.value]:
            edits += _changed(text, own_key, value, wanted[own_key.value])
    known = {own_key.value for own_key, _ in node.value}
    added = {k: v for k, v in wanted.items() if k not in known}
    if added:
        place = _end_of_block(text, node)
        edits.append((place, place, "".join(_block(k, v, indent) for k, v in added.items())))
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _changed(text: str, key: Any, node: Any, wanted: Any) -> list[tuple[int, int, str]]:
    """Return the edits that make one entry of a variant what it is to be."""
    indent = key.start_mark.column
    if isinstance(node, yaml.MappingNode) and not node.flow_style and isinstance(wanted, Mapping):
        edits = []
        for own_key, value in node.value:
            start = _line_start(text, own_key.start_mark.index)
            if own_key.value not in wanted:
                end = _entry_end(text, own_key, value)
                edits.append((start, end, _comments(text[start:end], node.start_mark.column)))
            elif _value(value) != wanted[own_key.value]:
                new = _flow(wanted[own_key.value])
                edits.append((value.start_mark.index, value.end_mark.index, new))
        known = {own_key.value for own_key, _ in node.value}
        place, column = _end_of_block(text, node), node.start_mark.column
        new = "".join(_block(k, v, column) for k, v in wanted.items() if k not in known)
        return [*edits, (place, place, new)] if new else edits
    inline = _flow(wanted)
    if len(f"{' ' * indent}{key.value}: {inline}") <= _WIDTH:
        return [(node.start_mark.index, node.end_mark.index, inline)]
    end = _line_end(text, node.end_mark.index)
    comment = text[node.end_mark.index : end].strip()
    block = _block(key.value, wanted, indent, comment).removesuffix("\n")
    return [(_line_start(text, key.start_mark.index), end, block)]


def _value(node: Any) -> Any:
    return yaml.SafeLoader("").construct_document(node)


def _aliased(node: Any, key: Any) -> bool:
    """Tell whether a value stands elsewhere: an alias is given the marks of its anchor."""
    return bool(node.start_mark.index < key.end_mark.index)


def _entry_end(text: str, key: Any, node: Any) -> int:
    """Return where an entry of a block ends, its line's comment among it."""
    if _aliased(node, key):
        place = key.end_mark.index
    elif isinstance(node, yaml.MappingNode) and not node.flow_style:
        return _end_of_block(text, node)
    elif isinstance(node, yaml.SequenceNode) and not node.flow_style:
        place = node.value[-1].end_mark.index
    else:
        place = node.end_mark.index
    return min(len(text), _line_end(text, place) + 1)


def _comments(removed: str, indent: int) -> str:
    """Return the comments of lines that go, each on a line of its own."""
    kept = []
    for line in removed.splitlines():
        tokens = yaml.scan(line.strip()) if "#" in line else ()
        try:
            closing = (yaml.BlockEndToken, yaml.StreamEndToken)  # these stand behind a comment
            ends = [one.end_mark.index for one in tokens if not isinstance(one, closing)]
        except yaml.YAMLError:
            ends = []
        rest = line.strip()[max(ends, default=0) :] if "#" in line else ""
        comment = rest[rest.find("#") :] if "#" in rest else ""
        if comment:
            kept.append(f"{' ' * indent}{comment}\n")
    return "".join(kept)


def _line_start(text: str, place: int) -> int:
    return text.rfind("\n", 0, place) + 1


def _line_end(text: str, place: int) -> int:
    end = text.find("\n", place)
    return len(text) if end < 0 else end


def _block(key: str, value: Any, indent: int, comment: str = "") -> str:
    """Write an entry of a mapping: on one line where it fits, else its entries below it."""
    pad = " " * indent
    line = f"{pad}{key}: {_flow(value)}"
    if not isinstance(value, Mapping) or not value or len(line) <= _WIDTH:
        return f"{line}{'  ' + comment if comment else ''}\n"
    head = f"{pad}{key}:{'  ' + comment if comment else ''}\n"
    return head + "".join(_block(k, v, indent + 2) for k, v in value.items())


def _flow(value: Any) -> str:
    """Write a value on one line, as this project's catalogue writes it."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, float) and "e" in repr(value) and "." not in repr(value):
        return repr(value).replace("e", ".0e")  # YAML 1.1 takes 1e-05 for a word
    text = yaml.safe_dump(value, default_flow_style=True, width=10_000, allow_unicode=True)
    return text.removesuffix("\n").removesuffix("\n...").strip()
