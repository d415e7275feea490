# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What a trial of a sweep reads from its training."""

import sys
from pathlib import Path

import pytest

from isaaclab_factory.learning.scaling.sweep_trial import TrainingProcess, figures_of


def row(iteration: int, episodes: int, reward: str = "", success: str = "") -> dict[str, str]:
    counts = {"iteration": str(iteration), "env_steps": str(100 * iteration), "episodes": str(episodes)}
    return counts | {"reward": reward, "success": success}


def test_figures_are_means_over_the_latest_hundred_episodes() -> None:
    rows = [row(1, 50, "9.0", "1.0"), row(2, 90, "1.0", "0.0"), row(3, 30, "5.0", "1.0")]
    figures = figures_of(rows)
    assert (figures["iteration"], figures["env_steps"]) == (3, 300)
    assert figures["reward"] == pytest.approx((90 * 1.0 + 30 * 5.0) / 120)
    assert figures["success"] == pytest.approx(30 / 120)


def test_iterations_in_which_no_episode_ended_count_nothing() -> None:
    assert figures_of([row(1, 10, "2.0", "0.5"), row(2, 0)])["reward"] == 2.0
    assert figures_of([row(1, 0)]) == {"iteration": 1, "env_steps": 100, "reward": 0.0, "success": 0.0}
    assert figures_of([]) == {"iteration": 0, "env_steps": 0, "reward": 0.0, "success": 0.0}


def test_a_process_that_fails_says_why(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import sys; print('error: wrong value', file=sys.stderr); sys.exit(2)"]
    process = TrainingProcess(command, tmp_path, 0, 2)
    assert process.wait(60.0) == 2
    assert process.last_line() == "wrong value"
    assert process.figures() == {"iteration": 0, "env_steps": 0, "reward": 0.0, "success": 0.0, "run": ""}


def test_a_process_is_ended_on_request(tmp_path: Path) -> None:
    process = TrainingProcess([sys.executable, "-c", "import time; time.sleep(600)"], tmp_path, 0, 1)
    assert process.wait(0.05) is None
    process.stop()
    assert process.wait(0.0) is not None
