# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The tasks of this package, registered with gymnasium. Importing this module imports no simulator.

Isaac Lab imports it by itself through the entry-point group ``isaaclab.tasks``. Variants of a task are presets, not
ids: ``presets=no_noise``, ``aided``, ``search``, ``search_motion``, ``tight``. docs/tasks.md describes all of them.
"""

import gymnasium as gym

from isaaclab_factory.agents import default_agents


def _register(name: str, env_cfg: str, experiment: str, scripted: str | None, max_iterations: int = 150) -> None:
    script = {"scripted_agent_entry_point": f"isaaclab_factory.agents.scripted:{scripted}"} if scripted else {}
    gym.register(
        id=f"Isaac-{name}",
        entry_point="isaaclab.envs:ManagerBasedRLEnv",
        disable_env_checker=True,
        kwargs={
            "env_cfg_entry_point": f"{__name__}.{env_cfg}",
            "default_agent": "rsl_rl",
            **script,
            **default_agents(experiment, max_iterations=max_iterations),
        },
    )


_register("Factory-PegInsert", "peg_insert_env_cfg:PegInsertEnvCfg", "peg_insert", "insert_peg")
_register("Factory-GearMesh", "gear_mesh_env_cfg:GearMeshEnvCfg", "gear_mesh", "mesh_gear", max_iterations=400)
_register("Factory-NutThread", "nut_thread_env_cfg:NutThreadEnvCfg", "nut_thread", "thread_nut", max_iterations=400)

_register("Forge-PegInsert", "forge.peg_insert_env_cfg:ForgePegInsertEnvCfg", "forge_peg_insert", None, 400)
_register("Forge-GearMesh", "forge.gear_mesh_env_cfg:ForgeGearMeshEnvCfg", "forge_gear_mesh", None, 400)
_register("Forge-NutThread", "forge.nut_thread_env_cfg:ForgeNutThreadEnvCfg", "forge_nut_thread", None, 400)

# examples of composed tasks, which the reference does not have
_register(
    "Factory-SquarePegInsert",
    "examples.square_peg_insert_env_cfg:SquarePegInsertEnvCfg",
    "square_peg_insert",
    "insert_square_peg",
)
_register(
    "Factory-NutThreadM8",
    "examples.nut_thread_m8_env_cfg:NutThreadM8EnvCfg",
    "nut_thread_m8",
    "thread_nut",
    max_iterations=400,
)
