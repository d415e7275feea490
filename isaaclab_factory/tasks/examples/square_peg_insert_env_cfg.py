# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Insert a square peg, 12 mm across flats, into a square hole with 0.1 mm of clearance all round.

The peg only goes in where its sides are parallel to the hole's. No observation contains the yaw of the hole, so it is
always zero. The policy observes the yaw of the hand, with which the peg is aligned. The hand starts up to 15 degrees
askew, so that there is one nearest way to turn: a square looks the same after every 90 degrees.
"""

from __future__ import annotations

import math

from isaaclab.utils import configclass

from isaaclab_factory.geometry import Hole, Peg

from ..peg_insert_env_cfg import PegInsertEnvCfg

PEG = Peg(0.012, 0.050, section="square")
HOLE = Hole.for_peg(PEG, 0.0001, height=0.025, block_width=0.030)


@configclass
class SquarePegInsertEnvCfg(PegInsertEnvCfg):
    """SquarePegInsert: observations, rewards and the noise of the part in the hand as in PegInsert."""

    def __post_init__(self) -> None:
        """Put the square parts in, and keep hand and hole nearly aligned."""
        super().__post_init__()
        self.use_parts(PEG, HOLE)
        self.events.fixed_part.params["yaw_range"] = (0.0, 0.0)
        self.events.hand.params["yaw_noise"] = math.radians(15.0)
