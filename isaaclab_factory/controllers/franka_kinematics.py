# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The published kinematics of the Franka Emika robot arm with its hand.

Joint frames and limits: "Robot and interface specifications" of the Franka Control Interface documentation
(Denavit-Hartenberg parameters after Craig) and the ``franka_description`` URDF.
"""

from __future__ import annotations

import math

import torch

from .serial_chain import SerialChain

FRANKA_JOINT_LIMITS: tuple[tuple[float, float], ...] = (
    (-2.8973, 2.8973),
    (-1.7628, 1.7628),
    (-2.8973, 2.8973),
    (-3.0718, -0.0698),
    (-2.8973, 2.8973),
    (-0.0175, 3.7525),
    (-2.8973, 2.8973),
)
"""Lower and upper position limit of each arm joint in rad."""

FINGER_OFFSET = 0.0584
"""Distance in m from the hand's frame to the origins of the finger links, along the hand's z axis."""

FINGERTIP_OFFSET = FINGER_OFFSET + 0.053671
"""Distance in m from the hand's frame to the end of the finger pads, ``panda_fingertip_centered``."""

# translation in m and rotation about x in rad of each joint's frame in the previous joint's frame
_JOINTS = (
    ((0.0, 0.0, 0.333), 0.0),
    ((0.0, 0.0, 0.0), -math.pi / 2),
    ((0.0, -0.316, 0.0), math.pi / 2),
    ((0.0825, 0.0, 0.0), math.pi / 2),
    ((-0.0825, 0.384, 0.0), -math.pi / 2),
    ((0.0, 0.0, 0.0), math.pi / 2),
    ((0.088, 0.0, 0.0), math.pi / 2),
)
_FLANGE_OFFSET = 0.107
_HAND_YAW = -math.pi / 4


def franka_chain(
    tool_offset: float = FINGERTIP_OFFSET, device: str | torch.device = "cpu", dtype: torch.dtype = torch.float32
) -> SerialChain:
    """The seven arm joints with a tool on the hand's z axis.

    Args:
        tool_offset: Distance in m of the tool from the hand's frame along the hand's z axis.
        device: Device of the tensors.
        dtype: Floating point type of the tensors.

    Returns:
        The chain from the arm's base (``panda_link0``) to the tool.
    """
    joint_frames = torch.eye(4, dtype=torch.float64).repeat(len(_JOINTS), 1, 1)
    for frame, (translation, roll) in zip(joint_frames, _JOINTS, strict=True):
        cos, sin = math.cos(roll), math.sin(roll)
        frame[:3, 3] = torch.tensor(translation, dtype=torch.float64)
        frame[1:3, 1:3] = torch.tensor([[cos, -sin], [sin, cos]], dtype=torch.float64)

    tool_frame = torch.eye(4, dtype=torch.float64)
    cos, sin = math.cos(_HAND_YAW), math.sin(_HAND_YAW)
    tool_frame[:2, :2] = torch.tensor([[cos, -sin], [sin, cos]], dtype=torch.float64)
    tool_frame[2, 3] = _FLANGE_OFFSET + tool_offset
    return SerialChain(joint_frames.to(device, dtype), tool_frame.to(device, dtype))
