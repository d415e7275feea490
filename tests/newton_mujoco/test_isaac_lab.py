# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Isaac Lab's assets, sensors and writers on the engine, in one scene of three environments."""

from collections.abc import Iterator
from pathlib import Path

import isaaclab.sim as sim_utils
import pytest
import torch
from isaaclab.scene import InteractiveScene
from isaaclab.sim import SimulationContext
from isaaclab_newton.physics import NewtonManager

from tests.newton_mujoco.scenes import DT, LINK_LENGTH, LINK_MASS, ArmSceneCfg, simulate, step, write_arm

GRAVITY = 9.81
CUBE_MASS = 2.0


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SimulationContext, InteractiveScene]]:
    """The scene, started once for all tests."""
    cfg = ArmSceneCfg(num_envs=3)
    cfg.arm.spawn = sim_utils.UsdFileCfg(usd_path=write_arm(Path(tmp_path_factory.mktemp("usd")) / "arm.usda"))
    with simulate(cfg) as (sim, scene):
        yield sim, scene


@pytest.fixture
def arm_scene(started) -> tuple[SimulationContext, InteractiveScene]:
    """The scene with everything where it starts."""
    sim, scene = started
    scene.reset()
    put_back(scene, torch.arange(3))
    return sim, scene


def put_back(scene: InteractiveScene, env_ids: torch.Tensor) -> None:
    """Puts arm and cube of some environments to their initial state."""
    cube, arm = scene["cube"], scene["arm"]
    pose = cube.data.default_root_pose.torch[env_ids].clone()
    pose[:, :3] += scene.env_origins[env_ids]
    cube.write_root_pose_to_sim_index(root_pose=pose, env_ids=env_ids)
    cube.write_root_velocity_to_sim_index(root_velocity=torch.zeros(len(env_ids), 6), env_ids=env_ids)
    arm.write_joint_position_to_sim_index(position=torch.zeros(len(env_ids), 2), env_ids=env_ids)
    arm.write_joint_velocity_to_sim_index(velocity=torch.zeros(len(env_ids), 2), env_ids=env_ids)


def test_the_engine_steps_and_every_cube_stays_on_its_table(arm_scene) -> None:
    sim, scene = arm_scene
    assert type(NewtonManager._solver).__name__ == "SolverMuJoCoWorlds"
    step(sim, scene, 60)
    position = scene["cube"].data.root_pos_w.torch - scene.env_origins
    torch.testing.assert_close(position, torch.tensor([[0.8, 0.0, 0.45]]).expand(3, 3), atol=1e-3, rtol=0)


def test_an_effort_accelerates_a_joint_by_the_inverse_mass_matrix(arm_scene) -> None:
    sim, scene = arm_scene
    arm = scene["arm"]
    effort = torch.tensor([[0.3, 0.0], [0.0, 0.1], [0.0, 0.0]])
    arm.actuators.target_command.set_effort_index(value=effort)
    expected = torch.linalg.solve(arm.data.mass_matrix.torch, effort.unsqueeze(-1)).squeeze(-1) * DT
    step(sim, scene)
    torch.testing.assert_close(arm.data.joint_vel.torch, expected, rtol=0.02, atol=1e-5)
    arm.actuators.target_command.set_effort_index(value=torch.zeros(3, 2))


def test_jacobian_is_of_the_present_state_after_a_write_and_after_a_step(arm_scene) -> None:
    sim, scene = arm_scene
    arm = scene["arm"]
    arm.write_joint_position_to_sim_index(position=torch.tensor([[0.5, 0.3]]), env_ids=torch.tensor([1]))
    for _ in range(3):
        angles = arm.data.joint_pos.torch.cumsum(dim=1)
        # origin of the lower link: a whole upper link, half a lower one; a hinge about y moves -z towards -x
        expected = torch.zeros(3, 3, 2)
        expected[:, 0, 1] = -0.5 * LINK_LENGTH * torch.cos(angles[:, 1])
        expected[:, 2, 1] = 0.5 * LINK_LENGTH * torch.sin(angles[:, 1])
        expected[:, :, 0] = expected[:, :, 1]
        expected[:, 0, 0] -= LINK_LENGTH * torch.cos(angles[:, 0])
        expected[:, 2, 0] += LINK_LENGTH * torch.sin(angles[:, 0])
        torch.testing.assert_close(arm.data.body_link_jacobian_w.torch[:, 1, :3], expected, atol=1e-5, rtol=0)
        step(sim, scene, 10)
    assert (arm.data.joint_pos.torch[1] - torch.tensor([0.5, 0.3])).abs().max() > 1e-3


