"""One job of a sweep: some trials after each other, each scored fold by fold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from handbook import tasks
from handbook.catalogue.space import Setting, Space
from handbook.core.files import read_json, sha256, write_json
from handbook.data import dataset
from handbook.sweeps.evaluate import Cut, Evaluator
from handbook.sweeps.plan import Job, jobs, settings
from handbook.sweeps.trials import Journal, known, trial_digest
from handbook.tasks.metric import METRICS

__all__ = ["explore", "with_setting"]

Say = Callable[[str], None]
Judge = Callable[[int, float], bool]

# Rows kept of the history of a training that has more steps.
_LONGEST = 200
_RECIPE = "preprocess."


def explore(
    spec: Mapping[str, Any],
    place: tuple[int, int],
    train_path: Path,
    earlier: Sequence[Path],
    trials: Path,
    output: Path,
    *,
    made_by: str,
    say: Say,
) -> None:
    """Try the settings of one job and write down what came of each.

    What is known of a trial already is not computed again, whichever sweep computed it. A trial
    that fails is recorded with its error, and the next one begins.

    Parameters
    ----------
    spec : mapping
        See :func:`handbook.catalogue.sweeps.sweep_spec`.
    place : (int, int)
        Round and chunk.
    train_path : Path
        Prepared training rows.
    earlier : sequence of Path
        What the jobs of all earlier rounds wrote.
    trials : Path
        Folder of what is known of trials; this job's own file is made there.
    output : Path
        JSON: a record a trial, in order.
    made_by : str
        Digest of code and versions.
    say : callable
        Takes a line of progress.
    """
    before = sorted(
        (trial for path in earlier for trial in read_json(path)), key=lambda one: one["number"]
    )
    (job,) = (one for one in jobs(spec) if (one.round, one.chunk) == place)
    records = list(
        _Explorer(spec, job, train_path, before, trials, made_by=made_by, say=say).records()
    )
    write_json(output, records)


def with_setting(
    spec: Mapping[str, Any], setting: Setting
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Return the arguments and the recipe of the columns that a setting of a sweep asks for."""
    asked = Space.of(spec["space"]).arguments(setting)
    recipe = {
        name.removeprefix(_RECIPE): asked.pop(name) for name in list(asked) if _RECIPE in name
    }
    preprocess = spec["preprocess"]
    return spec["params"] | asked, None if preprocess is None else preprocess | recipe


