# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Put the medium gear, held in the gripper, onto its shaft between two gears that it has to mesh with.

Numbers without a source are those of ``GearMesh`` in ``isaaclab_tasks/contrib/factory/factory_tasks_cfg.py``.
docs/tasks.md lists the departures from the reference.
"""

from __future__ import annotations

import math

from isaaclab.assets import ArticulationCfg, RigidObjectCfg
from isaaclab.managers import EventTermCfg as EventTerm
from isaaclab.managers import RewardTermCfg as RewTerm
from isaaclab.managers import SceneEntityCfg
from isaaclab.sim import SimulationCfg
from isaaclab.utils import configclass
from isaaclab_tasks.utils import PresetCfg, preset

from isaaclab_factory import mdp
from isaaclab_factory.assets import (
    GEAR_BASE_CFG,
    GEAR_LARGE_CFG,
    GEAR_MEDIUM_CFG,
    GEAR_SMALL_CFG,
    gear_base_cfg,
    gear_cfg,
    large_gear_cfg,
    small_gear_cfg,
)
from isaaclab_factory.geometry import Gear, GearBase, require_meshing

from .assembly_env_cfg import (
    FINGERTIP,
    HAND,
    PER_STEP,
    SEARCH_ACTION,
    ActionsCfg,
    AssemblyEnvCfg,
    AssemblySceneCfg,
    StartupEventsCfg,
    each_variant,
    finger_position,
    friction_event,
    simulation,
)
from .physics import GearMeshPhysicsCfg
from .variants import (
    EARLY_END,
    LATERAL_ALIGNMENT,
    MotionTerminationPresetsCfg,
    ObservationPresetsCfg,
    search_reward,
)

SHAFT_X = 0.02025
"""Position in m of the middle shaft along the base's x axis. The gear is modelled around this axis too."""

GEAR_BASE_Z = 0.005
"""Height in m of the gear's underside in its own frame, which is the frame of the base."""

GRASP_ABOVE_TEETH = 0.003
"""Height in m of the fingertip above the teeth, in the middle of its noise."""

GRASP_NOISE = 0.0015
"""Largest offset in m of the gear up or down in the hand."""

LEAST_GRASP = 0.004
"""Least height in m of the hub between the finger pads."""

GEAR_ABOVE_SHAFT = 0.022
"""Height in m of the gear's underside above the shaft when an episode starts, without noise."""

HAND_HEIGHT = GEAR_ABOVE_SHAFT + 0.010 + GRASP_ABOVE_TEETH
"""Height in m of the fingertip above the shaft when an episode starts, without noise."""

HELD_NOISE = (0.003, 0.0)
"""Largest offset in m of the gear in the hand, along the hand's x and y axes."""


@configclass
class GearMeshSceneCfg(AssemblySceneCfg):
    """The medium gear in the hand, the base with the other two gears in front of the robot."""

    held_asset: RigidObjectCfg = GEAR_MEDIUM_CFG
    fixed_asset: ArticulationCfg = GEAR_BASE_CFG
    small_gear: RigidObjectCfg = GEAR_SMALL_CFG
    large_gear: RigidObjectCfg = GEAR_LARGE_CFG


@configclass
class GearMeshCommandsCfg:
    """What an episode is about: the gear goes down the shaft until it lies on the base."""

    assembly_goal = mdp.AssemblyGoalCfg(
        tip_offset=(SHAFT_X, 0.0, 0.005 + 0.020),
        target_offset=(SHAFT_X, 0.0, 0.005 - GEAR_BASE_Z),
        held_base_offset=(SHAFT_X, 0.0, 0.0),
        tip_noise_std=(0.001, 0.001, 0.001),
        num_keypoints=4,
        keypoint_length=0.15,
        centering_tolerance=0.0025,
        success_height=0.05 * 0.020,
        engaged_height=0.9 * 0.020,
    )


