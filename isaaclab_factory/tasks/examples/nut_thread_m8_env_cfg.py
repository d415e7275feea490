# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Thread an M8 nut onto a bolt.

Depths, thresholds and rewards are those of NutThread in proportion to the pitch of 1.25 mm. The place of the nut in the
hand is drawn from half the range, since the nut is half as wide; it is as smooth as Factory's M16 nut.
"""

from __future__ import annotations

from isaaclab.utils import configclass

from isaaclab_factory.geometry import MetricBolt, MetricNut

from ..assembly import AssemblyCfg, nut_on_bolt
from ..assembly_env_cfg import ActionsCfg, AssemblyEnvCfg, AssemblySceneCfg, RewardsCfg
from ..nut_thread_env_cfg import thread_actions, thread_rewards

NUT = MetricNut("M8", friction=0.01)
BOLT = MetricBolt("M8", 0.020)

ASSEMBLY = nut_on_bolt(NUT, BOLT)
ASSEMBLY.noise.held_position = (0.0, 0.0015, 0.0015)


@configclass
class NutThreadM8EnvCfg(AssemblyEnvCfg):
    """NutThreadM8: everything else as in NutThread."""

    assembly: AssemblyCfg | None = ASSEMBLY
    actions: ActionsCfg = thread_actions()
    rewards: RewardsCfg = thread_rewards(BOLT.pitch)
    episode_length_s: float = 30.0


@configclass
class NutThreadM8PlayEnvCfg(NutThreadM8EnvCfg):
    """NutThreadM8 with a few environments to look at."""

    scene: AssemblySceneCfg = AssemblySceneCfg(num_envs=16, env_spacing=2.0)
