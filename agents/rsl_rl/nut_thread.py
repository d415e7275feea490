# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Hyperparameters for NutThread with rsl_rl: those of PegInsert, not tuned."""

from isaaclab.utils import configclass

from .peg_insert import PegInsertPPORunnerCfg


@configclass
class NutThreadPPORunnerCfg(PegInsertPPORunnerCfg):
    """PPO as for PegInsert."""

    experiment_name = "nut_thread"
