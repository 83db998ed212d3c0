"""Subcommands of a project of one's own: begin one, and hold its `dvc.yaml` to its catalogue."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from handbook.commands.command import Arguments, Say, argument, path, subcommand
from handbook.core.errors import HandbookError


@subcommand(
    path("folder", help="of the project; new or empty"),
    argument("--title", help="above every page of its report (default: from the folder's name)"),
    example="init my-project",
)
def _init(options: Arguments, say: Say) -> None:
    """Begin a project of one's own: a catalogue, which the rules of this package run."""
    from importlib.metadata import version

    from handbook.workflow.new_project import create

    folder = options.folder
    name = folder.resolve().name.replace("-", " ").replace("_", " ")
    create(folder, options.title or f"{name[:1].upper()}{name[1:]}", version("handbook"))
    print(f"{folder}: a project with two models of iris; params.yaml says what runs")
    if shutil.which("handbook") is None:
        print(f"first: export PATH={Path(sys.executable).parent}:$PATH")
    print(f"next:  cd {folder} && make demo")


@subcommand(
    argument("--check", action="store_true", help="only say what differs, and fail where it does"),
    example="stage",
)
def _stage(options: Arguments, say: Say) -> None:
    """Let dvc.yaml name the keys of params.yaml and what a rebuild makes of them."""
    from handbook.workflow import stage

    file, catalogue = Path("dvc.yaml"), Path("params.yaml")
    if differing := str(stage.difference(file, catalogue)):
        if options.check:
            raise HandbookError(f"{file}: {differing}; `handbook stage` writes it anew")
        stage.write(file, catalogue)
        print(f"{file}: {differing}: written anew")
    else:
        print(f"{file} names what params.yaml has and makes")
