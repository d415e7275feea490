# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Put the medium gear, held in the gripper, onto its shaft between two gears that it has to mesh with.

Numbers without a source are those of ``GearMesh``, ``MediumGear`` and ``GearBase`` in Isaac Lab's
``isaaclab_tasks.direct.factory.factory_tasks_cfg``. ``docs/tasks.md`` lists the departures from the reference.
"""

from __future__ import annotations

import math

from isaaclab.assets import RigidObjectCfg
from isaaclab.managers import EventTermCfg as EventTerm
from isaaclab.managers import SceneEntityCfg
from isaaclab.utils import configclass

from isaaclab_factory import mdp
from isaaclab_factory.assets import GEAR_BASE_CFG, GEAR_LARGE_CFG, GEAR_MEDIUM_CFG, GEAR_SMALL_CFG, part_of

from .assembly_env_cfg import AssemblyEnvCfg, AssemblySceneCfg, CommandsCfg, EventsCfg

GRASP_HEIGHT = 1.1 * 0.030 / 2.0
"""Height of the fingertip in the gear's frame in m, on the lower half of the hub. The reference's 30 mm are no size of
the gear, which is 20 mm high: a gear with a thicker disc has to be grasped higher."""


@configclass
class GearMeshSceneCfg(AssemblySceneCfg):
    """The medium gear in the hand, the base with the other two gears in front."""

    held_asset = GEAR_MEDIUM_CFG.replace(prim_path="{ENV_REGEX_NS}/HeldAsset")
    fixed_asset = GEAR_BASE_CFG.replace(prim_path="{ENV_REGEX_NS}/FixedAsset")
    small_gear: RigidObjectCfg = GEAR_SMALL_CFG.replace(prim_path="{ENV_REGEX_NS}/SmallGearAsset")
    large_gear: RigidObjectCfg = GEAR_LARGE_CFG.replace(prim_path="{ENV_REGEX_NS}/LargeGearAsset")


@configclass
class GearMeshCommandsCfg(CommandsCfg):
    """The gear's underside on the base. All gears share the frame of the base."""

    assembly_goal = mdp.AssemblyGoalCfg(
        held_asset_name="held_asset",
        fixed_asset_name="fixed_asset",
    )


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

    scene: GearMeshSceneCfg = GearMeshSceneCfg(num_envs=128, env_spacing=2.0)
    commands: GearMeshCommandsCfg = GearMeshCommandsCfg()
    events: GearMeshEventsCfg = GearMeshEventsCfg()
    episode_length_s: float = 20.0

    def __post_init__(self):
        """Fill in the goal and how an episode starts, from the gear and the base of the scene."""
        gear, base = part_of(self.scene.held_asset), part_of(self.scene.fixed_asset)
        goal = self.commands.assembly_goal
        goal.tip_offset = (gear.axis_x, 0.0, base.base_height + base.shaft_height)
        goal.target_offset = goal.held_base_offset = (gear.axis_x, 0.0, 0.0)
        goal.success_height = 0.05 * base.shaft_height
        goal.engaged_height = 0.9 * base.shaft_height
        self.events.fixed_part.params["yaw_range"] = (0.0, math.radians(15.0))
        self.events.hand.params["position"] = (0.0, 0.0, 0.035)
        self.events.hand.params["yaw_noise"] = 0.785
        self.events.hand.params["gripper_joint_pos"] = gear.hub_diameter / 2.0
        # The reference moves the gear in the hand by 0 to 3 mm, downwards only.
        self.events.held_part.params["grasp_offset"] = (gear.axis_x, 0.0, GRASP_HEIGHT + 0.0015)
        self.events.held_part.params["position_noise"] = (0.003, 0.0, 0.0015)


@configclass
class GearMeshPlayEnvCfg(GearMeshEnvCfg):
    """GearMesh with a few environments to look at."""

    def __post_init__(self):
        """Make the scene small."""
        super().__post_init__()
        self.scene.num_envs = 16
