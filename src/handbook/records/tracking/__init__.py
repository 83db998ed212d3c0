"""Run records in MLflow, the only package that imports it: a view that can be rebuilt."""

from __future__ import annotations

import os
import warnings

# Read when MLflow is imported: it neither calls home nor decorates the log.
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
# It asks for each run again to print its address.
os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")
# Once for a connection that had been idle; a server that is down is waited for by us, aloud.
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")

with warnings.catch_warnings():
    warnings.simplefilter("ignore", UserWarning)  # MLflow's, about its own type hints
    import mlflow.pyfunc  # noqa: F401
