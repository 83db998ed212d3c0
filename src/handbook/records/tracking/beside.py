"""What `make ui` shows beside MLflow's own pages: the report, and each run by its job key."""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mlflow import MlflowClient, server
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from handbook.records.tracking.database import Store, pages
from handbook.records.tracking.experiments import of_namespace
from handbook.records.tracking.server import VIEW

__all__ = ["add"]

# Links of MLflow's own lose that part of the address: what is chosen there is kept here.
_CHOSEN = "mlflow.workflowType_v1"
_CLASSICAL_FIRST = (
    f"localStorage.getItem('{_CHOSEN}')||localStorage.setItem('{_CHOSEN}','\"machine_learning\"')"
)

# A page of the report, or a picture that somebody put there, must not act on MLflow.
_APART = "sandbox allow-scripts allow-popups allow-popups-to-escape-sandbox allow-downloads"


class _Report(StaticFiles):
    """The files of reports, each in a world of its own; the first report that has one serves it."""

    def __init__(self, folders: Sequence[Path]) -> None:
        super().__init__(directory=folders[0], html=True)
        self.all_directories = list(folders)

    def file_response(self, *arguments: Any, **options: Any) -> Response:
        """Return a file as one that has no rights on this server."""
        response = super().file_response(*arguments, **options)
        response.headers["Content-Security-Policy"] = _APART
        return response


def add(app: Any, results: Path, store_uri: str) -> None:
    """Add report and runs by key to MLflow's application, which begins in its classical view.

    Parameters
    ----------
    app : starlette.applications.Starlette
    results : Path
        Folder of results.
    store_uri : str
        MLflow's store.
    """

    def run(request: Request) -> Response:
        key = request.path_params["key"]
        client = MlflowClient(store_uri, store_uri)
        everywhere = of_namespace(Store.of(store_uri, client))
        if "'" not in key:
            for own in pages(client.search_runs, everywhere, f"tags.job_key = '{key}'"):
                path = f"experiments/{own.info.experiment_id}/runs/{own.info.run_id}"
                return RedirectResponse(f"/#/{path}?{VIEW}")
        return HTMLResponse(
            f"<p>No run of MLflow has the job key {html.escape(key)}: the page that links here is "
            "of other results. <a href='/'>All runs</a>",
            status_code=404,
        )

    index = Path(server.__file__).parent / server.REL_STATIC_DIR / "index.html"

    def start(request: Request) -> Response:
        page = index.read_text(encoding="utf-8")
        return HTMLResponse(page.replace("<head>", f"<head><script>{_CLASSICAL_FIRST}</script>", 1))

    own_routes: list[Any] = [Route("/run/{key}", run)]
    if index.is_file():
        own_routes.append(Route("/", start))
    # What a rebuild has no page of yet, `handbook run` may have left one of.
    reports = [results / "report", results.parent / "logs" / "report"]
    if present := [folder for folder in reports if folder.is_dir()]:
        own_routes.append(Mount("/report", _Report(present)))
    app.router.routes[0:0] = own_routes  # the last of the others takes every address
