# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The task ids are there after ``import isaaclab_factory``, at no cost, and lead to what they name."""

import importlib
import re
import subprocess
import sys
from pathlib import Path

import gymnasium as gym
import pytest

import isaaclab_factory

IDS = [
    "Isaac-Factory-PegInsert-v0",
    "Isaac-Factory-PegInsert-Play-v0",
    "Isaac-Factory-PegInsert-NoNoise-v0",
    "Isaac-Factory-PegInsert-NoNoise-Play-v0",
    "Isaac-Factory-PegInsert-Search-v0",
    "Isaac-Factory-PegInsert-Search-Play-v0",
    "Isaac-Factory-PegInsert-SearchMotion-v0",
    "Isaac-Factory-PegInsert-SearchMotion-Play-v0",
    "Isaac-Factory-GearMesh-v0",
    "Isaac-Factory-GearMesh-Play-v0",
    "Isaac-Factory-GearMesh-Search-v0",
    "Isaac-Factory-GearMesh-Search-Play-v0",
    "Isaac-Factory-GearMesh-SearchMotion-v0",
    "Isaac-Factory-GearMesh-SearchMotion-Play-v0",
    "Isaac-Factory-NutThread-v0",
    "Isaac-Factory-NutThread-Play-v0",
    "Isaac-Factory-NutThread-Search-v0",
    "Isaac-Factory-NutThread-Search-Play-v0",
    "Isaac-Factory-SquarePegInsert-v0",
    "Isaac-Factory-SquarePegInsert-Play-v0",
    "Isaac-Factory-NutThreadM8-v0",
    "Isaac-Factory-NutThreadM8-Play-v0",
]


def test_importing_the_package_registers_the_ids_without_importing_isaaclab():
    code = (
        "import sys, gymnasium, isaaclab_factory;"
        f"missing = [i for i in {IDS} if i not in gymnasium.registry];"
        "heavy = [m for m in ('isaaclab', 'torch', 'mujoco', 'pxr') if m in sys.modules];"
        "print(missing, heavy)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[] []"


def test_the_readme_lists_exactly_the_ids_that_are_registered():
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `(Isaac-Factory-\S+)`", readme, flags=re.MULTILINE)
    # Isaac Lab registers the reference's tasks as Isaac-Factory-...-Direct-v0
    registered = {name for name in gym.registry if name.startswith("Isaac-Factory-") and "-Direct-" not in name}
    assert sorted(listed) == sorted(registered) == sorted(IDS)


@pytest.mark.parametrize("task", IDS)
def test_env_cfg_entry_point_is_a_manager_based_cfg(task):
    assert isaaclab_factory.__name__
    from isaaclab.envs import ManagerBasedRLEnvCfg

    spec = gym.spec(task)
    assert spec.entry_point == "isaaclab.envs:ManagerBasedRLEnv"
    module, name = spec.kwargs["env_cfg_entry_point"].split(":")
    cfg = getattr(importlib.import_module(module), name)()
    assert isinstance(cfg, ManagerBasedRLEnvCfg)
    cfg.validate()


@pytest.mark.parametrize("task", IDS)
@pytest.mark.parametrize(
    "agent",
    ["rsl_rl", "rsl_rl_gru", "rl_games", "rl_games_lstm", "rl_games_gru", "skrl", "skrl_gru"],
)
def test_every_agent_entry_point_loads(task, agent):
    from isaaclab_tasks.utils import load_cfg_from_registry

    assert load_cfg_from_registry(task, f"{agent}_cfg_entry_point")
