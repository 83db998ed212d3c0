"""Subcommands after training: answer rows, and change what answers them."""

from __future__ import annotations

import os
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from handbook.commands.command import Arguments, Say, argument, path, read_params, subcommand
from handbook.core.errors import HandbookError

_STDIN = Path("-")
_PICTURES = 16  # that a generator draws unless it is told how many


def _several(text: str) -> list[str]:
    return [value.strip() for value in text.split(",") if value.strip()]


def _processors(options: Arguments) -> int:
    return options.threads or len(os.sched_getaffinity(0))


@subcommand(
    "data",
    path(
        "file",
        nargs="?",
        help="a table (CSV, Parquet, Arrow), an array of pictures (.npy) or a folder of them, or "
        "lines of text; - for the standard input",
    ),
    argument("--run", help="answer with this run, as model/data/variant"),
    argument(
        "--policy",
        choices=("refuse", "flag", "pass"),
        default="refuse",
        help="what to do with values that training never met, or that are not as expected: end "
        "with an error, say so row by row, or nothing (%(default)s)",
    ),
    path("--output", help="*.csv, *.parquet or *.arrow; without it, CSV on the standard output"),
    argument(
        "--keep",
        type=_several,
        default=[],
        metavar="A,B,...",
        help="columns to copy to the answers",
    ),
    argument("--separator", default="", help="of columns, where the header does not tell"),
    argument(
        "--missing",
        action="append",
        default=[],
        metavar="[COLUMN=]MARK",
        help="what stands where a value is missing, beside nothing",
    ),
    argument("--rows", type=int, help=f"pictures that a generator draws ({_PICTURES})"),
    argument("--seed", type=int, default=0, help="of what a generator draws (%(default)s)"),
    argument("--threads", type=int, help="to compute with (default: all processors)"),
    example="predict bank-marketing rows.csv --policy flag --output answers.csv",
    threads=_processors,
)
def _predict(options: Arguments, say: Say) -> None:
    """Answer the rows of a file with the deployed model, the champion or a run."""
    from handbook.deployment.chosen import choose
    from handbook.deployment.predict import Options, draw, predict

    clock = time.perf_counter()
    chosen = choose(options.data, options.run)
    which = f"{chosen.run} ({chosen.how})"
    if chosen.about.task == "generation":
        count = _PICTURES if options.rows is None else options.rows
        if options.file is not None or options.output is None or count < 1:
            raise HandbookError(
                f"{chosen.run} draws pictures: name no file, and with --output a file *.npy or a "
                "new folder; --rows says how many"
            )
        draw(chosen, count, options.output, options.seed)
        say(f"{which}: {count:,} pictures in {options.output}")
        return
    form = replace(
        chosen.form(), separator=_separator(options.separator), missing=_marks(options.missing)
    )
    counts = predict(
        chosen,
        _source(options.file),
        options.output,
        Options(form, options.policy, tuple(options.keep)),
        say,
    )
    seconds = time.perf_counter() - clock
    flagged = f", {counts['unfamiliar']:,} of them unfamiliar" if counts["unfamiliar"] else ""
    say(f"{which}: {counts['rows']:,} rows in {seconds:.1f} s{flagged}")


def _source(file: Path | None) -> Path:
    """Return what to read: the standard input where no file is named and something comes there."""
    if file is not None:
        return file
    if sys.stdin.isatty():
        raise HandbookError("name a file with rows, or - for the standard input")
    return _STDIN


def _separator(text: str) -> str:
    own = {"tab": "\t", "\\t": "\t"}.get(text, text)
    if len(own) > 1:
        raise HandbookError(f"--separator {text!r}: expected one character, or tab")
    return own


def _marks(texts: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Read marks of missing values, by column; those of all columns stand under the empty name.

    Examples
    --------
    >>> _marks(["NA", "pdays=-1"])
    {'': ('NA',), 'pdays': ('-1',)}
    """
    marks: dict[str, list[str]] = defaultdict(list)
    for text in texts:
        column, _, mark = text.rpartition("=")
        marks[column].append(mark)
    return {column: tuple(own) for column, own in marks.items()}


_WHY = argument("--why", default="", help="kept in the history")
_CATALOGUE = path(
    "--catalogue", default=Path("params.yaml"), metavar="FILE", help="holds the rule `promote`"
)


@subcommand(
    "data",
    argument("challenger", metavar="RUN", help="as model/data/variant"),
    path("--rows", metavar="FILE", help="later rows with their true answers"),
    argument("--force", action="store_true", help="whatever the rule says; needs --why"),
    _WHY,
    _CATALOGUE,
    example="promote bank-marketing mlp/bank-marketing/tuned --rows later.csv",
)
def _promote(options: Arguments, say: Say) -> None:
    """Deploy a run in place of what is deployed, where it leads on later rows."""
    from handbook.deployment.promotion import promote

    rule = read_params(options).promote
    change = promote(
        options.data,
        options.challenger,
        rule,
        rows=options.rows,
        say=say,
        force=options.force,
        why=options.why,
    )
    _show(say)
    say(f"{options.data}: {change.run} is deployed ({change.action})")


@subcommand(
    "data",
    argument(
        "--to", metavar="RUN", help="an earlier run, or its job key (default: the one before)"
    ),
    _WHY,
    example="rollback bank-marketing --why 'complaints since Monday'",
)
def _rollback(options: Arguments, say: Say) -> None:
    """Deploy again what was deployed before."""
    from handbook.deployment.promotion import rollback

    change = rollback(options.data, options.why, to=options.to, say=say)
    _show(say)
    say(f"{options.data}: {change.run} is deployed again")


@subcommand(
    "data",
    argument("run", nargs="?", metavar="RUN", help="as model/data/variant; without it, none"),
    _WHY,
    example="shadow bank-marketing mlp/bank-marketing/tuned",
)
def _shadow(options: Arguments, say: Say) -> None:
    """Let a run answer beside what is deployed, for the log alone."""
    from handbook.deployment.promotion import shadow

    change = shadow(options.data, options.run, why=options.why, say=say)
    say(f"{options.data}: {change.run or 'nothing'} answers in the shadow")


@subcommand(
    argument("data", nargs="?", metavar="DATA", help="a data set (default: all)"),
    argument("--json", action="store_true", help="print the whole history as JSON"),
    example="deployed bank-marketing",
)
def _deployed(options: Arguments, say: Say) -> None:
    """Show what is deployed, and what was before."""
    import json
    from dataclasses import asdict

    from handbook.deployment.history import History, histories
    from handbook.deployment.listing import lines

    own = histories() if options.data is None else [History(options.data)]
    if options.json:
        content = {history.data: [asdict(line) for line in history.changes()] for history in own}
        print(json.dumps(content, indent=2, ensure_ascii=False))
        return
    if not any(history.path.exists() for history in own):
        name = options.data or "DATA"
        raise HandbookError(f"nothing was ever deployed; `handbook promote {name} RUN` deploys")
    for history in own:
        print(*lines(history), sep="\n")


def _show(say: Say) -> None:
    """Let MLflow, where it is in use here, say what is deployed; the change stands all the same."""
    from handbook.commands.tracking import latest_catalogue, mlflow_store, show_deployed

    try:
        store, artifacts = mlflow_store(latest_catalogue(Path())["tier"])
        is_file = store.startswith("sqlite:///")
        if is_file and not Path(store.removeprefix("sqlite:///")).exists():
            return  # `make ui` makes it, and shows it then
        show_deployed(store, artifacts, say)
    except HandbookError as error:
        say(f"MLflow does not show it yet, `make ui` will: {error}")
