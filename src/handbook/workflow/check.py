"""Checks of a catalogue against its estimators, done once for each state of both."""

from __future__ import annotations

from pathlib import Path

from handbook.catalogue.estimators import check
from handbook.catalogue.params import Params
from handbook.claims import registry as claims
from handbook.core.files import digest
from handbook.labs import registry as labs
from handbook.workflow import provenance, trials
from handbook.workflow.memo import write_memo

__all__ = ["check_once"]

_REMEMBERED = 20


def check_once(params: Params, memo: Path) -> None:
    """Check estimators and try those of other libraries, unless this very state passed before.

    `memo` says so. Importing scikit-learn and torch takes seconds, which a rebuild with nothing to
    do must not pay.
    """
    paths = [params.estimator(run) for run in params.runs()]
    paths += [judge.estimator for judge in params.judges.values()]
    named = [path.rpartition(".")[0] for path in paths]
    foreign = [module for module in named if not provenance.is_ours(module)]
    code = provenance.code_digests(
        "handbook.training.build",
        *filter(provenance.exists, named),
        *map(labs.module_name, labs.names()),
        *map(claims.module_name, claims.names()),
    )
    state = digest(
        {
            "models": {
                name: [
                    model.estimator,
                    model.task,
                    model.data,
                    {k: v.model_dump() for k, v in model.variants.items()},
                    params.trusts(model),
                    model.diagnose and model.diagnose.model_dump(),
                ]
                for name, model in params.models.items()
            },
            "judges": {name: judge.model_dump() for name, judge in params.judges.items()},
            "bias_variance": params.bias_variance and params.bias_variance.model_dump(),
            "labs": {name: lab.model_dump() for name, lab in params.labs.items()},
            "backtests": {name: own.model_dump() for name, own in params.backtests.items()},
            "claims": {name: claim.model_dump() for name, claim in params.claims.items()},
            "sweeps": {name: sweep.model_dump() for name, sweep in params.sweeps.items()},
            "code": code,
            "versions": provenance.versions("sklearn", *code, *foreign),
        }
    )
    # Several, because a sweep of the command line is a catalogue of its own.
    passed = memo.read_text(encoding="utf-8").split() if memo.exists() else []
    if state not in passed:
        check(params)
        trials.check(params, memo.with_name(trials.MEMO.name))
        write_memo(memo, "\n".join([*passed[-_REMEMBERED:], state]) + "\n")
