# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Insert an 8 mm peg, held in the gripper, into an 8.1 mm hole.

Numbers without a source are those of ``PegInsert`` in Isaac Lab's
``isaaclab_tasks.direct.factory.factory_tasks_cfg``. ``docs/tasks.md`` lists the departures from the reference.
"""

from __future__ import annotations

from isaaclab.utils import configclass

from .aids import (
    AidedObservationsCfg,
    AidedRewardsCfg,
    MotionObservationsCfg,
    SearchMotionActionsCfg,
    SearchMotionRewardsCfg,
    SearchRewardsCfg,
    SearchTerminationsCfg,
    TimedObservationsCfg,
)
from .assembly import AssemblyCfg, peg_in_hole
from .assembly_env_cfg import AssemblyEnvCfg, AssemblySceneCfg, EventsCfg, start_noise_event


@configclass
class PegInsertEnvCfg(AssemblyEnvCfg):
    """PegInsert with the numbers of the reference."""

    assembly: AssemblyCfg | None = peg_in_hole()
    episode_length_s: float = 10.0


@configclass
class PegInsertPlayEnvCfg(PegInsertEnvCfg):
    """PegInsert with a few environments to look at."""

    scene: AssemblySceneCfg = AssemblySceneCfg(num_envs=16, env_spacing=2.0)


@configclass
class PegInsertSearchEnvCfg(PegInsertEnvCfg):
    """Departure from the reference: the policy also feels what it touches, and searching is rewarded."""

    observations: TimedObservationsCfg = TimedObservationsCfg()
    rewards: SearchRewardsCfg = SearchRewardsCfg()
    terminations: SearchTerminationsCfg = SearchTerminationsCfg()


@configclass
class PegInsertSearchPlayEnvCfg(PegInsertSearchEnvCfg):
    """PegInsert with search, with a few environments to look at."""

    scene: AssemblySceneCfg = AssemblySceneCfg(num_envs=16, env_spacing=2.0)


@configclass
class PegInsertNoNoiseEnvCfg(PegInsertEnvCfg):
    """Departure from the reference: no start noise, with the aids of training.

    The peg sits straight in the middle of the hand and the hole is where it is observed to be. The hole and the hand
    start where they start in the reference.
    """

    observations: AidedObservationsCfg = AidedObservationsCfg()
    events: EventsCfg = EventsCfg(start_noise=start_noise_event(scale=0.0))
    rewards: AidedRewardsCfg = AidedRewardsCfg()


@configclass
class PegInsertNoNoisePlayEnvCfg(PegInsertNoNoiseEnvCfg):
    """PegInsert without start noise, with a few environments to look at."""

    scene: AssemblySceneCfg = AssemblySceneCfg(num_envs=16, env_spacing=2.0)


@configclass
class PegInsertSearchMotionEnvCfg(PegInsertSearchEnvCfg):
    """Departure from the reference: the hand searches along a path, and the policy corrects this motion."""

    actions: SearchMotionActionsCfg = SearchMotionActionsCfg()
    observations: MotionObservationsCfg = MotionObservationsCfg()
    rewards: SearchMotionRewardsCfg = SearchMotionRewardsCfg()


@configclass
class PegInsertSearchMotionPlayEnvCfg(PegInsertSearchMotionEnvCfg):
    """PegInsert with the search motion, with a few environments to look at."""

    scene: AssemblySceneCfg = AssemblySceneCfg(num_envs=16, env_spacing=2.0)
