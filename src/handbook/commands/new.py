"""The subcommand that puts what is one's own into the catalogue."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import Any

from handbook.commands.command import Arguments, Say, argument, path, subcommand

#: What can be new, by its word on the command line: adds its arguments to a parser.
KINDS: dict[str, Callable[[argparse.ArgumentParser], None]] = {}


def _kinds(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(required=True, metavar="KIND")
    for word, add in sorted(KINDS.items()):
        added = kinds.add_parser(word, formatter_class=argparse.RawDescriptionHelpFormatter)
        added.set_defaults(parser=added)
        add(added)


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _sizes(text: str) -> tuple[int, ...]:
    sizes = tuple(int(size) for size in text.split(","))
    if len(sizes) not in (2, 3) or min(sizes) < 1 or sizes[2:] not in ((), (3,)):
        raise argparse.ArgumentTypeError(f"{text!r}: give height,width or height,width,3")
    return sizes


_list: Any = {"type": _words, "default": (), "metavar": "A,B"}
_DATA = (
    path("paths", nargs="+", metavar="FILE", help="a table (CSV, TSV, Parquet), texts, a zip file "
         "or a folder of images, IDX or NPZ files"),
    argument("--target", default="", help="column to predict"),
    argument("--name", default="", help="of the data set (default: as the file)"),
    argument("--title", default="", help="for people (default: as the name)"),
    argument("--release", default="v1", help="what these files are called (default: v1)"),
    argument("--task", default="", choices=["classification", "regression", "outliers",
             "generation"], help="where it is another than the target suggests"),
    argument("--models", **_list, help="that are to learn from it (default: some usual ones)"),
    argument("--test-size", type=float, default=0.2, help="share of rows held out (default: 0.2)"),
    argument("--drop", **_list, help="columns to leave out"),
    argument("--category", **_list, help="columns that are categories, whatever they look like"),
    argument("--groups", default="", metavar="COLUMN", help="whose equal values no split parts"),
    argument("--positive", default="", metavar="CLASS", help="of two classes the one to look for"),
    argument("--missing", **_list, help="what else stands for a missing value, such as -999"),
    argument("--separator", default="", help="of columns, where it is found wrongly"),
    argument("--decimal", default="", choices=[".", ","], help="mark before fractions"),
    argument("--encoding", default="", help="of a text or a table, where it is found wrongly"),
    argument("--skip", type=int, metavar="LINES", help="lines above a table"),
    argument("--shape", type=_sizes, default=(), metavar="H,W[,3]", help="to bring images to"),
    argument("--licence", default="", help="shown on its page"),
    argument("--homepage", default="", help="shown on its page"),
    argument("--replace", action="store_true", help="take the place of one of the same name"),
)  # fmt: skip


@subcommand(_kinds, example="new data houses.csv --target price")
def _new(options: Arguments, say: Say) -> None:
    """Put a data set of one's own into params.yaml, ready to run."""
    options.put(options)


def _put_data(options: Arguments) -> None:
    from handbook.catalogue import file
    from handbook.catalogue.declaring.new_data import NewData, add
    from handbook.catalogue.declaring.proposal import Options
    from handbook.workflow import stage

    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    own = Options(
        target=options.target,
        groups=options.groups,
        positive=options.positive,
        task=options.task,
        ignored=options.drop,
        categories=options.category,
        missing=options.missing,
        separator=options.separator.replace("\\t", "\t"),
        decimal=options.decimal,
        encoding=options.encoding,
        skip=options.skip,
        shape=options.shape,
        ask=input if terminal else None,
    )
    new = NewData(
        paths=options.paths,
        options=own,
        name=options.name,
        title=options.title,
        release=options.release,
        models=options.models,
        test_size=options.test_size,
        about={"licence": options.licence, "homepage": options.homepage},
        replace=options.replace,
    )
    catalogue = file.usual()
    for line in add(new, catalogue):
        print(line)
    # another catalogue's results are not those that DVC versions
    dvc = catalogue.with_name("dvc.yaml")
    if file.is_usual() and dvc.is_file():
        stage.write(dvc, catalogue)


def _data(parser: argparse.ArgumentParser) -> None:
    """Describe what `handbook new data` takes."""
    parser.description = "InferredColumn at a file, pin it and write its schema into params.yaml."
    parser.epilog = (
        "examples:\n"
        "  handbook new data houses.csv --target price\n"
        "  handbook new data calls.csv --target answer --positive yes --drop id,comment\n"
        "  handbook new data photos/ --shape 32,32,3\n"
        "  handbook new data speeches.txt"
    )
    for add in _DATA:
        add(parser)
    parser.set_defaults(put=_put_data)


KINDS["data"] = _data
