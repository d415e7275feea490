# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The test environment next to the simulated one in the same state: what terms read and return is the same."""

from collections.abc import Callable, Iterator

import pytest
import torch
from isaaclab.envs import ManagerBasedRLEnv

from isaaclab_factory.testing import TermEnv, term_env
from tests.tasks.task_env import control_by_hand, load_cfg, open_env

NUM_ENVS = 3

BODY_DATA = (
    "body_link_pose_w",
    "body_link_vel_w",
    "body_com_pos_w",
    "body_com_vel_w",
    "body_com_pos_b",
    "body_mass",
    "body_inertia",
    "root_link_pose_w",
    "root_link_vel_w",
    "root_com_vel_w",
    "root_link_lin_vel_b",
    "root_link_ang_vel_b",
    "projected_gravity_b",
    "heading_w",
    "default_root_pose",
    "default_root_vel",
)
JOINT_DATA = (
    "joint_pos",
    "joint_vel",
    "joint_pos_limits",
    "soft_joint_pos_limits",
    "joint_vel_limits",
    "joint_effort_limits",
    "joint_stiffness",
    "joint_damping",
    "joint_armature",
    "joint_friction_coeff",
    "default_joint_pos",
    "default_joint_vel",
    "body_com_jacobian_w",
    "body_link_jacobian_w",
    "mass_matrix",
)

Pair = tuple[ManagerBasedRLEnv, TermEnv]


@pytest.fixture(scope="module")
def envs() -> Iterator[Pair]:
    """The simulated environment and the test environment, with robot and parts in the same random state."""
    with open_env("PegInsert", NUM_ENVS, seed=0, change=control_by_hand) as simulated:
        simulated.reset(seed=1)
        simulated.step(torch.zeros(NUM_ENVS, 6))  # with the first step the engine takes what the startup events wrote
        cfg = load_cfg("PegInsert")
        cfg.scene.num_envs = NUM_ENVS
        pair = simulated, TermEnv(cfg)
        _put_in_the_same_state(*pair)
        yield pair


def _put_in_the_same_state(simulated: ManagerBasedRLEnv, still: TermEnv) -> None:
    lower, upper = simulated.scene["robot"].data.joint_pos_limits.torch.unbind(-1)
    joint_pos = lower + (upper - lower) * torch.rand(NUM_ENVS, 9)
    joint_vel = torch.randn(NUM_ENVS, 9)
    for state in (joint_pos, joint_vel):
        state[:, 8] = state[:, 7]  # the fingers move together
    fixed = simulated.scene["fixed_asset"].data.root_pose_w.torch.clone()
    held, velocity = fixed.clone(), torch.randn(NUM_ENVS, 6)
    held[:, 2] += torch.tensor([0.0005, 0.01, 0.1])
    for env in (simulated, still):
        env.scene["robot"].write_joint_state_to_sim_index(position=joint_pos, velocity=joint_vel)
        env.scene["fixed_asset"].write_root_pose_to_sim_index(root_pose=fixed)
        env.scene["held_asset"].write_root_pose_to_sim_index(root_pose=held)
        env.scene["held_asset"].write_root_velocity_to_sim_index(root_velocity=velocity)
    goals = [env.command_manager.get_term("assembly_goal") for env in (simulated, still)]
    for goal in goals:
        goal.reset()
    goals[1].tip_noise_w.copy_(goals[0].tip_noise_w)


def same_sign(actual: torch.Tensor, expected: torch.Tensor) -> torch.Tensor:
    """The actual quaternions at the end of poses, with the signs of the expected ones."""
    cosine = (actual[..., -4:] * expected[..., -4:]).sum(dim=-1, keepdim=True)
    return torch.cat((actual[..., :-4], actual[..., -4:] * torch.sign(cosine)), dim=-1)


@pytest.fixture
def compare(request, figures) -> Iterator[Callable[..., None]]:
    """Compares two tensors; the largest difference of a test is noted."""
    differences = {}

    def compare(name: str, actual: torch.Tensor, expected: torch.Tensor, tolerance: float = 3e-6) -> None:
        assert actual.dtype == expected.dtype
        torch.testing.assert_close(
            actual, expected, atol=tolerance, rtol=3e-6, msg=lambda message: f"{name}: {message}"
        )
        differences[name] = (actual - expected).abs().max().item()

    yield compare
    if differences:
        largest = max(differences, key=differences.get)
        title = "Test environment against the simulated one: largest differences"
        figures(title, f"{request.node.name}: {differences[largest]:.1e} ({largest}) of {len(differences)} quantities")


