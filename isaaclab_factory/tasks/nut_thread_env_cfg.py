# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Thread an M16 nut, held in the gripper, onto a bolt.

Numbers without a source are those of ``NutThread`` in ``isaaclab_tasks/contrib/factory/factory_tasks_cfg.py``.
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
from isaaclab_factory.assets import BOLT_M16_CFG, NUT_M16_CFG, bolt_cfg, nut_cfg
from isaaclab_factory.geometry import MetricBolt, MetricNut, require_fit

from .assembly_env_cfg import (
    ARM_ACTION,
    FINGERTIP,
    HAND,
    PER_STEP,
    AssemblyEnvCfg,
    AssemblySceneCfg,
    StartupEventsCfg,
    each_variant,
    finger_position,
    friction_event,
)
from .variants import (
    EARLY_END,
    LATERAL_ALIGNMENT,
    ObservationPresetsCfg,
    TerminationPresetsCfg,
    TouchObservationsCfg,
    search_reward,
)

PITCH = 0.002
"""Pitch in m of the M16 thread."""

WIDTH = 0.024
"""Width across flats in m of the M16 nut."""

NOISE = 0.003
"""Largest offset in m of the M16 nut in the hand, along the flats and up or down."""


@configclass
class NutThreadSceneCfg(AssemblySceneCfg):
    """The nut in the hand, the bolt in front of the robot."""

    held_asset: RigidObjectCfg = NUT_M16_CFG
    fixed_asset: ArticulationCfg = BOLT_M16_CFG


@configclass
class NutThreadCommandsCfg:
    """What an episode is about: the nut goes one and a half pitches down the bolt, and the hand turns far enough."""

    assembly_goal = mdp.ThreadGoalCfg(
        tip_offset=(0.0, 0.0, 0.010 + 0.025),
        target_offset=(0.0, 0.0, 0.010 + 0.025 - 1.5 * PITCH),
        held_base_offset=(0.0, 0.0, 0.010),
        tip_noise_std=(0.001, 0.001, 0.001),
        num_keypoints=4,
        keypoint_length=0.05,
        centering_tolerance=0.0025,
        success_height=0.375 * PITCH,
        engaged_height=0.5 * PITCH,
        robot_name="robot",
        body_name=FINGERTIP,
        success_yaw=0.0,
        thread_pitch=PITCH,
        # not in the reference: the metric `seated` allows a tenth of the pitch along the axis and a quarter sideways
        seated_play=0.1 * PITCH,
        seated_offset=0.25 * PITCH,
    )


@configclass
class NutThreadActionsCfg:
    """Six pose deltas of the upright fingertip. The yaw only turns one way, on; it rests at the action -1."""

    arm = mdp.OperationalSpaceTorqueActionCfg(**ARM_ACTION, unidirectional_yaw=True)


@configclass
class NutThreadEventsCfg(StartupEventsCfg):
    """What is set once, and how an episode starts. The reset terms build on one another in this order."""

    held_asset_friction = friction_event("held_asset", 0.01)
    fixed_asset_friction = friction_event("fixed_asset", 0.75)

    start_noise = EventTerm(
        # how much of the start noise below an episode gets: of the nut in the hand, and of the observed tip
        func=mdp.sample_start_noise_scale,
        mode="reset",
        params={"scale": preset(default=1.0, no_noise=0.0), "reduced_scale": 1.0, "reduced_share": 0.0},
    )
    fixed_part = EventTerm(
        func=mdp.reset_fixed_part,
        mode="reset",
        params={
            "position_noise": (0.05, 0.05, 0.05),
            "yaw_range": (math.radians(120.0), math.radians(150.0)),
            "asset_cfg": SceneEntityCfg("fixed_asset"),
        },
    )
    hand = EventTerm(
        func=mdp.reset_hand_above_fixed_part,
        mode="reset",
        params={
            "position": (0.0, 0.0, 0.015),
            "position_noise": (0.02, 0.02, 0.01),
            "yaw": 1.83,
            "yaw_noise": 0.26,
            "gripper_joint_pos": finger_position(WIDTH),
            **HAND,
        },
    )
    held_part = EventTerm(
        func=mdp.reset_part_in_grasp,
        mode="reset",
        params={
            "grasp_offset": (0.0, 0.0, 0.010),
            "grasp_yaw": math.radians(-90.0),
            "position_noise": (0.0, NOISE, NOISE),
            "asset_cfg": SceneEntityCfg("held_asset"),
            "robot_cfg": SceneEntityCfg("robot", body_names=FINGERTIP),
        },
    )


@configclass
class NutThreadRewardsCfg:
    """The reference's rewards: closeness of the keypoints on three scales, then bonuses for going down the thread."""

    keypoint_baseline = RewTerm(
        func=mdp.keypoint_reward, weight=1.0 * PER_STEP, params={"sharpness": 100.0, "offset": 2.0}
    )
    keypoint_coarse = RewTerm(
        func=mdp.keypoint_reward, weight=1.0 * PER_STEP, params={"sharpness": 500.0, "offset": 2.0}
    )
    keypoint_fine = RewTerm(
        func=mdp.keypoint_reward, weight=1.0 * PER_STEP, params={"sharpness": 1500.0, "offset": 0.0}
    )
    engaged = RewTerm(func=mdp.engaged, weight=1.0 * PER_STEP)
    success = RewTerm(func=mdp.success, weight=1.0 * PER_STEP)
    action_penalty = RewTerm(func=mdp.smoothed_action_norm, weight=0.0)
    action_rate_penalty = RewTerm(func=mdp.smoothed_action_rate_norm, weight=0.0)


