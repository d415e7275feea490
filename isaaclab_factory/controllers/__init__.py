# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Controllers without an environment or a simulator: rotations, and the torque law and the kinematics as Warp kernels.

The functions are batched over their first dimension, work in float32 or float64 on any device and keep no state between
calls. Quaternions are (x, y, z, w).
"""

from .differential_ik import solve_ik
from .franka_kinematics import FRANKA_JOINT_LIMITS, franka_chain
from .operational_space import OperationalSpaceController
from .rotations import pointing_down_quat, quat_from_rotvec, yaw_from_quat
from .serial_chain import SerialChain
from .tool_targets import LEAST_YAW, DeltaTarget, SteppedTarget

__all__ = [
    "FRANKA_JOINT_LIMITS",
    "LEAST_YAW",
    "DeltaTarget",
    "OperationalSpaceController",
    "SerialChain",
    "SteppedTarget",
    "franka_chain",
    "pointing_down_quat",
    "quat_from_rotvec",
    "solve_ik",
    "yaw_from_quat",
]
