"""Where results lie: the names that rules, jobs and readers share."""

from __future__ import annotations

from pathlib import Path

__all__ = [
    "DECOMPOSITION",
    "SWEEP_LIST",
    "ClaimFolder",
    "CurvesFolder",
    "DataFolder",
    "LabFolder",
    "RunFolder",
    "SweepFolder",
    "bias_variance_figure",
    "intervals_file",
    "seeds_file",
    "side_by_side",
]

_RESULTS, _LOGS = Path("results"), Path("logs")


class DataFolder:
    """Files of one prepared data set, below the folder of results."""

    def __init__(self, data: str, results: Path = _RESULTS) -> None:
        self.path = results / "data" / data
        #: Training rows, held-out rows, and how they were split.
        self.train = self.path / "train.arrow"
        self.test = self.path / "test.arrow"
        self.split = self.path / "split.json"
        #: Description of rows and columns.
        self.profile = self.path / "profile.json"
        #: Every expectation and whether it held; the second is there where all did.
        self.validation = self.path / "validation.json"
        self.accepted = self.path / "accepted.json"
        #: The classifier that judges pictures generated of this data set, and how good it is.
        self.judge = results / "judges" / data / "model.skops"
        self.judge_record = self.judge.with_name("judge.json")


class _Drawn:
    """A folder with figures."""

    path: Path

    def figure(self, name: str) -> Path:
        """Return the path of a figure by its name."""
        return self.path / "figures" / f"{name}.svg"


class RunFolder(_Drawn):
    """Files of one run, ``model/data/variant``, below the folders of results and of logs."""

    def __init__(self, name: str, results: Path = _RESULTS, logs: Path = _LOGS) -> None:
        self.path = results / "models" / name
        #: The rows of its data set.
        self.data = DataFolder(name.split("/")[1], results)
        #: The fitted estimator.
        self.model = self.path / "model.skops"
        #: Scores on the held-out rows, beside the dummy's, and the predictions of these rows.
        self.metrics = self.path / "metrics.json"
        self.predictions = self.path / "predictions.arrow"
        #: Figures of each step of the training.
        self.history = self.path / "history.csv"
        #: The run's record: all that equal runs have in common.
        self.record = self.path / "run.json"
        #: Times, commit and cost: what differs between equal runs.
        self.context = self.path / "context.json"
        #: What the fitted model learnt.
        self.explanation = self.path / "explain.json"
        #: Scores of the cross-validation.
        self.folds = results / "cv" / f"{name}.json"
        #: Record of a failed training.
        self.failure = logs / "train" / f"{name}.failed.json"


class CurvesFolder(_Drawn):
    """Learning and validation curves of a model on a data set."""

    def __init__(self, model: str, data: str) -> None:
        self.path = _RESULTS / "diagnose" / model / data
        #: Scores at each size and each value.
        self.curves = self.path / "curves.json"


class LabFolder:
    """Files of one worked example."""

    def __init__(self, lab: str) -> None:
        self.lab = lab
        self.path = _RESULTS / "labs" / lab
        #: What was computed, beside what was expected.
        self.result = self.path / "result.json"
        self.figure = self.path / "figure.svg"


class ClaimFolder:
    """Files of the experiment on one claim of the book."""

    def __init__(self, claim: str, results: Path = _RESULTS) -> None:
        self.path = results / "claims" / claim
        #: What was measured for each seed, the effects with their intervals, and the verdict.
        self.result = self.path / "result.json"
        self.figure = self.path / "figure.svg"


class SweepFolder(_Drawn):
    """Files of one sweep."""

    def __init__(self, sweep: str, results: Path = _RESULTS) -> None:
        self.results = results
        self.path = results / "sweeps" / sweep
        #: Every trial, the seconds of each, the best setting, and the whole ranking.
        self.table = self.path / "trials.csv"
        self.times = self.path / "times.csv"
        self.best = self.path / "best.json"
        self.record = self.path / "sweep.json"
        #: The page that shows it, and the sign that MLflow has it.
        self.page = self.path / "index.html"
        self.tracked = self.path / "tracked.json"

    def chunk(self, number: int, chunk: int) -> Path:
        """Return the path of the trials of one job, by its round and its number there."""
        return self.path / "chunks" / f"{number}-{chunk}.json"

    def journals(self, model: str, data: str) -> Path:
        """Return the folder of the folds that all sweeps of a model on a data set computed."""
        return self.results / "sweeps" / ".trials" / model / data


#: Which sweeps have results.
SWEEP_LIST = _RESULTS / "sweeps" / "list.json"
#: Bias and variance of several models.
DECOMPOSITION = _RESULTS / "bias-variance" / "decomposition.json"


def bias_variance_figure() -> Path:
    """Return the path of the figure of :data:`DECOMPOSITION`."""
    return DECOMPOSITION.with_name("figure.svg")


def side_by_side(name: str) -> Path:
    """Return the path of a figure of several histories."""
    return _RESULTS / "side-by-side" / f"{name}.svg"


def intervals_file(data: str, results: Path = _RESULTS) -> Path:
    """Return the path of the confidence intervals of test scores on a data set."""
    return results / "intervals" / f"{data}.json"


def seeds_file(model: str, results: Path = _RESULTS) -> Path:
    """Return the path of the scores of one model trained with several seeds."""
    return results / "seeds" / f"{model}.json"
