# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Terms that depend on what Isaac Lab's assets do on Newton, in a real environment on the CPU engine."""

import pytest
import torch
from isaaclab.managers import EventTermCfg, SceneEntityCfg
from isaaclab_newton.physics import NewtonManager

from isaaclab_factory import mdp
from isaaclab_factory.controllers import franka_chain

FINGERTIP = 11
"""Index of the body."""
FINGER_ORIGIN = 0.0584
"""Distance in m of the finger links' origins from the hand, along its z axis."""


@pytest.fixture
def robot(sim_env):
    """The robot of the real environment."""
    return sim_env.scene["robot"]


def jacobian_of(robot, tool_offset: float) -> torch.Tensor:
    """Jacobian of a point on the hand's z axis by the published kinematics. Shape is (num_envs, 6, 7)."""
    return franka_chain(tool_offset).forward_with_jacobian(robot.data.joint_pos.torch[:, :7])[2]


@pytest.mark.parametrize(
    ("bodies", "tool_offset"), [("panda_fingertip_centered", 0.112071), ("panda_.*finger", FINGER_ORIGIN)]
)
def test_mean_jacobian_is_that_of_the_point_where_the_wrench_acts(robot, bodies, tool_offset):
    ids, _ = robot.find_bodies(bodies)
    of_links = robot.data.body_link_jacobian_w.torch  # of a fixed base it has no row for the root
    mean = of_links[:, [index - 1 for index in ids], :, :7].mean(dim=1)
    torch.testing.assert_close(mean, jacobian_of(robot, tool_offset), atol=1e-5, rtol=1e-5)


def test_an_action_moves_the_hand_and_the_gripper_holds(sim_env, robot):
    """A hand that is asked to go sideways does, and the others stay."""
    start = robot.data.body_link_pose_w.torch[:, FINGERTIP, 1].clone()
    action = torch.zeros(4, 6)
    action[0, 1] = 1.0
    for _ in range(8):
        sim_env.step(action)
    moved = robot.data.body_link_pose_w.torch[:, FINGERTIP, 1] - start
    assert moved[0] > 0.01
    assert moved[1:].abs().max() < 0.005
    width = robot.data.joint_pos.torch[:, 7:]
    torch.testing.assert_close(width, torch.full((4, 2), 0.007986 / 2.0), atol=2e-4, rtol=0.0)


def test_the_reset_places_hand_and_part_in_one_go(sim_env, robot):
    """The part is placed by the pose that the hand has after its joints were written, in the same reset."""
    goal = sim_env.command_manager.get_term("assembly_goal")
    tip = robot.data.body_link_pose_w.torch[:, FINGERTIP]
    pos, quat = franka_chain().forward(robot.data.joint_pos.torch[:, :7])
    root = robot.data.root_link_pose_w.torch[:, :3]
    torch.testing.assert_close(tip[:, :3], root + pos, atol=1e-5, rtol=0.0)
    assert ((tip[:, 3:] * quat).sum(dim=-1).abs() > 1.0 - 1e-5).all()
    above = tip[:, :3] - goal.tip_pos_w - torch.tensor([0.0, 0.0, 0.047])
    assert (above.abs() < torch.tensor([0.0201, 0.0201, 0.0101])).all()
    held = sim_env.scene["held_asset"].data.root_link_pose_w.torch
    offset = (tip[:, :3] - held[:, :3]).norm(dim=-1)
    torch.testing.assert_close(offset, torch.full((4,), 0.0324), atol=0.0035, rtol=0.0)
    assert held[:, 3:5].abs().max() < 1e-4  # upright


def test_a_reset_leaves_the_other_environments_bit_identical(sim_env, robot):
    for _ in range(3):
        sim_env.step(0.3 * torch.randn(4, 6))
    others = [0, 2]

    def state():
        assets = [sim_env.scene[name].data.root_link_pose_w.torch for name in ("held_asset", "fixed_asset")]
        robot_state = robot.data.joint_pos.torch, robot.data.joint_vel.torch, robot.data.body_link_pose_w.torch
        targets = robot.actuators.target_command
        goal = sim_env.command_manager.get_term("assembly_goal")
        tensors = (*assets, *robot_state, targets.position.torch, targets.effort.torch, goal.noisy_tip_pos_w)
        return [tensor[others].clone() for tensor in tensors]

    before = state()
    sim_env.reset(torch.tensor([1, 3]))
    assert [torch.equal(a, b) for a, b in zip(before, state(), strict=True)] == [True] * len(before)


@pytest.fixture
def inertia_event(sim_env):
    """A function that calls Isaac Lab's event term on the robot's inertias."""

    def change(inertia: float) -> None:
        params = {
            "asset_cfg": SceneEntityCfg("robot"),
            "inertia_distribution_params": (inertia, inertia),
            "operation": "add",
            "distribution": "uniform",
            "diagonal_only": True,
        }
        cfg = EventTermCfg(func=mdp.randomize_rigid_body_inertia, params=params)
        mdp.randomize_rigid_body_inertia(cfg, sim_env)(sim_env, None, **params)

    return change


def test_isaac_labs_inertia_event_adds_to_the_three_diagonal_entries_of_every_link(robot, inertia_event):
    """The startup event of the environment has added 0.01 kg m^2, which is taken away and added again."""
    at_start = robot.data.body_inertia.torch.clone()
    inertia_event(-0.01)
    without = robot.data.body_inertia.torch.clone()
    inertia_event(0.01)
    added = (robot.data.body_inertia.torch - without).view(4, 12, 3, 3)
    torch.testing.assert_close(added, 0.01 * torch.eye(3).expand(4, 12, 3, 3), atol=1e-6, rtol=0.0)
    torch.testing.assert_close(robot.data.body_inertia.torch, at_start, atol=1e-6, rtol=0.0)


def test_added_inertia_is_in_the_mass_matrix_after_the_next_step(sim_env, robot, inertia_event):
    """Turning the last joint turns link 7, hand, fingers and fingertip, and each adds its own."""
    sim_env.step(torch.zeros(4, 6))
    before = robot.data.mass_matrix.torch[:, 6, 6].clone()
    inertia_event(0.01)
    sim_env.step(torch.zeros(4, 6))
    added = robot.data.mass_matrix.torch[:, 6, 6] - before
    inertia_event(-0.01)
    torch.testing.assert_close(added, torch.full((4,), 0.05), atol=1e-3, rtol=0.0)


@pytest.mark.parametrize("name", ["robot", "held_asset"])
def test_isaac_labs_material_event_sets_every_shape_of_an_asset(sim_env, name):
    """The startup event of the environment has set 0.75."""
    view = sim_env.scene[name].root_view
    friction = view.get_attribute("shape_material_mu", NewtonManager.get_model()).numpy()
    assert friction.shape[0] == 4
    assert friction == pytest.approx(0.75)
