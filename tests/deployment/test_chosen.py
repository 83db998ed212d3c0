"""Which model answers."""

from __future__ import annotations

import json
import shutil

import pytest
from tests.records.tracking.tracked_results import Results

from handbook.core.errors import HandbookError
from handbook.core.files import sha256, write_json
from handbook.data import dataset
from handbook.deployment.chosen import ABOUT, MODEL, choose
from handbook.deployment.history import Change, History

DATA = "bank-marketing"
LDA, MLP = (f"{model}/{DATA}/book" for model in ("lda", "mlp"))


def deploy(made: Results, run: str) -> Change:
    """Deploy a run by hand."""
    chosen = choose(DATA, run, made.root)
    history = History(DATA, made.root)
    folder = history.copy_of(chosen.job_key)
    folder.mkdir(parents=True)
    shutil.copy2(chosen.folder / MODEL, folder)
    write_json(folder / ABOUT, chosen.about.plain())
    digest = sha256(folder / MODEL)
    change = Change("2026-01-02T03:04:05+00:00", "ann", "deploy", run, chosen.job_key, digest)
    history.append(change)
    return change


def test_the_champion_answers_where_nothing_is_deployed(made: Results) -> None:
    chosen = choose(DATA, folder=made.root)
    assert (chosen.run, chosen.how, chosen.job_key) == (MLP, "champion", "mlp-bank-marketing-book")
    assert chosen.about.classes == ("no", "yes")
    assert [column.name for column in chosen.about.columns or []] == [
        "job", "city", "age", "balance"
    ]  # fmt: skip
    rows = dataset.read(made.results / "data" / DATA / "test.arrow").X
    assert set(chosen.open().predict(rows)["predicted"]) <= {"no", "yes"}


def test_a_run_answers_that_is_named(made: Results) -> None:
    deploy(made, MLP)
    chosen = choose(DATA, LDA, made.root)
    assert (chosen.run, chosen.how) == (LDA, "run")


def test_the_deployed_run_answers_even_where_the_results_are_gone(made: Results) -> None:
    deploy(made, LDA)
    shutil.rmtree(made.results)
    chosen = choose(DATA, folder=made.root)
    assert (chosen.run, chosen.how) == (LDA, "deployed")
    assert chosen.about.classes == ("no", "yes")
    assert chosen.open().estimator is not None


def test_a_deployed_copy_that_was_altered_is_refused(made: Results) -> None:
    change = deploy(made, LDA)
    path = History(DATA, made.root).copy_of(change.job_key) / MODEL
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(HandbookError, match="altered since it was deployed"):
        choose(DATA, folder=made.root).open()


@pytest.mark.parametrize(
    ("data", "run", "hint"),
    [
        (DATA, "ldaa/bank-marketing/book", f"did you mean '{LDA}'"),
        ("bank-marketin", None, "did you mean 'bank-marketing'"),
        (DATA, "svc/bank-marketing/book", "outdated .params.yaml asks for other settings."),
    ],
)
def test_what_cannot_answer_is_named(made: Results, data: str, run: str | None, hint: str) -> None:
    made.run("svc", cv=0.5)
    made.catalogue["work"]["svc/bank-marketing/book"] = "other"
    made.results.joinpath("catalogue.json").write_text(json.dumps(made.catalogue))
    with pytest.raises(HandbookError, match=hint):
        choose(data, run, made.root)


def test_without_folds_there_is_no_champion(made: Results) -> None:
    made.run("dcgan", data="pokemon", cv=None)
    made.results.joinpath("catalogue.json").write_text(json.dumps(made.catalogue))
    with pytest.raises(HandbookError, match="--run takes one"):
        choose("pokemon", folder=made.root)


def test_a_damaged_line_of_the_history_is_named_and_stays(made: Results) -> None:
    deploy(made, LDA)
    history = History(DATA, made.root)
    history.path.write_text(history.path.read_text() + '{"time": "2026')
    before = history.path.read_bytes()
    with pytest.raises(HandbookError, match=r"history.jsonl: line 2 is damaged"):
        choose(DATA, folder=made.root)
    with pytest.raises(HandbookError, match="line 2 is damaged"):
        history.append(history_line(made))
    assert history.path.read_bytes() == before


def history_line(made: Results) -> Change:
    return Change("2026-01-02T03:04:06+00:00", "bob", "shadow", MLP, "mlp-bank-marketing-book", "")


def test_a_shadow_stays_until_it_ends_or_is_deployed(made: Results) -> None:
    deploy(made, LDA)
    history = History(DATA, made.root)
    assert history.shadow() is None
    history.append(history_line(made))
    shadow, deployed = history.shadow(), history.deployed()
    assert shadow is not None
    assert deployed is not None
    assert (shadow.run, deployed.run) == (MLP, LDA)
    deploy(made, MLP)
    assert history.shadow() is None
