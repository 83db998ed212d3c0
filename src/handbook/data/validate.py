"""Check prepared data against its expectations; :mod:`handbook.data.gate` acts on the verdict."""

from __future__ import annotations

import contextlib
import os
import re
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from handbook.core import files
from handbook.data import dataset, frames, registry
from handbook.data.dataset import Dataset
from handbook.data.expectation import Expectation

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["check", "validate", "validate_files"]

_SHOWN = 20  # rows and values of a failure that are kept


def validate(name: str, release: str, train: Dataset, test: Dataset) -> dict[str, Any]:
    """Check all rows of a data set against what its module expects of the release.

    Returns
    -------
    dict
        Verdict on every expectation. Rows are numbered from 0, first the training rows in the
        order of their file, then the test rows; lines of a text likewise.
    """
    module = registry.module(name)
    table = frames.join(train, test)
    if train.kind == "images":
        table["duplicate"] = table["digest"].duplicated()
    source = module.SOURCES.get(release)
    results = check(table, module.expectations(release))
    for result in results:
        if source is None:
            result["remedy"] = (
                f"the sample is made by sample() in handbook.data.sets.{name.replace('-', '_')}: "
                "mend that or its expectations()"
            )
        else:
            result["remedy"] = result["remedy"].replace("{folder}", source.folder)
    return {
        "data": name,
        "variant": train.variant,
        "kind": train.kind,
        "success": all(result["success"] for result in results),
        "rows": len(table),
        "expectations": results,
    }


def check(table: pd.DataFrame, expectations: Sequence[Expectation]) -> list[dict[str, Any]]:
    """Check a table and return one plain record for each expectation, in their order."""
    gx = _library()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("memory").add_dataframe_asset("table")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": table})
    suite = gx.ExpectationSuite(
        name="suite",
        expectations=[
            # results come back in another order: the position finds the way home
            getattr(gx.expectations, one.kind)(**_arguments(one), meta={"position": position})
            for position, one in enumerate(expectations)
        ],
    )
    with warnings.catch_warnings():
        # comparing text with numbers, where a column has the wrong type, is itself a finding
        warnings.simplefilter("ignore")
        outcome = batch.validate(suite, result_format={"result_format": "COMPLETE"})
    found = {one.expectation_config.meta["position"]: one for one in outcome.results}
    return [_record(one, found[position], table) for position, one in enumerate(expectations)]


def _library() -> Any:
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    with warnings.catch_warnings():
        # its parser imports a module that Python is about to drop
        warnings.simplefilter("ignore", DeprecationWarning)
        import great_expectations as gx
        import great_expectations.expectations
    return gx


def _arguments(one: Expectation) -> dict[str, Any]:
    arguments = dict(one.arguments)
    where = arguments.pop("where", None)
    if where:
        conditions = [_condition(column, value) for column, value in where.items()]
        arguments["row_condition"] = (
            conditions[0] if len(conditions) == 1 else {"type": "and", "conditions": conditions}
        )
    return arguments


def _condition(column: str, value: Any) -> dict[str, Any]:
    if value is None:
        return {"type": "nullity", "column": {"name": column}, "is_null": True}
    operator, parameter = value if isinstance(value, tuple) else ("==", value)
    return {
        "type": "comparison",
        "column": {"name": column},
        "operator": operator,
        "parameter": parameter,
    }


def _record(one: Expectation, found: Any, table: pd.DataFrame) -> dict[str, Any]:
    result = found.result
    column = one.arguments.get("column")
    rows = result.get("unexpected_index_list") or []
    observed = result.get("observed_value")
    if column is not None and column not in table.columns:
        observed = f"there is no column {column!r}; there are {', '.join(map(str, table.columns))}"
    elif not result:
        observed = f"cannot be checked: {_exception(found.exception_info)}"
    return {
        "expectation": re.sub(r"(?<!^)(?=[A-Z])", "_", one.kind).lower(),
        "column": column,
        "arguments": _plain(one.arguments),
        "meaning": one.meaning,
        "success": bool(found.success),
        "observed": _plain(observed),
        "unexpected_count": int(result.get("unexpected_count") or 0),
        "unexpected_rows": [] if found.success else _plain(rows[:_SHOWN]),
        "unexpected_values": (
            [] if found.success else _plain((result.get("unexpected_list") or [])[:_SHOWN])
        ),
        "remedy": one.remedy,
    }


def _exception(info: Mapping[str, Any]) -> str:
    # one entry a metric where it failed within, else the entry itself
    entries = [info] if "exception_message" in info else list(info.values())
    messages = sorted({str(entry["exception_message"]) for entry in entries})
    return messages[0].splitlines()[0] if messages else "no reason given"


def _plain(value: Any) -> Any:
    """Return a value as JSON knows it: numpy's scalars as Python's, NaN as None."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    with contextlib.suppress(AttributeError, ValueError):
        value = value.item()
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    return value if isinstance(value, str | int | float | None) else str(value)


def validate_files(name: str, release: str, *, train: Path, test: Path, output: Path) -> None:
    """Validate prepared files and write the verdict, whatever it is."""
    files.write_json(output, validate(name, release, dataset.read(train), dataset.read(test)))
