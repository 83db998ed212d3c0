"""Run records in MLflow: the only package that imports it.

The records on disk are the truth and the database a view of them: it can be deleted and rebuilt.
:mod:`handbook.tracking.tracker` brings the runs in, :mod:`handbook.tracking.sweeps` the trials of
sweeps; :mod:`handbook.tracking.database` opens the store, :mod:`handbook.tracking.model` writes
what MLflow loads as a model.
"""

from __future__ import annotations

import os
import warnings

# Read when MLflow is imported: it neither calls home nor decorates the log.
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")

with warnings.catch_warnings():
    warnings.simplefilter("ignore", UserWarning)  # MLflow's, about its own type hints
    import mlflow.pyfunc  # noqa: F401

from handbook.tracking.tracker import track

__all__ = ["track"]
