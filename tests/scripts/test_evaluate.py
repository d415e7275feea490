# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Measuring a policy from the command line."""

import json
import sys
from pathlib import Path

import pytest

from tests.learning.policies.untrained_runs import TASK, untrained_run


@pytest.mark.slow
def test_a_run_is_measured_and_all_figures_are_written(run_forked, tmp_path: Path) -> None:
    """Also without the time limit of the task: the evaluation ends, and says of how many episodes it is."""
    folder = untrained_run(tmp_path / "logs", "skrl", presets="tight")
    words = ["--episodes", "5", "--num_envs", "2", "--json", "figures.json"]
    result = run_forked("evaluate.py", *words, "env.episode_length_s=0.4", "env.terminations.time_out=null")
    assert result.returncode == 0, result.stderr
    first, *lines = result.stdout.splitlines()
    checkpoint = next((folder / "checkpoints").iterdir())
    assert first.startswith(f"Measuring {checkpoint.relative_to(tmp_path)} in {TASK} presets=tight env.episode")
    assert f"{TASK}: 0.0 % (0 of 2 episodes), mean reward" in result.stdout
    assert any(line.startswith("success at the last step") for line in lines)
    assert lines[-1].startswith("2 of 5 episodes were measured: the task does not end every episode within 0.4 s")

    written = json.loads((tmp_path / "figures.json").read_text())
    assert (written["task"], written["library"], written["num_envs"], written["seed"]) == (TASK, "skrl", 2, 42)
    assert written["overrides"][0] == "presets=tight"
    assert written["checkpoint"] == str(checkpoint)
    assert (written["episodes"], written["success_rate"], written["dropped_rate"]) == (2, 0.0, 0.0)
    assert written["success_interval"] == pytest.approx([0.0, 0.6576], abs=1e-4)
    assert written["mean_length_s"] == pytest.approx(0.4)
    assert {"tip_noise_mm", "part_in_hand_x_mm", "hand_distance_mm"} <= set(written["bins"])
    assert written["command"].startswith(f"{sys.executable} -m isaaclab_factory.learning.evaluation --episodes 5")


def test_figures_are_not_overwritten(run, tmp_path: Path) -> None:
    (tmp_path / "figures.json").touch()
    result = run("evaluate.py", "--json", "figures.json")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == "error: --json: figures.json exists, and is not overwritten\n"
