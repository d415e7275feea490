# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Thread an M16 nut, held in the gripper, onto a bolt.

Numbers without a source are those of ``NutThread`` in Isaac Lab's
``isaaclab_tasks.direct.factory.factory_tasks_cfg``. ``docs/tasks.md`` lists the departures from the reference.
"""

from __future__ import annotations

from isaaclab.managers import RewardTermCfg as RewTerm
from isaaclab.utils import configclass

from isaaclab_factory import mdp

from .aids import SearchRewardsCfg, SearchTerminationsCfg, TouchObservationsCfg
from .assembly import AssemblyCfg, nut_on_bolt
from .assembly_env_cfg import REWARD_WEIGHT, ActionsCfg, AssemblyEnvCfg, AssemblySceneCfg, RewardsCfg


def thread_actions() -> ActionsCfg:
    """Six pose deltas of the upright fingertip, of which the yaw only turns one way, on: it rests at the action -1."""
    actions = ActionsCfg()
    actions.arm.unidirectional_yaw = True
    return actions


def thread_rewards(pitch: float = 0.002, rewards: type[RewardsCfg] = RewardsCfg) -> RewardsCfg:
    """The rewards of threading. The reference's are for a pitch of 2 mm; those of others are steeper in proportion.

    Args:
        pitch: Pitch of the thread in m.
        rewards: Configuration of all rewards, of which the keypoints' are changed.
    """
    scale = 0.002 / pitch

    def keypoint(a: float, b: float) -> RewTerm:
        return RewTerm(func=mdp.keypoint_squash, weight=REWARD_WEIGHT, params={"a": scale * a, "b": b})

    return rewards(
        keypoint_baseline=keypoint(100.0, 2.0),
        keypoint_coarse=keypoint(500.0, 2.0),
        keypoint_fine=keypoint(1500.0, 0.0),
    )


@configclass
class NutThreadEnvCfg(AssemblyEnvCfg):
    """NutThread with the numbers of the reference."""

    assembly: AssemblyCfg | None = nut_on_bolt()
    actions: ActionsCfg = thread_actions()
    rewards: RewardsCfg = thread_rewards()
    episode_length_s: float = 30.0


@configclass
class NutThreadPlayEnvCfg(NutThreadEnvCfg):
    """NutThread with a few environments to look at."""

    scene: AssemblySceneCfg = AssemblySceneCfg(num_envs=16, env_spacing=2.0)


@configclass
class NutThreadSearchEnvCfg(NutThreadEnvCfg):
    """Departure from the reference: the policy also feels what it touches, and searching is rewarded."""

    observations: TouchObservationsCfg = TouchObservationsCfg()
    rewards: SearchRewardsCfg = thread_rewards(rewards=SearchRewardsCfg)
    terminations: SearchTerminationsCfg = SearchTerminationsCfg()


@configclass
class NutThreadSearchPlayEnvCfg(NutThreadSearchEnvCfg):
    """NutThread with search, with a few environments to look at."""

    scene: AssemblySceneCfg = AssemblySceneCfg(num_envs=16, env_spacing=2.0)
