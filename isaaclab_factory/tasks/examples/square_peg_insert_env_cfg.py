# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Insert a square peg, 12 mm across flats, into a square hole with 0.1 mm to spare all round.

The peg only goes in where its sides are parallel to the hole's. No observation tells the yaw of the hole, so it is
always zero; the yaw of the hand, with which the peg is aligned, is in the observations. The hand starts up to 15
degrees askew, so that there is one nearest way to turn: a square looks the same after every 90 degrees.
"""

from __future__ import annotations

import math

from isaaclab.utils import configclass

from isaaclab_factory.geometry import Hole, Peg

from ..assembly import AssemblyCfg, NoiseCfg, peg_in_hole
from ..assembly_env_cfg import AssemblyEnvCfg, AssemblySceneCfg

PEG = Peg(0.012, 0.050, section="square")
HOLE = Hole.for_peg(PEG, 0.0001, height=0.025, block_width=0.030)


@configclass
class SquarePegInsertEnvCfg(AssemblyEnvCfg):
    """SquarePegInsert: observations, rewards and the noise of the part in the hand as in PegInsert."""

    assembly: AssemblyCfg | None = peg_in_hole(PEG, HOLE).replace(
        noise=NoiseCfg(fixed_yaw_range=(0.0, 0.0), hand_yaw=math.radians(15.0))
    )
    episode_length_s: float = 10.0


@configclass
class SquarePegInsertPlayEnvCfg(SquarePegInsertEnvCfg):
    """SquarePegInsert with a few environments to look at."""

    scene: AssemblySceneCfg = AssemblySceneCfg(num_envs=16, env_spacing=2.0)
