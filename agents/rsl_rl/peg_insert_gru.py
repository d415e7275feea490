# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Hyperparameters for PegInsert with rsl_rl and a policy that remembers: what differs from ``peg_insert.py``."""

from isaaclab.utils import configclass
from isaaclab_rl.rsl_rl import RslRlPpoActorCriticRecurrentCfg

from .peg_insert import PegInsertPPORunnerCfg


@configclass
class PegInsertGruPPORunnerCfg(PegInsertPPORunnerCfg):
    """PPO with a GRU before each multilayer perceptron; rsl_rl makes the critic recurrent if the actor is."""

    experiment_name = "peg_insert_gru"
    policy = RslRlPpoActorCriticRecurrentCfg(
        init_noise_std=0.4,
        noise_std_type="log",
        actor_obs_normalization=True,
        critic_obs_normalization=True,
        actor_hidden_dims=[128, 64],
        critic_hidden_dims=[256, 128, 64],
        activation="elu",
        rnn_type="gru",
        rnn_hidden_dim=128,
        rnn_num_layers=1,
    )

    def __post_init__(self) -> None:
        """Looks further ahead than the feed-forward policy does."""
        self.algorithm.gamma = 0.99
