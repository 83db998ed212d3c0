"""Subcommands of the book's claims."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handbook.commands.command import Arguments, Say, job, read_params, training_rows

if TYPE_CHECKING:
    from handbook.catalogue.params import Params
    from handbook.catalogue.sections import Claim


def _claim_named(params: Params, name: str) -> Claim:
    from handbook.core.errors import HandbookError, nearest

    if name not in params.claims:
        raise HandbookError(f"no claim {name!r}; {nearest(name, params.claims)}")
    return params.claims[name]


def _threads_of_claim(options: Arguments) -> int:
    params = read_params(options)
    return params.threads(_claim_named(params, options.claim))


@job("claim", example="claim escape-local-minima", warm=True, threads=_threads_of_claim)
def _claim(options: Arguments, say: Say) -> None:
    """Put a claim of the book to the test."""
    from handbook.catalogue.specs import claim_spec
    from handbook.claims.registry import run
    from handbook.core.files import write_json
    from handbook.core.folders import ClaimFolder
    from handbook.core.numbers import estimate

    params = read_params(options)
    claim = _claim_named(params, options.claim)
    record = run(claim_spec(params, options.claim), training_rows(claim))
    for part in record["parts"]:
        effect = estimate(part["estimate"], part["interval"])
        say(f"{part['outcome']} when {part['when']}: {part['effect']} {effect}")
    say(f"the claim {record['verdict']['words']}")
    write_json(ClaimFolder(options.claim).result, record)


@job("claim", example="draw-claim escape-local-minima", warm=True)
def _draw_claim(options: Arguments, say: Say) -> None:
    """Draw the figure of a claim."""
    from handbook.core.folders import ClaimFolder
    from handbook.report.figures.claim import draw

    folder = ClaimFolder(options.claim)
    draw(options.claim, folder.result, folder.figure)
