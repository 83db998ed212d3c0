"""Rules that give each parameter a rate of its own (sections 3.9 to 3.11 and 3.14).

Each divides by a root of squared gradients. A small `epsilon` keeps the division finite; where it
stands changes the numbers, so each class says it: outside the root in all but Adadelta.
"""

from __future__ import annotations

import numpy as np

from handbook.optim.rule import Array, Rate, Rule, share

__all__ = ["AdaGrad", "Adadelta", "Adam", "RMSprop"]


class AdaGrad(Rule):
    """Divide by the root of the sum of all squared gradients: ``g / (sqrt(sum) + epsilon)``.

    Parameters
    ----------
    rate : float or ndarray
        Length of the first step, whatever the gradient.
    epsilon : float

    References
    ----------
    Duchi, Hazan and Singer (2011), "Adaptive subgradient methods for online learning and
    stochastic optimization".

    Examples
    --------
    >>> AdaGrad(rate=0.1).step(np.array([1.0, 1.0]), np.array([2.0, -500.0])).round(6).tolist()
    [0.9, 1.1]
    """

    def __init__(self, rate: Rate = 0.01, epsilon: float = 1e-10) -> None:
        super().__init__(rate)
        self.epsilon = epsilon
        self._sum: Array | float = 0.0

    def direction(self, gradient: Array) -> Array:
        """Return the gradient over the root of the sum."""
        self._sum = self._sum + gradient**2
        scaled: Array = gradient / (np.sqrt(self._sum) + self.epsilon)
        return scaled


class RMSprop(Rule):
    """Divide by the root of a moving average of squared gradients: ``g / (sqrt(mean) + epsilon)``.

    Parameters
    ----------
    rate : float or ndarray
    decay : float
        Share of the average that stays, in [0, 1). torch's own default is 0.99.
    epsilon : float

    References
    ----------
    Tieleman and Hinton (2012), "Lecture 6.5: rmsprop", Neural Networks for Machine Learning.

    Examples
    --------
    >>> RMSprop(rate=0.1, decay=0.75).step(np.array([1.0]), np.array([-3.0])).round(6).tolist()
    [1.2]
    """

    def __init__(self, rate: Rate = 0.01, decay: float = 0.9, epsilon: float = 1e-8) -> None:
        super().__init__(rate)
        self.decay = share("RMSprop", "decay", decay)
        self.epsilon = epsilon
        self._mean: Array | float = 0.0

    def direction(self, gradient: Array) -> Array:
        """Return the gradient over the root of the average."""
        self._mean = self.decay * self._mean + (1 - self.decay) * gradient**2
        scaled: Array = gradient / (np.sqrt(self._mean) + self.epsilon)
        return scaled


class Adam(Rule):
    """Go against an average of gradients, divided by the root of one of their squares.

    Both averages start at 0; dividing by ``1 - decay^t`` takes that back. Then
    ``mean / (sqrt(mean of squares) + epsilon)``.

    Parameters
    ----------
    rate : float or ndarray
        Length of the first step, whatever the gradient.
    decays : (float, float)
        Shares of the two averages that stay, in [0, 1).
    epsilon : float

    References
    ----------
    Kingma and Ba (2015), "Adam: a method for stochastic optimization".

    Examples
    --------
    >>> Adam(rate=0.1).step(np.array([1.0, 1.0]), np.array([2.0, -500.0])).round(6).tolist()
    [0.9, 1.1]
    """

    def __init__(
        self, rate: Rate = 0.001, decays: tuple[float, float] = (0.9, 0.999), epsilon: float = 1e-8
    ) -> None:
        super().__init__(rate)
        first, second = decays
        self.decays = share("Adam", "first decay", first), share("Adam", "second decay", second)
        self.epsilon = epsilon
        self._steps = 0
        self._mean: Array | float = 0.0
        self._squares: Array | float = 0.0

    def direction(self, gradient: Array) -> Array:
        """Return the ratio of both averages, without their start at 0."""
        first, second = self.decays
        self._steps += 1
        self._mean = first * self._mean + (1 - first) * gradient
        self._squares = second * self._squares + (1 - second) * gradient**2
        mean = self._mean / (1 - first**self._steps)
        squares = self._squares / (1 - second**self._steps)
        scaled: Array = mean / (np.sqrt(squares) + self.epsilon)
        return scaled


class Adadelta(Rule):
    """Let past steps set the length of the next: no rate has to be chosen.

    ``delta = sqrt(mean of squared steps + epsilon) / sqrt(mean of squares + epsilon) * g``, with
    epsilon inside both roots: it alone makes the first step.

    Parameters
    ----------
    rate : float or ndarray
        Factor of each step; the paper has none, which is 1.
    decay : float
        Share of both averages that stays, in [0, 1).
    epsilon : float

    References
    ----------
    Zeiler (2012), "ADADELTA: an adaptive learning rate method".

    Examples
    --------
    >>> rule = Adadelta(decay=0.0, epsilon=1.0)
    >>> rule.step(np.array([1.0]), np.array([np.sqrt(3.0)])).round(6).tolist()
    [0.133975]
    """

    def __init__(self, rate: Rate = 1.0, decay: float = 0.9, epsilon: float = 1e-6) -> None:
        super().__init__(rate)
        self.decay = share("Adadelta", "decay", decay)
        self.epsilon = epsilon
        self._squares: Array | float = 0.0
        self._steps: Array | float = 0.0

    def direction(self, gradient: Array) -> Array:
        """Return the gradient in the length of past steps."""
        stays, comes = self.decay, 1 - self.decay
        self._squares = stays * self._squares + comes * gradient**2
        ratio = np.sqrt(self._steps + self.epsilon) / np.sqrt(self._squares + self.epsilon)
        delta: Array = ratio * gradient
        self._steps = stays * self._steps + comes * delta**2
        return delta
