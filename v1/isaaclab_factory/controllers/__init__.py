# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Controllers as pure tensor math: no environment, no simulator.

Every function is batched over its first dimension, works in float32 or float64 on any device and keeps no state between
calls. Quaternions are (x, y, z, w).
"""

from .delta_pose import delta_pose_target
from .differential_ik import damped_least_squares, solve_ik
from .franka_kinematics import FRANKA_JOINT_LIMITS, franka_chain
from .operational_space import OperationalSpaceController, mean_jacobian, pose_error
from .rotations import pointing_down_quat, quat_from_rotvec, yaw_from_quat
from .serial_chain import SerialChain

__all__ = [
    "FRANKA_JOINT_LIMITS",
    "OperationalSpaceController",
    "SerialChain",
    "damped_least_squares",
    "delta_pose_target",
    "franka_chain",
    "mean_jacobian",
    "pointing_down_quat",
    "pose_error",
    "quat_from_rotvec",
    "solve_ik",
    "yaw_from_quat",
]
