# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Thread an M16 nut, held in the gripper, onto a bolt.

Numbers without a source are those of ``NutThread``, ``NutM16`` and ``BoltM16`` in Isaac Lab's
``isaaclab_tasks.direct.factory.factory_tasks_cfg``. ``docs/tasks.md`` lists the departures from the reference.
"""

from __future__ import annotations

import math

from isaaclab.utils import configclass

from isaaclab_factory import mdp
from isaaclab_factory.assets import BOLT_M16_CFG, NUT_M16_CFG, part_of

from .assembly_env_cfg import ActionsCfg, AssemblyEnvCfg, AssemblySceneCfg, CommandsCfg


@configclass
class NutThreadSceneCfg(AssemblySceneCfg):
    """The nut in the hand, the bolt in front."""

    held_asset = NUT_M16_CFG.replace(prim_path="{ENV_REGEX_NS}/HeldAsset")
    fixed_asset = BOLT_M16_CFG.replace(prim_path="{ENV_REGEX_NS}/FixedAsset")


@configclass
class NutThreadActionsCfg(ActionsCfg):
    """Six pose deltas of the upright fingertip, of which the yaw only turns one way: on."""

    def __post_init__(self):
        """Map the yaw to [-1, 0]: it rests at the action -1."""
        self.arm.unidirectional_yaw = True


@configclass
class NutThreadCommandsCfg(CommandsCfg):
    """The nut one and a half pitches down the bolt, turned past the yaw of zero."""

    assembly_goal = mdp.ThreadGoalCfg(
        held_asset_name="held_asset",
        fixed_asset_name="fixed_asset",
        keypoint_length=0.05,
        robot_name="robot",
        body_name="panda_fingertip_centered",
    )


@configclass
class NutThreadEnvCfg(AssemblyEnvCfg):
    """NutThread with the numbers of the reference."""

    scene: NutThreadSceneCfg = NutThreadSceneCfg(num_envs=128, env_spacing=2.0)
    actions: NutThreadActionsCfg = NutThreadActionsCfg()
    commands: NutThreadCommandsCfg = NutThreadCommandsCfg()
    episode_length_s: float = 30.0

    def __post_init__(self):
        """Fill in the goal and how an episode starts, from the nut and the bolt of the scene, and the rewards."""
        nut, bolt = part_of(self.scene.held_asset), part_of(self.scene.fixed_asset)
        goal = self.commands.assembly_goal
        goal.tip_offset = (0.0, 0.0, bolt.tip_height)
        goal.target_offset = (0.0, 0.0, bolt.tip_height - 1.5 * bolt.pitch)
        goal.held_base_offset = (0.0, 0.0, nut.base_height)
        goal.success_height = 0.375 * bolt.pitch
        goal.engaged_height = 0.5 * bolt.pitch
        goal.thread_pitch = bolt.pitch
        self.events.held_asset_friction.params["friction"] = 0.01
        self.events.fixed_part.params["yaw_range"] = (math.radians(120.0), math.radians(150.0))
        self.events.hand.params["position"] = (0.0, 0.0, 0.015)
        self.events.hand.params["yaw"] = 1.83
        self.events.hand.params["yaw_noise"] = 0.26
        self.events.hand.params["gripper_joint_pos"] = nut.sizes.width_across_flats / 2.0
        self.events.held_part.params["grasp_offset"] = (0.0, 0.0, nut.base_height)
        self.events.held_part.params["position_noise"] = (0.0, 0.003, 0.003)
        self.events.held_part.params["grasp_yaw"] = math.radians(-90.0)
        self.rewards.keypoint_baseline.params.update({"a": 100.0, "b": 2.0})
        self.rewards.keypoint_coarse.params.update({"a": 500.0, "b": 2.0})
        self.rewards.keypoint_fine.params.update({"a": 1500.0, "b": 0.0})


@configclass
class NutThreadPlayEnvCfg(NutThreadEnvCfg):
    """NutThread with a few environments to look at."""

    def __post_init__(self):
        """Make the scene small."""
        super().__post_init__()
        self.scene.num_envs = 16
