"""The rule from measurements to a verdict, against closed forms and constructed measurements."""

from __future__ import annotations

import math

import pytest
from scipy import stats

from handbook.claims.finding import Part, paired, share
from handbook.claims.verdict import Outcome, conclude, interval, judge


def part(*values: float) -> Part:
    return Part("a", "it rains", "difference", values)


def test_the_interval_of_pairs_is_students() -> None:
    ahead, behind = [0.9, 0.8, 0.85, 0.95, 0.7], [0.6, 0.7, 0.8, 0.65, 0.65]
    test = stats.ttest_rel(ahead, behind)
    expected = test.confidence_interval(0.9)
    mean, ends = interval(paired("a", "", "", ahead, behind), 0.9)
    assert mean == pytest.approx(0.16)
    assert ends == pytest.approx((expected.low, expected.high))
    # By hand, of three differences: t(0.975, 2) = 4.302653, s = 1, n = 3.
    assert interval(part(1, 2, 3), 0.95)[1] == pytest.approx(
        (2 - 4.302653 / math.sqrt(3), 2 + 4.302653 / math.sqrt(3)), abs=1e-5
    )


def test_seeds_that_split_the_same_rows_have_a_wider_interval() -> None:
    # Nadeau and Bengio (2003): s² (1/n + check rows / other rows) for s² / n.
    ahead, behind = [0.9, 0.8, 0.85, 0.95, 0.7], [0.6, 0.7, 0.8, 0.65, 0.65]
    (mean, (_, apart)), (same, (_, high)) = (
        interval(paired("a", "", "", ahead, behind, overlap), 0.9) for overlap in (0.0, 0.25)
    )
    assert same == mean
    assert (high - mean) / (apart - mean) == pytest.approx(math.sqrt((1 / 5 + 1 / 4) / (1 / 5)))


def test_the_interval_of_a_share_is_wilsons() -> None:
    # Wilson (1927) by hand, for 8 of 10: (p + z²/2n ± z sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n).
    z, n, p = stats.norm.ppf(0.975), 10, 0.8
    reach = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    expected = [(p + z * z / (2 * n) + side * reach) / (1 + z * z / n) for side in (-1, 1)]
    mean, ends = interval(share("a", "", "", [True] * 8 + [False] * 2), 0.95)
    assert mean == 0.8
    assert ends == pytest.approx(expected)


@pytest.mark.parametrize(
    ("values", "least", "outcome"),
    [
        ((0.30, 0.32, 0.31, 0.29, 0.33), 0.1, "holds"),
        ((0.01, 0.02, 0.00, 0.01, 0.02), 0.1, "does not hold"),
        ((-0.3, -0.31, -0.29, -0.3, -0.3), 0.1, "does not hold"),
        ((0.4, -0.3, 0.5, 0.1, -0.2), 0.1, "cannot be told"),
        # Above 0 for certain, and yet not certainly large enough to matter.
        ((0.08, 0.12, 0.10, 0.11, 0.09), 0.1, "cannot be told"),
    ],
)
def test_an_interval_is_held_against_the_smallest_effect_of_interest(
    values: tuple[float, ...], least: float, outcome: Outcome
) -> None:
    assert judge(part(*values), least, 0.95).outcome == outcome


def test_an_effect_that_never_varies_is_judged_by_itself() -> None:
    judged = judge(part(0.5, 0.5, 0.5), 0.5, 0.95)
    assert judged.interval == (0.5, 0.5)
    assert judged.outcome == "holds"


@pytest.mark.parametrize(
    ("outcomes", "kind", "words"),
    [
        (("holds", "holds"), "holds", "holds"),
        (("does not hold", "does not hold"), "does not hold here", "does not hold here"),
        (("cannot be told", "cannot be told"), "cannot be told", "cannot be told"),
        (
            ("holds", "does not hold"),
            "holds only when",
            "holds only when it rains; does not hold when it snows",
        ),
        (
            ("holds", "cannot be told"),
            "cannot be told",
            "holds when it rains; cannot be told when it snows",
        ),
        (
            ("cannot be told", "does not hold"),
            "cannot be told",
            "does not hold when it snows; cannot be told when it rains",
        ),
        (
            ("holds", "does not hold", "cannot be told"),
            "holds only when",
            "holds only when it rains; does not hold when it snows; cannot be told when it hails",
        ),
    ],
)
def test_a_claim_is_what_its_parts_are(
    outcomes: tuple[Outcome, ...], kind: str, words: str
) -> None:
    circumstances = ("it rains", "it snows", "it hails")
    verdict = conclude(list(zip(circumstances, outcomes, strict=False)))
    assert verdict == (kind, words)


def test_pairs_must_come_in_pairs() -> None:
    with pytest.raises(ValueError, match="2 values and 1; they come in pairs"):
        paired("a", "", "", [1, 2], [1])
