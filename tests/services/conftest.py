"""Which of these tests run: none by themselves, the quickest of each in CI, all when called for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

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