def test_contact_sensor_tells_the_whole_force_and_that_of_its_filter(arm_scene) -> None:
    sim, scene = arm_scene
    cube = scene["cube"]
    step(sim, scene, 60)
    weight = torch.tensor([0.0, 0.0, CUBE_MASS * GRAVITY]).expand(3, 1, 3)
    torch.testing.assert_close(scene["touch"].data.net_forces_w.torch, weight, atol=0.05, rtol=0)
    torch.testing.assert_close(scene["touch"].data.force_matrix_w.torch, torch.zeros(3, 1, 1, 3))
    pose = cube.data.root_pose_w.torch.clone()
    pose[1, :3] = scene.env_origins[1] + torch.tensor([-0.065, 0.0, 0.55])  # overlaps the lower link
    cube.write_root_pose_to_sim_index(root_pose=pose[1:2], env_ids=torch.tensor([1]))
    step(sim, scene)
    push = scene["touch"].data.force_matrix_w.torch[:, 0, 0]
    assert push[1, 0] < -1.0
    assert push[[0, 2]].abs().max() == 0.0


def test_joint_wrench_carries_what_hangs_below(arm_scene) -> None:
    sim, scene = arm_scene
    step(sim, scene, 2)
    expected = torch.tensor([[0.0, 0.0, 2.0], [0.0, 0.0, 1.0]]).expand(3, 2, 3) * LINK_MASS * GRAVITY
    torch.testing.assert_close(scene["wrench"].data.force.torch, expected, atol=0.02, rtol=0)


def test_imu_feels_gravity_at_rest_and_nothing_in_free_fall(arm_scene) -> None:
    sim, scene = arm_scene
    cube = scene["cube"]
    step(sim, scene, 60)
    pose = cube.data.root_pose_w.torch.clone()
    pose[2, 2] += 1.0
    cube.write_root_pose_to_sim_index(root_pose=pose[2:], env_ids=torch.tensor([2]))
    step(sim, scene, 2)
    acceleration = scene["imu"].data.lin_acc_b.torch
    torch.testing.assert_close(acceleration[:2, 2], torch.full((2,), GRAVITY), atol=0.02, rtol=0)
    torch.testing.assert_close(acceleration[2], torch.zeros(3), atol=0.02, rtol=0)


def test_an_external_force_acts_in_its_environment_only(arm_scene) -> None:
    sim, scene = arm_scene
    cube = scene["cube"]
    cube.permanent_wrench_composer.set_forces_and_torques_index(
        forces=torch.tensor([[[0.0, 0.0, 50.0]]]), torques=torch.zeros(1, 1, 3), env_ids=torch.tensor([0])
    )
    step(sim, scene, 12)
    velocity = cube.data.root_lin_vel_w.torch[:, 2]
    assert velocity[0] == pytest.approx((50.0 / CUBE_MASS - GRAVITY) * 12 * DT, rel=1e-3)
    assert velocity[1:].abs().max() < 0.01


def test_gravity_of_all_environments_can_be_set_while_running(arm_scene) -> None:
    sim, scene = arm_scene
    sim.physics_manager.set_gravity((0.0, 0.0, 3.0))
    step(sim, scene, 12)
    torch.testing.assert_close(scene["cube"].data.root_lin_vel_w.torch[:, 2], torch.full((3,), 0.3), rtol=1e-3, atol=0)
    sim.physics_manager.set_gravity((0.0, 0.0, -GRAVITY))