class _Explorer:
    """One job at work; rows are read where something is left to compute."""

    def __init__(
        self,
        spec: Mapping[str, Any],
        job: Job,
        train_path: Path,
        before: Sequence[Mapping[str, Any]],
        trials: Path,
        *,
        made_by: str,
        say: Say,
    ) -> None:
        self._train_path = train_path
        self._rows: dataset.Dataset | None = None
        self._evaluator: Evaluator | None = None
        self._spec = {**spec, "metric": spec["metric"] or self._primary(spec)}
        self._job = job
        self._before = before
        self._digests = {"made_by": made_by, "data": sha256(train_path)}
        self._say = say
        folder = trials / spec["model"] / spec["data"]
        self._known = known(folder)
        self._journal = Journal(folder / f"{spec['sweep']}-{job.round}-{job.chunk}.jsonl")
        self._judges = self._pruner() if spec["prune"] else None

    def records(self) -> Iterator[dict[str, Any]]:
        """Yield a record a trial."""
        with self._journal:
            for number, setting in settings(self._spec, self._job, self._before).items():
                yield self._trial(number, setting)

    def _trial(self, number: int, setting: Setting) -> dict[str, Any]:
        params, preprocess = with_setting(self._spec, setting)
        name = trial_digest(self._spec, params, preprocess, **self._digests)
        metric, judge = self._spec["metric"], self._judges() if self._judges else None
        folds: list[dict[str, Any]] = []
        record: dict[str, Any] = {"number": number, "setting": setting, "trial": name}
        record |= {"state": "finished", "metric": metric, "score": None, "error": None, "steps": []}
        seconds, new = 0.0, False
        for fold in range(self._spec["evaluated"]):
            line = self._known.get(name, {}).get(fold)
            if line is None or not self._holds(line, judge):
                line, new = self._fold(name, params, preprocess, fold, judge), True
            seconds += line["seconds"]
            if fold == 0:
                record["history"] = line.get("history", [])
            value = line.get("scores", {}).get(metric)
            if "error" in line or ("scores" in line and value is None):
                record["state"] = "failed"
                record["error"] = line.get("error") or f"{metric} is undefined on fold {fold}"
                break
            if "cut" in line:
                record |= {"state": "pruned", "steps": line["cut"]}
                break
            folds.append(line["scores"])
            record["score"] = sum(one[metric] for one in folds) / len(folds)
            if self._by_folds:
                record["steps"].append(record["score"])
                last = fold + 1 == self._spec["evaluated"]
                if judge is not None and judge(fold, record["score"]) and not last:
                    record["state"] = "pruned"
                    break
            else:
                record["steps"] = line.get("steps", [])
        if record["state"] == "failed":
            record["score"] = None
        self._tell(record, seconds, new)
        return record | {"folds": folds}

    @property
    def _by_folds(self) -> bool:
        """Whether a trial can be given up between folds; else it can between epochs."""
        return bool(self._spec["evaluated"] > 1)

    def _pruner(self) -> Callable[[], Judge]:
        from handbook.sweeps.tpe import pruner

        finished = [one["steps"] for one in self._before if one["state"] == "finished"]
        higher = METRICS[self._spec["metric"]].higher if self._by_folds else False
        return pruner([steps for steps in finished if steps], higher=higher)

    def _holds(self, line: Mapping[str, Any], judge: Judge | None) -> bool:
        """Tell whether what is known is what this sweep would find.

        Where epochs are judged, this sweep may give up later or earlier than another did.
        """
        if self._by_folds or ("cut" not in line and judge is None):
            return "cut" not in line
        if judge is None:
            return False
        steps = line.get("cut") or line.get("steps", [])
        given_up = next((n for n, value in enumerate(steps) if judge(n, value)), None)
        return given_up == (len(steps) - 1 if "cut" in line else None)

    def _fold(
        self,
        name: str,
        params: Mapping[str, Any],
        preprocess: Mapping[str, Any] | None,
        fold: int,
        judge: Judge | None,
    ) -> dict[str, Any]:
        """Compute one fold and write it down."""
        if self._judges and not self._by_folds:
            judge = self._judges()  # anew: the other may have judged what was known
        history: list[Mapping[str, float]] = []

        def progress(row: Mapping[str, float]) -> None:
            history.append(dict(row))
            steps = _watched(history)
            if judge is not None and not self._by_folds and judge(len(steps) - 1, steps[-1]):
                raise Cut

        line: dict[str, Any] = {"trial": name, "fold": fold}
        passing = False
        clock = perf_counter()
        try:
            line["scores"] = self._evaluate(params, preprocess, fold, progress)
        except Cut:
            line["cut"] = _watched(history)
        except Exception as error:
            line["error"] = f"{type(error).__name__}: {error}"
            passing = isinstance(error, MemoryError | OSError)
        line["seconds"] = round(perf_counter() - clock, 4)
        if fold == 0 and history:
            line |= {"history": _thin(history), "steps": _watched(history)}
        if not passing:  # what is of the setting, and not of the machine, comes again
            self._journal.write(line)
        return line

    def _evaluate(self, *asked: Any) -> dict[str, float | None]:
        if self._evaluator is None:
            self._evaluator = Evaluator(self._spec, self._read())
        return self._evaluator.score(*asked)

    def _primary(self, spec: Mapping[str, Any]) -> str:
        return tasks.module(spec["task"]).primary(len(self._read().classes))

    def _read(self) -> dataset.Dataset:
        if self._rows is None:
            self._rows = dataset.read(self._train_path)
        return self._rows

    def _tell(self, record: Mapping[str, Any], seconds: float, new: bool) -> None:
        said = ", ".join(f"{name} {value}" for name, value in record["setting"].items())
        came = f"{record['metric']} {record['score']:.4f}" if record["score"] is not None else ""
        if record["state"] != "finished":
            came = f"{record['state']} {record['error'] or came}".strip()
        source = f"{seconds:.1f} s" if new else "known"
        self._say(f"trial {record['number'] + 1}: {said}: {came} ({source})")


def _watched(history: Sequence[Mapping[str, float]]) -> list[float]:
    """Return what epochs are judged by: the loss on rows put aside, where the model has some."""
    name = next((one for one in ("validation_loss", "loss") if history and one in history[0]), "")
    return [row[name] for row in history] if name else []


def _thin(history: Sequence[Mapping[str, float]]) -> list[Mapping[str, float]]:
    """Return the rows of a history, evenly fewer where there are very many, the last among them."""
    step = -(-len(history) // _LONGEST)
    return [*history[::-1][::step]][::-1]
