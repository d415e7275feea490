# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Whether two policies that were measured differ in their success."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scipy.stats import fisher_exact

from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.evaluation.result import Interval, wilson_interval

SIGNIFICANCE = 0.05
"""Largest p-value of a difference that is said to be one."""


@dataclass(frozen=True)
class Difference:
    """Difference of two success rates, the second minus the first."""

    rate: float
    interval: Interval
    """95 % interval."""
    p_value: float
    """Of Fisher's exact test, two-sided: how likely such a difference or a larger one is if there is none."""

    def __str__(self) -> str:
        """Returns the difference as a sentence without full stop."""
        low, high = (100.0 * bound for bound in self.interval)
        verdict = "they differ" if self.p_value < SIGNIFICANCE else "that they differ is not shown"
        interval = f"95 % interval {low:+.1f} to {high:+.1f}"
        return f"{100.0 * self.rate:+.1f} points, {interval}, p = {self.p_value:.2g}: {verdict}"


def difference(successes: Sequence[int], episodes: Sequence[int]) -> Difference:
    """Compares two shares.

    The interval is that of R. G. Newcombe, "Interval estimation for the difference between independent proportions",
    Statistics in Medicine 17, 1998, method 10: it combines the two score intervals.

    Args:
        successes: Successes of the first and the second policy.
        episodes: Episodes of each, at least one.
    """
    first, second = (s / n for s, n in zip(successes, episodes, strict=True))
    low, high = zip(*map(wilson_interval, successes, episodes), strict=True)
    rate = second - first
    below = math.hypot(second - low[1], high[0] - first)
    above = math.hypot(high[1] - second, first - low[0])
    failures = [n - s for s, n in zip(successes, episodes, strict=True)]
    return Difference(rate, (rate - below, rate + above), float(fisher_exact([list(successes), failures]).pvalue))


def compare(files: Sequence[Path]) -> None:
    """Prints two evaluations and their difference.

    Args:
        files: Two files that ``--json`` or ``scripts/record_result.py`` wrote.

    Raises:
        UserError: A file cannot be read, or holds no successes.
    """
    results = [_read(file) for file in files]
    for file, result in zip(files, results, strict=True):
        episodes, low, high = result["episodes"], *(100.0 * bound for bound in result["success_interval"])
        rate = f"{100.0 * result['success_rate']:.1f} % of {episodes} episodes, {low:.1f} to {high:.1f} %"
        print(f"{file}: {' '.join([result['task'], *result['overrides']])}, {result['library']}: {rate}")
    if any(results[0][key] != results[1][key] for key in ("task", "overrides")):
        print("They were measured in different environments.")
    print(f"difference: {difference([r['successes'] for r in results], [r['episodes'] for r in results])}")


def _read(file: Path) -> dict[str, Any]:
    """Returns the figures in a file of either kind."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(f"--compare: cannot read {file}: {error.strerror}") from error
    except ValueError as error:
        raise UserError(f"--compare: {file} is no JSON file: {error}") from error
    result = content.get("evaluation", content) if isinstance(content, dict) else {}
    if not isinstance(result.get("successes"), int):
        raise UserError(f"--compare: {file} holds no successes; it takes files that evaluate.py --json has written")
    return result
