# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Hyperparameters for GearMesh with rsl_rl: those of PegInsert, not tuned."""

from isaaclab.utils import configclass

from .peg_insert import PegInsertPPORunnerCfg


@configclass
class GearMeshPPORunnerCfg(PegInsertPPORunnerCfg):
    """PPO as for PegInsert."""

    experiment_name = "gear_mesh"
