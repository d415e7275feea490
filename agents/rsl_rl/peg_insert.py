# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Hyperparameters for PegInsert with rsl_rl, sized for a few CPU cores.

The learning rate is fixed: schedules that follow the KL divergence fall to 1e-5 on this task and stay there.
"""

from isaaclab.utils import configclass
from isaaclab_rl.rsl_rl import RslRlMLPModelCfg, RslRlOnPolicyRunnerCfg, RslRlPpoAlgorithmCfg


@configclass
class PegInsertPPORunnerCfg(RslRlOnPolicyRunnerCfg):
    """PPO with two multilayer perceptrons; the critic sees the critic observations."""

    seed = 42
    num_steps_per_env = 32
    max_iterations = 150
    save_interval = 50
    experiment_name = "peg_insert"
    obs_groups = {"actor": ["policy"], "critic": ["critic"]}  # noqa: RUF012 (configclass copies it per instance)
    clip_actions = 1.0
    actor = RslRlMLPModelCfg(
        hidden_dims=[256, 128, 64],
        activation="elu",
        obs_normalization=True,
        distribution_cfg=RslRlMLPModelCfg.GaussianDistributionCfg(init_std=0.4, std_type="log"),
    )
    critic = RslRlMLPModelCfg(hidden_dims=[256, 128, 64], activation="elu", obs_normalization=True)
    algorithm = RslRlPpoAlgorithmCfg(
        learning_rate=5.0e-4,
        schedule="fixed",
        desired_kl=0.01,
        gamma=0.98,
        lam=0.95,
        num_learning_epochs=5,
        num_mini_batches=4,
        clip_param=0.2,
        entropy_coef=0.0,
        value_loss_coef=1.0,
        use_clipped_value_loss=False,
        max_grad_norm=1.0,
    )
