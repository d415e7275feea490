# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Memory and pace are measured by tenths, and a leak is found."""

import subprocess
import sys

import numpy as np
import pytest

from isaaclab_factory.learning.measuring import steadiness
from isaaclab_factory.learning.measuring.steadiness import Steadiness, SteadinessWatch


@pytest.mark.parametrize("steps", [10, 20, 37])
def test_a_run_has_ten_tenths(steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(np.arange(1000) * 2.0)  # each look takes place 2 s after the one before
    monkeypatch.setattr(steadiness.time, "monotonic", lambda: next(clock))
    watch = SteadinessWatch(steps, num_envs=4)
    for _ in range(steps + 5):
        watch.step()
    assert len(watch.found.memory_mb) == len(watch.found.steps_per_second) == 10
    assert sum(pace * 2.0 for pace in watch.found.steps_per_second) == 4 * steps


def test_a_run_shorter_than_its_tenths_is_measured_by_steps() -> None:
    watch = SteadinessWatch(3, num_envs=1)
    for _ in range(3):
        watch.step()
    assert len(watch.found.memory_mb) == 3
    assert not watch.found.leaks


def test_memory_that_is_kept_counts() -> None:
    """In a process of its own: in one that runs other tests, threads and the system change it meanwhile."""
    code = (
        "import numpy as np\n"
        f"from {steadiness.__name__} import resident_mb\n"
        "before = resident_mb()\n"
        "kept = np.ones(20_000_000, dtype=np.uint8)\n"
        "print(resident_mb() - before)\n"
    )
    output = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert float(output.split()[-1]) == pytest.approx(20.0, abs=5.0)


def test_growth_after_the_second_tenth_is_a_leak() -> None:
    warming_up = Steadiness([500.0, 900.0, *[910.0] * 8], [1.0] * 10)
    assert (warming_up.growth_mb, warming_up.leaks) == (10.0, False)
    leaking = Steadiness([500.0 + 10.0 * tenth for tenth in range(10)], [1.0] * 10)
    assert (leaking.growth_mb, leaking.leaks) == (80.0, True)
    assert not Steadiness().leaks


def test_the_slowest_tenth_is_compared_with_the_median() -> None:
    assert Steadiness([], [10.0, *[100.0] * 8, 50.0]).slowest == 0.5
    assert Steadiness().slowest == 1.0
