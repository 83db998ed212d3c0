"""The part of `handbook new` that puts a model into the catalogue."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from handbook.commands.command import Arguments
from handbook.commands.new import KINDS
from handbook.core.errors import HandbookError


def _model(parser: argparse.ArgumentParser) -> None:
    """Describe what `handbook new model` takes."""
    parser.description = (
        "Write a model into params.yaml, after a fit of a few generated rows was kept in a file."
    )
    parser.epilog = (
        "examples:\n"
        "  handbook new model lightgbm.LGBMClassifier --data bank-marketing\n"
        "  handbook new model two_layers.py --data bank-marketing epochs=30 hidden=64"
    )
    parser.add_argument(
        "estimator", metavar="CLASS", help="its import path, or a file of Python that has one class"
    )
    parser.add_argument(
        "assignments", nargs="*", metavar="NAME=VALUE", help="constructor arguments, as YAML"
    )
    parser.add_argument("--data", required=True, metavar="A,B", help="data sets that it learns")
    for option, about in (
        ("--name", "of the entry (default: the class's name)"),
        ("--title", "for people (default: the class's name)"),
        ("--task", "where a class and its data serve several"),
    ):
        parser.add_argument(option, default="", help=about)
    parser.set_defaults(put=_put_model)


KINDS["model"] = _model


def _put_model(options: Arguments) -> None:
    from handbook.workflow.new_model import NewModel, add

    data = tuple(name.strip() for name in options.data.split(",") if name.strip())
    params = _read(options.assignments)
    new = NewModel(options.estimator, data, options.name, options.title, options.task, params)
    for line in add(new, Path()):
        print(line)


def _read(assignments: Sequence[str]) -> dict[str, Any]:
    """Return constructor arguments from what the command line says."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    params = {}
    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        if not equals or not name.isidentifier():
            raise HandbookError(f"{assignment}: not NAME=VALUE, such as epochs=30")
        try:
            # YAML 1.2, in which 1e-3 is a number
            params[name] = YAML(typ="safe", pure=True).load(value)
        except YAMLError:
            raise HandbookError(f"{assignment}: its value cannot be read as YAML") from None
    return params
