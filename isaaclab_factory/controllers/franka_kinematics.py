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


def franka_chain(tool_offset: float = FINGERTIP_OFFSET, device: str | torch.device = "cpu") -> SerialChain:
    """The seven arm joints with a tool on the hand's z axis.

    Args:
        tool_offset: Distance in m of the tool from the hand's frame along the hand's z axis.
        device: Device of the tensors that the chain is for.

    Returns:
        The chain from the arm's base (``panda_link0``) to the tool.
    """
    joint_frames = [(*pos, math.sin(0.5 * roll), 0.0, 0.0, math.cos(0.5 * roll)) for pos, roll in _JOINTS]
    half_yaw = 0.5 * _HAND_YAW
    tool_frame = (0.0, 0.0, _FLANGE_OFFSET + tool_offset, 0.0, 0.0, math.sin(half_yaw), math.cos(half_yaw))
    return SerialChain(joint_frames, tool_frame, device)
