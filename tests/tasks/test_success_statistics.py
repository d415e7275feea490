# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Statistics of finished episodes, on the engine, next to the code with which the reference counts.

The reference counts a success where the part is in its place in the last step of an episode; that it has been there
before only sets the time of the success. It divides by the number of all environments, which have to end together: here
its code counts each environment as a batch of one.
"""

from types import SimpleNamespace

import pytest
import torch
from isaaclab.utils.math import quat_from_euler_xyz, quat_mul

from tests.tasks.reference_env import ReferenceEnv
from tests.tasks.task_env import control_by_hand, open_env

NUM_ENVS = 4
LOG = "Metrics/assembly_goal/"


@pytest.fixture(scope="module")
def env(request):
    """Four environments of the task that a test names."""
    with open_env(request.param, NUM_ENVS, change=control_by_hand) as env:
        yield env


class ReferenceCounts:
    """What the reference's ``_log_factory_metrics`` knows about the running episode of each environment."""

    def __init__(self, env, task: str):
        self._env, self._reference = env, ReferenceEnv(env, task)
        self._rows = [SimpleNamespace(num_envs=1) for _ in range(NUM_ENVS)]
        for row in self._rows:
            self._begin_episode(row)
        self.finished = {}
        """By environment: success, whether it has ever been one, and the step of its first success, 0 for never."""

    @staticmethod
    def _begin_episode(row: SimpleNamespace) -> None:
        row.extras = {}
        row.ep_succeeded, row.ep_success_times = torch.zeros(2, 1, dtype=torch.long)

    def count(self, ends: torch.Tensor) -> None:
        """Count the present step, after the physics and before the reset of the environments that end in it."""
        reference = self._reference
        reference._compute_intermediate_values(reference.physics_dt)
        threshold, check_yaw = reference.cfg_task.success_threshold, reference.cfg_task.name == "nut_thread"
        successes = reference._get_curr_successes(threshold, check_rot=check_yaw)
        self.finished = {}
        for index, row in enumerate(self._rows):
            row.reset_buf = ends[[index]]
            row.episode_length_buf = self._env.episode_length_buf[[index]]
            type(reference)._log_factory_metrics(row, {}, successes[[index]])
            if ends[index]:
                first = float(row.extras.get("success_times", 0.0))
                rate = row.extras["log"]["Metrics/success_rate"]
                self.finished[index] = (rate, float(row.ep_succeeded), first)
                self._begin_episode(row)


def hold_peg(env, in_hole: tuple[bool, ...]) -> None:
    """Put the pegs into their holes, or beside the table."""
    held, fixed = env.scene["held_asset"], env.scene["fixed_asset"]
    pose = fixed.data.root_link_pose_w.torch.clone()
    beside = ~torch.tensor(in_hole)
    pose[:, 2] += 0.0005
    pose[beside, 1] += 0.3
    held.write_root_pose_to_sim_index(root_pose=pose)
    held.write_root_velocity_to_sim_index(root_velocity=torch.zeros(NUM_ENVS, 6))


@pytest.mark.parametrize("env", ["PegInsert"], indirect=True)
def test_an_episode_that_succeeded_and_lost_the_part_counts_as_in_the_reference(env, monkeypatch):
    env.reset(seed=1)
    counts = ReferenceCounts(env, "PegInsert")
    compute_reward = env.reward_manager.compute

    def count_and_reward(dt: float) -> torch.Tensor:
        counts.count(env.reset_buf)
        return compute_reward(dt)

    monkeypatch.setattr(env.reward_manager, "compute", count_and_reward)
    steps = env.max_episode_length - torch.tensor([3, 5, 5, 6])
    env.episode_length_buf[:] = steps
    in_hole = (
        (False, True, False, True),
        (True, True, False, False),
        (True, False, False, False),  # the first ends in the hole
        (False, False, False, False),
        (False, False, False, False),  # the second has lost its peg, the third never had it in the hole
        (True, False, False, True),  # the fourth has lost it and found it again
    )
    first = (steps + torch.tensor([2, 1, 0, 1])).tolist()
    expected = {
        2: {0: (1.0, 1.0, first[0])},
        4: {1: (0.0, 1.0, first[1]), 2: (0.0, 0.0, 0.0)},
        5: {3: (1.0, 1.0, first[3])},
    }
    goal = env.command_manager.get_term("assembly_goal")
    for step, pegs in enumerate(in_hole):
        hold_peg(env, pegs)
        log = env.step(torch.zeros(NUM_ENVS, 6))[4]["log"]
        assert counts.finished == expected.get(step, {})
        for index, (success, ever, first_step) in counts.finished.items():
            episode = {name: values[index].item() for name, values in goal.last_episode.items()}
            assert (episode["success"], episode["ever_success"]) == (success, ever)
            # without a success the whole episode counts, which the reference leaves out
            time = (first_step or env.max_episode_length) * env.step_dt
            assert episode["first_success_time"] == pytest.approx(time)
        if counts.finished:
            ended = list(counts.finished)
            for name in ("success", "ever_success", "first_success_time"):
                assert float(log[LOG + name]) == pytest.approx(goal.last_episode[name][ended].mean().item())


@pytest.mark.slow
@pytest.mark.parametrize("env", ["NutThread"], indirect=True)
def test_a_nut_at_the_height_of_success_beside_the_helix_is_a_success_that_is_not_seated(env):
    env.reset(seed=2)
    goal = env.command_manager.get_term("assembly_goal")
    pitch = goal.cfg.thread_pitch
    held, robot = env.scene["held_asset"], env.scene["robot"]
    pose = env.scene["fixed_asset"].data.root_link_pose_w.torch.clone()
    # at the target, 1.5 turns deep; there, but a quarter of a turn beside the thread; a quarter deeper on it; far above
    pose[:, 2] += pitch * torch.tensor([11.0, 11.0, 10.75, 20.0])
    yaw = torch.tensor([0.0, 0.5, -0.5, 0.0]) * torch.pi
    none = torch.zeros(NUM_ENVS)
    pose[:, 3:] = quat_mul(pose[:, 3:], quat_from_euler_xyz(none, none, yaw))
    held.write_root_pose_to_sim_index(root_pose=pose)
    joint_pos = robot.data.joint_pos.torch.clone()
    joint_pos[:, 6] += goal.hand_yaw + 0.5  # the last joint points down: the hand is turned past the yaw of zero
    robot.write_joint_position_to_sim_index(position=joint_pos)

    env.common_step_counter += 1
    counts = ReferenceCounts(env, "NutThread")
    counts.count(torch.ones(NUM_ENVS, dtype=torch.bool))
    assert [success for success, _, _ in counts.finished.values()] == [1.0, 1.0, 1.0, 0.0]
    env.reward_manager.compute(env.step_dt)
    env._reset_idx(torch.tensor([0, 1]))
    log = env.extras["log"]
    assert log[LOG + "success"] == log[LOG + "ever_success"] == 1.0
    assert log[LOG + "seated"] == pytest.approx(1.5 / 2.0, abs=1e-3)
    env._reset_idx(torch.tensor([2, 3]))
    assert goal.last_episode["success"].tolist() == [1.0, 1.0, 1.0, 0.0]
    assert goal.last_episode["seated"].tolist() == pytest.approx([1.5, 0.0, 1.75, 0.0], abs=1e-3)
