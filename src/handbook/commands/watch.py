"""The subcommand that watches rows, answers and labels after training."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from handbook.catalogue import file
from handbook.commands.command import (
    Arguments,
    Say,
    argument,
    job,
    path,
    read_params,
    subcommand,
)
from handbook.core.errors import HandbookError

#: Exit status of a watch that is an alarm; 0 is none, 1 an error, such as rows that cannot be read.
ALARM = 3


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of them; expected 1 or more")
    return int(text)


@subcommand(
    "data",
    path("file", nargs="?", metavar="FILE", help="rows in the order of time: CSV, Parquet or "
         "Arrow, - for the standard input (default: what was served)"),
    argument("--run", help="as model/data/variant; not the deployed one, or the champion"),
    path("--labels", metavar="CSV", help="labels of what was served: request,row,label; a FILE has "
         "them in its own column"),
    argument("--time", metavar="COLUMN", help="of FILE, with the time of each row (default: rows "
             "are in its order)"),
    argument("--rows", type=_positive, help="of a window (default: as the catalogue says)"),
    argument("--last", type=_positive, metavar="N", help="judge the last windows alone"),
    argument("--json", action="store_true", help="print everything as JSON"),
    path("--prometheus", metavar="FILE", help="also write gauges for node_exporter's textfile "
         "collector"),
    argument("--catalogue", default=file.usual(), metavar="FILE", help="what is an alarm (default: "
             "%(default)s)"),
    example="watch bank-marketing rows.csv",
)  # fmt: skip
def _watch(options: Arguments, say: Say) -> int:
    """Tell whether rows, answers or scores have moved since training; exit status 3 is an alarm."""
    from handbook.core.files import write_text
    from handbook.deployment import watching
    from handbook.deployment.chosen import choose
    from handbook.deployment.watch_lines import lines
    from handbook.deployment.watch_metrics import exposition
    from handbook.monitoring.watch import watch
    from handbook.serving import requests

    rule = read_params(options).watch
    if options.rows is not None:
        rule = rule.model_copy(
            update={"rows": options.rows, "least": min(rule.least, options.rows)}
        )
    chosen = choose(options.data, options.run)
    reference = watching.reference_of(chosen)
    if options.file is None:
        served = requests.read(requests.LOGS / options.data)
        if options.labels is not None and len(served):
            served = requests.labelled(served, options.labels)
        rows, remarks = watching.of_log(chosen, reference, served)
    elif options.labels is not None:
        raise HandbookError(
            f"--labels is of what was served; in {options.file} labels stand in a column "
            f"{reference.target!r}"
        )
    else:
        rows, remarks = watching.of_file(chosen, reference, options.file, options.time)
    watched = watch(reference, rows, rule, last=options.last, remarks=remarks)
    if options.prometheus is not None:
        write_text(options.prometheus, exposition(watched, reference, time.time()))
    if options.json:
        content = watched.plain() | {"data": options.data, "run": reference.run}
        print(json.dumps(content | {"rule": rule.model_dump()}, indent=2, allow_nan=False))
    else:
        print("\n".join(lines(watched, reference, rule, len(rows.X))))
    return ALARM if watched.alarm else 0


@job("data", example="rehearse bank-marketing", warm=True)
def _rehearse(options: Arguments, say: Say) -> None:
    """Watch held-out rows, in which nothing has drifted, and made drifts of known size."""
    from handbook.catalogue.specs import rehearsal_spec
    from handbook.core.files import write_json
    from handbook.core.folders import DataFolder, RunFolder
    from handbook.data import arrow
    from handbook.data.dataset import read
    from handbook.monitoring.rehearse import rehearse
    from handbook.monitoring.spec import rehearsal_file
    from handbook.records.champions import champions
    from handbook.records.reader import ResultsFolder, read_run

    spec, files = rehearsal_spec(read_params(options), options.data), ResultsFolder(Path("results"))
    records = [record for name in spec.runs if (record := read_run(files, name)) is not None]
    # Without a cross-validation none is the best: the first will do.
    best = next(iter([*champions(records).values(), *records]))
    table, _ = arrow.read(RunFolder(best.name).predictions)
    folder = DataFolder(options.data)
    names = {"run": best.name, "job_key": best.job_key, "task": best.task}
    answers = table.to_pandas().drop(columns="true")
    content = rehearse(spec, read(folder.train), read(folder.test), answers, **names)
    say(f"{content['alarms']} alarms in {content['windows']} windows without drift")
    write_json(rehearsal_file(options.data), content)