@configclass
class NutThreadAidedRewardsCfg(NutThreadRewardsCfg):
    """The reference's rewards, one for sideways alignment, and one for an early end."""

    lateral_alignment = LATERAL_ALIGNMENT
    early_end = EARLY_END


@configclass
class NutThreadSearchRewardsCfg(NutThreadAidedRewardsCfg):
    """Searching where the bolt may be is rewarded too, with up to 100 in an episode."""

    search = search_reward(held_noise=(NOISE, 0.0))  # along the nut's y axis, which is the hand's x axis


@configclass
class NutThreadRewardPresetsCfg(PresetCfg):
    """Rewards of each variant."""

    default: NutThreadRewardsCfg = NutThreadRewardsCfg()
    aided: NutThreadRewardsCfg = NutThreadAidedRewardsCfg()
    no_noise: NutThreadRewardsCfg = NutThreadAidedRewardsCfg()
    search: NutThreadRewardsCfg = NutThreadSearchRewardsCfg()


@configclass
class NutThreadObservationPresetsCfg(PresetCfg):
    """Observations of each variant. There is no search motion for a thread, and a search for it only feels."""

    default = ObservationPresetsCfg().default
    aided = ObservationPresetsCfg().aided
    no_noise = ObservationPresetsCfg().no_noise
    search = TouchObservationsCfg()


@configclass
class NutThreadEnvCfg(AssemblyEnvCfg):
    """NutThread with the numbers of the reference, and its variants as presets."""

    scene: NutThreadSceneCfg = NutThreadSceneCfg(num_envs=128, env_spacing=2.0)
    commands: NutThreadCommandsCfg = NutThreadCommandsCfg()
    actions: NutThreadActionsCfg = NutThreadActionsCfg()
    observations: NutThreadObservationPresetsCfg = NutThreadObservationPresetsCfg()
    events: NutThreadEventsCfg = NutThreadEventsCfg()
    rewards: NutThreadRewardPresetsCfg = NutThreadRewardPresetsCfg()
    terminations: TerminationPresetsCfg = TerminationPresetsCfg()
    episode_length_s: float = 30.0

    def use_parts(self, nut: MetricNut, bolt: MetricBolt) -> None:
        """Put other parts in, and change every number that follows from their dimensions.

        Call it in ``__post_init__`` of a subclass. Depths and thresholds keep their size in pitches, and the bolt is
        turned so that its thread ends at the tip where that of the reference's bolt does: the same turn of the hand
        reaches the same depth in pitches. The noise of the nut in the hand keeps its size in widths of the nut.

        Args:
            nut: The nut, which the fingers hold by two flats.
            bolt: The bolt.

        Raises:
            ValueError: If the nut does not fit onto the bolt, is too wide for the gripper, or the bolt is so short that
                the fingers would touch its head before the nut is down.
        """
        require_fit(nut, bolt)
        held_noise = NOISE * nut.sizes.width_across_flats / WIDTH
        shortest = 1.5 * bolt.pitch + held_noise
        if bolt.length < shortest:
            raise ValueError(
                f"MetricBolt: length must be at least {shortest:.6f} m, which is one and a half pitches and the noise"
                f" of the nut in the hand, got {bolt.length}."
            )
        self.scene.held_asset, self.scene.fixed_asset = nut_cfg(nut), bolt_cfg(bolt)
        pitch, tip = bolt.pitch, bolt.tip_height
        goal = self.commands.assembly_goal
        pitch_before = goal.thread_pitch
        goal.tip_offset = (0.0, 0.0, tip)
        goal.target_offset = (0.0, 0.0, tip - 1.5 * pitch)
        goal.held_base_offset = (0.0, 0.0, nut.base_height)
        goal.success_height, goal.engaged_height = 0.375 * pitch, 0.5 * pitch
        goal.thread_pitch, goal.seated_play, goal.seated_offset = pitch, 0.1 * pitch, 0.25 * pitch
        for rewards in each_variant(self.rewards):
            for name in ("keypoint_baseline", "keypoint_coarse", "keypoint_fine"):
                getattr(rewards, name).params["sharpness"] *= pitch_before / pitch
            if hasattr(rewards, "search"):
                rewards.search.params["held_noise"] = (held_noise, 0.0)
        # a ridge begins half a pitch above the head at the +x axis; on the M16 bolt it also ends there
        end_of_thread = 2.0 * math.pi * ((bolt.length / pitch - 0.5) % 1.0)
        events = self.events
        events.fixed_part.params["yaw_range"] = tuple(math.radians(d) - end_of_thread for d in (120.0, 150.0))
        events.held_asset_friction = friction_event("held_asset", nut.friction)
        events.fixed_asset_friction = friction_event("fixed_asset", bolt.friction)
        events.hand.params["gripper_joint_pos"] = finger_position(nut.sizes.width_across_flats)
        events.held_part.params["grasp_offset"] = (0.0, 0.0, nut.base_height)
        events.held_part.params["position_noise"] = (0.0, held_noise, held_noise)
