"""Subcommands of data sets: from public sources to accepted rows."""

from __future__ import annotations

import os
from pathlib import Path

from handbook.commands.command import Arguments, Command, Say, read_params

__all__ = ["add"]


def add(command: Command) -> None:
    """Add the subcommands of data sets."""
    added = command(
        _acquire,
        "bring one raw file of a data set, checked by its digest",
        example="handbook acquire bank-marketing bank.zip",
        job=True,
    )
    added.add_argument("data", metavar="DATA")
    added.add_argument("file", metavar="FILE")
    for call, about in (
        (_prepare, "load a data set, split it and describe it"),
        (_validate, "check a prepared data set against its expectations"),
        (_gate, "let a data set through only where every expectation holds"),
    ):
        verb = call.__name__.removeprefix("_")
        example = f"handbook {verb} bank-marketing"
        added = command(call, about, example=example, job=True, warm=call is not _gate)
        added.add_argument("data", metavar="DATA")


def _acquire(options: Arguments, say: Say) -> None:
    from handbook.data import raw
    from handbook.data.acquire import acquire

    release = read_params(options).release(options.data)
    output = Path(raw.folder(options.data, release), options.file)
    mirror = os.environ.get("HANDBOOK_MIRROR", "")
    source = acquire(options.data, release, options.file, output, mirror=mirror)
    say(f"{options.file} from {source}")


def _prepare(options: Arguments, say: Say) -> None:
    from handbook.core.folders import DataFolder
    from handbook.data import raw
    from handbook.data.prepare import prepare_files

    params, folder = read_params(options), DataFolder(options.data)
    release = params.release(options.data)
    prepare_files(
        options.data,
        Path(raw.folder(options.data, release)),
        release=release,
        seed=params.seed,
        test_size=params.data_set(options.data).test_size,
        train=folder.train,
        test=folder.test,
        split=folder.split,
        profile_to=folder.profile,
    )


def _validate(options: Arguments, say: Say) -> None:
    from handbook.core.folders import DataFolder
    from handbook.data.validate import validate_files

    folder = DataFolder(options.data)
    validate_files(
        options.data,
        read_params(options).release(options.data),
        train=folder.train,
        test=folder.test,
        output=folder.validation,
    )


def _gate(options: Arguments, say: Say) -> None:
    from handbook.core.folders import DataFolder
    from handbook.data.gate import gate

    folder = DataFolder(options.data)
    gate(options.data, folder.validation, folder.accepted)
