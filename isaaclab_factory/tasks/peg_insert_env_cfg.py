# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Insert an 8 mm peg, held in the gripper, into an 8.1 mm hole.

Numbers without a source are those of ``PegInsert``, ``Peg8mm`` and ``Hole8mm`` in Isaac Lab's
``isaaclab_tasks.direct.factory.factory_tasks_cfg``. ``docs/tasks.md`` lists the departures from the reference.
"""

from __future__ import annotations

from isaaclab.utils import configclass

from isaaclab_factory import mdp
from isaaclab_factory.assets import FINGERPAD_LENGTH, HOLE_8MM_CFG, PEG_8MM_CFG, part_of

from .assembly_env_cfg import (
    REWARD_WEIGHT,
    AidedObservationsCfg,
    AssemblyEnvCfg,
    AssemblySceneCfg,
    CommandsCfg,
    StartNoiseCurriculumCfg,
)


@configclass
class PegInsertSceneCfg(AssemblySceneCfg):
    """The peg in the hand, the hole's block in front."""

    held_asset = PEG_8MM_CFG.replace(prim_path="{ENV_REGEX_NS}/HeldAsset")
    fixed_asset = HOLE_8MM_CFG.replace(prim_path="{ENV_REGEX_NS}/FixedAsset")


@configclass
class PegInsertCommandsCfg(CommandsCfg):
    """The peg's end at the bottom of the hole."""

    assembly_goal = mdp.AssemblyGoalCfg(
        held_asset_name="held_asset",
        fixed_asset_name="fixed_asset",
    )


@configclass
class PegInsertEnvCfg(AssemblyEnvCfg):
    """PegInsert with the numbers of the reference."""

    scene: PegInsertSceneCfg = PegInsertSceneCfg(num_envs=128, env_spacing=2.0)
    commands: PegInsertCommandsCfg = PegInsertCommandsCfg()
    episode_length_s: float = 10.0

    def __post_init__(self):
        """Fill in the goal and how an episode starts, from the peg and the hole of the scene."""
        peg, hole = part_of(self.scene.held_asset), part_of(self.scene.fixed_asset)
        goal = self.commands.assembly_goal
        goal.tip_offset = (0.0, 0.0, hole.height)
        goal.success_height = 0.04 * hole.height
        goal.engaged_height = 0.9 * hole.height
        self.events.hand.params["position"] = (0.0, 0.0, 0.047)
        self.events.hand.params["yaw_noise"] = 0.785
        self.events.hand.params["gripper_joint_pos"] = peg.diameter / 2.0
        self.events.held_part.params["grasp_offset"] = (0.0, 0.0, peg.length - FINGERPAD_LENGTH)
        self.events.held_part.params["position_noise"] = (0.003, 0.0, 0.003)


@configclass
class PegInsertPlayEnvCfg(PegInsertEnvCfg):
    """PegInsert with a few environments to look at."""

    def __post_init__(self):
        """Make the scene small."""
        super().__post_init__()
        self.scene.num_envs = 16


@configclass
class PegInsertAidedEnvCfg(PegInsertEnvCfg):
    """Departure from the reference: magnified observations, lateral alignment reward, curriculum of the start noise."""

    observations: AidedObservationsCfg = AidedObservationsCfg()
    curriculum: StartNoiseCurriculumCfg | None = StartNoiseCurriculumCfg()

    def __post_init__(self):
        """Switch on the training aids."""
        super().__post_init__()
        self.events.start_noise.params.update({"reduced_share": 0.5, "reduced_scale": 0.0})
        self.rewards.lateral_alignment.weight = REWARD_WEIGHT


@configclass
class PegInsertAidedPlayEnvCfg(PegInsertAidedEnvCfg):
    """To measure a policy trained with the aids: the reference's start noise in every episode, a few environments."""

    curriculum: StartNoiseCurriculumCfg | None = None

    def __post_init__(self):
        """Leave only the observations of the aids, and the lateral reward, which no policy sees."""
        super().__post_init__()
        self.events.start_noise.params.update({"reduced_share": 0.0, "reduced_scale": 1.0})
        self.scene.num_envs = 16


@configclass
class PegInsertNoNoiseEnvCfg(PegInsertAidedEnvCfg):
    """Departure from the reference: no start noise, with the aids of training.

    The peg sits straight in the middle of the hand and the hole is where it is observed to be. The hole and the hand
    start where they start in the reference.
    """

    curriculum: StartNoiseCurriculumCfg | None = None

    def __post_init__(self):
        """Switch off the noise of the peg in the hand and of the observed hole."""
        super().__post_init__()
        self.events.start_noise.params.update({"scale": 0.0, "reduced_share": 0.0})


@configclass
class PegInsertNoNoisePlayEnvCfg(PegInsertNoNoiseEnvCfg):
    """PegInsert without start noise, with a few environments to look at."""

    def __post_init__(self):
        """Make the scene small."""
        super().__post_init__()
        self.scene.num_envs = 16
