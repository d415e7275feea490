# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Insert an 8 mm peg, held in the gripper, into a hole.

Numbers without a source are those of ``PegInsert`` in ``isaaclab_tasks/contrib/factory/factory_tasks_cfg.py``.
docs/tasks.md lists the departures from the reference.
"""

from __future__ import annotations

import math

from isaaclab.assets import ArticulationCfg, RigidObjectCfg
from isaaclab.managers import EventTermCfg as EventTerm
from isaaclab.managers import RewardTermCfg as RewTerm
from isaaclab.managers import SceneEntityCfg
from isaaclab.utils import configclass
from isaaclab_tasks.utils import PresetCfg, preset

from isaaclab_factory import mdp
from isaaclab_factory.assets import FINGERPAD_LENGTH, HOLE_8MM_CFG, HOLE_8MM_TIGHT_CFG, PEG_8MM_CFG, hole_cfg, peg_cfg
from isaaclab_factory.geometry import Hole, Peg, require_fit
from isaaclab_factory.geometry.sections import GRASPABLE_SECTIONS

from .assembly_env_cfg import (
    FINGERTIP,
    HAND,
    PER_STEP,
    SEARCH_ACTION,
    ActionsCfg,
    AssemblyEnvCfg,
    AssemblySceneCfg,
    StartupEventsCfg,
    finger_position,
    friction_event,
)
from .variants import (
    EARLY_END,
    LATERAL_ALIGNMENT,
    MotionTerminationPresetsCfg,
    ObservationPresetsCfg,
    search_reward,
)

HAND_HEIGHT = 0.047
"""Height in m of the fingertip above the hole when an episode starts, without noise."""

GRASP_HEIGHT = 0.050 - FINGERPAD_LENGTH
"""Height in m of the fingertip above the peg's lower end."""

HELD_NOISE = (0.003, 0.0)
"""Largest offset in m of the peg in the hand, along the hand's x and y axes."""


@configclass
class PegInsertSceneCfg(AssemblySceneCfg):
    """The peg in the hand, the hole in front of the robot."""

    held_asset: RigidObjectCfg = PEG_8MM_CFG
    # Isaac Lab's hole has a bore of 9.0 mm and a chamfer; the Factory paper's has 8.1 mm and a sharp edge
    fixed_asset: ArticulationCfg = preset(default=HOLE_8MM_CFG, tight=HOLE_8MM_TIGHT_CFG)


@configclass
class PegInsertCommandsCfg:
    """What an episode is about: the peg's lower end goes to the bottom of the hole."""

    assembly_goal = mdp.AssemblyGoalCfg(
        tip_offset=(0.0, 0.0, 0.025),
        target_offset=(0.0, 0.0, 0.0),
        held_base_offset=(0.0, 0.0, 0.0),
        tip_noise_std=(0.001, 0.001, 0.001),
        num_keypoints=4,
        keypoint_length=0.15,
        centering_tolerance=0.0025,
        success_height=0.04 * 0.025,
        engaged_height=0.9 * 0.025,
    )


@configclass
class PegInsertEventsCfg(StartupEventsCfg):
    """What is set once, and how an episode starts. The reset terms build on one another in this order."""

    held_asset_friction = friction_event("held_asset", 0.75)
    fixed_asset_friction = friction_event("fixed_asset", 0.75)

    start_noise = EventTerm(
        # how much of the start noise below an episode gets: of the peg in the hand, and of the observed tip
        func=mdp.sample_start_noise_scale,
        mode="reset",
        params={"scale": preset(default=1.0, no_noise=0.0), "reduced_scale": 1.0, "reduced_share": 0.0},
    )
    fixed_part = EventTerm(
        func=mdp.reset_fixed_part,
        mode="reset",
        params={
            "position_noise": (0.05, 0.05, 0.05),
            "yaw_range": (0.0, 2.0 * math.pi),
            "asset_cfg": SceneEntityCfg("fixed_asset"),
        },
    )
    hand = EventTerm(
        func=mdp.reset_hand_above_fixed_part,
        mode="reset",
        params={
            "position": (0.0, 0.0, HAND_HEIGHT),
            "position_noise": (0.02, 0.02, 0.01),
            "yaw": 0.0,
            "yaw_noise": 0.785,
            "gripper_joint_pos": finger_position(0.007986),
            **HAND,
        },
    )
    held_part = EventTerm(
        func=mdp.reset_part_in_grasp,
        mode="reset",
        params={
            "grasp_offset": (0.0, 0.0, GRASP_HEIGHT),
            "grasp_yaw": 0.0,
            "position_noise": (*HELD_NOISE, 0.003),
            "asset_cfg": SceneEntityCfg("held_asset"),
            "robot_cfg": SceneEntityCfg("robot", body_names=FINGERTIP),
        },
    )


