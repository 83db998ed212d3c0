"""Challenger against champion on the same labelled rows, and the rule that decides."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from handbook import tasks
from handbook.catalogue.sections import Promote
from handbook.core.columns import shortened
from handbook.core.errors import HandbookError
from handbook.core.files import sha256
from handbook.core.numbers import number
from handbook.data.intake import admit
from handbook.deployment import reading
from handbook.deployment.chosen import Chosen
from handbook.deployment.copies import digests, trained_on
from handbook.tasks.metric import METRICS
from handbook.tasks.paired import PAIRED, Lead, calibration_loss, lead
from handbook.tasks.resampling import Resampling
from handbook.training.pyfunc import SavedModel

__all__ = ["Evidence", "compare", "evidence"]

_SEED = 0  # of the rows that are drawn again: the same file gives the same figures
_DRAWS = 1_000


@dataclass(frozen=True)
class Evidence:
    """What two models made of the same rows, and what speaks against the challenger.

    Parameters
    ----------
    champion, challenger : str
        Their runs.
    rows : int
        That both answered and neither was trained on.
    file, sha256 : str
        Where the rows came from.
    trained_on, unlabelled, unfamiliar : int
        Rows left out since a model was trained on them, or since they have no label; and rows with
        values that the challenger's training never met, which count.
    metric : str
    lead : Lead
        Of the challenger.
    calibration : Lead or None
        The same of the calibration error, where both give probabilities of two classes.
    against : list of str
        Which parts of the rule do not hold, with the figures.
    """

    champion: str
    challenger: str
    rows: int
    file: str
    sha256: str
    trained_on: int
    unlabelled: int
    unfamiliar: int
    metric: str
    lead: Lead
    calibration: Lead | None
    against: list[str]

    def plain(self) -> dict[str, Any]:
        """Return it as plain data."""
        content = asdict(self)
        for name in ("lead", "calibration"):
            own = getattr(self, name)
            content[name] = None if own is None else own._asdict()
        return content

    def lines(self) -> list[str]:
        """Return it for people."""
        title = METRICS[self.metric].title
        lines = [
            f"{self.rows:,} rows that neither was trained on"
            + (f", without {self.trained_on:,} that one was" if self.trained_on else "")
            + (f", without {self.unlabelled:,} that have no label" if self.unlabelled else ""),
            f"{title}: challenger {number(self.lead.first)}, champion {number(self.lead.second)}, "
            f"lead {_signed(self.lead)} ({self.lead.method}, the same rows)",
        ]
        if self.calibration is not None:
            own = self.calibration
            lines.append(
                f"calibration error: challenger {number(own.first)}, champion "
                f"{number(own.second)}, lead {_signed(own)}"
            )
        if self.unfamiliar:
            lines.append(f"{self.unfamiliar:,} rows have values that training never met")
        return lines


def _signed(own: Lead) -> str:
    low, high = own.interval
    return f"{own.value:+.4f} [{low:+.4f}, {high:+.4f}]"


@dataclass(frozen=True)
class _Labelled:
    """Rows with their labels."""

    X: pd.DataFrame
    y: npt.NDArray[Any]
    unlabelled: int


def evidence(
    champion: Chosen, challenger: Chosen, path: Path, rule: Promote, folder: Path = Path()
) -> Evidence:
    """Compare two models on the rows of a file that neither was trained on.

    Parameters
    ----------
    champion, challenger : Chosen
    path : Path
        A table as :mod:`handbook.deployment.reading` takes it, with a column of true answers.
    rule : Promote
    folder : Path
        The top of the project.

    Raises
    ------
    HandbookError
        The rows cannot be read or compared.
    """
    if path == reading.STDIN:
        raise HandbookError("name a file with labelled rows: what decides has to stay")
    if challenger.about.columns is None or challenger.about.task not in PAIRED:
        raise HandbookError(
            f"{challenger.run}: its task, {challenger.about.task}, has no rows of a table with "
            "labels to compare by; --force --why promotes it without"
        )
    rows = _labelled(challenger, path)
    trained = [
        np.isin(digests(rows.X, own.about), trained_on(own, folder))
        for own in (champion, challenger)
    ]
    fresh = ~(trained[0] | trained[1])
    X, y = rows.X[fresh], rows.y[fresh]
    if not len(X):
        raise HandbookError(
            f"{path}: all of its {len(rows.X):,} rows are among those that a model was trained on; "
            "models are compared on later rows"
        )
    models = [own.open() for own in (challenger, champion)]
    _, remarks = admit(X, models[0].about.columns or [], "flag", rules=models[0].about.rules)
    metric, gain, calibration, against = compare(models[0], models[1], X, y, rule)
    return Evidence(
        champion=champion.run,
        challenger=challenger.run,
        rows=len(X),
        file=str(path),
        sha256=sha256(path),
        trained_on=int((~fresh).sum()),
        unlabelled=rows.unlabelled,
        unfamiliar=int((remarks != "").sum()),
        metric=metric,
        lead=gain,
        calibration=calibration,
        against=against,
    )


def compare(
    challenger: SavedModel, champion: SavedModel, X: pd.DataFrame, y: Any, rule: Promote
) -> tuple[str, Lead, Lead | None, list[str]]:
    """Return metric, lead, lead in calibration, and which parts of the rule do not hold."""
    task, classes = challenger.about.task, len(challenger.about.classes)
    metric = rule.metric or tasks.module(task).primary(classes)
    if metric not in PAIRED[task]:
        raise HandbookError(
            f"promote.metric {metric!r}: expected, for {task}, one of {', '.join(PAIRED[task])}"
        )
    tables = [_answers(model, X) for model in (challenger, champion)]
    how = Resampling(rule.level, _DRAWS, _SEED)
    gain = lead(metric, y, tables[0], tables[1], how)
    calibration = calibration_loss(y, tables[0], tables[1], how)
    return metric, gain, calibration, _against(metric, len(X), gain, calibration, tables, rule)


def _answers(model: SavedModel, X: pd.DataFrame) -> pd.DataFrame:
    """Return what a model makes of rows, with codes for classes."""
    about = model.about
    assert about.columns is not None
    rows, _ = admit(X, about.columns, "pass")
    predictions = tasks.module(about.task).predict(model.estimator, rows, len(about.classes))
    return predictions.table


def _against(
    metric: str,
    rows: int,
    gain: Lead,
    calibration: Lead | None,
    tables: list[pd.DataFrame],
    rule: Promote,
) -> list[str]:
    against = []
    if rows < rule.rows:
        against.append(f"{rows:,} rows are fewer than promote.rows, {rule.rows:,}")
    if gain.interval[0] <= rule.margin:
        against.append(
            f"the lead in {METRICS[metric].title} may be {gain.interval[0]:+.4f}, which is not "
            f"above promote.margin, {rule.margin:g}"
        )
    if calibration is not None and -calibration.interval[0] > rule.harm:
        against.append(
            f"the calibration error may be larger by {-calibration.interval[0]:.4f}, which is "
            f"above promote.harm, {rule.harm:g}"
        )
    if "p:1" in tables[1] and "p:1" not in tables[0]:
        against.append("the champion gives probabilities, and the challenger gives none")
    return against


def _labelled(chosen: Chosen, path: Path) -> _Labelled:
    """Read rows and labels; rows without a label are left out."""
    about, form = chosen.about, chosen.form()
    assert about.columns is not None
    names = [column.name for column in about.columns]
    parts = [
        form.columns(part, int(part.index[0]) + 1)
        for part in reading.tables(path, form, [*names, form.target])
    ]
    rows = pd.concat(parts)
    if form.target not in rows:
        raise HandbookError(
            f"{path}: there is no column {form.target!r}, which holds the true answers; it has "
            f"{shortened(list(map(str, rows.columns)))}"
        )
    labels = rows[form.target]
    there = labels.notna()
    if form.table is not None and about.classes:
        there &= labels != "missing"
    X, _ = admit(rows[there], about.columns, "pass")
    return _Labelled(X, _codes(labels[there], about.classes, path), int((~there).sum()))


def _codes(labels: pd.Series, classes: tuple[str, ...], path: Path) -> npt.NDArray[Any]:
    """Return labels as class codes, or as numbers where there are no classes."""
    values = pd.to_numeric(labels, errors="coerce")
    if classes:
        texts = labels.map(lambda value: str(int(value)) if _is_whole(value) else str(value))
        values = texts.map({name: code for code, name in enumerate(classes)}).astype(float)
    wrong = values.isna().to_numpy()
    if wrong.any():
        first = int(wrong.argmax())
        expected = f"one of {', '.join(classes)}" if classes else "numbers"
        raise HandbookError(
            f"{path}: column {labels.name!r}: {labels.iloc[first]!r} in row "
            f"{int(labels.index[first]) + 1} is no label; expected {expected}, or nothing where it "
            "is not known yet"
        )
    return values.to_numpy(np.int64 if classes else float)


def _is_whole(value: Any) -> bool:
    return isinstance(value, float) and value.is_integer()
