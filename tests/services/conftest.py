"""Which of these tests run: none by themselves, the quickest of each in CI, all when called for."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.services.mlflow_server import Server
    from tests.services.mlflow_team import Team
    from tests.services.postgres import Database

#: Environment variable: `quick` or `all`.
CHOICE = "HANDBOOK_SERVICES"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    choice = os.environ.get(CHOICE, "")
    if choice == "all":
        return
    for item in items:
        if Path(__file__).parent not in item.path.parents:
            continue
        if choice != "quick":
            item.add_marker(pytest.mark.skip(f"{CHOICE} is not set: see `make test-services`"))
        elif item.get_closest_marker("quick") is None:
            item.add_marker(pytest.mark.skip("not among the quick ones"))


@pytest.fixture(scope="session")
def database() -> Iterator[Database]:
    """PostgreSQL with an empty database."""
    from tests.services import postgres

    with postgres.served() as database:
        yield database


@pytest.fixture(scope="session")
def mlflow_server(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """MLflow's server on that database."""
    from tests.services import mlflow_server

    with mlflow_server.served(database.uri, tmp_path_factory.mktemp("mlflow")) as server:
        yield server


@pytest.fixture
def team(
    mlflow_server: Server, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Team:
    """That server with names which no other test has."""
    from handbook.records.tracking.namespace import VARIABLE
    from tests.services.mlflow_team import Team

    prefix = f"team{zlib.crc32(request.node.nodeid.encode())}"
    monkeypatch.setenv(VARIABLE, prefix)
    return Team(mlflow_server, prefix)
