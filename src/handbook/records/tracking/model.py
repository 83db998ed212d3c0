"""What MLflow loads as a model: the saved estimator, its code, what it takes and needs."""

from __future__ import annotations

import shutil
import threading
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import mlflow.pyfunc
import numpy as np
import pandas as pd
import pyarrow.ipc
from mlflow.entities import LoggedModel
from mlflow.models import Model, ModelSignature
from mlflow.types import ColSpec, DataType, ParamSchema, ParamSpec, Schema, TensorSpec
from mlflow.types.schema import AnyType

from handbook.data import dataset
from handbook.records.run import RunRecord
from handbook.records.tracking.package import PACKAGE
from handbook.training import pyfunc
from handbook.training.pyfunc import About

__all__ = ["FILES", "ModelWriter", "Rows"]

_ESTIMATOR = "data/model.skops"
_OPTIONS = (pyfunc.METHOD, pyfunc.POLICY)

#: What a model's folder cannot do without.
FILES = ("MLmodel", _ESTIMATOR, PACKAGE)


@dataclass(frozen=True)
class Rows:
    """What the models of a data set take.

    Parameters
    ----------
    example : DataFrame, or uint8 array
        The first held-out rows.
    inputs : Schema
        Of a table its columns, each of any type: types, categories and what may be missing are
        held to :func:`handbook.data.intake.admit` instead, which names the rows at fault and takes
        whole numbers for others.
    about : About
        Of no task yet.
    """

    example: Any
    inputs: Schema
    about: About

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read it from the folder of a prepared data set."""
        test = dataset.read(folder / "test.arrow")
        is_table = test.kind == "table"
        train = dataset.read(folder / "train.arrow") if is_table else test
        about = About.of("", train, folder / "validation.json")
        X: Any = test.X
        if isinstance(X, str):
            line = pd.DataFrame({"text": [X[: X.find("\n", 1) + 1]]})
            return cls(line, Schema([ColSpec(DataType.string, "text")]), about)
        if not isinstance(X, pd.DataFrame):
            images = np.asarray(X[:2])
            inputs = Schema([TensorSpec(images.dtype, (-1, *images.shape[1:]))])
            return cls(images, inputs, about)
        inputs = Schema([ColSpec(AnyType(), str(name), required=False) for name in X.columns])
        texts = dict.fromkeys(X.select_dtypes("category").columns, object)
        return cls(X.head(5).astype(texts), inputs, about)


class ModelWriter:
    """Writes models; what those of equal rows, task and libraries share is made once.

    Several threads may write at once.

    Parameters
    ----------
    folder : Path
        Where that is kept meanwhile.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._shared: dict[object, _Shared] = {}
        self._saving = threading.Lock()

    def write(
        self,
        target: Path,
        record: RunRecord,
        logged: LoggedModel,
        rows: Rows,
    ) -> None:
        """Write a run's model into the folder `target`; the estimator's file is copied, not opened.

        Its code is missing there: :mod:`handbook.records.tracking.package` puts it beside it.

        Parameters
        ----------
        target : Path
        record : RunRecord
        logged : LoggedModel
            What the store calls it.
        rows : Rows
        """
        answers = tuple(pyarrow.ipc.open_file(record.file("predictions.arrow")).schema.names)
        versions = tuple(sorted(record.run["versions"].items()))
        key = (record.data, record.task, answers, versions, record.trusted)
        with self._saving:
            if key not in self._shared:
                path = self._folder / str(len(self._shared))
                self._shared[key] = _Shared(_saved(path, record, rows, answers), path)
                (path / _ESTIMATOR).unlink()  # each model has its own
        shared = self._shared[key]
        shutil.copytree(shared.path, target, dirs_exist_ok=True)
        shutil.copy2(record.file("model.skops"), target / _ESTIMATOR)
        size = sum(file.stat().st_size for file in target.rglob("*") if file.is_file())
        with shared.naming:
            model = shared.model
            model.artifact_path = logged.artifact_location
            model.model_uuid = model.model_id = logged.model_id
            model.run_id = logged.source_run_id
            model.utc_time_created = str(datetime.now(UTC).replace(tzinfo=None))
            model.model_size_bytes = size
            model.save(target / "MLmodel")


@dataclass(frozen=True)
class _Shared:
    """What models of equal rows, task and libraries have in common."""

    model: Model
    path: Path
    naming: threading.Lock = field(default_factory=threading.Lock)


def _saved(path: Path, record: RunRecord, rows: Rows, answers: Sequence[str]) -> Model:
    """Let MLflow save a model into `path`; return what it says of it."""
    model = Model()
    about = replace(rows.about, task=record.task, trusted=record.trusted)
    options = [ParamSpec(name, DataType.string, value) for name, value in _OPTIONS]
    with warnings.catch_warnings():
        # MLflow compares an example's column names in a way that pandas will drop
        warnings.filterwarnings("ignore", "Operation with range is deprecated")
        mlflow.pyfunc.save_model(
            path,
            # a module with _load_pyfunc: no class of ours is pickled
            loader_module=pyfunc.__name__,
            data_path=str(record.file("model.skops")),
            mlflow_model=model,
            model_config=about.plain(),
            signature=ModelSignature(
                inputs=rows.inputs,
                outputs=_outputs(record.task, rows, answers),
                params=ParamSchema(options),
            ),
            input_example=rows.example,
            pip_requirements=[
                f"{name}=={version}" for name, version in record.run["versions"].items()
            ],
        )
    # This package is in no registry, so it travels with the model, as one file: MLflow's own
    # option takes folders alone.
    model.flavors[mlflow.pyfunc.FLAVOR_NAME][mlflow.pyfunc.CODE] = PACKAGE
    return model


def _outputs(task: str, rows: Rows, answers: Sequence[str]) -> Schema:
    """Return what a model of a task answers, which has the columns of its predictions."""
    if task == "generation":
        return rows.inputs
    if task == "language":
        return Schema([ColSpec(DataType.string)])
    kinds = {"predicted": DataType.string} if rows.about.classes else {}
    return Schema(
        [
            ColSpec(kinds.get(column, DataType.double), pyfunc.named(column, rows.about.classes))
            for column in answers
            if column != "true"
        ]
    )
