"""Gradient descent, with momentum and with Nesterov's look ahead (sections 3.6 to 3.8)."""

from __future__ import annotations

from handbook.optim.rule import Array, Rate, Rule, share

__all__ = ["GradientDescent", "Momentum", "Nesterov"]


class GradientDescent(Rule):
    """Go against the gradient.

    Parameters
    ----------
    rate : float or ndarray

    References
    ----------
    Cauchy (1847), "Méthode générale pour la résolution des systèmes d'équations simultanées".

    Examples
    --------
    >>> import numpy as np
    >>> GradientDescent(rate=0.5).step(np.array([1.0, 2.0]), np.array([2.0, -2.0])).tolist()
    [0.0, 3.0]
    """

    def direction(self, gradient: Array) -> Array:
        """Return the gradient itself."""
        return gradient


class Momentum(Rule):
    """Go against a decaying sum of all gradients so far (the heavy ball).

    ``v = momentum * v + g``, and the step goes against v. The rate stands outside the sum, as in
    torch; with a rate that never changes it is the same as inside.

    Parameters
    ----------
    rate : float or ndarray
    momentum : float
        Share of the sum that stays, in [0, 1); 0 is gradient descent.

    References
    ----------
    Polyak (1964), "Some methods of speeding up the convergence of iteration methods".

    Examples
    --------
    >>> import numpy as np
    >>> rule, x = Momentum(rate=0.1, momentum=0.5), np.array([1.0])
    >>> for _ in range(2):
    ...     x = rule.step(x, np.array([1.0]))
    >>> x.round(6).tolist()
    [0.75]
    """

    def __init__(self, rate: Rate, momentum: float = 0.9) -> None:
        super().__init__(rate)
        self.momentum = share(type(self).__name__, "momentum", momentum)
        self._velocity: Array | float = 0.0

    def direction(self, gradient: Array) -> Array:
        """Return the decaying sum."""
        self._velocity = self.momentum * self._velocity + gradient
        return self._velocity


class Nesterov(Momentum):
    """Go against the gradient and the momentum that it will have.

    The parameters are the points of the method at which gradients are taken: those a step of
    momentum ahead. In this form, torch's, no gradient is needed anywhere else.

    Parameters
    ----------
    rate : float or ndarray
    momentum : float
        Share of the sum that stays, in [0, 1).

    References
    ----------
    Nesterov (1983), "A method of solving a convex programming problem with convergence rate
    O(1/k²)"; the form: Sutskever et al. (2013), "On the importance of initialization and momentum
    in deep learning".

    Examples
    --------
    >>> import numpy as np
    >>> Nesterov(rate=0.1, momentum=0.5).step(np.array([1.0]), np.array([2.0])).tolist()
    [0.7]
    """

    def direction(self, gradient: Array) -> Array:
        """Return the gradient with the decaying sum that holds it."""
        ahead: Array = gradient + self.momentum * super().direction(gradient)
        return ahead
