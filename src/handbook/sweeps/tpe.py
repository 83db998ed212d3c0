"""Optuna in a sweep: proposes settings, gives up poor trials, tells which parameters matter.

No study is kept between calls: each builds one from the earlier trials, so that proposals depend on
these and on the seed alone, in whichever process they are made.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
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
from handbook.catalogue.sweep_spec import SweepSpec
from handbook.core.files import digest
from handbook.sweeps.trials import Trial
from handbook.tasks.metric import METRICS

__all__ = ["importances", "propose", "pruner"]

optuna.logging.set_verbosity(optuna.logging.WARNING)

# Trials at random before the first proposal, and finished ones before the first is given up.
_RANDOM, _JUDGES = 10, 4
# Below so many trials, importances are chance.
_FEWEST = 5
_STATES = {
    "finished": TrialState.COMPLETE,
    "pruned": TrialState.PRUNED,
    "failed": TrialState.FAIL,
}


def propose(spec: SweepSpec, number: int, earlier: Sequence[Trial]) -> list[Setting]:
    """Return the settings of the next round, proposed by a tree-structured Parzen estimator.

    Parameters
    ----------
    spec : SweepSpec
        With a metric.
    number : int
        Number of the round.
    earlier : sequence of Trial
        Every trial so far, in order.

    References
    ----------
    Bergstra, Bardenet, Bengio and Kegl (2011), "Algorithms for hyper-parameter optimization".
    Trials of one round take each other for bad ones (a "constant liar"), so that they spread.
    """
    assert spec.metric is not None
    seed = int(digest({"seed": spec.seed, "round": number})[:8], 16)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        sampler = optuna.samplers.TPESampler(
            seed=seed, n_startup_trials=_RANDOM, multivariate=True, group=True, constant_liar=True
        )
    higher = METRICS[spec.metric].higher
    study = optuna.create_study(direction="maximize" if higher else "minimize", sampler=sampler)
    by_name = {parameter.name: parameter for parameter in spec.search_space.parameters}
    # Between epochs losses are compared, of which lower is better whatever the metric.
    sign = -1 if higher and spec.evaluated == 1 else 1
    for trial in earlier:
        study.add_trial(
            create_trial(
                state=_STATES[trial.state],
                value=trial.score if trial.state == "finished" else None,
                params={name: _code(by_name[name], v) for name, v in trial.setting.items()},
                distributions={name: _distribution(by_name[name]) for name in trial.setting},
                intermediate_values={n: sign * value for n, value in enumerate(trial.steps)},
            )
        )
    return [_proposal(study, spec.search_space) for _ in range(spec.batch)]


def _proposal(study: optuna.Study, space: Space) -> Setting:
    trial = study.ask()
    chosen: Setting = {}
    for parameter in space.parameters:
        if parameter.active(chosen):
            value = trial._suggest(parameter.name, _distribution(parameter))
            values = parameter.values
            chosen[parameter.name] = values[value] if values else parameter.tidy(value)
    return chosen


def _distribution(parameter: Parameter) -> BaseDistribution:
    """Return a parameter as Optuna samples it: a list by the positions of its values."""
    if parameter.values and parameter.ordered:
        return IntDistribution(0, len(parameter.values) - 1)
    if parameter.values:
        return CategoricalDistribution(tuple(range(len(parameter.values))))
    if parameter.integer:
        return IntDistribution(int(parameter.low), int(parameter.high), log=parameter.log)
    return FloatDistribution(parameter.low, parameter.high, log=parameter.log)


def _code(parameter: Parameter, value: Any) -> Any:
    return parameter.index(value) if parameter.values else value


def pruner(
    earlier: Sequence[Sequence[float]], *, higher: bool
) -> Callable[[], Callable[[int, float], bool]]:
    """Return a function that makes a judge for each new trial.

    A judge takes a step and the value there, and returns whether to give the trial up: where its
    best value so far is worse than the median of earlier trials at the same step (Optuna's median
    pruner, from four finished trials and the second step on).

    Parameters
    ----------
    earlier : sequence of sequence of float
        Values of each finished trial of earlier rounds, step by step.
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
        Settings of the finished trials.
    scores : sequence of float
    seed : int
        Seed of the forest.

    Returns
    -------
    dict of str to float or None
        Shares between 0 and 1, without joint effects of parameters; None for a parameter that
        too few trials have.

    References
    ----------
    Hutter, Hoos and Leyton-Brown (2014), "An efficient approach for assessing hyperparameter
    importance".
    """
    always = [parameter for parameter in space.parameters if not parameter.when]
    trials = list(zip(settings, scores, strict=True))
    shares = _importances(always, always, trials, seed)
    for parameter in space.parameters:
        if parameter.when:
            having = [(setting, score) for setting, score in trials if parameter.name in setting]
            shares |= _importances([parameter], [*always, parameter], having, seed)
    return {parameter.name: shares[parameter.name] for parameter in space.parameters}


def _importances(
    parameters: Sequence[Parameter],
    among: Sequence[Parameter],
    trials: Sequence[tuple[Setting, float]],
    seed: int,
) -> dict[str, float | None]:
    """Return the shares of some parameters, taken apart among those that all trials have."""
    shares: dict[str, float | None] = {parameter.name: None for parameter in parameters}
    varied = [name for name in shares if _is_varied(name, trials)]
    if len(trials) < _FEWEST or not varied:
        return shares
    if len({score for _, score in trials}) == 1:
        return shares | dict.fromkeys(varied, 0.0)
    study = optuna.create_study()
    distributions = {other.name: _scale(other) for other in among}
    for setting, score in trials:
        params = {other.name: _position(other, setting[other.name]) for other in among}
        study.add_trial(create_trial(value=score, params=params, distributions=distributions))
    evaluated = FanovaImportanceEvaluator(seed=seed).evaluate(study, params=list(distributions))
    return shares | {name: float(evaluated[name]) for name in varied}


def _is_varied(name: str, trials: Sequence[tuple[Setting, float]]) -> bool:
    return len({digest({"value": setting[name]}) for setting, _ in trials}) > 1


def _scale(parameter: Parameter) -> BaseDistribution:
    if parameter.ordered:
        return FloatDistribution(0.0, 1.0)
    return CategoricalDistribution(tuple(range(len(parameter.values))))


def _position(parameter: Parameter, value: Any) -> Any:
    """Return where a value lies on its scale: steps of a list and factors of a log range alike."""
    return parameter.share(value) if parameter.ordered else parameter.index(value)
