"""Small results from which models are chosen and deployed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.records.tracking.tracked_results import Results

from handbook.deployment import pictures, reading


@pytest.fixture
def made(tmp_path: Path) -> Results:
    """Two finished runs on one data set; by its folds `mlp` is the champion."""
    made = Results(tmp_path)
    made.run("lda", cv=0.6)
    made.run("mlp", cv=0.7)
    made.results.joinpath("catalogue.json").write_text(json.dumps(made.catalogue))
    return made


@pytest.fixture
def at_top(made: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work at the top of the project, on parts of two rows."""
    monkeypatch.chdir(made.root)
    monkeypatch.setattr(reading, "ROWS", 2)
    monkeypatch.setattr(pictures, "PICTURES", 2)
