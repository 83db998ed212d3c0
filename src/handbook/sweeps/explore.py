"""One job of a sweep: some trials after each other, each scored fold by fold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from time import perf_counter

from handbook import tasks
from handbook.catalogue.space import Setting
from handbook.catalogue.sweep_spec import SweepSpec
from handbook.core.files import sha256, write_json
from handbook.core.folders import DataFolder, SweepFolder
from handbook.data import dataset
from handbook.sweeps.evaluate import Cut, Evaluator
from handbook.sweeps.plan import Job, jobs, outputs, settings
from handbook.sweeps.trials import (
    FoldResult,
    Row,
    Scores,
    State,
    Trial,
    append,
    read_folds,
    read_trials,
    trial_digest,
)
from handbook.tasks.metric import METRICS

__all__ = ["explore"]

Say = Callable[[str], None]
Judge = Callable[[int, float], bool]

# Rows kept of the history of a training that has more steps.
_LONGEST = 200


def explore(
    spec: SweepSpec,
    round_and_chunk: tuple[int, int],
    folder: SweepFolder,
    *,
    made_by: str,
    say: Say,
) -> None:
    """Try the settings of one job and write down their scores.

    A fold that any sweep has computed before is not computed again. A trial that fails is recorded
    with its error, and the next one begins.

    Parameters
    ----------
    spec : SweepSpec
    round_and_chunk : (int, int)
    folder : SweepFolder
        Where the trials of earlier rounds are and those of this job come.
    made_by : str
        Digest of code and versions.
    say : callable
        Takes a line of progress.
    """
    (job,) = (job for job in jobs(spec) if (job.round, job.chunk) == round_and_chunk)
    explorer = _Explorer(spec, job, folder, made_by=made_by, say=say)
    write_json(folder.chunk(*round_and_chunk), [vars(trial) for trial in explorer.trials()])


class _Explorer:
    """One job at work; rows are read where something is left to compute."""

    def __init__(
        self, spec: SweepSpec, job: Job, folder: SweepFolder, *, made_by: str, say: Say
    ) -> None:
        self._train_path = DataFolder(spec.data, folder.results).train
        self._metric = spec.metric or tasks.module(spec.task).primary(len(self._rows.classes))
        self._spec = spec.model_copy(update={"metric": self._metric})
        self._job = job
        self._earlier = read_trials(outputs(spec, folder, before=job.round))
        self._digests = {"made_by": made_by, "data": sha256(self._train_path)}
        self._say = say
        journals = folder.journals(spec.model, spec.data)
        self._computed = read_folds(journals)
        self._journal = journals / f"{spec.sweep}-{job.round}-{job.chunk}.jsonl"
        # A trial can be given up between folds; with one split, between epochs.
        self._by_folds = spec.evaluated > 1
        self._judges = self._pruner() if spec.prune else None

    @cached_property
    def _rows(self) -> dataset.Dataset:
        return dataset.read(self._train_path)

    @cached_property
    def _evaluator(self) -> Evaluator:
        return Evaluator(self._spec, self._rows)

    def trials(self) -> Iterator[Trial]:
        """Yield the trials of the job."""
        for number, setting in settings(self._spec, self._job, self._earlier).items():
            yield self._trial(number, setting)

    def _trial(self, number: int, setting: Setting) -> Trial:
        spec = self._spec.with_setting(setting)
        name = trial_digest(spec, **self._digests)
        judge = self._judges() if self._judges else None
        state: State = "finished"
        score = error = None
        folds: list[Scores] = []
        values: list[float] = []
        steps: list[float] = []
        history: list[Row] = []
        seconds, new = 0.0, False
        for number_of_fold in range(self._spec.evaluated):
            fold = self._computed.get(name, {}).get(number_of_fold)
            if fold is None or not self._holds(fold, judge):
                fold, new = self._fold(name, spec, number_of_fold, judge), True
            seconds += fold.seconds
            if number_of_fold == 0:
                history = fold.history or []
            if fold.cut is not None:
                state, steps = "pruned", fold.cut
                break
            value = fold.scores.get(self._metric) if fold.scores is not None else None
            if fold.scores is None or value is None:
                undefined = f"{self._metric} is undefined on fold {number_of_fold}"
                state, score, error = "failed", None, fold.error or undefined
                break
            folds.append(fold.scores)
            values.append(value)
            score = sum(values) / len(values)
            if not self._by_folds:
                steps = fold.steps or []
                continue
            steps.append(score)
            last = number_of_fold + 1 == self._spec.evaluated
            if judge is not None and judge(number_of_fold, score) and not last:
                state = "pruned"
                break
        trial = Trial(
            number, setting, name, state, self._metric, score, error, steps, history, folds
        )
        self._report(trial, f"{seconds:.1f} s" if new else "known")
        return trial

    def _pruner(self) -> Callable[[], Judge]:
        from handbook.sweeps.tpe import pruner

        finished = [trial.steps for trial in self._earlier if trial.state == "finished"]
        higher = METRICS[self._metric].higher if self._by_folds else False
        return pruner([steps for steps in finished if steps], higher=higher)

    def _holds(self, fold: FoldResult, judge: Judge | None) -> bool:
        """Tell whether a fold that was computed before is what this sweep would compute.

        Where epochs are judged, this sweep may give up later or earlier than another did.
        """
        if self._by_folds or (fold.cut is None and judge is None):
            return fold.cut is None
        if judge is None:
            return False
        steps = fold.cut or fold.steps or []
        given_up = next((n for n, value in enumerate(steps) if judge(n, value)), None)
        return given_up == (None if fold.cut is None else len(steps) - 1)

    def _fold(self, name: str, spec: SweepSpec, number: int, judge: Judge | None) -> FoldResult:
        """Compute one fold and write it down."""
        if self._judges and not self._by_folds:
            judge = self._judges()  # a new one: the other may have judged an earlier result
        history: list[Row] = []

        def progress(row: Row) -> None:
            history.append(dict(row))
            losses = _watched(history)
            if judge is not None and not self._by_folds and judge(len(losses) - 1, losses[-1]):
                raise Cut

        scores = cut = message = None
        of_the_machine = False
        clock = perf_counter()
        try:
            scores = self._evaluator.score(spec, number, progress)
        except Cut:
            cut = _watched(history)
        except Exception as error:
            message = f"{type(error).__name__}: {error}"
            of_the_machine = isinstance(error, MemoryError | OSError)
        seconds = round(perf_counter() - clock, 4)
        kept = number == 0 and len(history) > 0
        fold = FoldResult(
            name, number, scores, cut, message, seconds,
            _thin(history) if kept else None, _watched(history) if kept else None,
        )  # fmt: skip
        # Failures of the machine (memory, disk) are not recorded: the next run tries again.
        if not of_the_machine:
            append(self._journal, fold)
        return fold

    def _report(self, trial: Trial, source: str) -> None:
        setting = ", ".join(f"{name} {value}" for name, value in trial.setting.items())
        outcome = f"{trial.metric} {trial.score:.4f}" if trial.score is not None else ""
        if trial.state != "finished":
            outcome = f"{trial.state} {trial.error or outcome}".strip()
        self._say(f"trial {trial.number + 1}: {setting}: {outcome} ({source})")


def _watched(history: Sequence[Row]) -> list[float]:
    """Return the loss of each epoch: on validation rows, where the model puts some aside."""
    losses = [name for name in ("validation_loss", "loss") if history and name in history[0]]
    return [row[losses[0]] for row in history] if losses else []


def _thin(history: Sequence[Row]) -> list[Row]:
    """Return rows of a history, evenly fewer where there are very many, the last among them."""
    step = -(-len(history) // _LONGEST)
    return [*history[::-1][::step]][::-1]
