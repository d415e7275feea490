# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Intervals against SciPy's, bins against a count by hand."""

import math

import numpy as np
import pytest
from scipy.stats import binomtest

from isaaclab_factory.learning.evaluation.result import Evaluation, make_bins, wilson_interval


@pytest.mark.parametrize(
    ("successes", "episodes"), [(0, 1), (1, 1), (0, 1000), (1000, 1000), (1, 3), (771, 1000), (999, 1000)]
)
@pytest.mark.parametrize("confidence", [0.95, 0.99])
def test_the_interval_is_scipys(successes: int, episodes: int, confidence: float) -> None:
    expected = binomtest(successes, episodes).proportion_ci(confidence, method="wilson")
    assert wilson_interval(successes, episodes, confidence) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_bins_hold_the_episodes_between_their_bounds() -> None:
    values = np.array([0.0, 0.9, 1.0, 1.9, 5.0, 7.0])
    success = np.array([1.0, 0.0, 1.0, 1.0, 1.0, 0.0])
    first, second, last = make_bins(values, success, [0.0, 1.0, 2.0, 3.0, 5.0])
    assert (first.low, first.high, first.episodes, first.successes) == (0.0, 1.0, 2, 1)
    assert (second.low, second.high, second.episodes, second.success_rate) == (1.0, 2.0, 2, 1.0)
    assert (last.low, last.high, last.episodes, last.success_rate) == (3.0, 5.0, 2, 0.5)
    assert first.success_interval == wilson_interval(1, 2)


def test_a_bin_without_a_bound_says_so() -> None:
    (only,) = make_bins(np.array([3.0]), np.array([1.0]), [0.0, 1.0, math.inf])
    assert (only.low, only.high) == (1.0, None)


def test_a_result_is_a_sentence() -> None:
    result = Evaluation(40, 3.5, 10.0, successes=11, success_rate=11 / 40)
    assert str(result) == "27.5 % (11 of 40 episodes), mean reward 3.50"
