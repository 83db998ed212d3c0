"""What `handbook new rows` takes: later rows of a table of one's own."""

from __future__ import annotations

import argparse

from handbook.commands.command import Arguments, argument, path
from handbook.commands.new import KINDS

_ROWS = (
    argument("data", metavar="DATA", help="a table that `handbook new data` declared"),
    path("file", metavar="FILE", help="of the same form, without the rows that are there"),
    argument("--release", default="", help="what all rows together are called (default: v2, ...)"),
    argument("--widen", action="store_true", help="declare what the rows have beyond what is "
             "declared: values, limits, more that is missing"),
)  # fmt: skip


def _put_rows(options: Arguments) -> None:
    from handbook.catalogue import file
    from handbook.catalogue.declaring.new_rows import NewRows, add

    new = NewRows(options.data, options.file, options.release, options.widen)
    for line in add(new, file.usual()):
        print(line)


def _rows(parser: argparse.ArgumentParser) -> None:
    """Describe what `handbook new rows` takes."""
    parser.description = "Add later rows to a table of one's own, as its next release."
    parser.epilog = "example:\n  handbook new rows customers june.csv"
    for add in _ROWS:
        add(parser)
    parser.set_defaults(put=_put_rows)


KINDS["rows"] = _rows
