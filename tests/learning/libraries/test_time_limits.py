# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""An episode that its time limit cuts off is worth what would have followed, with every library.

In the environment below the observation is the age of an episode, and the critic's value of a state is ten times its
age. A step that is cut off at the age of ten is worth about a hundred more than its reward; the first step of the next
episode, which the environment shows already, is worth nothing.
"""

from pathlib import Path

import pytest
import torch

from isaaclab_factory.learning.cli.tasks import LIBRARIES
from isaaclab_factory.learning.libraries.base import LibraryTrainer
from tests.learning.learners import make_trainer, train
from tests.learning.point_env import PointEnv

AGE_AT_END = 10
VALUE_PER_STEP = 10.0
GAMMA = {"": 0.98, "gru_": 0.99}

NO_NORMALIZATION = {
    "rsl_rl": ["actor.obs_normalization=false", "critic.obs_normalization=false"],
    "rl_games": [
        "params.config.normalize_input=false",
        "params.config.normalize_value=false",
        "params.config.central_value_config.normalize_input=false",
    ],
    "skrl": ["agent.observation_preprocessor=null", "agent.state_preprocessor=null", "agent.value_preprocessor=null"],
}
LINEAR_CRITIC = {
    "rsl_rl": ["critic.hidden_dims=[1]", "critic.activation=identity"],
    "rl_games": [
        "params.config.central_value_config.network.mlp.units=[1]",
        "params.config.central_value_config.network.mlp.activation='None'",
    ],
    "skrl": ["models.value.network.0.layers=[1]", "models.value.network.0.activations=[]"],
}


class Ages(PointEnv):
    """Shows the age of each episode, rewards nothing, and ends by time only."""

    def observe(self) -> dict[str, torch.Tensor]:
        """Returns the observation groups."""
        age = self.episode_length_buf.float().unsqueeze(-1)
        return {"policy": age.expand(-1, 2), "critic": age.expand(-1, 3)}

    @property
    def max_episode_length(self) -> int:
        """Steps of an episode."""
        return AGE_AT_END + 1

    def step(self, action: torch.Tensor):
        """Lets a step pass."""
        self.episode_length_buf += 1
        truncated = self.episode_length_buf > AGE_AT_END
        self.episode_length_buf.masked_fill_(truncated, 0)
        self.obs_buf = self.observe()
        nothing = torch.zeros(self.num_envs)
        return self.obs_buf, nothing, torch.zeros_like(truncated), truncated, {}


def critic_weights(trainer: LibraryTrainer) -> list[torch.nn.Linear]:
    """Returns the two layers of the critic, of one unit each."""
    if trainer.library == "rsl_rl":
        module = trainer.runner.alg.critic
    elif trainer.library == "rl_games":
        network = trainer.agent.central_value_net.model.a2c_network
        return [network.actor_mlp[0], network.value]
    else:
        module = trainer.runner.agent.value
    return [layer for layer in module.modules() if isinstance(layer, torch.nn.Linear)]


def value_the_age(trainer: LibraryTrainer) -> None:
    """Makes the critic's value the age of an episode times :data:`VALUE_PER_STEP`."""
    first, last = critic_weights(trainer)
    with torch.no_grad():
        for layer in (first, last):
            layer.weight.zero_()
            layer.bias.zero_()
        first.weight[0, 0], last.weight[0, 0] = 1.0, VALUE_PER_STEP


class Collected(Exception):
    """Ends a training where it has collected its experience."""


def collected_rewards(trainer: LibraryTrainer) -> tuple[torch.Tensor, torch.Tensor]:
    """Returns rewards and ends of one collection of experience, each of shape (steps, num_envs)."""

    def stop(*args, **kwargs) -> None:
        raise Collected

    if trainer.library == "rsl_rl":
        trainer.runner.alg.compute_returns = stop
    elif trainer.library == "rl_games":
        trainer.agent.discount_values = stop
    else:
        trainer.runner.agent.update = stop
    with pytest.raises(Collected):
        train(trainer)
    if trainer.library == "rsl_rl":
        storage = trainer.runner.alg.storage
        return storage.rewards.squeeze(-1), storage.dones.squeeze(-1).bool()
    if trainer.library == "rl_games":
        buffer = trainer.agent.experience_buffer.tensor_dict
        # dones are those before the step
        return buffer["rewards"].squeeze(-1)[:-1], buffer["dones"][1:].bool()
    memory = trainer.runner.agent.memory
    return memory.get_tensor_by_name("rewards").squeeze(-1), memory.get_tensor_by_name("truncated").squeeze(-1)


@pytest.mark.parametrize("network", ["", "gru_"])
@pytest.mark.parametrize("library", LIBRARIES)
def test_the_reward_of_the_last_step_holds_the_value_of_the_state_that_was_cut_off(
    library: str, network: str, tmp_path: Path
) -> None:
    overrides = [*NO_NORMALIZATION[library], *LINEAR_CRITIC[library]]
    trainer = make_trainer(library, tmp_path, 1, *overrides, network=network, env=Ages(8), spread=False)
    value_the_age(trainer)
    rewards, ends = collected_rewards(trainer)
    assert ends.sum() == 2 * 8, "two ends in each environment"
    assert rewards[~ends].abs().max() == 0.0
    expected = GAMMA[network] * VALUE_PER_STEP * AGE_AT_END
    torch.testing.assert_close(rewards[ends], torch.full_like(rewards[ends], expected))
