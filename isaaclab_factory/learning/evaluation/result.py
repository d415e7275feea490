# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What an evaluation measured, with the interval that a success rate lies in. ``docs/evaluation.md`` explains it."""

import math
from dataclasses import dataclass, field
from statistics import NormalDist

import numpy as np

Interval = tuple[float, float]
"""Lower and upper bound."""


def wilson_interval(successes: int, episodes: int, confidence: float = 0.95) -> Interval:
    """Returns the score interval of a share (E. B. Wilson, "Probable inference, the law of succession, and statistical
    inference", Journal of the American Statistical Association 22, 1927).

    It holds the shares p for which the observed share lies within ``z sqrt(p (1 - p) / n)`` of p.

    Args:
        successes: How many of the episodes succeeded.
        episodes: How many there were, at least one.
        confidence: Probability that such an interval holds the true share.
    """
    z = NormalDist().inv_cdf(0.5 + 0.5 * confidence)
    share = successes / episodes
    centre = share + z**2 / (2 * episodes)
    half = z * math.sqrt(share * (1 - share) / episodes + (z / (2 * episodes)) ** 2)
    scale = 1 + z**2 / episodes
    # rounding must not move the bounds of 0 and of all successes, which are 0 and 1
    low = (centre - half) / scale if successes else 0.0
    high = (centre + half) / scale if successes < episodes else 1.0
    return low, high


@dataclass(frozen=True)
class TimeToSuccess:
    """Time in s from the start of an episode to its first success, over the episodes that had one; None without one."""

    mean: float | None
    median: float | None
    p90: float | None


@dataclass(frozen=True)
class ContactForce:
    """Size in N of the force on the held part from the fixed part, over the physics steps in which they touched."""

    mean: float | None
    """None if they never touched."""
    p99: float | None
    touching: float
    """Share of the physics steps in which they touched."""


@dataclass(frozen=True)
class LimitedForce:
    """Smoothed force in N at the wrist, over the environment steps whose limit lay between two bounds."""

    low: float
    high: float
    mean: float
    p99: float
    share_above: float
    """Share of the steps with a force above the limit."""


@dataclass(frozen=True)
class EarlyEnd:
    """What would come of ending an episode when the predicted success exceeds a threshold."""

    threshold: float
    ended_rate: float
    """Share of the episodes that would have been ended."""
    success_rate: float
    """Share of the episodes that would have been ended in a success."""
    false_rate: float
    """Share of the episodes that would have been ended without one."""
    delay_s: float | None
    """Mean time in s from the first success to a right end; None without one."""


@dataclass(frozen=True)
class Bin:
    """The episodes whose start lay between two bounds."""

    low: float
    high: float | None
    """None if there is no bound."""
    episodes: int
    successes: int
    success_rate: float
    success_interval: Interval


@dataclass(frozen=True)
class Evaluation:
    """What an evaluation measured. What is not known of a task is None or empty."""

    episodes: int
    mean_reward: float
    """Mean undiscounted reward of an episode."""
    mean_length_s: float
    """Mean length of an episode in s."""
    successes: int | None = None
    """Episodes that were a success at their last step."""
    success_rate: float | None = None
    success_interval: Interval | None = None
    """95 % interval of the success rate."""
    ever_success_rate: float | None = None
    """Share of the episodes that were a success at any step."""
    engaged_rate: float | None = None
    """Share of the episodes in which the parts were engaged at the last step."""
    dropped_rate: float | None = None
    """Share of the episodes in which the held part slipped in the hand by more than
    :data:`~isaaclab_factory.learning.evaluation.grasp.DROPPED`."""
    time_to_success_s: TimeToSuccess | None = None
    contact_force_N: ContactForce | None = None
    limited_force_N: list[LimitedForce] = field(default_factory=list)
    """Of tasks with a force limit: all steps, then by the limit."""
    early_end: list[EarlyEnd] = field(default_factory=list)
    """Of policies that predict their success, for each threshold."""
    goal_metrics: dict[str, float] = field(default_factory=dict)
    """Means over the episodes of what else the task's goal measures at their end, by name."""
    bins: dict[str, list[Bin]] = field(default_factory=dict)
    """By quantity of the start, its bins with an episode in them, in rising order."""

    def __str__(self) -> str:
        """Returns the result as a sentence without full stop."""
        if self.successes is None:
            return f"mean reward {self.mean_reward:.2f} over {self.episodes} episodes"
        rate = 100.0 * self.success_rate
        return f"{rate:.1f} % ({self.successes} of {self.episodes} episodes), mean reward {self.mean_reward:.2f}"


def make_bins(values: np.ndarray, success: np.ndarray, edges: list[float]) -> list[Bin]:
    """Sorts episodes into bins.

    Args:
        values: What is binned, zero or more. Shape is (episodes,).
        success: Whether each was a success. Shape is (episodes,).
        edges: Bounds of the bins, rising from zero. A value on a bound belongs to the upper bin, one beyond the last
            bound to the last bin.

    Returns:
        The bins that are not empty.
    """
    number = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(edges) - 2)
    bins = []
    for index in np.unique(number):
        inside = success[number == index]
        count, successes, high = len(inside), int(inside.sum()), edges[index + 1]
        bins.append(
            Bin(
                low=edges[index],
                high=high if math.isfinite(high) else None,
                episodes=count,
                successes=successes,
                success_rate=successes / count,
                success_interval=wilson_interval(successes, count),
            )
        )
    return bins
