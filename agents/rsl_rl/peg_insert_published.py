# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""PegInsert with rsl_rl and the numbers of ``agents/rl_games/peg_insert_published.yaml``."""

from isaaclab.utils import configclass
from isaaclab_rl.rsl_rl import RslRlMLPModelCfg

from .peg_insert import PegInsertPPORunnerCfg


@configclass
class PegInsertPublishedPPORunnerCfg(PegInsertPPORunnerCfg):
    """PPO whose standard deviation depends on the state and whose learning rate follows the KL divergence."""

    num_steps_per_env = 128
    experiment_name = "peg_insert_published"
    actor = RslRlMLPModelCfg(
        hidden_dims=[512, 128, 64],
        activation="elu",
        obs_normalization=True,
        distribution_cfg=RslRlMLPModelCfg.HeteroscedasticGaussianDistributionCfg(init_std=1.0, std_type="log"),
    )
    critic = RslRlMLPModelCfg(hidden_dims=[512, 128, 64], activation="elu", obs_normalization=True)

    def __post_init__(self) -> None:
        """Sets what differs in the algorithm."""
        self.algorithm.learning_rate = 1.0e-4
        self.algorithm.schedule = "adaptive"
        self.algorithm.desired_kl = 0.008
        self.algorithm.gamma = 0.995
        self.algorithm.num_learning_epochs = 4
        self.algorithm.num_mini_batches = 32
        self.algorithm.use_clipped_value_loss = True
