# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""FORGE's gear meshing: Factory's, felt at the wrist, with a limit of the force.

Numbers without a source are those of ``ForgeGearMesh`` in ``isaaclab_tasks/contrib/forge/forge_tasks_cfg.py``.
"""

from __future__ import annotations

from isaaclab.assets import ArticulationCfg
from isaaclab.sensors import SensorBaseCfg
from isaaclab.utils import configclass
from isaaclab_tasks.utils import PresetCfg

from isaaclab_factory.assets import fixed_part_cfg
from isaaclab_factory.geometry import GEAR_BASE, GEAR_MEDIUM, Gear, GearBase

from ..gear_mesh_env_cfg import (
    GEAR_BASE_Z,
    HELD_NOISE,
    GearMeshCommandsCfg,
    GearMeshEnvCfg,
    GearMeshEventsCfg,
    GearMeshRewardsCfg,
    GearMeshSceneCfg,
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


@configclass
class ForgeGearMeshSceneCfg(GearMeshSceneCfg):
    """Factory's gears, and a robot with a sensor at its wrist."""

    robot: ArticulationCfg = FRANKA_FORCE_SENSOR_CFG
    fixed_asset: ArticulationCfg = fixed_part_cfg(GEAR_BASE, decides_friction=True)
    wrist: SensorBaseCfg = WRIST_CFG


@configclass
class ForgeGearMeshCommandsCfg(GearMeshCommandsCfg):
    """Factory's goal, and how hard the robot may press."""

    force_limit = FORCE_LIMIT


@configclass
class ForgeGearMeshEventsCfg(GearMeshEventsCfg, ForgeControlEventsCfg):
    """Factory's start of an episode, and what is not known of the arm and the parts."""

    fixed_asset_friction = fixed_friction_event(GEAR_MEDIUM.friction)


@configclass
class ForgeGearMeshRewardsCfg(GearMeshRewardsCfg):
    """Factory's rewards, and FORGE's penalties.

    The penalty on changes of the action is off: ``ForgeTask`` sets 0.1, but what the reference's task inherits is 0.
    """

    goal_distance = GOAL_DISTANCE
    excess_force = excess_force_penalty(-0.05)
    success_prediction = SUCCESS_PREDICTION


@configclass
class ForgeGearMeshAidedRewardsCfg(ForgeGearMeshRewardsCfg):
    """FORGE's rewards, one for sideways alignment, and what an episode misses that ends with its success."""

    lateral_alignment = WIDE_ALIGNMENT
    early_end = EARLY_END


@configclass
class ForgeGearMeshSearchRewardsCfg(ForgeGearMeshAidedRewardsCfg):
    """Searching where the shaft may be is rewarded too."""

    search = search_reward(held_noise=HELD_NOISE, underside=GEAR_BASE_Z, remaining=True)


@configclass
class ForgeGearMeshRewardPresetsCfg(PresetCfg):
    """Rewards of each variant."""

    default: ForgeGearMeshRewardsCfg = ForgeGearMeshRewardsCfg()
    aided: ForgeGearMeshRewardsCfg = ForgeGearMeshAidedRewardsCfg()
    no_noise: ForgeGearMeshRewardsCfg = ForgeGearMeshAidedRewardsCfg()
    search: ForgeGearMeshRewardsCfg = ForgeGearMeshSearchRewardsCfg()


@configclass
class ForgeGearMeshEnvCfg(GearMeshEnvCfg):
    """FORGE's GearMesh with the numbers of the reference."""

    scene: ForgeGearMeshSceneCfg = ForgeGearMeshSceneCfg(num_envs=128, env_spacing=2.0)
    commands: ForgeGearMeshCommandsCfg = ForgeGearMeshCommandsCfg()
    actions: ForgeActionsCfg = ForgeActionsCfg()
    observations: ForgeObservationPresetsCfg = ForgeObservationPresetsCfg()
    events: ForgeGearMeshEventsCfg = ForgeGearMeshEventsCfg()
    rewards: ForgeGearMeshRewardPresetsCfg = ForgeGearMeshRewardPresetsCfg()
    terminations: TerminationPresetsCfg = TerminationPresetsCfg()

    def use_parts(self, gear: Gear, base: GearBase, small_gear: Gear, large_gear: Gear) -> None:
        """Put other parts in, see :meth:`GearMeshEnvCfg.use_parts`."""
        super().use_parts(gear, base, small_gear, large_gear)
        use_forge_parts(self, gear, base)
