# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Targets on the way to a goal go no further than the limits, and never through the end of the last joint."""

import numpy as np
import pytest
import torch
import warp as wp
from scipy.spatial.transform import Rotation

from isaaclab_factory.controllers import SteppedTarget

POSITION_LIMIT, ROTATION_LIMIT = (0.02, 0.01, 0.03), (0.1, 0.05, 0.2)


def target(pos, angles, goal_pos, goal_yaw):
    """Position, angles and offset of the target of a tool with a position and roll, pitch and yaw in rad."""
    stepped = SteppedTarget(1, 0, POSITION_LIMIT, ROTATION_LIMIT)
    stepped.goal_pos_w.copy_(torch.tensor(goal_pos))
    stepped.goal_yaw.fill_(goal_yaw)
    quat = Rotation.from_euler("xyz", angles).as_quat()
    pose = torch.tensor(np.concatenate((pos, quat)), dtype=torch.float32).view(1, 1, 7)
    stepped.update(wp.from_torch(pose, dtype=wp.transformf))
    pose, offset = stepped.target_pose_w[0].numpy(), stepped.offset_w[0].numpy()
    return pose[:3], Rotation.from_quat(pose[3:]), offset


def angle_between(rotation: Rotation, angles) -> float:
    return (rotation * Rotation.from_euler("xyz", angles).inv()).magnitude()


def test_a_goal_within_the_limits_is_the_target():
    pos, rotation, offset = target((0.1, 0.2, 0.3), (np.pi, 0.0, 0.5), (0.11, 0.195, 0.28), 0.6)
    np.testing.assert_allclose(pos, (0.11, 0.195, 0.28), atol=1e-6)
    assert angle_between(rotation, (np.pi, 0.0, 0.6)) < 1e-5
    np.testing.assert_allclose(offset, (0.01, -0.005, -0.02, 0.1), atol=1e-6)


def test_the_way_to_a_far_goal_is_limited_along_each_axis_and_the_offset_is_not():
    pos, rotation, offset = target((0.1, 0.2, 0.3), (np.pi, 0.0, 0.5), (0.5, -0.5, 0.3), -1.0)
    np.testing.assert_allclose(pos, (0.12, 0.19, 0.3), atol=1e-6)
    assert angle_between(rotation, (np.pi, 0.0, 0.3)) < 1e-5
    np.testing.assert_allclose(offset, (0.4, -0.7, 0.0, -1.5), atol=1e-6)


@pytest.mark.parametrize("roll", [np.pi - 0.05, -np.pi + 0.05])
@pytest.mark.parametrize("pitch", [-0.03, 0.03])
def test_a_tool_that_leans_a_little_is_made_upright_from_either_side(roll, pitch):
    _, rotation, _ = target((0.0, 0.0, 0.0), (roll, pitch, 0.5), (0.0, 0.0, 0.0), 0.5)
    assert angle_between(rotation, (np.pi, 0.0, 0.5)) < 1e-5


@pytest.mark.parametrize("side", [-1.0, 1.0])
def test_a_tool_that_leans_much_is_made_upright_step_by_step(side):
    _, rotation, _ = target((0.0, 0.0, 0.0), (np.pi + side * 0.3, side * 0.2, 0.5), (0.0, 0.0, 0.0), 0.5)
    assert angle_between(rotation, (np.pi + side * 0.2, side * 0.15, 0.5)) < 1e-5


@pytest.mark.parametrize(
    ("yaw_deg", "goal_deg", "turn_deg"),
    [
        (170.0, -170.0, 20.0),
        (-170.0, 170.0, -20.0),
        (-120.0, -130.0, 350.0),
        (-130.0, -120.0, -350.0),
        (0.0, 180.0, 180.0),
    ],
)
def test_the_yaw_turns_away_from_the_end_of_the_last_joint(yaw_deg, goal_deg, turn_deg):
    yaw, goal, turn = np.radians((yaw_deg, goal_deg, turn_deg))
    _, rotation, offset = target((0.0, 0.0, 0.0), (np.pi, 0.0, yaw), (0.0, 0.0, 0.0), goal)
    assert offset[3] == pytest.approx(turn, abs=1e-4)
    assert angle_between(rotation, (np.pi, 0.0, yaw + np.sign(turn) * 0.2)) < 1e-4


def test_limits_may_differ_between_environments():
    stepped = SteppedTarget(2, 0, POSITION_LIMIT, ROTATION_LIMIT)
    stepped.goal_pos_w.fill_(1.0)
    stepped.position_limit[1] = 0.5
    pose = torch.tensor([0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0]).repeat(2, 1, 1)
    stepped.update(wp.from_torch(pose, dtype=wp.transformf))
    torch.testing.assert_close(stepped.target_pose_w[:, :3], torch.tensor([POSITION_LIMIT, (0.5, 0.5, 0.5)]))


def test_a_wrong_number_of_limits_is_reported():
    with pytest.raises(ValueError, match=r"^rotation_limit needs 3 values, got 1\.$"):
        SteppedTarget(1, 0, POSITION_LIMIT, (0.1,))
