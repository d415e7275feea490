# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""FORGE's nut threading: Factory's, felt at the wrist, with a limit of the force.

Numbers without a source are those of ``ForgeNutThread`` in ``isaaclab_tasks/contrib/forge/forge_tasks_cfg.py``.
"""

from __future__ import annotations

from isaaclab.assets import ArticulationCfg
from isaaclab.sensors import SensorBaseCfg
from isaaclab.utils import configclass
from isaaclab_tasks.utils import PresetCfg

from isaaclab_factory.assets import fixed_part_cfg
from isaaclab_factory.geometry import BOLT_M16, NUT_M16, MetricBolt, MetricNut

from ..nut_thread_env_cfg import (
    NOISE,
    NutThreadCommandsCfg,
    NutThreadEnvCfg,
    NutThreadEventsCfg,
    NutThreadRewardsCfg,
    NutThreadSceneCfg,
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
class ForgeNutThreadSceneCfg(NutThreadSceneCfg):
    """Factory's nut and bolt, and a robot with a sensor at its wrist."""

    robot: ArticulationCfg = FRANKA_FORCE_SENSOR_CFG
    fixed_asset: ArticulationCfg = fixed_part_cfg(BOLT_M16, decides_friction=True)
    wrist: SensorBaseCfg = WRIST_CFG


@configclass
class ForgeNutThreadCommandsCfg(NutThreadCommandsCfg):
    """Factory's goal, and how hard the robot may press."""

    force_limit = FORCE_LIMIT


@configclass
class ForgeNutThreadEventsCfg(NutThreadEventsCfg, ForgeControlEventsCfg):
    """Factory's start of an episode, and what is not known of the arm and the parts."""

    fixed_asset_friction = fixed_friction_event(NUT_M16.friction)


@configclass
class ForgeNutThreadRewardsCfg(NutThreadRewardsCfg):
    """Factory's rewards, and FORGE's penalties.

    The penalty on changes of the action is off: ``ForgeTask`` sets 0.1, but what the reference's task inherits is 0.
    """

    goal_distance = GOAL_DISTANCE
    excess_force = excess_force_penalty(-0.05)
    success_prediction = SUCCESS_PREDICTION


@configclass
class ForgeNutThreadAidedRewardsCfg(ForgeNutThreadRewardsCfg):
    """FORGE's rewards, one for sideways alignment, and what an episode misses that ends with its success."""

    lateral_alignment = WIDE_ALIGNMENT
    early_end = EARLY_END


@configclass
class ForgeNutThreadSearchRewardsCfg(ForgeNutThreadAidedRewardsCfg):
    """Searching where the bolt may be is rewarded too."""

    search = search_reward(held_noise=(NOISE, 0.0), remaining=True)


@configclass
class ForgeNutThreadRewardPresetsCfg(PresetCfg):
    """Rewards of each variant."""

    default: ForgeNutThreadRewardsCfg = ForgeNutThreadRewardsCfg()
    aided: ForgeNutThreadRewardsCfg = ForgeNutThreadAidedRewardsCfg()
    no_noise: ForgeNutThreadRewardsCfg = ForgeNutThreadAidedRewardsCfg()
    search: ForgeNutThreadRewardsCfg = ForgeNutThreadSearchRewardsCfg()


@configclass
class ForgeNutThreadEnvCfg(NutThreadEnvCfg):
    """FORGE's NutThread with the numbers of the reference."""

    scene: ForgeNutThreadSceneCfg = ForgeNutThreadSceneCfg(num_envs=128, env_spacing=2.0)
    commands: ForgeNutThreadCommandsCfg = ForgeNutThreadCommandsCfg()
    actions: ForgeActionsCfg = ForgeActionsCfg()
    observations: ForgeObservationPresetsCfg = ForgeObservationPresetsCfg()
    events: ForgeNutThreadEventsCfg = ForgeNutThreadEventsCfg()
    rewards: ForgeNutThreadRewardPresetsCfg = ForgeNutThreadRewardPresetsCfg()
    terminations: TerminationPresetsCfg = TerminationPresetsCfg()

    def use_parts(self, nut: MetricNut, bolt: MetricBolt) -> None:
        """Put other parts in, see :meth:`NutThreadEnvCfg.use_parts`."""
        super().use_parts(nut, bolt)
        use_forge_parts(self, nut, bolt)
