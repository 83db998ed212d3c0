"""Pruning of a decision tree by cost complexity, link by link (section 2.11)."""

from __future__ import annotations

from typing import Any

from sklearn.datasets import make_moons
from sklearn.tree import DecisionTreeClassifier

from handbook.labs.result import Array, Result, against

__all__ = ["compute", "plot", "pruned"]


def pruned(tree: Any) -> tuple[list[float], list[int]]:
    """Cut a grown tree back, its weakest link first, until the root alone is left.

    Returns the price of a leaf at which each cut pays, from 0 for the whole tree on, and the leaves
    that are left. A link is weak where the impurity that its branch saves, shared out among the
    leaves that the branch costs, is small.

    Parameters
    ----------
    tree : sklearn.tree._tree.Tree

    References
    ----------
    Breiman, Friedman, Olshen and Stone (1984), *Classification and Regression Trees*, chapter 3.
    """
    left, right = tree.children_left.copy(), tree.children_right.copy()
    weight = tree.weighted_n_node_samples / tree.weighted_n_node_samples[0]
    risk = weight * tree.impurity

    def branch(node: int) -> tuple[float, int]:
        """Return risk and number of the leaves below a node."""
        if left[node] < 0:
            return float(risk[node]), 1
        (a, m), (b, n) = branch(left[node]), branch(right[node])
        return a + b, m + n

    prices, leaves = [0.0], [branch(0)[1]]
    while left[0] >= 0:
        links = {}
        for node in _inner(left, right):
            below, count = branch(node)
            links[node] = (float(risk[node]) - below) / (count - 1)
        weakest = min(links, key=lambda node: links[node])
        price = links[weakest]
        left[weakest] = right[weakest] = -1
        prices.append(price)
        leaves.append(branch(0)[1])
    return prices, leaves


def compute(rows: int, noise: float, seeds: list[int]) -> list[Result]:
    """Prune a fully grown tree branch by branch, and measure each stage on fresh rows."""
    X, y, *_ = _moons(rows, noise, seeds[0])
    grown = DecisionTreeClassifier(random_state=0).fit(X, y)
    path = grown.cost_complexity_pruning_path(X, y)
    prices, leaves = pruned(grown.tree_)
    firsts = [i for i, price in enumerate(prices[1:], 1) if price > prices[i - 1] + 1e-12]
    curves = [_accuracies(rows, noise, seed) for seed in seeds]
    gains = [max(fresh) - fresh[0] for _, _, fresh in curves]
    return [
        against("DecisionTreeClassifier.cost_complexity_pruning_path", 1e-9)(
            "price of a leaf at each cut",
            [prices[i] for i in firsts],
            _distinct(path.ccp_alphas),
        ),
        against("trees grown by scikit-learn with that price, ccp_alpha")(
            "leaves left at each price",
            [
                min(n for p, n in zip(prices, leaves, strict=True) if p <= prices[i] + 1e-12)
                for i in firsts
            ],
            [
                DecisionTreeClassifier(random_state=0, ccp_alpha=alpha + 1e-9)
                .fit(X, y)
                .get_n_leaves()
                for alpha in _distinct(path.ccp_alphas)
            ],
        ),
        against("grown until each leaf is pure")(
            "accuracy of the whole tree on the rows that it has learnt", curves[0][1][0], 1.0
        ),
        Result(
            f"seeds of {len(seeds)} in which some pruned tree beats the whole one on fresh rows",
            sum(gain > 0 for gain in gains),
            len(seeds),
            "overfitting: the leaves of single rows are noise",
        ),
    ]


def plot(rows: int, noise: float, seeds: list[int]) -> dict[str, Any]:
    """Return accuracy by leaves for each seed."""
    curves = [_accuracies(rows, noise, seed) for seed in seeds]
    return {
        "curves": [
            {"leaves": leaves, "learnt": learnt, "fresh": fresh} for leaves, learnt, fresh in curves
        ],
        "rows": rows,
    }


def _inner(left: Array, right: Array) -> list[int]:
    """Return the nodes with children that can be reached from the root."""
    nodes, inner = [0], []
    while nodes:
        node = nodes.pop()
        if left[node] >= 0:
            inner.append(node)
            nodes += [int(left[node]), int(right[node])]
    return inner


def _distinct(alphas: Array) -> list[float]:
    rising = [float(alpha) for alpha in alphas if alpha > 1e-12]
    return [a for i, a in enumerate(rising) if i == 0 or a > rising[i - 1] + 1e-12]


def _moons(rows: int, noise: float, seed: int) -> tuple[Array, ...]:
    """Return rows to learn from, their classes, fresh rows and theirs."""
    X, y = make_moons(rows, noise=noise, random_state=seed)
    fresh, labels = make_moons(10 * rows, noise=noise, random_state=seed + 10_000)
    return X, y, fresh, labels


def _accuracies(rows: int, noise: float, seed: int) -> tuple[list[int], list[float], list[float]]:
    """Return leaves, accuracy on the rows learnt from and on fresh ones, whole tree first."""
    X, y, fresh, labels = _moons(rows, noise, seed)
    path = DecisionTreeClassifier(random_state=0).cost_complexity_pruning_path(X, y)
    trees = [
        DecisionTreeClassifier(random_state=0, ccp_alpha=alpha + 1e-9).fit(X, y)
        for alpha in [0.0, *_distinct(path.ccp_alphas)]
    ]
    return (
        [tree.get_n_leaves() for tree in trees],
        [float(tree.score(X, y)) for tree in trees],
        [float(tree.score(fresh, labels)) for tree in trees],
    )
