"""Answers of a model to what is in a file, a part at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from handbook.core.columns import shortened
from handbook.core.errors import HandbookError, nearest
from handbook.deployment import pictures, reading, writing
from handbook.deployment.chosen import Chosen
from handbook.deployment.forms import Form
from handbook.training.pyfunc import SavedModel

__all__ = ["Options", "draw", "predict"]

Say = Callable[[str], None]


@dataclass(frozen=True)
class Options:
    """How rows are read and answered.

    Parameters
    ----------
    form : Form
    policy : {"refuse", "flag", "pass"}
        See :data:`handbook.data.intake.POLICIES`.
    keep : tuple of str
        Columns of the rows that go into the answers as they are.
    """

    form: Form = field(default_factory=Form)
    policy: str = "refuse"
    keep: tuple[str, ...] = ()


def predict(
    chosen: Chosen, path: Path, output: Path | None, options: Options, say: Say
) -> Counter[str]:
    """Answer every row of a file.

    Parameters
    ----------
    chosen : Chosen
    path : Path
        See :mod:`handbook.deployment.reading`; for images :mod:`handbook.deployment.pictures`.
    output : Path or None
        See :func:`handbook.deployment.writing.answers`.
    options : Options
    say : callable
        Takes a line about what was left out.

    Returns
    -------
    Counter
        ``rows``, and those that are ``unfamiliar``.

    Raises
    ------
    HandbookError
        A row does not fit; nothing is written then.
    """
    if output is not None:
        writing.check(output)
        if path != reading.STDIN and output.exists() and path.exists() and output.samefile(path):
            raise HandbookError(f"{output}: holds the rows; name another file for the answers")
    model = chosen.open()
    counts: Counter[str] = Counter()
    with writing.answers(output) as write:
        for part in _answers(model, path, options, say):
            counts["rows"] += len(part)
            if "unfamiliar" in part:
                counts["unfamiliar"] += int((part["unfamiliar"] != "").sum())
            write(part)
    return counts


def _answers(model: SavedModel, path: Path, options: Options, say: Say) -> Iterator[pd.DataFrame]:
    if model.about.task == "generation":
        raise HandbookError("a generator draws pictures from nothing: name no file, but --rows")
    if model.about.task == "language":
        return _continued(model, path, say)
    if model.about.shape:
        return _of_pictures(model, path, options)
    return _of_table(model, path, options, say)


def _of_table(model: SavedModel, path: Path, options: Options, say: Say) -> Iterator[pd.DataFrame]:
    assert model.about.columns is not None
    names = [column.name for column in model.about.columns]
    where = "the standard input" if path == reading.STDIN else str(path)
    for part in reading.tables(path, options.form, names):
        first = int(part.index[0])
        try:
            rows = options.form.columns(part, first + 1)
            if not first:
                _check_columns(list(map(str, rows.columns)), names, options, say)
            answers = model.predict(rows, {"policy": options.policy}, first=first + 1)
        except HandbookError as error:
            raise HandbookError(f"{where}: {error}") from None
        # as they stand in the file, where the file has them by that name
        kept = {name: (part if name in part else rows)[name] for name in options.keep}
        yield pd.concat([pd.DataFrame(kept), answers], axis=1) if kept else answers


def _check_columns(
    names: Collection[str], expected: Collection[str], options: Options, say: Say
) -> None:
    """Refuse a file whose columns are not those of the training rows, or say what is left out."""
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise HandbookError(f"column {twice[0]!r} is there {list(names).count(twice[0])} times")
    lost = [name for name in options.keep if name not in names]
    if lost:
        raise HandbookError(f"--keep {lost[0]}: no such column; {nearest(lost[0], names)}")
    used = {*expected, *options.keep, *options.form.ignored}
    # a colon marks what is no feature in files of this project
    added = [name for name in names if name not in used and ":" not in name]
    if options.form.target in added:
        added.remove(options.form.target)
        say(f"{options.form.target} is what is predicted: the column is not looked at")
    absent = [name for name in expected if name not in names]
    if absent:
        hints = [f"{name!r}: {nearest(name, added)}" for name in absent[:3] if added]
        raise HandbookError(
            f"rows lack {len(absent)} of {len(expected)} columns: {', '.join(absent)}; a value "
            "that is not known can be left empty, a column cannot be left out"
            + (f" ({'; '.join(hints)})" if hints else "")
        )
    if not added:
        return
    if options.policy == "refuse":
        raise HandbookError(
            f"columns that no model of these rows has: {', '.join(added)}; `--keep "
            f"{','.join(added)}` carries them to the answers, the policies 'flag' and 'pass' leave "
            "them out"
        )
    if options.policy == "flag":
        say(f"left out, as no model of these rows has them: {shortened(added)}")


def _of_pictures(model: SavedModel, path: Path, options: Options) -> Iterator[pd.DataFrame]:
    resized = options.form.resized or options.policy != "refuse"
    for part in pictures.read(path, model.about.shape, resized=resized):
        try:
            answers = model.predict(part.X)
        except HandbookError as error:
            raise HandbookError(f"{path}: {error}") from None
        if part.names:
            answers.insert(0, "file", part.names)
        if options.policy == "flag":
            answers["unfamiliar"] = part.remarks
        yield answers


def _continued(model: SavedModel, path: Path, say: Say) -> Iterator[pd.DataFrame]:
    for part in reading.texts(path, say):
        yield part.assign(continued=model.predict(part))


def draw(chosen: Chosen, count: int, output: Path, seed: int) -> None:
    """Let a generator draw pictures into a file or a folder.

    Parameters
    ----------
    chosen : Chosen
    count : int
    output : Path
        See :func:`handbook.deployment.pictures.write`.
    seed : int
        Equal seeds give equal pictures.
    """
    generator = chosen.open().estimator
    random = np.random.RandomState(seed)
    sizes = [min(pictures.PICTURES, count - start) for start in range(0, count, pictures.PICTURES)]
    drawn = [generator.sample(size, random_state=random) for size in sizes]
    pictures.write(output, np.concatenate(drawn))
