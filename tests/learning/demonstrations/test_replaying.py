# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A replay gives the recorded observations and states bit for bit, and sees what is different."""

from pathlib import Path

import pytest
import torch
from isaaclab.envs import ManagerBasedRLEnvCfg

from isaaclab_factory.agents.scripted import insert_peg
from isaaclab_factory.learning.demonstrations.recording import Quota, record
from isaaclab_factory.learning.demonstrations.replaying import join, paths, replay
from isaaclab_factory.learning.libraries.policy import Policy
from tests.learning.demonstrations.demos import NUM_ENVS, STEPS, change, load, recorder
from tests.tasks.task_env import open_env


@pytest.mark.slow
@pytest.mark.parametrize(
    ("task", "presets"),
    [
        ("PegInsert", None),
        ("PegInsert", "search_motion"),
        pytest.param("GearMesh", "aided", marks=pytest.mark.long),
        pytest.param("NutThread", None, marks=pytest.mark.long),
    ],
)
def test_a_replay_is_exact_in_any_number_of_environments(task: str, presets: str | None, tmp_path: Path) -> None:
    """Each in another environment than it was recorded in, beside other episodes, and after other episodes."""
    actions = 2.0 * torch.rand(2 * STEPS, NUM_ENVS, 6, generator=torch.Generator().manual_seed(3)) - 1.0
    left = iter(actions)
    with open_env(task, NUM_ENVS, presets=presets, seed=1, change=change) as env:
        recording = recorder(env, tmp_path / "demos.hdf5", Quota(100, 2 * NUM_ENVS), keep_failures=True)
        record(env, Policy(lambda obs: next(left)), recording, seed=1)
    episodes = load(tmp_path / "demos.hdf5")
    assert len(episodes) == 2 * NUM_ENVS
    with open_env(task, NUM_ENVS + 1, presets=presets, seed=9, change=change) as env:
        env.reset()
        for batch in (episodes[::-1][:4], episodes[:2]):
            result = replay(env, batch)
            assert {path: float(values.max()) for path, values in result.differences.items()} == dict.fromkeys(
                result.differences, 0.0
            )
            assert {"obs/policy", "obs/critic", "states/rigid_object/held_asset/root_pose"} <= set(result.differences)
            assert result.lengths.tolist() == [STEPS] * len(batch)


@pytest.mark.slow
def test_a_replay_sees_what_is_different(tmp_path: Path) -> None:
    with open_env("PegInsert", 2, seed=1, change=change) as env:
        recording = recorder(env, tmp_path / "demos.hdf5", Quota(100, 2), keep_failures=True)
        record(env, Policy(lambda obs: torch.ones(2, 6)), recording, seed=1)
    first, second = load(tmp_path / "demos.hdf5")
    second.data["actions"][4:] = -1.0
    first.data = {name: value[:5] if name == "actions" else value for name, value in first.data.items()}
    with open_env("PegInsert", 2, seed=2, change=change) as env:
        env.reset()
        result = replay(env, [first, second])
    pose = result.differences["states/rigid_object/held_asset/root_pose"]
    assert pose[0] == 0.0, "compared as long as there are actions"
    assert pose[1] > 1e-3
    assert result.lengths.tolist() == [5, STEPS]
    assert not result.success.any()


@pytest.mark.slow
def test_a_scripted_agent_succeeds_again_in_its_replay(tmp_path: Path) -> None:
    def longer(cfg: ManagerBasedRLEnvCfg) -> None:
        change(cfg)
        cfg.episode_length_s = 5.0

    with open_env("PegInsert", 2, presets="no_noise", seed=1, change=longer) as env:
        recording = recorder(env, tmp_path / "demos.hdf5", Quota(2, 4))
        record(env, Policy(lambda obs: insert_peg(env)), recording, seed=1)
        assert recording.successes == 2
    episodes = load(tmp_path / "demos.hdf5")
    assert all(episode.data["success"][-1] and not episode.data["success"][0] for episode in episodes)
    with open_env("PegInsert", 1, presets="no_noise", seed=1, change=longer) as env:
        env.reset()
        for episode in episodes:
            result = replay(env, [episode])
            assert result.success.tolist() == result.recorded.tolist() == [True]
            assert not any(values.any() for values in result.differences.values())


def test_states_are_joined_and_listed_by_their_paths() -> None:
    states = [{"a": {"b": torch.tensor([[1.0]])}, "c": torch.tensor([[2.0]])} for _ in range(2)]
    found = dict(paths(join(states)))
    assert {path: values.shape for path, values in found.items()} == {"a/b": (2, 1), "c": (2, 1)}
