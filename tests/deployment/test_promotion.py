"""What is deployed: when a challenger takes the place of the champion, and what is left of it."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.svm import SVC
from tests.records.tracking.tracked_results import Results

from handbook import cli
from handbook.catalogue.sections import Promote
from handbook.core.errors import HandbookError
from handbook.data import dataset
from handbook.deployment import copies, promotion
from handbook.deployment.chosen import choose
from handbook.deployment.history import Change, History
from handbook.training.preprocess import pipeline
from handbook.training.spec import Preprocess

DATA = "bank-marketing"
GOOD, POOR, BARE = (f"{model}/{DATA}/book" for model in ("good", "poor", "bare"))
RULE = Promote(rows=500)


def generated(n: int, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Customers who say yes the older they are, and the less they own."""
    random = np.random.default_rng(seed)
    X = pd.DataFrame(
        {
            "job": random.choice(["clerk", "smith"], n),
            "city": random.choice(["here", None], n),
            "age": random.integers(18, 90, n),
            "balance": random.normal(size=n).round(6),
        }
    )
    score = (X["age"] - 54) / 10 - 2 * X["balance"]
    return X, (random.random(n) < 1 / (1 + np.exp(-score))).to_numpy().astype(int)


@pytest.fixture
def top(made: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a good and a poor model, and one without probabilities."""
    X, y = generated(2_000, 0)
    X = X.astype({"job": "category", "city": "category"})

    def fitted(last, columns=("job", "city", "age", "balance")):
        blind = X.assign(**{name: X[name].iloc[0] for name in X if name not in columns})
        return pipeline(last, Preprocess(), X).fit(blind, y)

    made.run("good", cv=0.8, estimator=fitted(LogisticRegression()))
    made.run("poor", cv=0.6, estimator=fitted(LogisticRegression(), ["age"]))
    made.run("bare", cv=0.7, estimator=fitted(SVC()))
    made.results.joinpath("catalogue.json").write_text(json.dumps(made.catalogue))
    profile = made.results / "data" / DATA / "profile.json"
    profile.write_text(json.dumps({"target": "y"}))
    monkeypatch.chdir(made.root)
    later(made.root / "later.csv", 2_000)
    return made.root


def later(path: Path, n: int, seed: int = 1) -> Path:
    """Write later rows with their answers."""
    X, y = generated(n, seed)
    X.assign(y=np.array(["no", "yes"])[y]).to_csv(path, index=False)
    return path


def promote(run: str, rows: str | None = "later.csv", **options) -> Change:
    """Promote a run by the rule of these tests."""
    path = None if rows is None else Path(rows)
    return promotion.promote(DATA, run, RULE, rows=path, say=lambda line: None, **options)


def state(top: Path) -> dict[str, bytes]:
    """Return every file of the deployments."""
    folder = top / "deployments"
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def deployed() -> str:
    """Return the run that answers."""
    chosen = choose(DATA)
    assert chosen.how == "deployed"
    chosen.open()
    return chosen.run


def test_the_first_is_deployed_and_a_better_one_promoted(top: Path) -> None:
    assert promote(POOR, None, why="a start").action == "deploy"
    change = promote(GOOD)
    assert deployed() == GOOD
    X, y = generated(2_000, 1)
    p = [choose(DATA, run).open().predict(X, {"policy": "pass"})["p:yes"] for run in (GOOD, POOR)]
    proof = json.loads(json.dumps(change.evidence))
    assert proof["metric"] == "roc_auc"
    assert proof["lead"]["first"] == pytest.approx(roc_auc_score(y, p[0]))
    assert proof["lead"]["second"] == pytest.approx(roc_auc_score(y, p[1]))
    assert proof["lead"]["interval"][0] > 0
    assert (proof["rows"], proof["trained_on"], proof["unlabelled"]) == (2_000, 0, 0)
    assert proof["rule"]["rows"] == 500
    assert [own.action for own in History(DATA).changes()] == ["deploy", "promote"]


def test_what_does_not_lead_is_refused_with_the_figures(top: Path) -> None:
    promote(GOOD, None)
    before = state(top)
    with pytest.raises(
        HandbookError, match=r"not promoted .*lead in ROC AUC may be -0\.\d+, which"
    ):
        promote(POOR)
    with pytest.raises(HandbookError, match="gives probabilities, and the challenger gives none"):
        promote(BARE)
    assert state(top) == before


def test_a_lead_that_may_be_chance_is_none(top: Path) -> None:
    promote(POOR, None)
    with pytest.raises(HandbookError, match=r"60 rows are fewer than promote\.rows, 500"):
        promote(GOOD, str(later(top / "few.csv", 60)))


def test_a_challenger_whose_probabilities_exaggerate_is_refused(top: Path, made: Results) -> None:
    X, y = generated(2_000, 0)
    X = X.astype({"job": "category", "city": "category"})
    bold = pipeline(LogisticRegression(), Preprocess(), X).fit(X, y)
    bold[-1].coef_ *= 6
    bold[-1].intercept_ *= 6
    made.run("bold", cv=0.8, estimator=bold)
    made.results.joinpath("catalogue.json").write_text(json.dumps(made.catalogue))
    promote(POOR, None)
    with pytest.raises(HandbookError, match=r"calibration error may be larger by 0\.\d+") as error:
        promote(f"bold/{DATA}/book")
    assert "the lead" not in str(error.value)


def test_force_goes_with_a_reason_and_is_recorded_as_such(top: Path) -> None:
    promote(GOOD, None)
    with pytest.raises(HandbookError, match="--force goes with --why"):
        promote(POOR, force=True)
    change = promote(POOR, force=True, why="the audit wants it")
    assert deployed() == POOR
    assert change.evidence["forced"] is True
    assert change.evidence["against"]
    assert promote(BARE, None, force=True, why="a trial").evidence == {"forced": True}


def test_rows_that_a_model_was_trained_on_decide_nothing(top: Path, made: Results) -> None:
    promote(POOR, None)
    train = dataset.read(made.results / "data" / DATA / "train.arrow")
    own = train.X.astype({"job": object, "city": object}).assign(y="no")
    own.to_csv(top / "trained.csv", index=False)
    with pytest.raises(HandbookError, match="all of its 20 rows are among those that a model was"):
        promote(GOOD, "trained.csv")
    both = pd.concat([own, pd.read_csv(top / "later.csv")])
    both.to_csv(top / "both.csv", index=False)
    assert promote(GOOD, "both.csv").evidence["trained_on"] == 20


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda rows: rows.drop(columns="y"), "there is no column 'y', which holds the true answ"),
        (lambda rows: rows.assign(y="maybe"), "'maybe' in row 1 is no label; expected one of no,"),
        (lambda rows: rows.drop(columns="age"), "rows lack 1 of 4 columns: age"),
        (lambda rows: rows.assign(age="old"), "column 'age': 'old' in row 1"),
        (lambda rows: rows.assign(y="yes"), "roc_auc needs rows of both of two classes"),
        (lambda rows: rows.head(0), "no rows; expected a header and at least one row"),
    ],
)
def test_rows_that_cannot_decide_are_named(
    change: Callable[[pd.DataFrame], pd.DataFrame], message: str, top: Path
) -> None:
    promote(POOR, None)
    before = state(top)
    change(pd.read_csv(top / "later.csv")).to_csv(top / "bad.csv", index=False)
    with pytest.raises(HandbookError, match=message):
        promote(GOOD, "bad.csv")
    assert state(top) == before


def test_rows_without_a_label_wait_for_theirs(top: Path) -> None:
    promote(POOR, None)
    rows = pd.read_csv(top / "later.csv")
    rows.loc[:99, "y"] = None
    rows.to_csv(top / "some.csv", index=False)
    assert promote(GOOD, "some.csv").evidence["unlabelled"] == 100


def test_a_run_is_not_deployed_twice_in_a_row(top: Path) -> None:
    promote(GOOD, None)
    with pytest.raises(HandbookError, match=f"{GOOD} is deployed already, since 20"):
        promote(GOOD)


def test_a_rollback_brings_back_the_model_before(top: Path, made: Results) -> None:
    promote(POOR, None)
    promote(GOOD)
    promote(BARE, force=True, why="a trial")
    shutil.rmtree(made.results)  # a rebuild may have made all of it anew
    back = [rollback(), rollback()]
    assert [change.run for change in back] == [GOOD, POOR]
    assert deployed() == POOR
    with pytest.raises(HandbookError, match="nothing was deployed before this"):
        rollback()
    assert [own.action for own in History(DATA).changes()][-2:] == ["rollback", "rollback"]


def rollback(to: str | None = None) -> Change:
    return promotion.rollback(DATA, "bad", to=to, say=lambda line: None)


def test_a_rollback_goes_to_a_run_that_is_named(top: Path) -> None:
    promote(POOR, None)
    promote(GOOD)
    promote(BARE, force=True, why="a trial")
    assert rollback(POOR).run == POOR
    with pytest.raises(HandbookError, match="was not deployed before; known"):
        rollback("nobody")


def test_a_rollback_to_a_copy_that_is_lost_or_altered_is_refused(top: Path) -> None:
    promote(POOR, None)
    promote(GOOD)
    model = History(DATA).copy_of(History(DATA).changes()[0].job_key) / "model.skops"
    content = model.read_bytes()
    model.write_bytes(content + b" ")
    before = state(top)
    with pytest.raises(HandbookError, match="altered since it was deployed"):
        rollback()
    assert state(top) == before
    model.unlink()
    with pytest.raises(HandbookError, match="missing; take the folder from a copy"):
        rollback()
    assert deployed() == GOOD
    model.write_bytes(content)
    assert rollback().run == POOR


def test_what_is_in_production_outlives_a_rebuild(top: Path, made: Results) -> None:
    promote(GOOD, None)
    before = state(top)
    made.run("good", cv=0.8)  # other rows, another estimator, the same name
    assert state(top) == before
    assert deployed() == GOOD


def test_a_shadow_is_a_copy_too_and_ends(top: Path) -> None:
    promote(POOR, None)
    say = print
    promotion.shadow(DATA, GOOD, why="two weeks", say=say)
    own = History(DATA).shadow()
    assert own is not None
    assert (own.run, own.why) == (GOOD, "two weeks")
    assert (History(DATA).copy_of(own.job_key) / "model.skops").is_file()
    assert deployed() == POOR
    with pytest.raises(HandbookError, match="answers already, and for use"):
        promotion.shadow(DATA, POOR, why="", say=say)
    promotion.shadow(DATA, None, why="", say=say)
    assert History(DATA).shadow() is None
    with pytest.raises(HandbookError, match="no run answers in the shadow"):
        promotion.shadow(DATA, None, why="", say=say)


@pytest.mark.parametrize("moment", ["copied", "verified", "append"])
def test_a_kill_leaves_what_was_deployed_and_the_same_command_goes_on(
    moment: str, top: Path
) -> None:
    """Killed while the model is copied, before the history is written, or while it is."""
    promote(POOR, None)
    before = state(top)

    def killed() -> None:
        def die(*_: object, **__: object) -> None:
            os.kill(os.getpid(), signal.SIGKILL)

        if moment == "copied":
            copies._flush = die
        elif moment == "verified":
            promotion.verified = die
        else:
            Path.replace = die  # type: ignore[method-assign]
        promote(GOOD)

    process = multiprocessing.get_context("fork").Process(target=killed)
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert deployed() == POOR
    assert {path: content for path, content in state(top).items() if path in before} == before
    assert promote(GOOD).run == GOOD
    assert deployed() == GOOD
    assert list((top / "deployments").rglob("*.partial")) == []


def test_two_promotions_at_once_are_one_after_the_other(top: Path, made: Results) -> None:
    """The second is held against what the first has deployed."""
    promote(POOR, None)
    context = multiprocessing.get_context("fork")
    outcomes = context.Queue()

    def attempt(run: str) -> None:
        try:
            outcomes.put((run, promote(run).action))
        except HandbookError as error:
            outcomes.put((run, str(error)))

    made.run("again", cv=0.8, estimator=choose(DATA, GOOD).open().estimator)
    made.results.joinpath("catalogue.json").write_text(json.dumps(made.catalogue))
    runs = (GOOD, f"again/{DATA}/book")
    processes = [context.Process(target=attempt, args=(run,)) for run in runs]
    for process in processes:
        process.start()
    results = dict(outcomes.get(timeout=300) for _ in processes)
    for process in processes:
        process.join()
    assert sorted(results) == sorted(runs)
    (winner,) = [run for run, outcome in results.items() if outcome == "promote"]
    (loser,) = set(runs) - {winner}
    assert f"{loser} is not promoted over {winner}" in results[loser]
    assert deployed() == winner
    assert len(History(DATA).changes()) == 2


def test_a_damaged_history_is_left_as_it_is(top: Path) -> None:
    promote(POOR, None)
    history = History(DATA)
    whole = history.path.read_text()
    for damaged in (whole[:-20], "\x00" * 80, whole + "{}\n", whole.replace("deploy", "depoly")):
        history.path.write_text(damaged)
        before = state(top)
        for attempt in (lambda: promote(GOOD), rollback, lambda: choose(DATA)):
            with pytest.raises(HandbookError, match=r"history.jsonl: line \d is damaged"):
                attempt()
        assert state(top) == before
    history.path.write_text(whole)
    assert promote(GOOD).run == GOOD


def test_the_commands(top: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["deployed", DATA]) == 1
    assert "nothing was ever deployed" in capsys.readouterr().err
    assert cli.main(["rollback", DATA]) == 1
    assert f"`handbook promote {DATA} RUN`" in capsys.readouterr().err
    promote(POOR, None, why="a start")
    promote(GOOD)
    promotion.shadow(DATA, BARE, why="", say=print)
    assert cli.main(["deployed"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{DATA}: {GOOD}"
    assert lines[1] == f"in the shadow: {BARE}"
    assert lines[2].split() == ["time", "who", "action", "run", "key", "why"]
    assert [line[:1] for line in lines[3:]] == [" ", "*", " "]
    assert "a start" in lines[3]
    assert "roc_auc +0." in lines[4]
    assert cli.main(["deployed", DATA, "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert [change["action"] for change in content[DATA]] == ["deploy", "promote", "shadow"]
    assert cli.main(["rollback", DATA, "--why", "bad"]) == 0
    assert f"{DATA}: {POOR} is deployed again" in capsys.readouterr().err
    assert deployed() == POOR
