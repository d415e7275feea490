# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Targets of pose deltas stay upright and near the center."""

import numpy as np
import pytest
import torch
import warp as wp
from scipy.spatial.transform import Rotation

from isaaclab_factory.controllers import DeltaTarget, pointing_down_quat, quat_from_rotvec, yaw_from_quat

BOUNDS = (0.05, 0.05, 0.05)
ZERO = torch.zeros(1, 3)


def target(pos, delta_pos=ZERO, rotvec=ZERO, quat=None, center=ZERO):
    """Position and orientation of the target of a tool, which is the robot's only body."""
    quat = pointing_down_quat(torch.zeros(1)) if quat is None else quat
    deltas = DeltaTarget(1, 0, BOUNDS)
    deltas.delta_pos_w.copy_(delta_pos)
    deltas.delta_quat_w.copy_(quat_from_rotvec(rotvec))
    deltas.center_w.copy_(center)
    deltas.update(wp.from_torch(torch.cat((pos, quat), dim=-1).unsqueeze(1), dtype=wp.transformf))
    return deltas.target_pose_w.split((3, 4), dim=-1)


def test_delta_is_added_to_the_present_position():
    pos, _ = target(torch.tensor([[0.01, 0.0, 0.03]]), delta_pos=torch.tensor([[0.02, -0.01, 0.005]]))
    torch.testing.assert_close(pos, torch.tensor([[0.03, -0.01, 0.035]]))


def test_target_is_clipped_to_the_box_around_the_center():
    center = torch.tensor([[0.6, 0.1, 0.07]])
    pos, _ = target(
        center + torch.tensor([[0.049, -0.2, 0.0]]), delta_pos=torch.tensor([[0.02, 0.0, 0.01]]), center=center
    )
    torch.testing.assert_close(pos, center + torch.tensor([[0.05, -0.05, 0.01]]))


def test_only_the_yaw_of_the_rotated_tool_is_kept():
    rotvec = torch.tensor([[0.05, -0.03, 0.08]])
    tilted = Rotation.from_euler("xyz", [3.0, 0.1, 0.7])
    quat = torch.from_numpy(tilted.as_quat()[None]).float()
    _, target_quat = target(ZERO, rotvec=rotvec, quat=quat)
    expected_yaw = (Rotation.from_rotvec(rotvec[0].numpy()) * tilted).as_euler("xyz")[2]
    roll, pitch, yaw = Rotation.from_quat(target_quat[0].numpy()).as_euler("xyz")
    np.testing.assert_allclose((abs(roll), pitch, yaw), (np.pi, 0.0, expected_yaw), atol=1e-5)


def test_no_delta_keeps_an_upright_tool_where_it_is():
    quat = pointing_down_quat(torch.tensor([0.4]))
    pos, target_quat = target(torch.tensor([[0.01, 0.02, 0.03]]), quat=quat)
    torch.testing.assert_close(pos, torch.tensor([[0.01, 0.02, 0.03]]))
    torch.testing.assert_close(yaw_from_quat(target_quat), torch.tensor([0.4]))


def test_a_wrong_number_of_bounds_is_reported():
    with pytest.raises(ValueError, match=r"^bounds needs 3 values, got 2\.$"):
        DeltaTarget(1, 0, (0.05, 0.05))
