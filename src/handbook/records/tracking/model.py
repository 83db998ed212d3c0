"""What MLflow loads as a model: the saved estimator, its code, what it takes and needs."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import mlflow.pyfunc
import numpy as np
import pandas as pd
from mlflow.entities import LoggedModel
from mlflow.models import Model, ModelSignature
from mlflow.types import ColSpec, DataType, ParamSchema, ParamSpec, Schema, TensorSpec
from mlflow.types.schema import AnyType

from handbook.records.run import RunRecord
from handbook.records.tracking.package import PACKAGE

__all__ = ["FILES", "example", "write_model"]

#: What a model's folder cannot do without.
FILES = ("MLmodel", "data/model.skops", PACKAGE)


def write_model(
    target: Path, record: RunRecord, logged: LoggedModel, input_rows: Any, inputs: Schema
) -> None:
    """Write a run's model into the folder `target`; the estimator's file is copied, not opened.

    Its code is missing there: :mod:`handbook.records.tracking.package` puts it beside it.

    Parameters
    ----------
    target : Path
    record : RunRecord
    logged : LoggedModel
        What the store calls it.
    input_rows, inputs
        See :func:`example`.
    """
    model = Model(
        artifact_path=logged.artifact_location,
        model_uuid=logged.model_id,
        model_id=logged.model_id,
        run_id=logged.source_run_id,
    )
    with warnings.catch_warnings():
        # MLflow compares an example's column names in a way that pandas will drop
        warnings.filterwarnings("ignore", "Operation with range is deprecated")
        mlflow.pyfunc.save_model(
            target,
            # a module with _load_pyfunc: no class of ours is pickled
            loader_module="handbook.training.saving",
            data_path=str(record.file("model.skops")),
            mlflow_model=model,
            signature=ModelSignature(
                inputs=inputs,
                outputs=_outputs(record.task, inputs),
                params=ParamSchema([ParamSpec("method", DataType.string, "predict")]),
            ),
            input_example=input_rows,
            pip_requirements=[
                f"{name}=={version}" for name, version in record.run["versions"].items()
            ],
        )
    # This package is in no registry, so it travels with the model, as one file: MLflow's own
    # option takes folders alone.
    model.flavors[mlflow.pyfunc.FLAVOR_NAME][mlflow.pyfunc.CODE] = PACKAGE
    model.save(target / "MLmodel")


def _outputs(task: str, inputs: Schema) -> Schema:
    """Return what a model of a task answers to its default method."""
    if task == "generation":
        return inputs
    if task == "language":
        return Schema([ColSpec(DataType.string)])
    return Schema([TensorSpec(np.dtype(np.float64 if task == "regression" else np.int64), (-1,))])


def example(X: Any) -> tuple[Any, Schema]:
    """Return the first of the rows `X`, and the schema of a model's input."""
    if isinstance(X, str):
        input_rows = pd.DataFrame({"text": [X[: X.find("\n", 1) + 1]]})
        return input_rows, Schema([ColSpec(DataType.string, "text")])
    if not isinstance(X, pd.DataFrame):
        images = np.asarray(X[:2])
        return images, Schema([TensorSpec(images.dtype, (-1, *images.shape[1:]))])
    # "any" for text: MLflow's string refuses pandas' categories, which pipelines are fitted to
    kinds = {"f": DataType.double, "i": DataType.long, "u": DataType.long}
    columns = [
        ColSpec(kinds.get(column.dtype.kind, AnyType()), str(name), not column.isna().any())
        for name, column in X.items()
    ]
    texts = dict.fromkeys(X.select_dtypes("category").columns, object)
    return X.head(5).astype(texts), Schema(columns)
