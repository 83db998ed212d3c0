"""From the import path of the catalogue to an estimator that is ready to fit."""

from __future__ import annotations

import inspect
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sklearn.model_selection import FixedThresholdClassifier
from sklearn.utils import get_tags

from handbook import tasks
from handbook.core.errors import HandbookError, nearest
from handbook.training.classes import arguments_of, load_class
from handbook.training.preprocess import pipeline
from handbook.training.spec import Buildable

__all__ = ["build", "faults", "last_step", "whole"]


# By type of estimator: the methods of which it needs one, and what it lacks without.
_NEEDED = {
    "classifier": (
        ("predict_proba", "decision_function"),
        "with these parameters ranks no rows, which the task TASK scores; name an estimator with "
        "predict_proba or decision_function",
    ),
    "outlier_detector": (
        ("score_samples",),
        "with these parameters scores no new rows; give it score_samples (for LocalOutlierFactor: "
        "novelty: true)",
    ),
    "language_model": (("bits",), "gives no bits for each character, which the task TASK scores"),
    "generator": (("sample",), "draws no samples, which the task TASK scores"),
}


def faults(
    path: str, task: str, kind: str, params: Mapping[str, Any], trusted: Collection[str] = ()
) -> Iterator[str]:
    """Yield what is wrong with an estimator's path or with the parameters given to it.

    `kind` is that of the data which it is to learn from: table, images or text. `trusted` are
    further classes and packages that may be imported, see
    :func:`~handbook.training.classes.refusal`.
    """
    try:
        estimator_class = load_class(path, trusted)
        parameters = _parameters(estimator_class)
    except (HandbookError, ValueError) as error:
        yield str(error)
        return
    # `estimator__max_depth` sets an argument of the estimator inside.
    unknown = [name for name in params if parameters and name.split("__")[0] not in parameters]
    for name in unknown:
        yield f"{name}: {path} takes no such parameter; {nearest(name, parameters)}"
    if unknown:
        return
    try:
        estimator = _made(estimator_class, params, trusted)
        tags = get_tags(estimator)
    except (HandbookError, TypeError, ValueError, AttributeError) as error:
        yield f"{path} cannot be made with these parameters: {error}"
        return
    expected = tasks.ESTIMATOR_TYPES[task]
    if tags.estimator_type != expected:
        yield f"{path} is a {tags.estimator_type}; the task {task!r} needs a {expected}"
    else:
        methods, lack = _NEEDED.get(expected, ((), ""))
        if methods and not any(hasattr(estimator, method) for method in methods):
            yield f"{path} {lack}".replace("TASK", repr(task))
    inputs = tags.input_tags
    fits = {"table": inputs.two_d_array, "images": inputs.three_d_array, "text": inputs.string}
    if not fits[kind]:
        yield f"{path} does not take {kind}"
    # Private, and the only way to scikit-learn's own check of values before there is data.
    for part in (estimator, *estimator.get_params().values()):
        if hasattr(part, "_parameter_constraints") and not isinstance(part, type):
            try:
                part._validate_params()
            except ValueError as error:
                yield str(error)


def build(spec: Buildable, X: Any) -> Any:
    """Return an unfitted estimator, behind its preprocessing where `X` is a table.

    The seed becomes `random_state` where the estimator has one and the parameters set none.
    """
    estimator = _made(load_class(spec.estimator, spec.trusted), spec.params, spec.trusted)
    # CatBoost's get_params has only what was given
    takes_seed = "random_state" in {*estimator.get_params(), *_parameters(type(estimator))}
    if takes_seed and "random_state" not in spec.params:
        estimator.set_params(random_state=spec.seed)
    if spec.preprocess is None:
        return estimator
    columns = spec.preprocess.columns.get(spec.data, list(X.columns))
    for name in columns:
        if name not in X.columns:
            raise HandbookError(
                f"preprocess.columns.{spec.data}: {name!r}; {nearest(name, X.columns)}"
            )
    return pipeline(estimator, spec.preprocess, X[columns])


def _parameters(estimator_class: type[Any]) -> Collection[str]:
    """Return the names of a class's constructor arguments; none where it takes any name."""
    parameters = inspect.signature(estimator_class).parameters
    takes_any = any(each.kind is each.VAR_KEYWORD for each in parameters.values())
    return () if takes_any else parameters


def _made(estimator_class: type[Any], params: Mapping[str, Any], trusted: Collection[str]) -> Any:
    """Make an estimator; an argument such as ``{class: ..., params: {...}}`` is made first."""
    own: dict[str, Any] = {}
    nested: dict[str, Any] = {}
    for name, value in params.items():
        if isinstance(value, Mapping) and "class" in value:
            inner = load_class(value["class"], trusted)
            value = _made(inner, arguments_of(value), trusted)
        (nested if "__" in name else own)[name] = value
    estimator = estimator_class(**own)
    return estimator.set_params(**nested) if nested else estimator


def whole(estimator: Any) -> Any:
    """Return the pipeline or the model that ranks rows, without a threshold around it."""
    if isinstance(estimator, FixedThresholdClassifier):
        return estimator.estimator_.estimator  # frozen inside, see handbook.training.tuning
    return estimator


def last_step(estimator: Any) -> Any:
    """Return the model itself, without threshold and preprocessing around it."""
    inner = whole(estimator)
    return inner[-1] if hasattr(inner, "steps") else inner
