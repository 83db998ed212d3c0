"""Check prepared data against its expectations with Great Expectations."""

from __future__ import annotations

import contextlib
import math
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
from handbook.data.verdict import Check, Verdict

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["check", "validate", "validate_files"]

_KEPT = 20  # rows and values of a failure


def validate(name: str, release: str, train: Dataset, test: Dataset) -> Verdict:
    """Check all rows of a data set against what its module expects of the release.

    Returns
    -------
    dict
        Results of all expectations, each with the remedy of this release. Rows are numbered from
        0, first the training rows in the order of their file, then the test rows; lines of a text
        likewise.
    """
    module = registry.module(name)
    table = frames.join(train, test)
    if train.kind == "images":
        table["duplicate"] = table["digest"].duplicated()
    source = module.SOURCES.get(release)
    results = check(table, module.expectations(release))
    for result in results:
        result["remedy"] = (
            result["remedy"].replace("{folder}", source.folder)
            if source
            else f"the sample is made by sample() in {registry.module_name(name)}: mend that or "
            "its expectations()"
        )
    return {
        "data": name,
        "variant": train.variant,
        "kind": train.kind,
        "success": all(result["success"] for result in results),
        "rows": len(table),
        "expectations": results,
    }


def check(table: pd.DataFrame, expectations: Sequence[Expectation]) -> list[Check]:
    """Check a table; return the results as plain data, in the order of the expectations."""
    gx = _library()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("memory").add_dataframe_asset("table")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": table})
    suite = gx.ExpectationSuite(
        name="suite",
        expectations=[
            # results come back in another order
            getattr(gx.expectations, expected.kind)(
                **_arguments(expected), meta={"position": position}
            )
            for position, expected in enumerate(expectations)
        ],
    )
    with warnings.catch_warnings():
        # a column of the wrong type fails its own expectation; the warning adds nothing
        warnings.simplefilter("ignore")
        outcome = batch.validate(suite, result_format={"result_format": "COMPLETE"})
    results = sorted(outcome.results, key=lambda r: r.expectation_config.meta["position"])
    return [
        _record(expected, result, table)
        for expected, result in zip(expectations, results, strict=True)
    ]


def _library() -> Any:
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    with warnings.catch_warnings():
        # its parser imports a module that Python is about to drop
        warnings.simplefilter("ignore", DeprecationWarning)
        import great_expectations as gx
        import great_expectations.expectations
    return gx


def _arguments(expected: Expectation) -> dict[str, Any]:
    arguments = dict(expected.arguments)
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


def _record(expected: Expectation, validated: Any, table: pd.DataFrame) -> Check:
    result = validated.result
    column = expected.arguments.get("column")
    rows = result.get("unexpected_index_list") or []
    values = result.get("unexpected_list") or []
    observed = result.get("observed_value")
    if column is not None and column not in table.columns:
        observed = f"there is no column {column!r}; there are {', '.join(map(str, table.columns))}"
    elif not result:
        observed = f"cannot be checked: {_exception(validated.exception_info)}"
    return {
        "expectation": re.sub(r"(?<!^)(?=[A-Z])", "_", expected.kind).lower(),
        "column": column,
        "arguments": _plain(expected.arguments),
        "meaning": expected.meaning,
        "success": bool(validated.success),
        "observed": _plain(observed),
        "unexpected_count": int(result.get("unexpected_count") or 0),
        "unexpected_rows": [] if validated.success else _plain(rows[:_KEPT]),
        "unexpected_values": [] if validated.success else _plain(values[:_KEPT]),
        "remedy": expected.remedy,
    }


def _exception(info: Mapping[str, Any]) -> str:
    # one entry for each metric that failed, or one entry for the expectation itself
    entries = [info] if "exception_message" in info else list(info.values())
    messages = sorted({str(entry["exception_message"]) for entry in entries})
    return messages[0].splitlines()[0] if messages else "no reason given"


def _plain(value: Any) -> Any:
    """Return a value that JSON can hold: numpy's scalars as Python's, NaN and infinity as None."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    with contextlib.suppress(AttributeError, ValueError):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, str | int | float | None) else str(value)


def validate_files(name: str, release: str, *, train: Path, test: Path, output: Path) -> None:
    """Validate prepared files and write the results, also of those that fail."""
    files.write_json(output, validate(name, release, dataset.read(train), dataset.read(test)))
