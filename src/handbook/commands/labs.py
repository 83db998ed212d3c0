"""Subcommands of worked examples."""

from __future__ import annotations

from handbook.commands.command import Arguments, Say, job, read_params, training_rows


@job("lab", example="lab som-step", warm=True)
def _lab(options: Arguments, say: Say) -> None:
    """Compute a worked example and compare it with the book."""
    from handbook.core.errors import HandbookError, nearest
    from handbook.core.files import write_json
    from handbook.core.folders import LabFolder
    from handbook.labs.registry import run

    labs = read_params(options).labs
    if options.lab not in labs:
        raise HandbookError(f"no lab {options.lab!r}; {nearest(options.lab, labs)}")
    lab = labs[options.lab]
    record = run(options.lab, lab.title, lab.section, lab.params, training_rows(lab))
    for result in record["results"]:
        say(f"{result['name']}: {result['verdict']}")
    write_json(LabFolder(options.lab).result, record)


@job("lab", example="draw-lab som-step", warm=True)
def _draw_lab(options: Arguments, say: Say) -> None:
    """Draw the figure of a worked example."""
    from handbook.core.folders import LabFolder
    from handbook.report.figures.lab import draw

    folder = LabFolder(options.lab)
    draw(options.lab, folder.result, folder.figure)
