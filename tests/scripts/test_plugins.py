# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The scripts with tasks of a user's own module in the working folder."""

import shlex
from pathlib import Path

import pytest

PLUGIN = """
import gymnasium
from isaaclab.utils import configclass

from isaaclab_factory.tasks.peg_insert_env_cfg import PegInsertEnvCfg


@configclass
class ShortCfg(PegInsertEnvCfg):
    episode_length_s = 1.0


agent = {"rsl_rl_cfg_entry_point": "isaaclab_factory.agents.rsl_rl.peg_insert:PegInsertPPORunnerCfg"}
gymnasium.register(
    "My-Short-v0",
    entry_point="isaaclab.envs:ManagerBasedRLEnv",
    disable_env_checker=True,
    kwargs={"env_cfg_entry_point": "short_task:ShortCfg", **agent},
)
"""


@pytest.fixture
def plugin(tmp_path: Path) -> None:
    """Puts ``short_task`` into the working folder of the scripts."""
    (tmp_path / "short_task.py").write_text(PLUGIN)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["train.py", "--plugin", "shrt_task"], "no module 'shrt_task' for --plugin"),
        (["list_envs.py", "--plugin", "short_task.py"], "'short_task.py' is no module's name such as my_task"),
        (["zero_agent.py", "--plugin", "broken"], "cannot import the plugin 'broken': NameError: name 'peg' is not"),
        (["evaluate.py", "--plugin"], "argument --plugin: expected one argument"),
    ],
)
def test_a_mistake_is_told_in_one_line(run, plugin, tmp_path: Path, command: list[str], said: str) -> None:
    (tmp_path / "broken.py").write_text("peg\n")
    result = run(*command)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("error: ")
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.slow
def test_list_envs_shows_the_tasks_of_a_plugin(run, plugin) -> None:
    table = run("list_envs.py", "--plugin", "short_task").stdout
    (row,) = (line for line in table.splitlines() if "My-Short-v0" in line)
    assert "rsl_rl" in row


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [("zero_agent.py", "--steps", "2"), ("measure_grasp.py", "--resets", "2"), ("benchmark.py", "--turns", "1")],
)
def test_a_task_of_a_plugin_steps(run, plugin, command: tuple[str, ...]) -> None:
    result = run(*command, "--plugin", "short_task", "--task", "My-Short-v0", "--num_envs", "2")
    assert result.returncode == 0, result.stderr


@pytest.mark.slow
def test_the_commands_that_a_training_ends_with_work_as_they_are(run, plugin, tmp_path: Path) -> None:
    task = ("--plugin", "short_task", "--task", "My-Short-v0", "--num_envs", "2")
    network = "agent.policy.actor_hidden_dims=[8]"  # which the others take from the run folder
    flags = ("--log_root", "my runs", "--device", "cpu", "--check_finite")
    trained = run("train.py", *task, "--max_iterations", "1", *flags, network)
    assert trained.returncode == 0, trained.stderr
    for label, shorter in (
        ("Train on:", ("--max_iterations", "1")),
        ("Measure it:", ("--num_envs", "2", "--episodes", "2")),
        ("Play it:", ("--num_envs", "2", "--steps", "2")),
    ):
        (line,) = (line for line in trained.stdout.splitlines() if line.startswith(label))
        assert "--task My-Short-v0 --plugin short_task" in line
        python, script, *words = shlex.split(line.removeprefix(label))
        if label == "Train on:":
            assert {"--num_envs=2", "--log_root=my runs", "--device=cpu", "--check_finite", network} < set(words)
        assert python == ".venv/bin/python"
        result = run(script.removeprefix("scripts/"), *words, *shorter)
        assert result.returncode == 0, result.stderr
    assert "\nMy-Short-v0: " in result.stdout
    assert len(list((tmp_path / "my runs" / "rsl_rl" / "peg_insert").iterdir())) == 2
