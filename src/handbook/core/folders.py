"""Where results lie: the names that rules, jobs and readers share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = [
    "DECOMPOSITION",
    "SWEEP_LIST",
    "CurvesFolder",
    "DataFolder",
    "LabFolder",
    "RunFolder",
    "SweepFolder",
    "bias_variance_figure",
    "side_by_side",
]

_RESULTS, _LOGS = Path("results"), Path("logs")


@dataclass(frozen=True)
class DataFolder:
    """Files of one prepared data set.

    Parameters
    ----------
    data : str
    results : Path
        Folder of results.
    """

    data: str
    results: Path = _RESULTS

    @property
    def path(self) -> Path:
        """The folder itself."""
        return self.results / "data" / self.data

    @property
    def train(self) -> Path:
        """Training rows."""
        return self.path / "train.arrow"

    @property
    def test(self) -> Path:
        """Held-out rows."""
        return self.path / "test.arrow"

    @property
    def split(self) -> Path:
        """How the rows were split."""
        return self.path / "split.json"

    @property
    def profile(self) -> Path:
        """Description of rows and columns."""
        return self.path / "profile.json"

    @property
    def validation(self) -> Path:
        """Every expectation and whether it held."""
        return self.path / "validation.json"

    @property
    def accepted(self) -> Path:
        """There where every expectation held."""
        return self.path / "accepted.json"

    @property
    def judge(self) -> Path:
        """The classifier that judges pictures generated of this data set."""
        return self.results / "judges" / self.data / "model.skops"

    @property
    def judge_record(self) -> Path:
        """How good that classifier is."""
        return self.judge.with_name("judge.json")


@dataclass(frozen=True)
class RunFolder:
    """Files of one run.

    Parameters
    ----------
    name : str
        ``model/data/variant``.
    results, logs : Path
        Folders of results and of logs.
    """

    name: str
    results: Path = _RESULTS
    logs: Path = _LOGS

    @property
    def data(self) -> DataFolder:
        """The rows of its data set."""
        return DataFolder(self.name.split("/")[1], self.results)

    @property
    def path(self) -> Path:
        """The folder itself."""
        return self.results / "models" / self.name

    @property
    def model(self) -> Path:
        """The fitted estimator."""
        return self.path / "model.skops"

    @property
    def metrics(self) -> Path:
        """Scores on the held-out rows, beside the dummy's."""
        return self.path / "metrics.json"

    @property
    def history(self) -> Path:
        """Figures of each step of the training."""
        return self.path / "history.csv"

    @property
    def predictions(self) -> Path:
        """Predictions of the held-out rows."""
        return self.path / "predictions.arrow"

    @property
    def record(self) -> Path:
        """The run's record: all that equal runs have in common."""
        return self.path / "run.json"

    @property
    def context(self) -> Path:
        """Times, commit and cost: what differs between equal runs."""
        return self.path / "context.json"

    @property
    def explanation(self) -> Path:
        """What the fitted model learnt."""
        return self.path / "explain.json"

    @property
    def folds(self) -> Path:
        """Scores of the cross-validation."""
        return self.results / "cv" / f"{self.name}.json"

    @property
    def failure(self) -> Path:
        """Record of a failed training."""
        return self.logs / "train" / f"{self.name}.failed.json"

    def figure(self, name: str) -> Path:
        """Return the path of a figure by its name."""
        return self.path / "figures" / f"{name}.svg"


@dataclass(frozen=True)
class CurvesFolder:
    """Learning and validation curves of a model on a data set."""

    model: str
    data: str
    results: Path = _RESULTS

    @property
    def path(self) -> Path:
        """The folder itself."""
        return self.results / "diagnose" / self.model / self.data

    @property
    def curves(self) -> Path:
        """Scores at each size and each value."""
        return self.path / "curves.json"

    def figure(self, name: str) -> Path:
        """Return the path of a figure by its name."""
        return self.path / "figures" / f"{name}.svg"


@dataclass(frozen=True)
class LabFolder:
    """Files of one worked example."""

    lab: str
    results: Path = _RESULTS

    @property
    def path(self) -> Path:
        """The folder itself."""
        return self.results / "labs" / self.lab

    @property
    def result(self) -> Path:
        """What was computed, beside what was expected."""
        return self.path / "result.json"

    @property
    def figure(self) -> Path:
        """Its drawing."""
        return self.path / "figure.svg"


@dataclass(frozen=True)
class SweepFolder:
    """Files of one sweep."""

    sweep: str
    results: Path = _RESULTS

    @property
    def path(self) -> Path:
        """The folder itself."""
        return self.results / "sweeps" / self.sweep

    @property
    def table(self) -> Path:
        """One trial per line."""
        return self.path / "trials.csv"

    @property
    def times(self) -> Path:
        """Seconds of each trial."""
        return self.path / "times.csv"

    @property
    def best(self) -> Path:
        """The best setting."""
        return self.path / "best.json"

    @property
    def record(self) -> Path:
        """The ranking: all that equal sweeps have in common."""
        return self.path / "sweep.json"

    @property
    def page(self) -> Path:
        """The page that shows it."""
        return self.path / "index.html"

    @property
    def tracked(self) -> Path:
        """There where MLflow has it."""
        return self.path / "tracked.json"

    def chunk(self, number: int, chunk: int) -> Path:
        """Return the path of the trials of one job, by its round and its number there."""
        return self.path / "chunks" / f"{number}-{chunk}.json"

    def journals(self, model: str, data: str) -> Path:
        """Return the folder of the folds that all sweeps of a model on a data set computed."""
        return self.results / "sweeps" / ".trials" / model / data

    def figure(self, name: str) -> Path:
        """Return the path of a figure by its name."""
        return self.path / "figures" / f"{name}.svg"


#: Which sweeps have results.
SWEEP_LIST = _RESULTS / "sweeps" / "list.json"
#: Bias and variance of several models.
DECOMPOSITION = _RESULTS / "bias-variance" / "decomposition.json"


def bias_variance_figure() -> Path:
    """Return the path of its figure."""
    return DECOMPOSITION.with_name("figure.svg")


def side_by_side(name: str) -> Path:
    """Return the path of a figure of several histories."""
    return _RESULTS / "side-by-side" / f"{name}.svg"
