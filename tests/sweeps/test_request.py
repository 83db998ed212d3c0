"""What a sweep of the command line becomes, and what is said of it before anything runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.project import ROOT

from handbook import cli
from handbook.catalogue import reading
from handbook.sweeps.run import request


@pytest.mark.parametrize(
    ("tier", "words"), [("demo", "; folds 3 -> 2, rows 900 -> 500 by tier demo"), ("standard", "")]
)
def test_what_the_tier_lowers_is_said(
    tier: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    params = reading.read_with(ROOT / "params.yaml", {"tier": tier, "data_source": "sample"})
    monkeypatch.chdir(tmp_path)
    given = {"rows": 900, "score": {"folds": 3}}
    plan = request(params, "knn-classifier", given, ["n_neighbors=1,3"]).plan
    assert plan.partition(" jobs")[2] == words


@pytest.mark.parametrize("profile", ["demoo", "workflow/profiles/demo"])
def test_a_profile_is_named_and_refused_before_anything_runs(
    profile: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    command = ["sweep", "lenet", "--set", "epochs=1,2", "--profile", profile]
    assert cli.main(command) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"error: --profile {profile}: no profile of workflow/profiles; ")
    assert "demo" in said.partition(";")[2]
    assert cli.main(["why", "--profile", profile]) == 1
    assert capsys.readouterr().err == said