@configclass
class GearMeshEventsCfg(StartupEventsCfg):
    """What is set once, and how an episode starts. The reset terms build on one another in this order."""

    held_asset_friction = friction_event("held_asset", 0.75)
    fixed_asset_friction = friction_event("fixed_asset", 0.75)

    start_noise = EventTerm(
        # how much of the start noise below an episode gets: of the gear in the hand, and of the observed tip
        func=mdp.sample_start_noise_scale,
        mode="reset",
        params={"scale": preset(default=1.0, no_noise=0.0), "reduced_scale": 1.0, "reduced_share": 0.0},
    )
    fixed_part = EventTerm(
        func=mdp.reset_fixed_part,
        mode="reset",
        params={
            "position_noise": (0.05, 0.05, 0.05),
            "yaw_range": (0.0, math.radians(15.0)),
            "asset_cfg": SceneEntityCfg("fixed_asset"),
        },
    )
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
    hand = EventTerm(
        func=mdp.reset_hand_above_fixed_part,
        mode="reset",
        params={
            "position": (0.0, 0.0, HAND_HEIGHT),
            "position_noise": (0.02, 0.02, 0.01),
            "yaw": 0.0,
            "yaw_noise": 0.785,
            "gripper_joint_pos": finger_position(0.030),
            **HAND,
        },
    )
    held_part = EventTerm(
        func=mdp.reset_part_in_grasp,
        mode="reset",
        params={
            # the reference moves the gear by 0 to 3 mm downwards in the hand, from a grasp 1.5 mm above its teeth:
            # evenly around the middle of that range, it is the same
            "grasp_offset": (SHAFT_X, 0.0, GEAR_BASE_Z + 0.010 + GRASP_ABOVE_TEETH),
            "grasp_yaw": 0.0,
            "position_noise": (*HELD_NOISE, GRASP_NOISE),
            "asset_cfg": SceneEntityCfg("held_asset"),
            "robot_cfg": SceneEntityCfg("robot", body_names=FINGERTIP),
        },
    )


@configclass
class GearMeshRewardsCfg:
    """The reference's rewards: closeness of the keypoints on three scales, then bonuses for going down."""

    keypoint_baseline = RewTerm(
        func=mdp.keypoint_reward, weight=1.0 * PER_STEP, params={"sharpness": 5.0, "offset": 4.0}
    )
    keypoint_coarse = RewTerm(
        func=mdp.keypoint_reward, weight=1.0 * PER_STEP, params={"sharpness": 50.0, "offset": 2.0}
    )
    keypoint_fine = RewTerm(func=mdp.keypoint_reward, weight=1.0 * PER_STEP, params={"sharpness": 100.0, "offset": 0.0})
    engaged = RewTerm(func=mdp.engaged, weight=1.0 * PER_STEP)
    success = RewTerm(func=mdp.success, weight=1.0 * PER_STEP)
    action_penalty = RewTerm(func=mdp.smoothed_action_norm, weight=0.0)
    action_rate_penalty = RewTerm(func=mdp.smoothed_action_rate_norm, weight=0.0)


@configclass
class GearMeshAidedRewardsCfg(GearMeshRewardsCfg):
    """The reference's rewards, one for sideways alignment, and one for an early end."""

    lateral_alignment = LATERAL_ALIGNMENT
    early_end = EARLY_END


@configclass
class GearMeshSearchRewardsCfg(GearMeshAidedRewardsCfg):
    """Searching where the shaft may be is rewarded too, with up to 100 in an episode."""

    search = search_reward(held_noise=HELD_NOISE, underside=GEAR_BASE_Z)


@configclass
class GearMeshRewardPresetsCfg(PresetCfg):
    """Rewards of each variant."""

    default: GearMeshRewardsCfg = GearMeshRewardsCfg()
    aided: GearMeshRewardsCfg = GearMeshAidedRewardsCfg()
    no_noise: GearMeshRewardsCfg = GearMeshAidedRewardsCfg()
    search: GearMeshRewardsCfg = GearMeshSearchRewardsCfg()
    search_motion: GearMeshRewardsCfg = GearMeshAidedRewardsCfg()


