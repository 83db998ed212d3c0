"""Write the best setting of a sweep into `params.yaml`, as a variant of its model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from handbook.catalogue import reading, strict_yaml
from handbook.catalogue.insertion import with_entries
from handbook.catalogue.sections import Preprocess
from handbook.core.errors import HandbookError, nearest
from handbook.core.files import read_json, write_text
from handbook.core.folders import SweepFolder

__all__ = ["adopt"]


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
    edited = with_entries(text, {("models", best["model"], "variants"): {variant: content}})
    reading.parse(edited)
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
