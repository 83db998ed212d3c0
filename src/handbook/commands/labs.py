"""Subcommands of worked examples."""

from __future__ import annotations

from handbook.commands.command import Arguments, Command, Say, read_params

__all__ = ["add"]


def add(command: Command) -> None:
    """Add the subcommands of worked examples."""
    for call, about in (
        (_lab, "compute a worked example and compare it with the book"),
        (_draw_lab, "draw the figure of a worked example"),
    ):
        verb = call.__name__.removeprefix("_").replace("_", "-")
        added = command(call, about, example=f"handbook {verb} som-step", job=True, warm=True)
        added.add_argument("lab", metavar="LAB")


def _lab(options: Arguments, say: Say) -> None:
    from handbook.core.errors import HandbookError, nearest
    from handbook.core.files import write_json
    from handbook.core.folders import DataFolder, LabFolder
    from handbook.labs.registry import run

    labs, data = read_params(options).labs, None
    if options.lab not in labs:
        raise HandbookError(f"no lab {options.lab!r}; {nearest(options.lab, labs)}")
    lab = labs[options.lab]
    if lab.data is not None:
        from handbook.data.dataset import read

        data = read(DataFolder(lab.data).train)
    record = run(options.lab, lab.title, lab.section, lab.params, data)
    for result in record["results"]:
        say(f"{result['name']}: {result['verdict']}")
    write_json(LabFolder(options.lab).result, record)


def _draw_lab(options: Arguments, say: Say) -> None:
    from handbook.core.folders import LabFolder
    from handbook.report.figures.lab import draw

    folder = LabFolder(options.lab)
    draw(options.lab, folder.result, folder.figure)
