"""Optuna's part in a sweep: what to try next, which trials to give up, which parameters matter.

Nothing is kept between calls: each builds Optuna's study from the trials that came before. So what
is proposed depends on these and on the seed alone, in whichever process it is asked for.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.importance import FanovaImportanceEvaluator
from optuna.trial import TrialState, create_trial

from handbook.catalogue.space import Parameter, Setting, Space
from handbook.core.files import digest
from handbook.tasks.metric import METRICS

__all__ = ["importances", "propose", "pruner"]

optuna.logging.set_verbosity(optuna.logging.WARNING)

# Trials at random before the first proposal, and finished ones before the first is given up.
_RANDOM, _JUDGES = 10, 4
_STATES = {
    "finished": TrialState.COMPLETE,
    "pruned": TrialState.PRUNED,
    "failed": TrialState.FAIL,
}


def propose(
    spec: Mapping[str, Any], number: int, earlier: Sequence[Mapping[str, Any]]
) -> list[Setting]:
    """Return the settings of the next round, proposed by a tree-structured Parzen estimator.

    Parameters
    ----------
    spec : mapping
        Of the sweep, its metric named.
    number : int
        Of the round.
    earlier : sequence of mapping
        Every trial so far, in order: ``setting``, ``state``, ``score`` and ``steps``.

    References
    ----------
    Bergstra, Bardenet, Bengio and Kegl (2011), "Algorithms for hyper-parameter optimization".
    Trials of one round take each other for bad ones (a "constant liar"), so that they spread.
    """
    space = Space.of(spec["space"])
    seed = int(digest({"seed": spec["seed"], "round": number})[:8], 16)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        sampler = optuna.samplers.TPESampler(
            seed=seed, n_startup_trials=_RANDOM, multivariate=True, group=True, constant_liar=True
        )
    higher = METRICS[spec["metric"]].higher
    study = optuna.create_study(direction="maximize" if higher else "minimize", sampler=sampler)
    by_name = {one.name: one for one in space.parameters}
    # Between epochs it is the loss that was watched, whichever way the score goes.
    sign = -1 if higher and spec["evaluated"] == 1 else 1
    for trial in earlier:
        setting = trial["setting"]
        study.add_trial(
            create_trial(
                state=_STATES[trial["state"]],
                value=trial["score"] if trial["state"] == "finished" else None,
                params={name: _code(by_name[name], value) for name, value in setting.items()},
                distributions={name: _distribution(by_name[name]) for name in setting},
                intermediate_values={n: sign * value for n, value in enumerate(trial["steps"])},
            )
        )
    return [_asked(study, space) for _ in range(spec["batch"])]


def _asked(study: Any, space: Space) -> Setting:
    trial = study.ask()
    chosen: Setting = {}
    for one in space.parameters:
        if one.active(chosen):
            said = trial._suggest(one.name, _distribution(one))
            chosen[one.name] = one.values[said] if one.values else one.tidy(said)
    return chosen


def _distribution(one: Parameter) -> BaseDistribution:
    """Return a parameter as Optuna samples it: a list by the places of its values."""
    if one.values and one.ordered:
        return IntDistribution(0, len(one.values) - 1)
    if one.values:
        return CategoricalDistribution(tuple(range(len(one.values))))
    if one.integer:
        return IntDistribution(int(one.low), int(one.high), log=one.log)
    return FloatDistribution(one.low, one.high, log=one.log)


def _code(one: Parameter, value: Any) -> Any:
    return one.place(value) if one.values else value


def pruner(
    earlier: Sequence[Sequence[float]], *, higher: bool
) -> Callable[[], Callable[[int, float], bool]]:
    """Return what makes a judge for each new trial.

    A judge takes a step and the value there, and says whether to give the trial up: where its best
    value so far is worse than the median of earlier trials at the same step (Optuna's median
    pruner, from four finished trials and the second step on).

    Parameters
    ----------
    earlier : sequence of sequence of float
        What each finished trial of earlier rounds reported, step by step.
    higher : bool
        Whether higher is better.

    Examples
    --------
    >>> judge = pruner([[0.5, 0.6], [0.6, 0.7], [0.7, 0.8], [0.8, 0.9]], higher=True)()
    >>> judge(0, 0.1), judge(1, 0.1)
    (False, True)
    """
    rule = optuna.pruners.MedianPruner(n_startup_trials=_JUDGES, n_warmup_steps=1)
    study = optuna.create_study(direction="maximize" if higher else "minimize", pruner=rule)
    for steps in earlier:
        study.add_trial(create_trial(value=steps[-1], intermediate_values=dict(enumerate(steps))))

    def judge() -> Callable[[int, float], bool]:
        trial = study.ask()

        def hopeless(step: int, value: float) -> bool:
            trial.report(value, step)
            return bool(trial.should_prune())

        return hopeless

    return judge


def importances(
    space: Space, settings: Sequence[Setting], scores: Sequence[float], seed: int
) -> dict[str, float | None]:
    """Return how much of the scores' variance each parameter explains by itself.

    A random forest is fitted to the trials and its variance taken apart (functional ANOVA). A
    parameter that matters only sometimes is judged among the trials that have it.

    Parameters
    ----------
    space : Space
    settings : sequence of Setting
        Of the finished trials.
    scores : sequence of float
    seed : int
        Of the forest.

    Returns
    -------
    dict of str to float or None
        Shares between 0 and 1, which leave out what parameters do together; None for a parameter
        that too few trials tell of.

    References
    ----------
    Hutter, Hoos and Leyton-Brown (2014), "An efficient approach for assessing hyperparameter
    importance".
    """
    always = [one for one in space.parameters if not one.when]
    found: dict[str, float | None] = {}
    for one in space.parameters:
        among = always if one in always else [*always, one]
        rows = [
            (setting, score)
            for setting, score in zip(settings, scores, strict=True)
            if one.name in setting
        ]
        found[one.name] = _importance(one, among, rows, seed)
    return found


# Below so many trials a forest tells chance.
_FEWEST = 5


def _importance(
    one: Parameter, among: Sequence[Parameter], rows: Sequence[tuple[Setting, float]], seed: int
) -> float | None:
    if (
        len(rows) < _FEWEST
        or len({digest({"value": setting[one.name]}) for setting, _ in rows}) < 2
    ):
        return None
    if len({score for _, score in rows}) == 1:
        return 0.0
    study = optuna.create_study()
    distributions = {other.name: _scale(other) for other in among}
    for setting, score in rows:
        params = {other.name: _position(other, setting[other.name]) for other in among}
        study.add_trial(create_trial(value=score, params=params, distributions=distributions))
    names = [other.name for other in among]
    return float(FanovaImportanceEvaluator(seed=seed).evaluate(study, params=names)[one.name])


def _scale(one: Parameter) -> BaseDistribution:
    if one.ordered:
        return FloatDistribution(0.0, 1.0)
    return CategoricalDistribution(tuple(range(len(one.values))))


def _position(one: Parameter, value: Any) -> Any:
    """Return where a value lies on its scale: steps of a list and factors of a log range alike."""
    return one.share(value) if one.ordered else one.place(value)
