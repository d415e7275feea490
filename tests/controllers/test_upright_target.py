# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Targets of pose deltas stay upright and near the center."""

from types import SimpleNamespace

import numpy as np
import torch
import warp as wp
from isaaclab.utils.warp import ProxyArray
from scipy.spatial.transform import Rotation

from isaaclab_factory.controllers import OperationalSpaceController, pointing_down_quat, quat_from_rotvec, yaw_from_quat

BOUNDS = (0.05, 0.05, 0.05)
ZERO = torch.zeros(1, 3)


def target(pos, delta_pos=ZERO, rotvec=ZERO, quat=None, center=ZERO):
    """Position and orientation that the controller pulls a tool to."""
    quat = pointing_down_quat(torch.zeros(1)) if quat is None else quat
    shapes = {"body_com_vel_w": (1, 1, 6), "body_com_pos_b": (1, 1, 3), "joint_pos": (1, 7), "joint_vel": (1, 7)}
    shapes |= {"body_link_jacobian_w": (1, 1, 6, 7), "mass_matrix": (1, 7, 7)}
    dtypes = {"body_link_pose_w": wp.transformf, "body_com_vel_w": wp.spatial_vectorf, "body_com_pos_b": wp.vec3f}
    tensors = {name: torch.zeros(shape) for name, shape in shapes.items()}
    tensors["body_link_pose_w"] = torch.cat((pos, quat), dim=-1).unsqueeze(1)
    data = {name: ProxyArray(wp.from_torch(t, dtype=dtypes.get(name, wp.float32))) for name, t in tensors.items()}
    controller = OperationalSpaceController(
        1, 0, (0, 0), range(7), (1.0,) * 6, (0.0,) * 7, 1.0, 1.0, 1.0, position_bounds=BOUNDS
    )
    controller.compute(SimpleNamespace(**data), delta_pos, quat_from_rotvec(rotvec), center)
    return controller.target_pose_w.split((3, 4), dim=-1)


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