def test_the_root_of_a_fixed_arm_can_be_moved_in_one_environment(arm_scene) -> None:
    sim, scene = arm_scene
    arm = scene["arm"]
    before = arm.data.body_link_pos_w.torch.clone()
    pose = arm.data.root_link_pose_w.torch.clone()
    pose[1, :3] += torch.tensor([0.1, 0.2, 0.3])
    arm.write_root_pose_to_sim_index(root_pose=pose[1:2], env_ids=torch.tensor([1]))
    step(sim, scene, 5)
    moved = arm.data.body_link_pos_w.torch - before
    torch.testing.assert_close(moved[1], torch.tensor([0.1, 0.2, 0.3]).expand(3, 3), atol=1e-4, rtol=0)
    torch.testing.assert_close(moved[[0, 2]], torch.zeros(2, 3, 3), atol=1e-4, rtol=0)
    pose[1, :3] -= torch.tensor([0.1, 0.2, 0.3])
    arm.write_root_pose_to_sim_index(root_pose=pose[1:2], env_ids=torch.tensor([1]))


def test_masses_and_gains_are_each_environments_own(arm_scene) -> None:
    sim, scene = arm_scene
    cube, arm = scene["cube"], scene["arm"]
    cube.set_masses_index(masses=torch.tensor([[6.0]]), env_ids=torch.tensor([1]))
    arm.write_joint_stiffness_to_sim_index(stiffness=torch.tensor([[5.0, 0.0]]), env_ids=torch.tensor([2]))
    arm.write_joint_position_to_sim_index(position=torch.full((3, 2), 0.2))
    arm.actuators.target_command.set_position_index(value=torch.full((3, 2), 0.2))
    step(sim, scene, 60)
    weights = torch.tensor([2.0, 6.0, 2.0]) * GRAVITY
    torch.testing.assert_close(scene["touch"].data.net_forces_w.torch[:, 0, 2], weights, atol=0.1, rtol=0)
    fall = arm.data.joint_pos.torch[:, 0] - 0.2
    assert fall[0] == fall[1]
    assert abs(fall[2] - fall[0]) > 0.01
    cube.set_masses_index(masses=torch.full((3, 1), CUBE_MASS))
    arm.write_joint_stiffness_to_sim_index(stiffness=torch.zeros(3, 2))


def test_resetting_one_environment_leaves_the_others_alone_bit_for_bit(arm_scene) -> None:
    sim, scene = arm_scene

    def rollout(reset: bool) -> torch.Tensor:
        scene.reset()
        put_back(scene, torch.arange(3))
        scene["arm"].write_joint_velocity_to_sim_index(velocity=torch.tensor([[3.0, 1.0]] * 3))
        for k in range(40):
            if reset and k == 15:
                scene.reset(torch.tensor([1]))
                put_back(scene, torch.tensor([1]))
            step(sim, scene)
        return torch.cat((scene["arm"].data.joint_pos.torch, scene["cube"].data.root_pose_w.torch), dim=1).clone()

    touched, untouched = rollout(True), rollout(False)
    assert torch.equal(touched[[0, 2]], untouched[[0, 2]])
    assert (touched[1] - untouched[1]).abs().max() > 1e-3
    assert torch.equal(rollout(False), untouched)


def test_an_unstable_environment_is_counted(arm_scene, caplog: pytest.LogCaptureFixture) -> None:
    sim, scene = arm_scene
    before = sim.physics_manager.unstable_counts()
    effort = torch.zeros(3, 2)
    effort[2, 0] = float("inf")
    command = scene["arm"].actuators.target_command
    command.set_effort_index(value=effort)
    step(sim, scene)
    assert (sim.physics_manager.unstable_counts() - before).tolist() == [0, 0, 1]
    assert "MuJoCo, environment 2: " in caplog.text
    assert torch.isfinite(scene["arm"].data.joint_pos.torch).all()
    command.set_effort_index(value=torch.zeros(3, 2))
