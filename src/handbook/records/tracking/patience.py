"""A server that does not answer: asked again for a while, then named in one line.

Tracking may end anywhere and be repeated: what is there is not logged twice. So a connection that
is lost in the middle is answered by beginning again once the server is back, and not by guessing
which of the last requests it has carried out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar
from urllib.parse import urlsplit, urlunsplit

import tenacity
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from handbook.core.errors import HandbookError

__all__ = [
    "ConnectionLost",
    "Overtaken",
    "attempts",
    "display",
    "is_gone",
    "is_lost",
    "settled",
    "unanswered",
    "wait_for",
]

#: For how long a server is waited for, in seconds.
PATIENCE_S = 60.0
_ATTEMPTS = 5

_NOTHING_LOST = (
    "nothing is lost, since MLflow is filled from the records in results/: run the same command "
    "again once it answers, which brings in what is missing (HANDBOOK_MLFLOW_LATER=1 leaves MLflow "
    "out meanwhile)"
)
_LOST_WORDS = (
    "failed with exception",  # of MLflow's client: no connection, or errors 500 to 504
    "failed with timeout exception",
    "must be in the 'active' state",  # somebody took the run for one that was interrupted
)
# What two who create the same at once get, as the databases put it and as MLflow does.
_CONFLICT_WORDS = ("UniqueViolation", "UNIQUE constraint", "Giving up after")

_T = TypeVar("_T")


class ConnectionLost(HandbookError):
    """A server that has answered does so no more."""


class Overtaken(HandbookError):
    """Somebody who tracks at the same time has removed what was about to be used."""


def display(address: str) -> str:
    """Return an address without a user's name and password.

    Examples
    --------
    >>> display("postgresql://ann:secret@db.example/mlflow")
    'postgresql://db.example/mlflow'
    >>> display("sqlite:///mlflow.db")
    'sqlite:///mlflow.db'
    """
    parts = urlsplit(address)
    if "@" not in parts.netloc:
        return address
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def is_lost(error: Exception) -> bool:
    """Tell whether an error says that a server, or the database behind it, did not answer."""
    code = getattr(error, "error_code", "")
    return code == "TEMPORARILY_UNAVAILABLE" or any(word in str(error) for word in _LOST_WORDS)


def is_gone(error: Exception) -> bool:
    """Tell whether an error says that something is not there, or not any more."""
    return getattr(error, "error_code", "") == "RESOURCE_DOES_NOT_EXIST"


def attempts(address: str, say: Callable[[str], None]) -> Iterator[tenacity.AttemptManager]:
    """Yield attempts at what may be repeated, as long as its connection or its ground is lost."""

    def announce(state: tenacity.RetryCallState) -> None:
        overtaken = state.outcome and isinstance(state.outcome.exception(), Overtaken)
        reason = "somebody else tracks here too" if overtaken else "the connection was lost"
        say(f"{display(address)}: {reason}; tracking begins again")

    yield from tenacity.Retrying(
        retry=tenacity.retry_if_exception_type((ConnectionLost, Overtaken)),
        stop=tenacity.stop_after_attempt(_ATTEMPTS),
        wait=tenacity.wait_fixed(1.0),
        before_sleep=announce,
        reraise=True,
    )


def wait_for(client: MlflowClient, address: str, say: Callable[[str], None]) -> None:
    """Wait until a server answers.

    Raises
    ------
    HandbookError
        It did not in time.
    """
    waited = False

    def announce(state: tenacity.RetryCallState) -> None:
        nonlocal waited
        if not waited:
            say(f"{display(address)}: no answer; tried again for {PATIENCE_S:.0f} s")
        waited = True

    retry = tenacity.Retrying(
        retry=tenacity.retry_if_exception(lambda error: is_lost(error)),  # type: ignore[arg-type]
        stop=tenacity.stop_after_delay(PATIENCE_S),
        wait=tenacity.wait_exponential(0.5, max=5.0),
        before_sleep=announce,
        reraise=True,
    )
    try:
        retry(client.search_experiments, max_results=1)
    except MlflowException as error:
        if is_lost(error):
            raise HandbookError(unanswered(address, error)) from error
        raise


def unanswered(address: str, error: Exception) -> str:
    """Say that a server does not answer, why, and what to do."""
    cause: BaseException = error
    while inner := cause.__cause__ or cause.__context__:
        cause = inner
    reason = " ".join(str(cause).split()) or type(cause).__name__
    return f"{display(address)}: MLflow's server does not answer ({reason}); {_NOTHING_LOST}"


def settled(call: Callable[..., _T], *arguments: object, **options: object) -> _T:
    """Call what creates something; where somebody created the same at that moment, call again."""
    retry = tenacity.Retrying(
        retry=tenacity.retry_if_exception(
            lambda error: any(word in str(error) for word in _CONFLICT_WORDS)
        ),
        stop=tenacity.stop_after_attempt(20),
        wait=tenacity.wait_random(0.01, 0.2),
        reraise=True,
    )
    return retry(call, *arguments, **options)
