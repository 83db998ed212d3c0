"""What is deployed, as MLflow shows it."""

from __future__ import annotations

from tests.records.tracking.conftest import Tracked

from handbook.records.tracking.deployed import ALIAS, Deployment, show

DATA = "bank-marketing"


def deployment(model: str, action: str) -> Deployment:
    tags = {"deployed.action": action, "deployed.who": "ann", "deployed.why": f"as {model} leads"}
    return Deployment(f"{model}/{DATA}/book", f"{model}-{DATA}-book", tags)


def displayed(made: Tracked, *changes: Deployment) -> list[str]:
    lines: list[str] = []
    show(made.uri, made.root / "mlartifacts", {DATA: changes}, lines.append)
    return lines


def test_the_alias_follows_and_versions_say_who_and_why(made: Tracked) -> None:
    made.run("lda", cv=0.6)
    made.run("mlp", cv=0.7)
    made.track()
    first, second = deployment("lda", "deploy"), deployment("mlp", "promote")
    assert displayed(made, first) == []
    assert made.champions()[DATA] == {
        "champion": f"mlp-{DATA}-book", ALIAS: f"lda-{DATA}-book"
    }  # fmt: skip
    assert displayed(made, first, second) == []
    own = made.client.get_model_version_by_alias(DATA, ALIAS)
    assert own.tags["job_key"] == f"mlp-{DATA}-book"
    assert own.tags["deployed.why"] == "as mlp leads"
    versions = made.client.search_model_versions(f"name = '{DATA}'")
    assert {version.tags["deployed.action"] for version in versions} == {"deploy", "promote"}
    # once more changes nothing, nor does tracking
    displayed(made, first, second)
    made.track()
    assert len(made.client.search_model_versions(f"name = '{DATA}'")) == len(versions)
    assert made.champions()[DATA][ALIAS] == f"mlp-{DATA}-book"


def test_an_alias_taken_away_by_hand_comes_back(made: Tracked) -> None:
    made.run("lda", cv=0.6)
    made.run("mlp", cv=0.7)
    made.track()
    displayed(made, deployment("lda", "deploy"))
    made.client.delete_registered_model_alias(DATA, ALIAS)
    made.track()
    assert ALIAS not in made.champions()[DATA]
    displayed(made, deployment("lda", "deploy"))
    assert made.champions()[DATA][ALIAS] == f"lda-{DATA}-book"


def test_a_job_that_the_store_does_not_have_has_no_alias(made: Tracked) -> None:
    made.run("lda", cv=0.6)
    made.track()
    displayed(made, deployment("lda", "deploy"))
    (line,) = displayed(made, deployment("lda", "deploy"), deployment("gone", "promote"))
    assert f"MLflow has no run of the job that is deployed, gone/{DATA}/book" in line
    assert made.champions()[DATA] == {"champion": f"lda-{DATA}-book"}
