# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The torque law is that of the Factory reference, and does what it says."""

import importlib.util
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
import torch
import warp as wp
from isaaclab.utils.math import quat_apply, quat_mul
from isaaclab.utils.warp import ProxyArray

from isaaclab_factory.controllers import (
    FRANKA_JOINT_LIMITS,
    OperationalSpaceController,
    franka_chain,
    pointing_down_quat,
    quat_from_rotvec,
    yaw_from_quat,
)
from isaaclab_factory.controllers.franka_kinematics import FINGER_OFFSET

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
    pos, quat, jacobian = (value.contiguous() for value in franka_chain().forward_with_jacobian(joint_pos))
    velocity = (jacobian @ joint_vel.unsqueeze(-1)).squeeze(-1)
    factor = torch.randn(NUM_ENVS, 7, 7, generator=generator)
    mass_matrix = factor @ factor.mT / 7 + 0.1 * torch.eye(7)
    delta_pos = 0.02 * torch.randn(NUM_ENVS, 3, generator=generator)
    delta_quat = quat_from_rotvec(0.3 * torch.randn(NUM_ENVS, 3, generator=generator))
    delta_quat[::2] *= -1.0
    target_pos, target_quat = pos + delta_pos, pointing_down_quat(yaw_from_quat(quat_mul(delta_quat, quat)))
    return SimpleNamespace(**locals())


TOOL, LEFT, RIGHT = 1, 2, 3
"""Bodies of the robot of these tests. The first one is the base, which has no Jacobian."""


def make_controller(points=(TOOL, TOOL), torque_limit=100.0, dead_zone=(0.0,) * 6) -> OperationalSpaceController:
    return OperationalSpaceController(
        NUM_ENVS, TOOL, points, range(7), STIFFNESS, POSTURE, 10.0, 6.3246, torque_limit, dead_zone
    )


def robot(state: SimpleNamespace, joint_pos=None, joint_vel=None, fingers=None) -> SimpleNamespace:
    """What the controller reads of a robot: the tool with the state's pose and velocity, and its Jacobian.

    Args:
        state: The state.
        joint_pos: Joint positions, if not the state's.
        joint_vel: Joint velocities, if not the state's.
        fingers: Jacobians and positions of the fingers. The tool's by default.
    """
    pose = torch.cat((state.pos, state.quat), dim=-1)
    (left, left_pos), (right, right_pos) = fingers or ((state.jacobian, state.pos),) * 2
    poses = torch.stack((torch.zeros_like(pose), pose, pose.clone(), pose.clone()), dim=1)
    poses[:, LEFT, :3], poses[:, RIGHT, :3] = left_pos, right_pos
    centers = torch.tensor([0.01, -0.02, 0.03]).repeat(NUM_ENVS, 4, 1)
    linear, angular = state.velocity.split(3, dim=-1)
    of_center = torch.cat((linear + angular.cross(quat_apply(state.quat, centers[:, TOOL]), dim=-1), angular), dim=-1)
    velocity = torch.stack((torch.zeros_like(of_center),) + (of_center,) * 3, dim=1)
    jacobian = torch.stack((state.jacobian, left, right), dim=1)
    tensors = {
        "body_link_pose_w": (poses, wp.transformf),
        "body_com_vel_w": (velocity, wp.spatial_vectorf),
        "body_com_pos_b": (centers, wp.vec3f),
        "joint_pos": (state.joint_pos if joint_pos is None else joint_pos, wp.float32),
        "joint_vel": (state.joint_vel if joint_vel is None else joint_vel, wp.float32),
        "body_link_jacobian_w": (jacobian, wp.float32),
        "mass_matrix": (state.mass_matrix, wp.float32),
    }
    arrays = {name: ProxyArray(wp.from_torch(t.contiguous(), dtype=dtype)) for name, (t, dtype) in tensors.items()}
    return SimpleNamespace(**arrays)


def torques(
    controller: OperationalSpaceController, data: SimpleNamespace, pos: torch.Tensor, quat: torch.Tensor
) -> torch.Tensor:
    """What the controller computes for targets, as a tensor."""
    target = torch.cat((pos, quat), dim=-1)
    return wp.to_torch(controller.compute(data, wp.from_torch(target, dtype=wp.transformf)))


def where_it_is(state: SimpleNamespace) -> tuple[torch.Tensor, torch.Tensor]:
    """Targets that leave the tool where it is, as far as it is upright."""
    return state.pos, pointing_down_quat(yaw_from_quat(state.quat))


@pytest.mark.parametrize("point", ["fingertip", "finger origins"])
@pytest.mark.parametrize("dead_zone", [None, (2.0, 1.0, 3.0, 0.5, 0.2, 1.0)])
def test_torques_are_those_of_the_reference(reference, state, point, dead_zone):
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
            None if dead_zone is None else torch.tensor(dead_zone).repeat(NUM_ENVS, 1).double(),
        )
    finally:
        torch.set_default_dtype(torch.float32)

    controller = make_controller(dead_zone=dead_zone or (0.0,) * 6)
    torque = torques(controller, robot(state), state.target_pos, state.target_quat)
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
                pos, quat = franka_chain(FINGER_OFFSET).forward(joint_pos)
                beside = torch.tensor([0.0, side * opening, 0.0], dtype=torch.float64).expand_as(pos)
                ends.append(pos + quat_apply(quat, beside))
            columns.append((ends[1] - ends[0]) / (2.0 * step))
        return torch.stack(columns, dim=-1)

    _, _, midpoint = franka_chain(FINGER_OFFSET).forward_with_jacobian(state.joint_pos.double())
    mean = 0.5 * (finger(1.0) + finger(-1.0))
    torch.testing.assert_close(mean, midpoint[:, :3], atol=1e-8, rtol=0.0)


