# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""FORGE's peg insertion: Factory's, felt at the wrist, with a limit of the force.

Numbers without a source are those of ``ForgePegInsert`` in ``isaaclab_tasks/contrib/forge/forge_tasks_cfg.py``.
"""

from __future__ import annotations

from isaaclab.assets import ArticulationCfg
from isaaclab.sensors import SensorBaseCfg
from isaaclab.utils import configclass
from isaaclab_tasks.utils import PresetCfg

from isaaclab_factory.assets import fixed_part_cfg
from isaaclab_factory.geometry import HOLE_8MM, PEG_8MM

from ..peg_insert_env_cfg import (
    PegInsertCommandsCfg,
    PegInsertEnvCfg,
    PegInsertEventsCfg,
    PegInsertRewardsCfg,
    PegInsertSceneCfg,
)
from ..variants import EARLY_END, search_reward
from .forge_env_cfg import (
    FORCE_LIMIT,
    FRANKA_FORCE_SENSOR_CFG,
    GOAL_DISTANCE,
    SUCCESS_PREDICTION,
    WIDE_ALIGNMENT,
    WRIST_CFG,
    ForgeActionsCfg,
    ForgeControlEventsCfg,
    ForgeObservationPresetsCfg,
    ForgeTerminationPresetsCfg,
    excess_force_penalty,
    fixed_friction_event,
)


@configclass
class ForgePegInsertSceneCfg(PegInsertSceneCfg):
    """Factory's peg and hole, and a robot with a sensor at its wrist."""

    robot: ArticulationCfg = FRANKA_FORCE_SENSOR_CFG
    fixed_asset: ArticulationCfg = fixed_part_cfg(HOLE_8MM, decides_friction=True)
    wrist: SensorBaseCfg = WRIST_CFG


@configclass
class ForgePegInsertCommandsCfg(PegInsertCommandsCfg):
    """Factory's goal, and how hard the robot may press."""

    force_limit = FORCE_LIMIT


@configclass
class ForgePegInsertEventsCfg(PegInsertEventsCfg, ForgeControlEventsCfg):
    """Factory's start of an episode, and what is not known of the arm and the parts."""

    fixed_asset_friction = fixed_friction_event(PEG_8MM.friction)


@configclass
class ForgePegInsertRewardsCfg(PegInsertRewardsCfg):
    """Factory's rewards, and FORGE's penalties.

    The penalty on changes of the action is off: ``ForgeTask`` sets 0.1, but what the reference's task inherits is 0.
    """

    goal_distance = GOAL_DISTANCE
    excess_force = excess_force_penalty(-0.2)
    success_prediction = SUCCESS_PREDICTION


@configclass
class ForgePegInsertAidedRewardsCfg(ForgePegInsertRewardsCfg):
    """FORGE's rewards, one for sideways alignment, and what an episode misses that ends with its success."""

    lateral_alignment = WIDE_ALIGNMENT
    early_end = EARLY_END


@configclass
class ForgePegInsertSearchRewardsCfg(ForgePegInsertAidedRewardsCfg):
    """Searching where the hole may be is rewarded too."""

    # the radius is half the play and the chamfer of the hole
    search = search_reward(held_noise=(0.003, 0.0), remaining=True, radius=1.4e-3)


@configclass
class ForgePegInsertRewardPresetsCfg(PresetCfg):
    """Rewards of each variant."""

    default: ForgePegInsertRewardsCfg = ForgePegInsertRewardsCfg()
    aided: ForgePegInsertRewardsCfg = ForgePegInsertAidedRewardsCfg()
    no_noise: ForgePegInsertRewardsCfg = ForgePegInsertAidedRewardsCfg()
    search: ForgePegInsertRewardsCfg = ForgePegInsertSearchRewardsCfg()


@configclass
class ForgePegInsertEnvCfg(PegInsertEnvCfg):
    """FORGE's PegInsert with the numbers of the reference."""

    scene: ForgePegInsertSceneCfg = ForgePegInsertSceneCfg(num_envs=128, env_spacing=2.0)
    commands: ForgePegInsertCommandsCfg = ForgePegInsertCommandsCfg()
    actions: ForgeActionsCfg = ForgeActionsCfg()
    observations: ForgeObservationPresetsCfg = ForgeObservationPresetsCfg()
    events: ForgePegInsertEventsCfg = ForgePegInsertEventsCfg()
    rewards: ForgePegInsertRewardPresetsCfg = ForgePegInsertRewardPresetsCfg()
    terminations: ForgeTerminationPresetsCfg = ForgeTerminationPresetsCfg()
