"""What MLflow loads as a model: the saved estimator, its code, what it takes and needs."""

from __future__ import annotations

import shutil
import warnings
from datetime import UTC, datetime
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

__all__ = ["FILES", "ModelWriter", "example"]

_ESTIMATOR = "data/model.skops"

#: What a model's folder cannot do without.
FILES = ("MLmodel", _ESTIMATOR, PACKAGE)


class ModelWriter:
    """Writes models; what those of equal rows, task and libraries share is made once.

    Parameters
    ----------
    folder : Path
        Where that is kept meanwhile.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._shared: dict[object, tuple[Model, Path]] = {}

    def write(
        self,
        target: Path,
        record: RunRecord,
        logged: LoggedModel,
        input_rows: Any,
        inputs: Schema,
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
        key = (record.data, record.task, tuple(sorted(record.run["versions"].items())))
        if key not in self._shared:
            path = self._folder / str(len(self._shared))
            self._shared[key] = _saved(path, record, input_rows, inputs), path
            (path / _ESTIMATOR).unlink()  # each model has its own
        model, path = self._shared[key]
        shutil.copytree(path, target)
        shutil.copy2(record.file("model.skops"), target / _ESTIMATOR)
        model.artifact_path = logged.artifact_location
        model.model_uuid = model.model_id = logged.model_id
        model.run_id = logged.source_run_id
        model.utc_time_created = str(datetime.now(UTC).replace(tzinfo=None))
        model.model_size_bytes = sum(
            file.stat().st_size for file in target.rglob("*") if file.is_file()
        )
        model.save(target / "MLmodel")


def _saved(path: Path, record: RunRecord, input_rows: Any, inputs: Schema) -> Model:
    """Let MLflow save a model into `path`; return what it says of it."""
    model = Model()
    with warnings.catch_warnings():
        # MLflow compares an example's column names in a way that pandas will drop
        warnings.filterwarnings("ignore", "Operation with range is deprecated")
        mlflow.pyfunc.save_model(
            path,
            # a module with _load_pyfunc: no class of ours is pickled
            loader_module="handbook.training.pyfunc",
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
    return model


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
