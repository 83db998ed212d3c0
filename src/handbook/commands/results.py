"""Subcommands on all results of a folder: whether they are what was recorded, and keeping them."""

from __future__ import annotations

from pathlib import Path

from handbook.commands.command import Arguments, Say, argument, path, subcommand
from handbook.core.errors import HandbookError


@subcommand(
    path("folder", nargs="?", default=Path()),
    argument(
        "--accept",
        action="store_true",
        help="take results of which no digest was taken yet as they are",
    ),
    example="audit build/demo",
)
def _audit(options: Arguments, say: Say) -> None:
    """Compare the content of every result with what was recorded when it was made."""
    from handbook.workflow import manifest, session

    with session.alone(options.folder, say):
        audit = manifest.audit(
            options.folder, save=options.accept, paranoid=True, accept=options.accept
        )
    for state, names in audit.differing.items():
        for name in names:
            print(f"{state:<10}  {name}")
    differing = sum(map(len, audit.differing.values()))
    if differing:
        raise HandbookError(
            f"{differing} of {differing + audit.whole} results are not what was recorded; "
            "a rebuild makes again what is altered, missing or damaged"
        )
    print(f"{audit.whole} results are what was recorded")


@subcommand(example="keep")
def _keep(options: Arguments, say: Say) -> None:
    """Put the results into DVC's cache and their digests into dvc.lock, for `dvc push`."""
    from handbook.workflow import keeping

    print(keeping.keep(Path()))


@subcommand(
    argument(
        "revision",
        nargs="?",
        default="MERGE_HEAD",
        metavar="BRANCH",
        help="whose results are brought here (default: the one that Git is merging)",
    ),
    example="merge origin/main",
)
def _merge(options: Arguments, say: Say) -> None:
    """Bring results of another branch to these, so that only what depends on both runs again."""
    from handbook.records import merging

    print(merging.merge(Path(), options.revision))
