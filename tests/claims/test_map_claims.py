"""Measures of self-organizing maps, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from handbook.claims.experiments import som_radius_scale
from handbook.claims.maps import closeness, path_error
from handbook.data import registry
from handbook.models.som import SelfOrganizingMap


def line(*weights: float) -> SelfOrganizingMap:
    """Return a map of one row whose nodes have these weights."""
    model = SelfOrganizingMap(rows=1, columns=len(weights), init="sample").fit([[0.0], [1.0]])
    model.weights_ = np.array(weights)[np.newaxis, :, np.newaxis]
    return model


def test_the_way_along_the_map_goes_from_node_to_node() -> None:
    X = np.array([[0.1]])
    assert path_error(line(0, 1, 3), X) == pytest.approx(0.1 + 1)
    # folded: the second best node, 1, is two steps away, by 5
    assert path_error(line(0, 5, 1), X) == pytest.approx(0.1 + 5 + 4)


def test_neighbours_are_held_against_any_two_nodes() -> None:
    # neighbours: 1 and 1; any two: 1, 1 and 2
    assert closeness(line(0, 1, 2)) == pytest.approx(1 - 1 / (4 / 3))
    assert closeness(line(0, 2, 1)) == pytest.approx(1 - 1.5 / (4 / 3))


def test_a_common_factor_of_all_columns_changes_the_map_by_that_factor_alone() -> None:
    finding = som_radius_scale.compute(
        registry.module("credit-approval").sample(0), seeds=[1, 2], check=0.5, side=3, passes=1,
        sigmas=[1, 2], standardised=2, unit=1, shrunk=0.25,
    )  # fmt: skip
    for sigma in (1, 2):
        plain, shrunk = (
            finding.measured[f"way along the map, {name}, sigma {sigma}"]
            for name in ("standardised", "standardised, times 0.25")
        )
        assert np.multiply(plain, 0.25) == pytest.approx(shrunk)
        assert (
            finding.measured[f"topographic error, standardised, sigma {sigma}"]
            == finding.measured[f"topographic error, standardised, times 0.25, sigma {sigma}"]
        )
