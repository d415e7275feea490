# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Every trial of a sweep is a training with a run folder, and the table says which was best."""

import csv
from pathlib import Path

import pytest
import yaml

from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.sweep import sweep

TASK = "Isaac-Factory-PegInsert"


@pytest.mark.slow
@pytest.mark.long
def test_trains_with_every_value_and_prints_the_best(run, tmp_path: Path) -> None:
    experiment = {"lib": "skrl", "task": TASK, "num_envs": 2, "max_iterations": 1, "seed": 3}
    (tmp_path / "short.yaml").write_text(yaml.safe_dump(experiment | {"env": {"episode_length_s": 0.5}}))
    result = run("sweep.py", "--metric", "reward", "--config", "short.yaml", "agent.agent.rollouts=8,0")
    assert result.returncode == 0, result.stderr
    (table,) = (tmp_path / "logs" / "sweeps" / "skrl").glob("*/sweep.csv")
    best, failed = csv.DictReader(table.open())
    assert (best["agent.agent.rollouts"], best["iteration"], best["env_steps"]) == ("8", "1", "16")
    assert (failed["agent.agent.rollouts"], failed["state"]) == ("0", "fail")
    assert "must be above zero, not 0" in failed["error"]
    assert "2 trials, 1 failed; by reward:" in result.stdout
    agent = yaml.safe_load((Path(best["run"]) / "params" / "agent.yaml").read_text())
    assert (agent["agent"]["rollouts"], agent["seed"]) == (8, 3)
    assert f"Best run:    {Path(best['run']).relative_to(tmp_path)}" in result.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--task", TASK], "nothing varies"),
        (["--task", "Isaac-Factory-PegInsrt", "agent.seed=1,2"], "did you mean"),
        (["--task", TASK, "--distributed", "agent.seed=1,2"], "train in one process each"),
        (["--trials", "0", "agent.seed=1,2"], "--trials"),
        (["--task", TASK, "agent.seed=interval(1,2)"], "--trials says how many"),
        (["--join", "nowhere"], "there is no sweep in this folder"),
        (["--join", "nowhere", "agent.seed=1,2"], "leave out 'agent.seed=1,2'"),
    ],
)
def test_a_mistake_is_reported_before_anything_is_written(
    words: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match=message):
        sweep(words)
    assert not list(tmp_path.iterdir())
