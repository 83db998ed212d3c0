"""Checking a catalogue against the estimators it names, once for each state of both."""

from __future__ import annotations

from pathlib import Path

import yaml

from handbook import config, provenance
from handbook.errors import HandbookError
from handbook.records import digest, write_text

__all__ = ["check", "check_once", "read"]


def read(path: Path) -> config.Params:
    """Read and check a catalogue from a YAML file."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise HandbookError(f"{path}: cannot be read: {error.strerror}") from None
    except yaml.YAMLError as error:
        raise HandbookError(f"{path}: not valid YAML: {error}") from None
    if not isinstance(content, dict):
        raise HandbookError(f"{path}: must hold keys such as 'models:' and 'data:'")
    return config.load(content)


def check(params: config.Params) -> None:
    """Import every estimator of the catalogue and compare its signature with the parameters.

    Raises
    ------
    HandbookError
        Lists every fault.
    """
    from handbook.estimator import faults

    found = [
        f"models.{name}.estimator: {fault}" if fault.startswith("estimator") else fault
        for name, model in params.models.items()
        for fault in faults(
            model.estimator,
            {
                f"models.{name}.variants.{key}.{where}params": given
                for key, variant in model.variants.items()
                for where, given in [
                    ("", variant.params),
                    *((f"tiers.{tier}.", one.params) for tier, one in variant.tiers.items()),
                ]
            },
        )
    ]
    if found:
        lines = "\n".join(f"  {fault}" for fault in found)
        raise HandbookError(f"params.yaml: {len(found)} to mend before any job can run\n{lines}")


def check_once(params: config.Params, memo: Path) -> None:
    """Do what :func:`check` does, unless `memo` says that this very state passed before.

    Importing scikit-learn and torch takes seconds, which a rebuild with nothing to do must not
    pay.
    """
    own = [m.estimator.rpartition(".")[0] for m in params.models.values()]
    code = provenance.code_digests(
        *(name for name in own if name.startswith("handbook.") and provenance.exists(name))
    )
    state = digest(
        {
            "models": {
                name: [model.estimator, {k: v.model_dump() for k, v in model.variants.items()}]
                for name, model in params.models.items()
            },
            "code": code,
            "versions": provenance.versions("sklearn", *code),
        }
    )
    if not memo.exists() or memo.read_text(encoding="utf-8") != state:
        check(params)
        write_text(memo, state)
