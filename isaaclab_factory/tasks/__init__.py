# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The tasks of this package, registered with gymnasium. Importing this module imports no simulator.

An id whose name says neither ``NoNoise`` nor ``Aided`` has the numbers of the Factory reference; ``docs/tasks.md``
describes all of them and lists the departures from the reference.
"""

import gymnasium as gym

_TASKS = {
    "peg_insert": {
        "Isaac-Factory-PegInsert-v0": "PegInsertEnvCfg",
        "Isaac-Factory-PegInsert-Play-v0": "PegInsertPlayEnvCfg",
        "Isaac-Factory-PegInsert-NoNoise-v0": "PegInsertNoNoiseEnvCfg",
        "Isaac-Factory-PegInsert-NoNoise-Play-v0": "PegInsertNoNoisePlayEnvCfg",
        "Isaac-Factory-PegInsert-Aided-v0": "PegInsertAidedEnvCfg",
        "Isaac-Factory-PegInsert-Aided-Play-v0": "PegInsertAidedPlayEnvCfg",
    },
    "gear_mesh": {
        "Isaac-Factory-GearMesh-v0": "GearMeshEnvCfg",
        "Isaac-Factory-GearMesh-Play-v0": "GearMeshPlayEnvCfg",
    },
    "nut_thread": {
        "Isaac-Factory-NutThread-v0": "NutThreadEnvCfg",
        "Isaac-Factory-NutThread-Play-v0": "NutThreadPlayEnvCfg",
    },
}
"""For each task, which names its files: the ids and the class of the environment's configuration."""

_RSL_RL_RUNNERS = {
    "peg_insert": "PegInsertPPORunnerCfg",
    "gear_mesh": "GearMeshPPORunnerCfg",
    "nut_thread": "NutThreadPPORunnerCfg",
}

for _task, _envs in _TASKS.items():
    _agents = {
        "rsl_rl_cfg_entry_point": f"isaaclab_factory.agents.rsl_rl.{_task}:{_RSL_RL_RUNNERS[_task]}",
        "rl_games_cfg_entry_point": f"isaaclab_factory.agents.rl_games:{_task}.yaml",
        "rl_games_lstm_cfg_entry_point": f"isaaclab_factory.agents.rl_games:{_task}_lstm.yaml",
        "skrl_cfg_entry_point": f"isaaclab_factory.agents.skrl:{_task}.yaml",
    }
    for _id, _cfg in _envs.items():
        gym.register(
            id=_id,
            entry_point="isaaclab.envs:ManagerBasedRLEnv",
            disable_env_checker=True,
            kwargs={"env_cfg_entry_point": f"{__name__}.{_task}_env_cfg:{_cfg}", **_agents},
        )
