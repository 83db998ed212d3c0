"""From a finished project to a rollback: predict, serve, watch, retrain, promote, go back."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.deployment.whole_way import Way, go

pytestmark = pytest.mark.services


def test_the_whole_way_holds_at_each_step(tmp_path: Path) -> None:
    go(Way(tmp_path / "project"))
