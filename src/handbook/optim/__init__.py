"""Optimizers and learning-rate schedules of the handbook, in NumPy alone (sections 3.6 to 3.14).

A rule has one method, ``step(parameters, gradient) -> parameters``, keeps its own memory between
steps, and writes into no array that it is given. :func:`minimise` repeats it. L-BFGS, whose line
search asks for values and gradients of its own, is a function: :func:`lbfgs`. How rows are chosen
(all, one, a few) is apart from the rule that uses their gradient: see :func:`batch`,
:func:`stochastic` and :func:`mini_batch`.

Every default is that of torch or SciPy, against which the rules are tested step by step.
"""

from handbook.optim.adaptive import Adadelta, AdaGrad, Adam, RMSprop
from handbook.optim.descent import GradientDescent, Momentum, Nesterov
from handbook.optim.lbfgs import Found, lbfgs, two_loop
from handbook.optim.rows import batch, mini_batch, stochastic
from handbook.optim.rule import Rule, minimise
from handbook.optim.schedules import Plateau, exponential, step_decay, warm_up
from handbook.optim.wolfe import line_search

__all__ = [
    "AdaGrad",
    "Adadelta",
    "Adam",
    "Found",
    "GradientDescent",
    "Momentum",
    "Nesterov",
    "Plateau",
    "RMSprop",
    "Rule",
    "batch",
    "exponential",
    "lbfgs",
    "line_search",
    "mini_batch",
    "minimise",
    "step_decay",
    "stochastic",
    "two_loop",
    "warm_up",
]
