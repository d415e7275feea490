# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The tasks of this package, registered with gymnasium. Importing this module imports no simulator.

An id whose name says neither ``NoNoise`` nor ``Aided`` is the Factory reference in everything.
"""

import gymnasium as gym

_PEG_INSERT_AGENTS = {
    "rsl_rl_cfg_entry_point": "isaaclab_factory.agents.rsl_rl.peg_insert:PegInsertPPORunnerCfg",
    "rl_games_cfg_entry_point": "isaaclab_factory.agents.rl_games:peg_insert.yaml",
    "rl_games_lstm_cfg_entry_point": "isaaclab_factory.agents.rl_games:peg_insert_lstm.yaml",
    "skrl_cfg_entry_point": "isaaclab_factory.agents.skrl:peg_insert.yaml",
}

_PEG_INSERT_ENVS = {
    "Isaac-Factory-PegInsert-v0": "PegInsertEnvCfg",
    "Isaac-Factory-PegInsert-Play-v0": "PegInsertPlayEnvCfg",
    "Isaac-Factory-PegInsert-NoNoise-v0": "PegInsertNoNoiseEnvCfg",
    "Isaac-Factory-PegInsert-Aided-v0": "PegInsertAidedEnvCfg",
}

for _id, _cfg in _PEG_INSERT_ENVS.items():
    gym.register(
        id=_id,
        entry_point="isaaclab.envs:ManagerBasedRLEnv",
        disable_env_checker=True,
        kwargs={"env_cfg_entry_point": f"{__name__}.peg_insert_env_cfg:{_cfg}", **_PEG_INSERT_AGENTS},
    )
