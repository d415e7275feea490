# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The tasks of this package, registered with gymnasium. Importing this module imports no simulator.

An id whose name says neither ``NoNoise`` nor ``Search`` has the numbers of the Factory reference, but for the examples
that Factory does not have; ``docs/tasks.md`` describes all of them and lists the departures from the reference.
"""

from collections.abc import Callable
from typing import Any

import gymnasium as gym

from isaaclab_factory.agents import default_agents


def _register(name: str, module: str, agents: dict[str, Callable[[], Any]]) -> None:
    """Register the task of a configuration ``<name>EnvCfg``, and its variant for playing."""
    for variant in (name, f"{name}-Play"):
        gym.register(
            id=f"Isaac-Factory-{variant}-v0",
            entry_point="isaaclab.envs:ManagerBasedRLEnv",
            disable_env_checker=True,
            kwargs={"env_cfg_entry_point": f"{__name__}.{module}:{variant.replace('-', '')}EnvCfg", **agents},
        )


_register("PegInsert", "peg_insert_env_cfg", default_agents("peg_insert"))
_register("PegInsert-NoNoise", "peg_insert_env_cfg", default_agents("peg_insert"))
_register("PegInsert-Search", "peg_insert_env_cfg", default_agents("peg_insert"))
_register("PegInsert-SearchMotion", "peg_insert_env_cfg", default_agents("peg_insert"))
_register("GearMesh", "gear_mesh_env_cfg", default_agents("gear_mesh", max_iterations=400))
_register("GearMesh-Search", "gear_mesh_env_cfg", default_agents("gear_mesh", max_iterations=400))
_register("GearMesh-SearchMotion", "gear_mesh_env_cfg", default_agents("gear_mesh", max_iterations=400))
_register("NutThread", "nut_thread_env_cfg", default_agents("nut_thread", max_iterations=400))
_register("NutThread-Search", "nut_thread_env_cfg", default_agents("nut_thread", max_iterations=400))
_register("SquarePegInsert", "examples.square_peg_insert_env_cfg", default_agents("square_peg_insert"))
_register("NutThreadM8", "examples.nut_thread_m8_env_cfg", default_agents("nut_thread_m8", max_iterations=400))
