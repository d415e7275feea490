# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A saved state is restored with its goal, and the recorded actions lead from it to the same motion."""

import pytest
import torch
from isaaclab.utils.datasets import HDF5DatasetFileHandler

from isaaclab_factory import mdp
from tests.tasks.task_env import FACTORY, engine_state, open_env

pytestmark = pytest.mark.slow

NUM_ENVS = 2
STEPS = 12


def random_actions(seed: int) -> torch.Tensor:
    """Actions of shape (STEPS, NUM_ENVS, 6)."""
    return torch.randn(STEPS, NUM_ENVS, 6, generator=torch.Generator().manual_seed(seed))


def roll_out(env, actions: torch.Tensor) -> list[dict[str, torch.Tensor]]:
    """What comes of some actions, step by step."""
    steps = []
    for action in actions:
        obs, reward, *_ = env.step(action)
        steps.append(
            engine_state(env) | {"reward": reward.clone()} | {name: value.clone() for name, value in obs.items()}
        )
    return steps


@pytest.fixture(params=FACTORY)
def env(request, tmp_path):
    """Two environments that record their episodes."""

    def record(cfg) -> None:
        cfg.recorders = mdp.AssemblyRecorderManagerCfg()
        cfg.recorders.dataset_export_dir_path, cfg.recorders.dataset_filename = str(tmp_path), "episodes"

    with open_env(request.param, NUM_ENVS, seed=1, change=record) as env:
        yield env


def test_the_start_of_an_episode_is_restored_and_its_actions_replayed_exactly(env, tmp_path):
    env.reset(seed=1)
    state, actions = mdp.get_state(env), random_actions(seed=2)
    start = {name: value.clone() for name, value in env.observation_manager.compute().items()}
    expected = roll_out(env, actions)

    env.reset(seed=3)
    roll_out(env, random_actions(seed=4))
    obs, _ = mdp.reset_to(env, state)
    for name, value in start.items():
        assert torch.equal(obs[name], value), name
    for step, (wanted, got) in enumerate(zip(expected, roll_out(env, actions), strict=True)):
        for name, value in wanted.items():
            assert torch.equal(got[name], value), (step, name)

    # the same from the file that the recorder has written of the first episode
    env.reset(seed=5)
    file = HDF5DatasetFileHandler()
    file.open(str(tmp_path / "episodes.hdf5"))
    episodes = [file.load_episode(name, env.device) for name in sorted(file.get_episode_names())[:NUM_ENVS]]
    recorded = [episode.data["initial_state"] for episode in episodes]
    mdp.reset_to(env, join(recorded), is_relative=True)
    replayed = torch.stack([episode.data["actions"] for episode in episodes], dim=1)[:STEPS]
    assert torch.equal(replayed, actions)
    for step, (wanted, got) in enumerate(zip(expected, roll_out(env, replayed), strict=True)):
        torch.testing.assert_close(got["policy"], wanted["policy"], atol=2e-4, rtol=0.0, msg=f"step {step}")
        torch.testing.assert_close(got["reward"], wanted["reward"], atol=2e-3, rtol=0.0, msg=f"step {step}")
    file.close()


def join(states: list[dict]) -> dict:
    """The states of single environments as the state of all."""
    first = states[0]
    if isinstance(first, torch.Tensor):
        return torch.cat(states)
    return {name: join([state[name] for state in states]) for name in first}
