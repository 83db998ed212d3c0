"""Subcommands of data sets: from public sources to accepted rows."""

from __future__ import annotations

import os
from pathlib import Path

from handbook.commands.command import Arguments, Say, job, read_params, subcommand


@subcommand(example="data")
def _data(options: Arguments, say: Say) -> None:
    """Say of each data set what is here, what a rebuild will fetch from where, what it cannot."""
    from handbook.catalogue import file, reading
    from handbook.data.origins import MIRROR
    from handbook.data.whereabouts import whereabouts
    from handbook.workflow import environment, supplies

    params = reading.read(file.usual())
    environment.for_jobs(Path())
    releases = {name: params.release(name) for name in params.data_sets()}
    states = whereabouts(releases, mirror=os.environ.get(MIRROR, ""))
    for line in supplies.lines(params, states):
        print(line)
    for state in states:
        if state.missing:
            print(f"{state.data}: {state.why}")


@job("data", "file", example="acquire bank-marketing bank.zip")
def _acquire(options: Arguments, say: Say) -> None:
    """Bring one raw file of a data set, checked by its digest."""
    from handbook.data import raw
    from handbook.data.acquire import acquire
    from handbook.data.origins import MIRROR

    release = read_params(options).release(options.data)
    output = Path(raw.folder(options.data, release), options.file)
    mirror = os.environ.get(MIRROR, "")
    source = acquire(options.data, release, options.file, output, mirror=mirror)
    say(f"{options.file} from {source}")


@job("data", example="prepare bank-marketing", warm=True)
def _prepare(options: Arguments, say: Say) -> None:
    """Load a data set, split it and describe it."""
    from handbook.core.folders import DataFolder
    from handbook.data import raw
    from handbook.data.prepare import prepare_files

    params, folder = read_params(options), DataFolder(options.data)
    release = params.release(options.data)
    prepare_files(
        options.data,
        Path(raw.folder(options.data, release)),
        release=release,
        seed=params.split_seed(options.data),
        test_size=params.data_set(options.data).test_size,
        stratified=params.data_set(options.data).stratified,
        train=folder.train,
        test=folder.test,
        split=folder.split,
        profile_to=folder.profile,
    )


@job("data", example="validate bank-marketing", warm=True)
def _validate(options: Arguments, say: Say) -> None:
    """Check a prepared data set against its expectations."""
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


@job("data", example="gate bank-marketing")
def _gate(options: Arguments, say: Say) -> None:
    """Let a data set through only where every expectation holds."""
    from handbook.core.folders import DataFolder
    from handbook.data.gate import gate

    folder = DataFolder(options.data)
    gate(options.data, folder.validation, folder.accepted)
