# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Thread an M8 nut onto a bolt.

Depths, thresholds and rewards are NutThread's in proportion to the pitch of 1.25 mm, and the noise of the nut in the
hand in proportion to its width. It is as smooth as Factory's M16 nut.
"""

from __future__ import annotations

from isaaclab.utils import configclass

from isaaclab_factory.geometry import MetricBolt, MetricNut

from ..nut_thread_env_cfg import NutThreadEnvCfg

NUT = MetricNut("M8", friction=0.01)
BOLT = MetricBolt("M8", 0.020)


@configclass
class NutThreadM8EnvCfg(NutThreadEnvCfg):
    """NutThreadM8: everything else as in NutThread."""

    def __post_init__(self) -> None:
        """Put the M8 parts in."""
        super().__post_init__()
        self.use_parts(NUT, BOLT)
