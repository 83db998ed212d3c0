"""Files of runs and models, wherever the store keeps them."""

from __future__ import annotations

import shutil
from pathlib import Path
from urllib.parse import unquote, urlsplit

from mlflow.exceptions import MlflowException
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository
from requests import RequestException

__all__ = ["is_there", "local", "remove", "upload"]


def local(address: str) -> Path | None:
    """Return the folder of an address, None where it is not on this disk."""
    url = urlsplit(address)
    return Path(unquote(url.path)) if url.scheme in ("", "file") else None


def is_there(address: str, name: str) -> bool:
    """Tell whether a folder holds a file; folders that are not on this disk are trusted to."""
    path = local(address)
    return path is None or (path / name).exists()


def upload(folder: Path, address: str, store_uri: str) -> None:
    """Send the files of a folder to an address of the store."""
    repository = get_artifact_repository(address, tracking_uri=store_uri)
    repository.log_artifacts(str(folder))


def remove(address: str, name: str, store_uri: str, artifacts: Path) -> str:
    """Remove the files of a run or a model, where they lie in a folder of its name.

    On this disk, nothing outside `artifacts` is touched.

    Returns
    -------
    str
        Why they could not be removed, empty where they were.
    """
    parent, _, last = address.rstrip("/").rpartition("/")
    if last != "artifacts" or parent.rpartition("/")[2] != name:
        return "they lie in no folder of their own"
    path = local(parent)
    if path is not None:
        if not path.is_relative_to(artifacts):
            return "they lie in a folder of somebody else"
        shutil.rmtree(path, ignore_errors=True)
        return ""
    try:
        get_artifact_repository(parent, tracking_uri=store_uri).delete_artifacts()
    except (MlflowException, RequestException, NotImplementedError) as error:
        return str(error).splitlines()[0]
    return ""
