"""Every claim of the catalogue: its experiment, its record, its figure."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from tests.report.drawn_twice import check_drawing

from handbook import cli
from handbook.catalogue import reading
from handbook.catalogue.specs import claim_spec
from handbook.claims import registry
from handbook.claims.finding import Finding, Part
from handbook.core.errors import HandbookError
from handbook.core.files import write_json
from handbook.data import registry as data_sets
from handbook.report.figures.claim import draw, module_of
from handbook.report.figures.svg import words
from handbook.workflow import provenance

PARAMS = reading.read(Path(__file__).parents[2] / "params.yaml")
DEMO = PARAMS.model_copy(update={"tier": "demo"})
VERDICTS = {"holds", "holds only when", "does not hold here", "cannot be told"}


def tried(name: str) -> dict[str, Any]:
    """Do an experiment as a demo does, on made-up rows where it takes any."""
    spec = claim_spec(DEMO, name)
    data = data_sets.module(spec.data).sample(PARAMS.seed) if spec.data else None
    return registry.run(spec, data)


@pytest.mark.parametrize("name", PARAMS.claims)
def test_a_claim_is_measured_judged_and_drawn_the_same_twice(name: str, tmp_path: Path) -> None:
    record, again = tried(name), tried(name)
    assert json.dumps(record, allow_nan=False) == json.dumps(again)
    assert record["verdict"]["kind"] == "cannot be told"
    assert "demo" in record["verdict"]["words"]
    for part in record["parts"]:
        low, high = part["interval"]
        assert low <= part["estimate"] <= high
        assert part["least"] > 0
    result = tmp_path / "result.json"
    write_json(result, record)
    check_drawing(draw, name, result)


@pytest.mark.parametrize("name", PARAMS.claims)
def test_a_claims_experiment_and_its_drawing_do_not_depend_on_each_other(name: str) -> None:
    experiment = registry.module_name(name)
    assert experiment not in provenance.closure([module_of(name), "handbook.report.figures.claim"])
    assert not any("report" in module for module in provenance.closure([experiment]))


def test_every_experiment_and_every_drawing_is_of_a_claim_of_the_catalogue() -> None:
    assert registry.names() == tuple(sorted(PARAMS.claims))
    drawn = [
        name.replace("_", "-")
        for module in provenance.children("handbook.report.figures.claims")
        for name in import_module(f"handbook.report.figures.claims.{module}").__all__
    ]
    assert sorted(drawn) == sorted(PARAMS.claims)


def measured(monkeypatch: pytest.MonkeyPatch, *parts: Part, **values: list[float]) -> None:
    """Let an experiment measure what is given."""
    module = import_module(registry.module_name("escape-local-minima"))
    monkeypatch.setattr(module, "compute", lambda seeds, **_: Finding(values, parts, {}))


def spec_of(least: dict[str, float], **changed: Any) -> Any:
    spec = claim_spec(PARAMS, "escape-local-minima")
    return spec.model_copy(update={"least": least, "seeds": [1, 2, 3]} | changed)


def test_the_verdict_follows_from_what_was_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = [
        Part("up", "it goes up", "difference", (0.5, 0.6, 0.55)),
        Part("down", "it goes down", "difference", (-0.5, -0.6, -0.55)),
    ]
    measured(monkeypatch, *parts, x=[1.0, 2.0, 3.0])
    record = registry.run(spec_of({"up": 0.1, "down": 0.1}))
    assert record["verdict"] == {
        "kind": "holds only when",
        "words": "holds only when it goes up; does not hold when it goes down",
    }
    assert record["interval_level"] == pytest.approx(0.975)  # two intervals, both at 95 %
    assert record["parts"][0]["values"] == [0.5, 0.6, 0.55]
    record = registry.run(spec_of({"up": 0.1, "down": 0.1}, demo=True))
    assert record["verdict"]["kind"] == "cannot be told"
    assert {part["outcome"] for part in record["parts"]} == {"cannot be told"}


def test_the_smallest_effects_of_interest_are_those_of_its_parts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    up = Part("up", "it goes up", "difference", (0.5, 0.6, 0.55))
    measured(monkeypatch, up)
    with pytest.raises(HandbookError, match=r"least: 'up' is missing"):
        registry.run(spec_of({}))
    with pytest.raises(HandbookError, match=r"least: 'down'; did you mean 'up'\?|least: 'down'"):
        registry.run(spec_of({"up": 0.1, "down": 0.1}))
    measured(monkeypatch, up, x=[1.0])
    with pytest.raises(HandbookError, match=r"'x' has 1 values for 3 seeds"):
        registry.run(spec_of({"up": 0.1}))


def test_the_commands_compute_and_draw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    content = json.loads(DEMO.model_dump_json())
    Path("catalogue.json").write_text(json.dumps(content))
    given = ["escape-local-minima", "--catalogue", "catalogue.json"]
    assert cli.main(["claim", *given]) == 0
    assert cli.main(["draw-claim", *given]) == 0
    folder = Path("results/claims/escape-local-minima")
    assert json.loads((folder / "result.json").read_text())["demo"]
    assert "deep valley" in words(folder / "figure.svg").title


def test_an_unknown_claim_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("catalogue.json").write_text(PARAMS.model_dump_json())
    assert cli.main(["claim", "escape-minima", "--catalogue", "catalogue.json"]) == 1
    assert "no claim 'escape-minima'; did you mean" in capsys.readouterr().err
    with pytest.raises(HandbookError, match=r"write a function nothing\(plot, caption\)"):
        module_of("nothing")