@pytest.mark.parametrize("name", ["robot", "held_asset", "fixed_asset"])
def test_bodies(envs, compare, name):
    simulated, still = (env.scene[name] for env in envs)
    if name == "robot":  # a part has one body, which is called like its prim
        assert still.body_names == simulated.body_names
    for quantity in BODY_DATA:
        expected = getattr(simulated.data, quantity).torch
        actual = getattr(still.data, quantity).torch
        if quantity.endswith("link_pose_w"):
            actual = same_sign(actual, expected)
        compare(quantity, actual, expected)


def test_joints(envs, compare):
    simulated, still = (env.scene["robot"] for env in envs)
    assert still.joint_names == simulated.joint_names
    for quantity in JOINT_DATA:
        compare(quantity, getattr(still.data, quantity).torch, getattr(simulated.data, quantity).torch)


def test_environments_stand_in_the_same_places(envs, compare):
    simulated, still = envs
    compare("env_origins", still.scene.env_origins, simulated.scene.env_origins)
    assert (still.physics_dt, still.step_dt) == (simulated.physics_dt, simulated.step_dt)
    assert still.max_episode_length == simulated.max_episode_length


def test_rewards_of_the_task(envs, compare):
    rewards = []
    for env in envs:
        env.common_step_counter += 1
        rewards.append(env.reward_manager.compute(env.step_dt))
    compare("reward", rewards[1], rewards[0])
    assert rewards[0][0] > rewards[0][1] > rewards[0][2]


def test_observations_of_the_task(envs, compare):
    for env in envs:  # a physics step, over which the policy's velocities are measured
        robot = env.scene["robot"]
        env.action_manager.reset()
        env.action_manager.apply_action()
        joint_pos = robot.data.joint_pos.torch + env.physics_dt * robot.data.joint_vel.torch
        robot.write_joint_position_to_sim_index(position=joint_pos)
    terms = [dict(_observation_terms(env)) for env in envs]
    assert terms[0].keys() == terms[1].keys()
    for name, expected in terms[0].items():
        # measured velocities are differences of float32 positions, times 120 Hz
        tolerance = 1e-4 if name.startswith("policy") and "vel" in name else 3e-6
        actual = same_sign(terms[1][name], expected) if "quat" in name else terms[1][name]
        compare(name, actual, expected, tolerance)


def _observation_terms(env: ManagerBasedRLEnv) -> Iterator[tuple[str, torch.Tensor]]:
    """Values of all observation terms, by group and name."""
    cfgs = env.cfg.observations
    for group, names in env.observation_manager.active_terms.items():
        for name in names:
            cfg = getattr(getattr(cfgs, group), name).copy()
            for value in cfg.params.values():
                value.resolve(env.scene)
            yield f"{group} {name}", cfg.func(env, **cfg.params)


def test_torques_of_the_action(envs, compare):
    torques = []
    for env in envs:
        action = env.action_manager.get_term("arm")
        action.reset()
        action.process_actions(torch.linspace(-1.0, 1.0, 18).view(3, 6))
        action.apply_actions()
        env.scene.write_data_to_sim()
        torques.append(env.scene["robot"].data.applied_torque.torch[:, :7].clone())
    compare("torque / 100 N m", torques[1] / 100.0, torques[0] / 100.0)
    assert torques[0].abs().max() > 1.0


def test_what_is_placed_in_the_test_environment_does_not_touch_the_simulation(envs):
    simulated, still = envs
    robot, held = simulated.scene["robot"].data, simulated.scene["held_asset"].data
    before = robot.body_link_pose_w.torch.clone(), held.root_pose_w.torch.clone()
    still.place("held_asset", (0.6, 0.0, 0.2))
    still.place_fingertip((0.55, 0.05, 0.15))
    assert torch.equal(robot.body_link_pose_w.torch, before[0])
    assert torch.equal(held.root_pose_w.torch, before[1])


def test_a_test_environment_has_jacobians_of_its_own_rows_beside_a_simulation(envs):
    num_rows = NUM_ENVS + 2
    robot = term_env(num_rows).scene["robot"]
    lower, upper = robot.data.joint_pos_limits.torch.unbind(-1)
    joint_pos, joint_vel = lower + (upper - lower) * torch.rand(num_rows, 9), torch.randn(num_rows, 9)
    robot.write_joint_state_to_sim_index(position=joint_pos, velocity=joint_vel)
    velocity = robot.data.body_com_jacobian_w.torch @ joint_vel[:, None, :, None]
    torch.testing.assert_close(velocity.squeeze(-1), robot.data.body_com_vel_w.torch[:, 1:], atol=1e-5, rtol=1e-5)
    energy = 0.5 * joint_vel[:, None] @ robot.data.mass_matrix.torch @ joint_vel[:, :, None]
    assert (energy > 0.1).all()
