# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Saving and restoring an episode, in a real environment on the CPU engine."""

import copy
from pathlib import Path

import pytest
import torch
from isaaclab.managers import RecorderManager
from isaaclab.utils.datasets import EpisodeData, HDF5DatasetFileHandler

from isaaclab_factory import mdp


@pytest.fixture
def goal(sim_env):
    """The goal of the real environment."""
    return sim_env.command_manager.get_term("assembly_goal")


def random_actions(num_steps: int) -> torch.Tensor:
    return torch.randn(num_steps, 4, 6, generator=torch.Generator().manual_seed(1)).clamp(-1.0, 1.0)


def rollout(env, actions: torch.Tensor) -> list[torch.Tensor]:
    """Observations and rewards of every step."""
    results = []
    for action in actions:
        observations, rewards, *_ = env.step(action)
        results += [observations["policy"].clone(), rewards.clone()]
    return results


def assert_same(first: list[torch.Tensor], second: list[torch.Tensor]) -> None:
    assert [torch.equal(a, b) for a, b in zip(first, second, strict=True)] == [True] * len(first)


@pytest.mark.slow
def test_replayed_actions_give_the_same_episode_bit_for_bit(sim_env):
    state = mdp.get_state(sim_env)
    actions = random_actions(12)
    first = rollout(sim_env, actions)
    sim_env.reset()
    observations, _ = mdp.reset_to(sim_env, state)
    assert torch.equal(observations["policy"][:, 7:13], torch.zeros(4, 6))  # no velocity is measured
    assert_same(first, rollout(sim_env, actions))


def test_the_goal_is_where_the_restored_part_is_and_its_tip_is_observed_as_before(sim_env, goal):
    observations = sim_env.observation_manager.compute()["policy"].clone()
    state, before = mdp.get_state(sim_env), (goal.target_pos_w.clone(), goal.noisy_tip_pos_w.clone())
    sim_env.reset()
    assert (goal.target_pos_w - before[0]).norm(dim=-1).min() > 1e-3
    restored, _ = mdp.reset_to(sim_env, state)
    assert torch.equal(goal.target_pos_w, before[0])
    assert torch.equal(goal.noisy_tip_pos_w, before[1])
    assert torch.equal(restored["policy"], observations)


def test_isaac_labs_own_reset_to_moves_the_goal_too(sim_env, goal):
    """As in its replay script, which does not know of the noise of the tip."""
    state, target = sim_env.scene.get_state(), goal.target_pos_w.clone()
    sim_env.reset()
    sim_env.reset_to(state, slice(None))
    assert torch.equal(goal.target_pos_w, target)
    sim_env.step(torch.zeros(4, 6))
    held = sim_env.scene["held_asset"].data.root_link_pose_w.torch[:, :3]
    torch.testing.assert_close(goal.base_pos_error_w, held - target, atol=1e-6, rtol=0.0)


def test_some_environments_are_restored_and_the_others_go_on(sim_env, goal):
    state = mdp.get_state(sim_env)
    picked = copy.deepcopy(state)
    ids = torch.tensor([1, 3])

    def pick(branch: dict) -> dict:
        return {key: pick(value) if isinstance(value, dict) else value[ids] for key, value in branch.items()}

    sim_env.reset()
    noise, target = goal.tip_noise_w.clone(), goal.target_pos_w.clone()
    mdp.reset_to(sim_env, pick(picked), ids)
    assert torch.equal(goal.tip_noise_w[ids], state["command"]["assembly_goal"]["tip_noise"][ids])
    assert torch.equal(goal.tip_noise_w[[0, 2]], noise[[0, 2]])
    assert torch.equal(goal.target_pos_w[[0, 2]], target[[0, 2]])
    # a restored noise is taken once
    sim_env.reset()
    assert not torch.equal(goal.tip_noise_w[ids], state["command"]["assembly_goal"]["tip_noise"][ids])


def test_a_state_without_the_goal_is_refused(sim_env):
    with pytest.raises(KeyError, match="has no 'command/assembly_goal': save it with get_state"):
        mdp.reset_to(sim_env, sim_env.scene.get_state())


def record(env, folder: Path, actions: torch.Tensor) -> list[EpisodeData]:
    """Record an episode of each environment with Isaac Lab's manager, and load it from its file."""
    cfg = mdp.AssemblyRecorderManagerCfg()
    cfg.dataset_export_dir_path, cfg.dataset_filename = str(folder), "episodes"
    usual, env.recorder_manager = env.recorder_manager, RecorderManager(cfg, env)
    env.reset(seed=3)
    for action in actions:
        env.step(action)
    env.recorder_manager.export_episodes([0, 1, 2, 3])
    env.recorder_manager.close()
    env.recorder_manager = usual
    file = HDF5DatasetFileHandler()
    file.open(str(folder / "episodes.hdf5"))
    return [file.load_episode(name, device="cpu") for name in file.get_episode_names()]


def test_recorded_episodes_replay(sim_env, goal, tmp_path):
    """Positions are recorded relative to the environments' origins, which rounds them to some 0.1 um."""
    actions = random_actions(12)
    episodes = record(sim_env, tmp_path, actions)
    noise, held = goal.tip_noise_w.clone(), sim_env.scene["held_asset"].data.root_link_pose_w.torch.clone()
    sim_env.reset()
    for env_id, episode in enumerate(episodes):
        mdp.reset_to(sim_env, episode.get_initial_state(), torch.tensor([env_id]), is_relative=True)
    assert torch.equal(goal.tip_noise_w, noise)
    for step, action in enumerate(actions):
        recorded = torch.stack([episode.get_action(step) for episode in episodes])
        assert torch.equal(recorded, action)
        sim_env.step(recorded)
    replayed = sim_env.scene["held_asset"].data.root_link_pose_w.torch
    torch.testing.assert_close(replayed, held, atol=1e-4, rtol=0.0)


def test_recorder_writes_the_noise_beside_the_assets(sim_env, goal):
    term = mdp.InitialGoalRecorder(mdp.InitialGoalRecorderCfg(), sim_env)
    key, value = term.record_post_reset(torch.tensor([2, 0]))
    assert key == "initial_state"
    assert torch.equal(value["command"]["assembly_goal"]["tip_noise"], goal.tip_noise_w[[2, 0]])
