# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Hyperparameters for PegInsert with rsl_rl and a policy with memory: what differs from ``peg_insert.py``."""

from isaaclab.utils import configclass
from isaaclab_rl.rsl_rl import RslRlMLPModelCfg, RslRlRNNModelCfg

from .peg_insert import PegInsertPPORunnerCfg


@configclass
class PegInsertGruPPORunnerCfg(PegInsertPPORunnerCfg):
    """PPO with a GRU before the actor's multilayer perceptron. The critic stays feed-forward."""

    experiment_name = "peg_insert_gru"
    actor = RslRlRNNModelCfg(
        hidden_dims=[128, 64],
        activation="elu",
        obs_normalization=True,
        distribution_cfg=RslRlMLPModelCfg.GaussianDistributionCfg(init_std=0.4, std_type="log"),
        rnn_type="gru",
        rnn_hidden_dim=128,
        rnn_num_layers=1,
    )

    def __post_init__(self) -> None:
        """Looks further ahead than the feed-forward policy does."""
        self.algorithm.gamma = 0.99