@configclass
class GearMeshSearchMotionActionsCfg(ActionsCfg):
    """The hand moves over the places to search by itself; the policy's pose deltas are added to that."""

    arm = mdp.SearchMotionTorqueActionCfg(**SEARCH_ACTION, held_noise=HELD_NOISE)


@configclass
class GearMeshActionPresetsCfg(PresetCfg):
    """Actions of each variant."""

    default: ActionsCfg = ActionsCfg()
    search_motion: ActionsCfg = GearMeshSearchMotionActionsCfg()


@configclass
class GearMeshEnvCfg(AssemblyEnvCfg):
    """GearMesh with the numbers of the reference, and its variants as presets."""

    scene: GearMeshSceneCfg = GearMeshSceneCfg(num_envs=128, env_spacing=2.0)
    commands: GearMeshCommandsCfg = GearMeshCommandsCfg()
    actions: GearMeshActionPresetsCfg = GearMeshActionPresetsCfg()
    observations: ObservationPresetsCfg = ObservationPresetsCfg()
    events: GearMeshEventsCfg = GearMeshEventsCfg()
    rewards: GearMeshRewardPresetsCfg = GearMeshRewardPresetsCfg()
    terminations: MotionTerminationPresetsCfg = MotionTerminationPresetsCfg()
    sim: SimulationCfg = simulation(GearMeshPhysicsCfg())
    episode_length_s: float = 20.0

    def use_parts(self, gear: Gear, base: GearBase, small_gear: Gear, large_gear: Gear) -> None:
        """Put other parts in, and change every number that follows from their dimensions.

        Call it in ``__post_init__`` of a subclass. The gear starts as far above its shaft as in the reference, and the
        fingers hold its hub as far above the teeth.

        Args:
            gear: The gear in the hand, on its place in the frame of the base.
            base: The base.
            small_gear: A neighbour, on its place. It may be larger than the other one.
            large_gear: The other neighbour.

        Raises:
            ValueError: If a gear does not fit onto a shaft of the base, the gears do not mesh, or the hub is too low
                or too wide for the gripper.
        """
        require_meshing(base, gear, small_gear, large_gear)
        lowest_hub = GRASP_ABOVE_TEETH + GRASP_NOISE + LEAST_GRASP
        if gear.hub_height < lowest_hub:
            raise ValueError(
                f"Gear: hub_height of the gear in the hand must be at least {lowest_hub} m, so that the fingers hold it"
                f" above the teeth, got {gear.hub_height}."
            )
        scene, events, x = self.scene, self.events, gear.axis_x
        scene.held_asset, scene.fixed_asset = gear_cfg(gear), gear_base_cfg(base)
        scene.small_gear, scene.large_gear = small_gear_cfg(small_gear), large_gear_cfg(large_gear)
        goal = self.commands.assembly_goal
        goal.tip_offset = (x, 0.0, base.base_height + base.shaft_height)
        goal.target_offset = goal.held_base_offset = (x, 0.0, 0.0)
        goal.success_height, goal.engaged_height = 0.05 * base.shaft_height, 0.9 * base.shaft_height
        for rewards in each_variant(self.rewards):
            if hasattr(rewards, "search"):
                rewards.search.params["underside"] = gear.base_z
        events.held_asset_friction = friction_event("held_asset", gear.friction)
        events.fixed_asset_friction = friction_event("fixed_asset", base.friction)
        grasp_height = gear.face_width + GRASP_ABOVE_TEETH
        self.raise_hand(GEAR_ABOVE_SHAFT + grasp_height, HAND_HEIGHT)
        events.hand.params["gripper_joint_pos"] = finger_position(gear.hub_diameter)
        events.held_part.params["grasp_offset"] = (x, 0.0, gear.base_z + grasp_height)
