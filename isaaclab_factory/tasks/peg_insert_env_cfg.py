# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Insert an 8 mm peg, held in the gripper, into an 8.1 mm hole.

Numbers without a source are those of ``PegInsert`` in Isaac Lab's
``isaaclab_tasks.direct.factory.factory_tasks_cfg``. ``docs/tasks.md`` lists the departures from the reference.
"""

from __future__ import annotations

from isaaclab.utils import configclass

from .assembly import AssemblyCfg, peg_in_hole
from .assembly_env_cfg import (
    AidedObservationsCfg,
    AidedRewardsCfg,
    AssemblyEnvCfg,
    AssemblySceneCfg,
    EventsCfg,
    StartNoiseCurriculumCfg,
    start_noise_event,
)


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
class PegInsertAidedEnvCfg(PegInsertEnvCfg):
    """Departure from the reference: magnified observations, lateral alignment reward, curriculum of the start noise."""

    observations: AidedObservationsCfg = AidedObservationsCfg()
    events: EventsCfg = EventsCfg(start_noise=start_noise_event(reduced_share=0.5, reduced_scale=0.0))
    rewards: AidedRewardsCfg = AidedRewardsCfg()
    curriculum: StartNoiseCurriculumCfg | None = StartNoiseCurriculumCfg()


@configclass
class PegInsertAidedPlayEnvCfg(PegInsertPlayEnvCfg):
    """To measure a policy trained with the aids: the reference's start noise in every episode, a few environments.

    Of the aids are left the observations, and the lateral reward, which no policy sees.
    """

    observations: AidedObservationsCfg = AidedObservationsCfg()
    rewards: AidedRewardsCfg = AidedRewardsCfg()


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
