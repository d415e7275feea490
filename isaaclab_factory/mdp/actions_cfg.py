# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Configuration of the torque actions."""

from __future__ import annotations

from dataclasses import MISSING
from typing import TYPE_CHECKING, Literal

from isaaclab.managers import ActionTermCfg
from isaaclab.utils import configclass

if TYPE_CHECKING:
    from .actions import OperationalSpaceTorqueAction, TorqueAction


@configclass
class TorqueActionCfg(ActionTermCfg):
    """Configuration that all torque actions share.

    The defaults are the numbers of ``CtrlCfg`` in ``isaaclab_tasks/contrib/factory`` ("the reference").
    """

    class_type: type[TorqueAction] | str = MISSING

    arm_joint_names: list[str] = MISSING
    """Names or regular expressions of the seven arm joints."""

    gripper_joint_names: list[str] = MISSING
    """Names or regular expressions of the gripper's joints."""

    body_name: str = MISSING
    """Name of the tool's body, which the action moves."""

    command_name: str = MISSING
    """Name of the :class:`AssemblyGoal` around whose noisy tip the tool is kept."""

    ema_factor: float = 0.2
    """Share of the new action in the exponential moving average of the actions."""

    position_bounds: tuple[float, float, float] = (0.05, 0.05, 0.05)
    """Half extents in m of the box around the noisy tip in which the target is kept."""

    stiffness: tuple[float, float, float, float, float, float] = (100.0, 100.0, 100.0, 30.0, 30.0, 30.0)
    """Task-space stiffness in N/m and N m/rad. The damping is ``2 sqrt(stiffness)``."""

    dead_zone: tuple[float, float, float, float, float, float] = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    """How much of each component of the wrench is lost, in N and N m, as in joints with friction. Factory has none."""

    jacobian: Literal["finger_mean", "fingertip"] = "finger_mean"
    """Through which Jacobian the wrench is turned into joint torques.

    - ``"finger_mean"``: the mean of the two fingers', as in the reference. The wrench, which is computed for the
      fingertip, then acts midway between the origins of the finger links, 54 mm above the fingertip.
    - ``"fingertip"``: the fingertip's own. The wrench acts where it is computed for.
    """

    finger_body_names: tuple[str, str] = ("panda_leftfinger", "panda_rightfinger")
    """Names of the two finger links, for the Jacobian ``"finger_mean"``."""

    nullspace_joint_pos: tuple[float, ...] = (-1.3003, -0.4015, 1.1791, -2.1493, 0.4001, 1.9425, 0.4754)
    """Arm posture in rad that the null space moves to."""

    nullspace_stiffness: float = 10.0
    """Null-space stiffness in 1/s^2."""

    nullspace_damping: float = 6.3246
    """Null-space damping in 1/s."""

    torque_limit: float = 100.0
    """Largest absolute joint torque in N m."""

    in_physics_loop: bool = True
    """Whether the physics manager has the torques computed before each of its steps, where it can.

    Newton can. It then takes all physics steps of an environment step in one call, on a GPU in one CUDA graph.
    Whoever steps the simulation without ``env.step`` sets False.
    """

    touch_time_constant: float = 0.3
    """Time in s over which the exerted wrench is smoothed for the observations of touch. Not in the reference.

    A part that rests on another shivers by some 0.01 mrad. The damping of the rotation answers that with torques as
    large as those that show where the parts touch.
    """

    gripper_joint_pos: float = 0.0
    """Position target in m of the gripper's joints. At zero the gripper keeps closing on the part."""


@configclass
class OperationalSpaceTorqueActionCfg(TorqueActionCfg):
    """Configuration of :class:`OperationalSpaceTorqueAction`."""

    class_type: type[OperationalSpaceTorqueAction] | str = "{DIR}.actions:OperationalSpaceTorqueAction"

    position_scale: tuple[float, float, float] = (0.02, 0.02, 0.02)
    """Position delta in m of an action of one."""

    rotation_scale: tuple[float, float, float] = (0.097, 0.097, 0.097)
    """Rotation delta in rad of an action of one."""

    unidirectional_yaw: bool = False
    """Whether the yaw only turns clockwise, seen from above: its actions are mapped from [-1, 1] to [0, -1].

    The mapping comes after the smoothing. The reference writes the result back into its smoothed actions in every
    physics step, so that it maps them again and again (to -1/3) and shows the policy the outcome. Here an action is
    mapped once, and the smoothed actions remain the average of what the policy gave.
    """
