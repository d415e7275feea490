# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The torque law is that of the Factory reference, and does what it says."""

import importlib.util
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
import torch
from isaaclab.utils.math import quat_apply, quat_mul

from isaaclab_factory.controllers import (
    FRANKA_JOINT_LIMITS,
    OperationalSpaceController,
    franka_chain,
    mean_jacobian,
    pose_error,
    quat_from_rotvec,
)
from isaaclab_factory.controllers.franka_kinematics import FINGER_OFFSET
from isaaclab_factory.controllers.operational_space import nullspace_torque

NUM_ENVS = 64
STIFFNESS = (100.0, 100.0, 100.0, 30.0, 30.0, 30.0)
POSTURE = (-1.3003, -0.4015, 1.1791, -2.1493, 0.4001, 1.9425, 0.4754)


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    """The reference's ``factory_control``, without importing the tasks around it."""
    root = importlib.util.find_spec("isaaclab_tasks").submodule_search_locations[0]
    path = Path(root, "contrib", "factory", "factory_control.py")
    spec = importlib.util.spec_from_file_location("factory_control", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def state() -> SimpleNamespace:
    """Random joint states, mass matrices, and targets near the tool's pose."""
    generator = torch.manual_seed(0)
    lower, upper = torch.tensor(FRANKA_JOINT_LIMITS).unbind(-1)
    joint_pos = lower + (upper - lower) * torch.rand(NUM_ENVS, 7, generator=generator)
    joint_vel = 0.3 * torch.randn(NUM_ENVS, 7, generator=generator)
    pos, quat, jacobian = franka_chain().forward_with_jacobian(joint_pos)
    velocity = (jacobian @ joint_vel.unsqueeze(-1)).squeeze(-1)
    factor = torch.randn(NUM_ENVS, 7, 7, generator=generator)
    mass_matrix = factor @ factor.mT / 7 + 0.1 * torch.eye(7)
    target_pos = pos + 0.02 * torch.randn(NUM_ENVS, 3, generator=generator)
    target_quat = quat_mul(quat_from_rotvec(0.3 * torch.randn(NUM_ENVS, 3, generator=generator)), quat)
    target_quat[::2] *= -1.0
    return SimpleNamespace(**locals())


def make_controller() -> OperationalSpaceController:
    return OperationalSpaceController(STIFFNESS, POSTURE, 10.0, 6.3246, 100.0)


@pytest.mark.parametrize("point", ["fingertip", "finger origins"])
def test_torques_are_those_of_the_reference(reference, state, point):
    if point == "finger origins":
        _, _, state.jacobian = franka_chain(FINGER_OFFSET).forward_with_jacobian(state.joint_pos)
    ctrl = SimpleNamespace(default_dof_pos_tensor=list(POSTURE), kp_null=10.0, kd_null=6.3246)
    cfg = SimpleNamespace(scene=SimpleNamespace(num_envs=NUM_ENVS), ctrl=ctrl)
    gains = torch.tensor(STIFFNESS).repeat(NUM_ENVS, 1).double()
    # in double precision, since the reference inverts a matrix of inverses
    s = SimpleNamespace(**{name: value.double() for name, value in vars(state).items() if torch.is_tensor(value)})
    torch.set_default_dtype(torch.float64)
    try:
        expected, _ = reference.compute_dof_torque(
            cfg,
            s.joint_pos,
            s.joint_vel,
            s.pos,
            s.quat,
            s.velocity[:, :3],
            s.velocity[:, 3:],
            s.jacobian,
            s.mass_matrix,
            s.target_pos,
            s.target_quat,
            gains,
            2.0 * torch.sqrt(gains),
            "cpu",
        )
    finally:
        torch.set_default_dtype(torch.float32)

    error = pose_error(state.pos, state.quat, state.target_pos, state.target_quat)
    controller = make_controller()
    wrench = controller.wrench(error, state.velocity)
    torque = controller.joint_torque(wrench, state.joint_pos, state.joint_vel, state.jacobian, state.mass_matrix)
    assert torque.dtype == torch.float32
    torch.testing.assert_close(torque, expected.float(), atol=2e-3, rtol=1e-4)


def test_the_mean_of_the_fingers_jacobians_belongs_to_the_point_midway_between_them(state):
    opening = 0.03

    def finger(side: float) -> torch.Tensor:
        """Jacobian of a point beside the tool's axis by finite differences."""
        step = 1e-6
        columns = []
        for joint in range(7):
            ends = []
            for sign in (-1.0, 1.0):
                joint_pos = state.joint_pos.double()
                joint_pos[:, joint] += sign * step
                pos, quat = franka_chain(FINGER_OFFSET, dtype=torch.float64).forward(joint_pos)
                beside = torch.tensor([0.0, side * opening, 0.0], dtype=torch.float64).expand_as(pos)
                ends.append(pos + quat_apply(quat, beside))
            columns.append((ends[1] - ends[0]) / (2.0 * step))
        return torch.stack(columns, dim=-1)

    _, _, midpoint = franka_chain(FINGER_OFFSET, dtype=torch.float64).forward_with_jacobian(state.joint_pos.double())
    mean = mean_jacobian(finger(1.0), finger(-1.0))
    torch.testing.assert_close(mean, midpoint[:, :3], atol=1e-8, rtol=0.0)


def test_nullspace_torque_does_not_accelerate_the_tool(state):
    acceleration = torch.randn(NUM_ENVS, 7, generator=torch.manual_seed(1)).double()
    jacobian, mass_matrix = state.jacobian.double(), state.mass_matrix.double()
    torque = nullspace_torque(acceleration, jacobian, mass_matrix)
    tool_acceleration = jacobian @ torch.linalg.solve(mass_matrix, torque.unsqueeze(-1))
    torch.testing.assert_close(tool_acceleration, torch.zeros_like(tool_acceleration), atol=1e-9, rtol=0.0)


def test_nullspace_torque_keeps_accelerations_that_the_tool_does_not_feel(state):
    jacobian, mass_matrix = state.jacobian.double(), state.mass_matrix.double()
    free = torch.linalg.svd(jacobian).Vh[:, -1]
    torque = nullspace_torque(free, jacobian, mass_matrix)
    torch.testing.assert_close(torque, (mass_matrix @ free.unsqueeze(-1)).squeeze(-1))


def test_torque_at_rest_on_target_and_in_posture_is_zero(state):
    joint_pos = torch.tensor(POSTURE).repeat(NUM_ENVS, 1)
    zero = torch.zeros_like(joint_pos)
    torque = make_controller().joint_torque(zero[:, :6], joint_pos, zero, state.jacobian, state.mass_matrix)
    torch.testing.assert_close(torque, torch.zeros_like(torque), atol=1e-5, rtol=0.0)


def test_torque_is_limited_and_finite_at_a_singular_pose(state):
    controller = OperationalSpaceController(STIFFNESS, POSTURE, 10.0, 6.3246, torque_limit=0.5)
    # all angles zero: the arm is stretched out and its Jacobian has rank five
    joint_pos = torch.zeros(NUM_ENVS, 7)
    _, _, jacobian = franka_chain().forward_with_jacobian(joint_pos)
    wrench = torch.full((NUM_ENVS, 6), 10.0)
    torque = controller.joint_torque(wrench, joint_pos, torch.zeros_like(joint_pos), jacobian, state.mass_matrix)
    assert torch.isfinite(torque).all()
    assert torque.abs().max() <= 0.5


@pytest.mark.parametrize(("stiffness", "posture"), [((1.0,) * 5, POSTURE), (STIFFNESS, (0.0,) * 6)])
def test_wrong_number_of_gains_or_joints_is_reported(stiffness, posture):
    with pytest.raises(ValueError, match=r"needs (6|7) values"):
        OperationalSpaceController(stiffness, posture, 10.0, 6.3246, 100.0)