@configclass
class PegInsertRewardsCfg:
    """The reference's rewards: closeness of the keypoints on three scales, then bonuses for going in."""

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
class PegInsertAidedRewardsCfg(PegInsertRewardsCfg):
    """The reference's rewards, one for sideways alignment, and one for an early end."""

    lateral_alignment = LATERAL_ALIGNMENT
    early_end = EARLY_END


@configclass
class PegInsertSearchRewardsCfg(PegInsertAidedRewardsCfg):
    """Searching where the hole may be is rewarded too, with up to 100 in an episode."""

    search = search_reward(held_noise=HELD_NOISE)


@configclass
class PegInsertRewardPresetsCfg(PresetCfg):
    """Rewards of each variant."""

    default: PegInsertRewardsCfg = PegInsertRewardsCfg()
    aided: PegInsertRewardsCfg = PegInsertAidedRewardsCfg()
    no_noise: PegInsertRewardsCfg = PegInsertAidedRewardsCfg()
    search: PegInsertRewardsCfg = PegInsertSearchRewardsCfg()
    search_motion: PegInsertRewardsCfg = PegInsertAidedRewardsCfg()


@configclass
class PegInsertSearchMotionActionsCfg(ActionsCfg):
    """The hand moves over the places to search by itself; the policy's pose deltas are added to that."""

    arm = mdp.SearchMotionTorqueActionCfg(**SEARCH_ACTION, held_noise=HELD_NOISE)


@configclass
class PegInsertActionPresetsCfg(PresetCfg):
    """Actions of each variant."""

    default: ActionsCfg = ActionsCfg()
    search_motion: ActionsCfg = PegInsertSearchMotionActionsCfg()


@configclass
class PegInsertEnvCfg(AssemblyEnvCfg):
    """PegInsert with the numbers of the reference, and its variants as presets."""

    scene: PegInsertSceneCfg = PegInsertSceneCfg(num_envs=128, env_spacing=2.0)
    commands: PegInsertCommandsCfg = PegInsertCommandsCfg()
    actions: PegInsertActionPresetsCfg = PegInsertActionPresetsCfg()
    observations: ObservationPresetsCfg = ObservationPresetsCfg()
    events: PegInsertEventsCfg = PegInsertEventsCfg()
    rewards: PegInsertRewardPresetsCfg = PegInsertRewardPresetsCfg()
    terminations: MotionTerminationPresetsCfg = MotionTerminationPresetsCfg()
    episode_length_s: float = 10.0

    def use_parts(self, peg: Peg, hole: Hole) -> None:
        """Put other parts in, and change every number that follows from their dimensions.

        Call it in ``__post_init__`` of a subclass. The peg starts as far above the hole as in the reference.

        Args:
            peg: The peg, which the fingers hold by its upper end.
            hole: The hole.

        Raises:
            ValueError: If the peg does not fit into the hole, has no two parallel flats for the fingers, is too wide
                for the gripper, or is so short that the fingers would touch the block before it is in.
        """
        require_fit(hole, peg)
        if peg.section not in GRASPABLE_SECTIONS:
            raise ValueError(
                f"Peg: the fingers hold a peg by two parallel sides, which a {peg.section} does not have; choose one of"
                f" {', '.join(GRASPABLE_SECTIONS)}."
            )
        shortest = hole.height + FINGERPAD_LENGTH + self.events.held_part.params["position_noise"][2]
        if peg.length < shortest:
            raise ValueError(
                f"Peg: length must be at least {shortest:.6f} m, which is the height of the hole, the finger pads and"
                f" the noise of the peg in the hand, got {peg.length}."
            )
        grasp_height = peg.length - FINGERPAD_LENGTH
        self.scene.held_asset, self.scene.fixed_asset = peg_cfg(peg), hole_cfg(hole)
        goal = self.commands.assembly_goal
        goal.tip_offset = (0.0, 0.0, hole.height)
        goal.success_height = 0.04 * hole.height
        goal.engaged_height = 0.9 * hole.height
        self.events.held_asset_friction = friction_event("held_asset", peg.friction)
        self.events.fixed_asset_friction = friction_event("fixed_asset", hole.friction)
        self.raise_hand(grasp_height + HAND_HEIGHT - GRASP_HEIGHT, HAND_HEIGHT)
        self.events.hand.params["gripper_joint_pos"] = finger_position(peg.diameter)
        self.events.held_part.params["grasp_offset"] = (0.0, 0.0, grasp_height)
