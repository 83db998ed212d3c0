"""The subcommand that keeps a process with the libraries of jobs already imported."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from handbook.commands.command import SUBCOMMANDS, Arguments, Say, argument, job, path

#: What jobs import of this package, each one and what it imports.
OF_JOBS = (
    "handbook.commands.line",
    "handbook.catalogue.reading",
    "handbook.catalogue.specs",
    "handbook.claims.registry",
    "handbook.explain.explain",
    "handbook.labs.registry",
    "handbook.monitoring.rehearse",
    "handbook.records.reader",
    "handbook.report.figures.claim",
    "handbook.report.figures.diagnosed.curves",
    "handbook.report.figures.draw",
    "handbook.report.figures.lab",
    "handbook.report.site.inputs",
    "handbook.training.crossval",
    "handbook.training.diagnose",
    "handbook.training.gauge",
    "handbook.training.judge",
    "handbook.training.reseed",
    "handbook.training.train",
    "handbook.workflow.provenance",
    "handbook.workflow.revision",
)


@job(
    path("--socket", required=True),
    argument("modules", nargs="*", help="what the jobs import, where all are of a kind"),
    example="warm --socket /tmp/handbook/socket",
)
def _warm(options: Arguments, say: Say) -> None:
    """Fork warm processes for other commands until standard input ends."""
    from handbook.workflow.warm.server import serve

    jobs = {name: entry.threads is not None for name, entry in SUBCOMMANDS.items() if entry.warm}
    own = () if options.modules else OF_JOBS
    job = serve(options.socket, jobs, partial(_prepare, own), options.modules or None)
    if job is not None:  # in a fork, which ends as its job does
        raise SystemExit(job())


def _prepare(modules: Iterable[str]) -> None:
    """Import what jobs import, and take the digests of code that they record."""
    from handbook.workflow import provenance

    for name in modules:
        importlib.import_module(name)
    provenance.recall(Path(".snakemake/code-digests.json"))
