# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Put the medium gear, held in the gripper, onto its shaft between two gears that it has to mesh with.

Numbers without a source are those of ``GearMesh`` in Isaac Lab's
``isaaclab_tasks.direct.factory.factory_tasks_cfg``. ``docs/tasks.md`` lists the departures from the reference.
"""

from __future__ import annotations

from isaaclab.assets import RigidObjectCfg
from isaaclab.managers import EventTermCfg as EventTerm
from isaaclab.managers import SceneEntityCfg
from isaaclab.utils import configclass

from isaaclab_factory import mdp
from isaaclab_factory.assets import GEAR_LARGE_CFG, GEAR_SMALL_CFG

from .aids import (
    MotionObservationsCfg,
    SearchMotionActionsCfg,
    SearchMotionRewardsCfg,
    SearchRewardsCfg,
    SearchTerminationsCfg,
    TouchObservationsCfg,
)
from .assembly import AssemblyCfg, gear_on_shaft
from .assembly_env_cfg import AssemblyEnvCfg, AssemblySceneCfg, EventsCfg


@configclass
class GearMeshSceneCfg(AssemblySceneCfg):
    """The medium gear in the hand, the base with the other two gears in front."""

    small_gear: RigidObjectCfg = GEAR_SMALL_CFG
    large_gear: RigidObjectCfg = GEAR_LARGE_CFG


@configclass
class GearMeshEventsCfg(EventsCfg):
    """The other two gears stand on the base wherever it is put."""

    small_gear = EventTerm(
        func=mdp.reset_part_on_fixed_part,
        mode="reset",
        params={"asset_cfg": SceneEntityCfg("small_gear"), "fixed_cfg": SceneEntityCfg("fixed_asset")},
    )
    large_gear = EventTerm(
        func=mdp.reset_part_on_fixed_part,
        mode="reset",
        params={"asset_cfg": SceneEntityCfg("large_gear"), "fixed_cfg": SceneEntityCfg("fixed_asset")},
    )


@configclass
class GearMeshEnvCfg(AssemblyEnvCfg):
    """GearMesh with the numbers of the reference."""

    assembly: AssemblyCfg | None = gear_on_shaft()
    scene: GearMeshSceneCfg = GearMeshSceneCfg(num_envs=128, env_spacing=2.0)
    events: GearMeshEventsCfg = GearMeshEventsCfg()
    episode_length_s: float = 20.0


@configclass
class GearMeshPlayEnvCfg(GearMeshEnvCfg):
    """GearMesh with a few environments to look at."""

    scene: GearMeshSceneCfg = GearMeshSceneCfg(num_envs=16, env_spacing=2.0)


@configclass
class GearMeshSearchEnvCfg(GearMeshEnvCfg):
    """Departure from the reference: the policy also feels what it touches, and searching is rewarded."""

    observations: TouchObservationsCfg = TouchObservationsCfg()
    rewards: SearchRewardsCfg = SearchRewardsCfg()
    terminations: SearchTerminationsCfg = SearchTerminationsCfg()


@configclass
class GearMeshSearchPlayEnvCfg(GearMeshSearchEnvCfg):
    """GearMesh with search, with a few environments to look at."""

    scene: GearMeshSceneCfg = GearMeshSceneCfg(num_envs=16, env_spacing=2.0)


@configclass
class GearMeshSearchMotionEnvCfg(GearMeshSearchEnvCfg):
    """Departure from the reference: the hand searches along a path, and the policy corrects this motion."""

    actions: SearchMotionActionsCfg = SearchMotionActionsCfg()
    observations: MotionObservationsCfg = MotionObservationsCfg()
    rewards: SearchMotionRewardsCfg = SearchMotionRewardsCfg()


@configclass
class GearMeshSearchMotionPlayEnvCfg(GearMeshSearchMotionEnvCfg):
    """GearMesh with the search motion, with a few environments to look at."""

    scene: GearMeshSceneCfg = GearMeshSceneCfg(num_envs=16, env_spacing=2.0)
