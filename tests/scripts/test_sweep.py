# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A sweep on a local Ray: every trial is a training with a run folder, and the table says which was best."""

import csv
from pathlib import Path

import pytest
import yaml

TASK = "Isaac-Factory-PegInsert-v0"


@pytest.mark.slow
def test_trains_with_every_value_and_tells_the_best(run, tmp_path: Path) -> None:
    experiment = {"lib": "skrl", "task": TASK, "num_envs": 4, "max_iterations": 1, "seed": 3}
    (tmp_path / "short.yaml").write_text(yaml.safe_dump(experiment | {"env": {"episode_length_s": 0.5}}))
    result = run("sweep.py", "--metric", "reward", "--config", "short.yaml", "agent.agent.rollouts=8,0")
    assert result.returncode == 0, result.stderr
    (table,) = (tmp_path / "logs" / "sweeps" / "skrl").glob("*/sweep.csv")
    best, failed = csv.DictReader(table.open())
    assert (best["agent.agent.rollouts"], best["iteration"], best["env_steps"]) == ("8", "1", "32")
    assert "agent.agent.rollouts must be above zero, not 0" in failed["error"]
    assert "2 trials, 1 without a result; by reward:" in result.stdout
    agent = yaml.safe_load((Path(best["run"]) / "params" / "agent.yaml").read_text())
    assert (agent["agent"]["rollouts"], agent["seed"]) == (8, 3)
    assert Path(best["run"]).is_relative_to(table.parent)
    assert f"Best run:    {Path(best['run']).relative_to(tmp_path)}" in result.stdout


def test_what_an_experiment_file_says_is_checked_too(tmp_path: Path) -> None:
    from isaaclab_factory.learning.errors import UserError
    from isaaclab_factory.learning.scaling.sweep import sweep

    file = tmp_path / "experiment.yaml"
    file.write_text(f"task: {TASK}\ndistributed: true\nlog_root: {tmp_path / 'logs'}\n")
    with pytest.raises(UserError, match="train in one process each"):
        sweep([f"--config={file}", "agent.seed=1,2"])
    assert not (tmp_path / "logs").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--task", TASK], "nothing varies"),
        (["--task", "Isaac-Factory-PegInsrt-v0", "agent.seed=1,2"], "did you mean"),
        (["--task", TASK, "--distributed", "agent.seed=1,2"], "train in one process each"),
        (["--samples", "0", "agent.seed=1,2"], "--samples"),
        (["--task", TASK, "agent.seed=interval(2,1)"], "must go up"),
    ],
)
def test_a_mistake_is_told_before_ray_is_started(words: list[str], said: str, tmp_path: Path) -> None:
    from isaaclab_factory.learning.errors import UserError
    from isaaclab_factory.learning.scaling.sweep import sweep

    with pytest.raises(UserError, match=said):
        sweep([*words, "--log_root", str(tmp_path / "logs")])
    assert not (tmp_path / "logs").exists()
