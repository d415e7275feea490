# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Which episodes a recording keeps, when it ends, and what it writes of them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import h5py
import pytest
import torch
from isaaclab.envs import ManagerBasedRLEnv
from isaaclab.utils.math import quat_apply

from isaaclab_factory.learning.demonstrations.recording import Quota, record
from isaaclab_factory.learning.libraries.policy import Policy
from tests.learning.demonstrations.demos import NUM_ENVS, STEPS, change, load, recorder
from tests.tasks.task_env import open_env

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def env() -> Iterator[ManagerBasedRLEnv]:
    """Environments of PegInsert with all its noise."""
    with open_env("PegInsert", NUM_ENVS, seed=0, change=change) as env:
        yield env


def inserting(env: ManagerBasedRLEnv, chosen: Callable[[int], list[int]]) -> Policy:
    """A policy whose peg, in chosen environments, is put into the hole by hand before the last step of an episode.

    Args:
        env: The environment.
        chosen: From the number of the episode to the environments in which it is a success.
    """
    count = 0

    def act(obs: dict[str, torch.Tensor]) -> torch.Tensor:
        nonlocal count
        count += 1
        if count % STEPS == STEPS - 1:
            put_peg_in_hole(env, chosen(count // STEPS))
        return torch.full((NUM_ENVS, 6), 0.01 * count)

    return Policy(act)


def put_peg_in_hole(env: ManagerBasedRLEnv, env_ids: list[int]) -> None:
    ids, goal = torch.tensor(env_ids, dtype=torch.long), env.command_manager.get_term("assembly_goal")
    quat = goal.target_quat_w[ids]
    offset = quat_apply(quat, torch.tensor(goal.cfg.held_base_offset).expand(len(ids), 3))
    peg = env.scene["held_asset"]
    peg.write_root_pose_to_sim_index(root_pose=torch.cat((goal.target_pos_w[ids] - offset, quat), dim=-1), env_ids=ids)
    peg.write_root_velocity_to_sim_index(root_velocity=torch.zeros(len(ids), 6), env_ids=ids)


def test_only_successes_are_kept_until_there_are_enough(env: ManagerBasedRLEnv, tmp_path: Path) -> None:
    recording = recorder(env, tmp_path / "demos.hdf5", Quota(3, 100), about={"env_name": "Peg"})
    # the first episodes of 1, the second ones of 0 and 2, and the third ones of 0, 1 and 2, of which none is needed
    record(env, inserting(env, lambda number: [[1], [0, 2], [0, 1, 2]][number]), recording, seed=1)
    assert (recording.successes, recording.failures, recording.episodes) == (3, 3, 6)
    episodes = load(tmp_path / "demos.hdf5")
    assert [bool(episode.success) for episode in episodes] == [True] * 3
    starts = [float(episode.data["actions"][0, 0]) for episode in episodes]
    assert starts == pytest.approx([0.01, 0.01 * (STEPS + 1), 0.01 * (STEPS + 1)])
    with h5py.File(tmp_path / "demos.hdf5") as file:
        assert file["data"].attrs["total"] == 3 * STEPS
        assert '"env_name": "Peg"' in file["data"].attrs["env_args"]


def test_of_episodes_that_end_together_only_as_many_as_are_missing_are_kept(
    env: ManagerBasedRLEnv, tmp_path: Path
) -> None:
    recording = recorder(env, tmp_path / "demos.hdf5", Quota(2, 100))
    record(env, inserting(env, lambda number: [0, 1, 2]), recording, seed=1)
    assert (recording.successes, recording.episodes, len(load(tmp_path / "demos.hdf5"))) == (2, 2, 2)


def test_failures_are_kept_if_they_are_asked_for(env: ManagerBasedRLEnv, tmp_path: Path) -> None:
    recording = recorder(env, tmp_path / "demos.hdf5", Quota(1, 100), keep_failures=True)
    record(env, inserting(env, lambda number: [2]), recording, seed=1)
    assert [bool(episode.success) for episode in load(tmp_path / "demos.hdf5")] == [False, False, True]
    assert (recording.successes, recording.failures) == (1, 2)


def test_it_gives_up_after_so_many_episodes(env: ManagerBasedRLEnv, tmp_path: Path) -> None:
    recording = recorder(env, tmp_path / "demos.hdf5", Quota(4, 5))
    record(env, inserting(env, lambda number: [0]), recording, seed=1)
    assert (recording.successes, recording.episodes) == (2, 5)
    assert len(load(tmp_path / "demos.hdf5")) == 2


def test_ctrl_c_leaves_the_episodes_that_had_ended(env: ManagerBasedRLEnv, tmp_path: Path) -> None:
    steps = 0

    def interrupt() -> None:
        nonlocal steps
        steps += 1
        if steps == STEPS + 2:
            raise KeyboardInterrupt

    recording = recorder(env, tmp_path / "demos.hdf5", Quota(100, 100))
    with pytest.raises(KeyboardInterrupt):
        record(env, inserting(env, lambda number: [0, 1]), recording, seed=1, progress=interrupt)
    episodes = load(tmp_path / "demos.hdf5")
    assert [len(episode.data["actions"]) for episode in episodes] == [STEPS, STEPS]


def test_what_is_written_is_what_the_policy_saw_and_did(env: ManagerBasedRLEnv, tmp_path: Path) -> None:
    seen, acted, rewards, positions = [], [], [], []

    def act(obs: dict[str, torch.Tensor]) -> torch.Tensor:
        seen.append({name: values.clone() for name, values in obs.items()})
        acted.append(torch.randn(NUM_ENVS, 6).clamp(-1.0, 1.0))
        return acted[-1]

    def look() -> None:
        rewards.append(env.reward_buf.clone())
        positions.append(env.scene["held_asset"].data.root_link_pose_w.torch.clone())

    recording = recorder(env, tmp_path / "demos.hdf5", Quota(100, NUM_ENVS), keep_failures=True)
    record(env, Policy(act), recording, seed=1, progress=look)
    for number, episode in enumerate(load(tmp_path / "demos.hdf5")):
        for name in ("policy", "critic"):
            assert torch.equal(episode.data["obs"][name], torch.stack([obs[name][number] for obs in seen]))
        assert torch.equal(episode.data["actions"], torch.stack(acted)[:, number])
        assert torch.equal(episode.data["rewards"], torch.stack(rewards)[:, number])
        assert episode.data["success"].tolist() == [False] * STEPS
        # the last state was looked at after the reset
        pose = episode.data["states"]["rigid_object"]["held_asset"]["root_pose"]
        assert torch.equal(pose[:-1], torch.stack(positions)[:-1, number])
