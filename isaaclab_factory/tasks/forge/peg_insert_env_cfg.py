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
from isaaclab_factory.geometry import HOLE_8MM, PEG_8MM, Hole, Peg

from ..assembly_env_cfg import each_variant
from ..peg_insert_env_cfg import (
    HELD_NOISE,
    PegInsertCommandsCfg,
    PegInsertEnvCfg,
    PegInsertEventsCfg,
    PegInsertRewardsCfg,
    PegInsertSceneCfg,
)
from ..variants import EARLY_END, TerminationPresetsCfg, search_reward
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
    excess_force_penalty,
    fixed_friction_event,
    use_forge_parts,
)

SEARCH_RADIUS = 1.4e-3
"""Distance in m from the right place within which the peg falls in: a little less than the gap and the chamfer."""

_REACH = HOLE_8MM.clearance(PEG_8MM) + HOLE_8MM.chamfer


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

    search = search_reward(held_noise=HELD_NOISE, remaining=True, radius=SEARCH_RADIUS)


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
    terminations: TerminationPresetsCfg = TerminationPresetsCfg()

    def use_parts(self, peg: Peg, hole: Hole) -> None:
        """Put other parts in, see :meth:`PegInsertEnvCfg.use_parts`."""
        super().use_parts(peg, hole)
        use_forge_parts(self, peg, hole)
        for rewards in each_variant(self.rewards):
            if hasattr(rewards, "search"):
                reach = hole.clearance(peg) + hole.chamfer
                rewards.search.params["radius"] = SEARCH_RADIUS * reach / _REACH