def test_the_mean_of_two_jacobians_transmits_the_wrench(state):
    shift = torch.tensor([0.01, -0.02, 0.05])
    fingers = []
    for side in (1.0, -1.0):
        jacobian = state.jacobian.clone()
        jacobian[:, :3] += side * 0.1
        fingers.append((jacobian, state.pos + shift + side * torch.tensor([0.0, 0.03, 0.0])))
    own, mean = make_controller(), make_controller((LEFT, RIGHT))
    for controller in (own, mean):
        torques(controller, robot(state, fingers=fingers), state.target_pos, state.target_quat)
    # the Jacobians' mean is the tool's, and the wrench is reported about the tool
    torch.testing.assert_close(wp.to_torch(mean.torque), wp.to_torch(own.torque), atol=1e-4, rtol=1e-4)
    force, torque = own.wrench_w.split(3, dim=-1)
    moved = torch.cat((force, torque + torch.linalg.cross(shift.expand_as(force), force)), dim=-1)
    torch.testing.assert_close(mean.wrench_w, moved, atol=1e-5, rtol=1e-4)


def test_other_arrays_are_read_where_they_take_the_place_of_the_first_ones(state):
    used, fresh = make_controller(), make_controller()
    first = robot(state)
    torques(used, first, state.target_pos, state.target_quat)
    other, pos = robot(state, 0.5 * state.joint_pos, -state.joint_vel), state.pos - state.delta_pos
    expected = torques(fresh, other, pos, state.target_quat).clone()
    assert torch.equal(torques(used, other, pos, state.target_quat), expected)


def test_gains_may_differ_between_environments_and_change(state):
    used, softer = make_controller(), make_controller()
    softer.stiffness.mul_(0.5)
    used.stiffness[::2] *= 0.5
    target = state.target_pos, state.target_quat
    all_softer = torques(softer, robot(state), *target).clone()
    some = torques(used, robot(state), *target).clone()
    assert torch.equal(some[::2], all_softer[::2])
    assert not torch.isclose(some[1::2], all_softer[1::2]).all(dim=-1).any()


def test_null_space_does_not_accelerate_the_tool(state):
    at_rest = make_controller()
    joint_pos = state.joint_pos
    state.velocity = torch.zeros_like(state.velocity)
    torque = torques(at_rest, robot(state, joint_pos), *where_it_is(state)).double()
    torque -= (state.jacobian.double().mT @ at_rest.wrench_w.double().unsqueeze(-1)).squeeze(-1)
    assert torque.abs().max() > 0.1
    acceleration = state.jacobian.double() @ torch.linalg.solve(state.mass_matrix.double(), torque.unsqueeze(-1))
    torch.testing.assert_close(acceleration, torch.zeros_like(acceleration), atol=1e-3, rtol=0.0)


def test_null_space_keeps_the_accelerations_that_the_tool_does_not_feel(state):
    free = torch.linalg.svd(state.jacobian.double()).Vh[:, -1].float()
    joint_pos = torch.tensor(POSTURE).repeat(NUM_ENVS, 1)
    state.velocity = torch.zeros_like(state.velocity)
    controller = make_controller()
    torque = torques(controller, robot(state, joint_pos, -free / 6.3246), *where_it_is(state))
    torque = torque - (state.jacobian.mT @ controller.wrench_w.unsqueeze(-1)).squeeze(-1)
    torch.testing.assert_close(torque, (state.mass_matrix @ free.unsqueeze(-1)).squeeze(-1), atol=1e-4, rtol=1e-3)


def test_torque_of_an_upright_tool_at_rest_on_target_and_in_posture_is_zero(state):
    state.quat, state.velocity = pointing_down_quat(state.joint_pos[:, 0]), torch.zeros_like(state.velocity)
    joint_pos = torch.tensor(POSTURE).repeat(NUM_ENVS, 1)
    at_rest = robot(state, joint_pos, torch.zeros_like(joint_pos))
    torque = torques(make_controller(), at_rest, *where_it_is(state))
    torch.testing.assert_close(torque, torch.zeros_like(torque), atol=2e-5, rtol=0.0)


def test_torque_is_limited_and_finite_at_a_singular_pose(state):
    # all angles zero: the arm is stretched out and its Jacobian has rank five
    joint_pos = torch.zeros(NUM_ENVS, 7)
    _, _, state.jacobian = franka_chain().forward_with_jacobian(joint_pos)
    torque = torques(make_controller(torque_limit=0.5), robot(state, joint_pos), *where_it_is(state))
    assert torch.isfinite(torque).all()
    assert torque.abs().max() == 0.5


@pytest.mark.parametrize(("stiffness", "posture"), [((1.0,) * 5, POSTURE), (STIFFNESS, (0.0,) * 6)])
def test_wrong_number_of_gains_or_joints_is_reported(stiffness, posture):
    with pytest.raises(ValueError, match=r"needs (6|7) values"):
        OperationalSpaceController(4, 0, (0, 0), range(7), stiffness, posture, 10.0, 6.3246, 100.0)
