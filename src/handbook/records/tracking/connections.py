"""How MLflow's client holds its connections to a server; a plugin that MLflow loads by itself."""

from __future__ import annotations

import sys

from mlflow.tracking.request_header.abstract_request_header_provider import RequestHeaderProvider

__all__ = ["FreshConnections", "hold"]


class FreshConnections(RequestHeaderProvider):  # type: ignore[misc]
    """Asks a server on plain HTTP to close the connection after each answer.

    MLflow's server with several workers sends an answer in two parts, the second of which waits
    until the first is acknowledged: 40 ms on a connection that has been used before, nothing on a
    new one. New ones also find the worker that has nothing to do, where old ones keep to theirs.
    Encrypted connections are kept, as they cost several round trips each.
    """

    wanted = False

    def in_context(self) -> bool:
        """Tell whether it is so."""
        return self.wanted

    def request_headers(self) -> dict[str, str]:
        """Return the header that asks for it."""
        return {"Connection": "close"}


def hold(store_uri: str) -> None:
    """Hold connections of this process as suits a store."""
    FreshConnections.wanted = store_uri.startswith("http://")
    # Before each request MLflow looks, in vain, for a module that only one cloud has: as long as
    # what one of seven requests takes itself. None is Python's own word for "not to be found".
    sys.modules.setdefault("dbruntime", None)  # type: ignore[arg-type]
