# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The task ids are there after ``import isaaclab_factory.tasks``, at no cost, and lead to what they name."""

import importlib
import subprocess
import sys
import tomllib
from pathlib import Path

import gymnasium as gym
import pytest
from isaaclab.envs import ManagerBasedRLEnvCfg
from isaaclab_tasks.utils import load_cfg_from_registry

from tests.tasks.task_env import EXAMPLES, FACTORY, FORGE, gym_id

IDS = [gym_id(task) for task in (*FACTORY, *FORGE, *EXAMPLES)]


def test_importing_the_tasks_registers_the_ids_without_importing_isaaclab():
    code = (
        "import sys, gymnasium, isaaclab_factory.tasks;"
        "print([name for name in gymnasium.registry if name.startswith('Isaac')],"
        "[module for module in ('isaaclab', 'torch', 'newton', 'warp', 'mujoco', 'pxr') if module in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == f"{IDS} []"


def test_isaac_lab_finds_the_tasks_of_an_installed_package():
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["entry-points"]["isaaclab.tasks"] == {"isaaclab_factory": "isaaclab_factory.tasks"}


@pytest.mark.parametrize("task", IDS)
def test_an_id_leads_to_a_manager_based_environment(task):
    spec = gym.spec(task)
    assert spec.entry_point == "isaaclab.envs:ManagerBasedRLEnv"
    module, name = spec.kwargs["env_cfg_entry_point"].split(":")
    assert issubclass(getattr(importlib.import_module(module), name), ManagerBasedRLEnvCfg)


@pytest.mark.parametrize("task", IDS)
@pytest.mark.parametrize(
    "agent", ["rsl_rl", "rsl_rl_gru", "rl_games", "rl_games_lstm", "rl_games_gru", "skrl", "skrl_gru"]
)
def test_every_agent_entry_point_loads(task, agent):
    assert load_cfg_from_registry(task, f"{agent}_cfg_entry_point")


@pytest.mark.parametrize("task", IDS)
def test_the_default_agent_is_among_them(task):
    kwargs = gym.spec(task).kwargs
    assert f"{kwargs['default_agent']}_cfg_entry_point" in kwargs
