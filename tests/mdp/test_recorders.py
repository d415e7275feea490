# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What the recorder terms write, in a real environment on the CPU engine."""

import torch
from isaaclab.managers import RecorderManager

from isaaclab_factory import mdp


def test_observations_are_those_of_all_groups_before_the_step(sim_env):
    observations = sim_env.observation_manager.compute()
    sim_env.obs_buf = observations | {"critic": observations["policy"] + 1.0}
    key, value = mdp.ObservationsRecorder(mdp.ObservationsRecorderCfg(), sim_env).record_pre_step()
    assert (key, set(value)) == ("obs", {"policy", "critic"})
    assert torch.equal(value["critic"], observations["policy"] + 1.0)


def test_rewards_and_success_are_those_of_the_step(sim_env):
    sim_env.step(torch.zeros(4, 6))
    key, value = mdp.RewardsRecorder(mdp.RewardsRecorderCfg(), sim_env).record_post_step()
    assert key == "rewards"
    assert torch.equal(value, sim_env.reward_buf)
    goal = sim_env.command_manager.get_term("assembly_goal")
    goal._success[1] = True
    key, value = mdp.SuccessRecorder(mdp.SuccessRecorderCfg(), sim_env).record_post_step()
    assert (key, value.tolist()) == ("success", [False, True, False, False])


def test_demonstrations_have_each_group_once_and_what_a_replay_needs(sim_env):
    cfg = mdp.DemonstrationRecorderManagerCfg()
    cfg.dataset_export_mode = 0
    usual, sim_env.recorder_manager = sim_env.recorder_manager, RecorderManager(cfg, sim_env)
    sim_env.reset(seed=1)
    sim_env.step(torch.zeros(4, 6))
    episode = sim_env.recorder_manager.get_episode(2).data
    sim_env.recorder_manager = usual
    assert set(episode) == {"initial_state", "obs", "actions", "processed_actions", "rewards", "success", "states"}
    assert set(episode["obs"]) == set(sim_env.observation_manager.active_terms)
    assert len(episode["rewards"]) == len(episode["success"]) == len(episode["actions"]) == 1
    assert "tip_noise" in episode["initial_state"]["command"]["assembly_goal"]
