# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What the three tasks make of a physical state, of steps and at startup is what the reference makes of it.

In one file, so that each task is made once. In random states first; then steps, with the reference's code at the same
moments; then what the simulator got at startup.
"""

from types import SimpleNamespace

import pytest
import torch
from isaaclab.utils.math import combine_frame_transforms
from isaaclab_tasks.contrib.factory import factory_env, factory_utils

from isaaclab_factory.tasks.assembly_env_cfg import PER_STEP
from tests.tasks.parity.comparisons import (
    ROUNDING,
    compare_controls,
    compare_flags,
    compare_observations,
    compare_rewards,
    position_error,
)
from tests.tasks.parity.states import begin_with_reset_of_reference, place_held_part, random_states, turn_hand
from tests.tasks.reference_env import our_control, step_both, their_control

NUM_DRAWS = 6
"""Draws of 64 states."""
NUM_STEPS = 10


@pytest.fixture
def goal(env):
    """The goal of the task."""
    return env.command_manager.get_term("assembly_goal")


def test_observations(env, reference, table):
    for _ in random_states(env, reference, NUM_DRAWS, seed=1):
        compare_observations(table, env, reference, env.observation_manager.compute())


def test_rewards(env, reference, table):
    for _ in random_states(env, reference, NUM_DRAWS, seed=2):
        theirs = reference._get_rewards()
        compare_rewards(table, env, reference, env.reward_manager.compute(env.step_dt), theirs)


def test_penalty_has_the_weight_of_the_reference_when_it_is_switched_on(env, reference, table, monkeypatch):
    term = env.reward_manager.get_term_cfg("action_rate_penalty")
    monkeypatch.setattr(term, "weight", -0.1 * PER_STEP)
    monkeypatch.setattr(reference.cfg_task, "action_grad_penalty_scale", 0.1)
    for _ in random_states(env, reference, 1, seed=3):
        theirs = reference._get_rewards()
        compare_rewards(table, env, reference, env.reward_manager.compute(env.step_dt), theirs)


def test_success_and_engagement_in_every_state_also_near_the_thresholds(env, reference, table, goal):
    margins = {"beside the axis": [], "success height": [], "engaged height": [], "hand's yaw": []}
    flags = {"success": [], "engaged": []}
    for _ in random_states(env, reference, 2 * NUM_DRAWS, seed=4):
        reference._get_rewards()
        compare_flags(table, env, reference)
        offset = goal.base_pos_error_w
        margins["beside the axis"].append((offset[:, :2].norm(dim=-1) - goal.cfg.centering_tolerance) / 1e-4)
        margins["success height"].append((offset[:, 2] - goal.cfg.success_height) / 1e-4)
        margins["engaged height"].append((offset[:, 2] - goal.cfg.engaged_height) / 1e-4)
        if reference.cfg_task.name == "nut_thread":
            yaw = factory_utils.wrap_yaw(
                factory_env.torch_utils.euler_xyz_from_quat(reference.fingertip_midpoint_quat)[2]
            )
            # from a quaternion of a hand that leans by a radian
            table.compare("goal/hand's yaw", goal.hand_yaw, yaw, 64 * ROUNDING, "rad")
            margins["hand's yaw"].append((goal.hand_yaw - goal.cfg.success_yaw) / 1e-2)
        flags["success"].append(goal.success.clone())
        flags["engaged"].append(goal.engaged.clone())

    flags = {name: torch.cat(values) for name, values in flags.items()}
    for flag in flags.values():
        assert 0.1 < flag.float().mean() < 0.9
    for name, values in margins.items():
        if values:
            near = torch.cat(values).abs() < 1.0
            flag = flags["engaged" if name in ("beside the axis", "engaged height") else "success"][near]
            assert min(flag.sum(), (~flag).sum()) > 20, name


def test_keypoints(env, reference, table, goal, monkeypatch):
    noted, distances = [], []

    def note_point(*args):
        noted.append(combine(*args)[0])
        return noted[-1], None

    def note_distance(distance, a, b):
        distances.append(distance)
        return squashing_fn(distance, a, b)

    combine, squashing_fn = factory_env.torch_utils.combine_frame_transforms, factory_utils.squashing_fn
    heights = goal.cfg.keypoint_length * torch.linspace(-0.5, 0.5, goal.cfg.num_keypoints)
    along_z = torch.nn.functional.pad(heights.unsqueeze(-1), (2, 0)).repeat(env.num_envs, 1, 1)

    def keypoints(pos, quat, offset):
        points = torch.tensor(offset) + along_z
        return torch.stack([combine_frame_transforms(pos, quat, point)[0] for point in points.unbind(1)], dim=1)

    for _ in random_states(env, reference, NUM_DRAWS, seed=5):
        with monkeypatch.context() as patch:
            patch.setattr(factory_env, "torch_utils", SimpleNamespace(combine_frame_transforms=note_point))
            patch.setattr(factory_utils, "squashing_fn", note_distance)
            reference._get_factory_rew_dict(torch.zeros(env.num_envs, dtype=torch.bool))
        # the reference makes them in pairs: of the held part, and where it should be
        held, target = torch.stack(noted[0::2], dim=1), torch.stack(noted[1::2], dim=1)
        part = env.scene["held_asset"].data
        pos = part.root_pos_w.torch - env.scene.env_origins
        ours = keypoints(pos, part.root_quat_w.torch, goal.cfg.held_base_offset)
        allowed = position_error(env), "m"
        table.compare("goal/keypoints of the held part", ours, held, *allowed)
        ours = keypoints(goal.command[:, :3], goal.command[:, 3:], (0.0, 0.0, 0.0))
        table.compare("goal/their targets", ours, target, *allowed)
        table.compare("goal/keypoint distance", goal.keypoint_distance, distances[0], *allowed)
        table.compare("goal/held base from its target", goal.base_pos_error_w, (held - target).mean(dim=1), *allowed)
        noted.clear(), distances.clear()


def test_targets_and_torques(env, reference, table):
    clipped, limited = [], []
    for _ in random_states(env, reference, NUM_DRAWS, seed=6):
        ours, theirs = our_control(env), their_control(reference)
        compare_controls(table, env, ours, theirs)
        from_tip = theirs.target_pos - reference.fixed_pos_obs_frame - reference.init_fixed_pos_obs_noise
        clipped.append(from_tip.abs().amax(dim=-1) > 0.05 - 1e-6)
        limited.append((theirs.torque.abs() == 100.0).any(dim=-1))
    for share in (torch.cat(clipped).float().mean(), torch.cat(limited).float().mean()):
        assert 0.05 < share < 0.95


@pytest.mark.slow
def test_steps_after_a_reset_of_the_reference(env, reference, table):
    begin_with_reset_of_reference(env, reference, seed=1)
    goal = env.command_manager.get_term("assembly_goal")
    tip = goal.tip_pos_w - env.scene.env_origins
    table.compare("goal/tip of the fixed part", tip, reference.fixed_pos_obs_frame, position_error(env), "m")
    compare_observations(table, env, reference, env.observation_manager.compute())
    for step in range(NUM_STEPS):
        # at first none, whose rotation has no axis
        action = torch.randn(env.num_envs, 6) if step else torch.zeros(env.num_envs, 6)
        controls = step_both(env, reference, action)
        assert len(controls) == env.cfg.decimation
        for ours, theirs in controls:
            compare_controls(table, env, ours, theirs)
        compare_observations(table, env, reference, env.obs_buf)
        compare_rewards(table, env, reference, env.reward_buf, reference.reward_buf)
        compare_flags(table, env, reference)


@pytest.mark.slow
def test_success_of_episodes_that_end_together(env, reference, table):
    begin_with_reset_of_reference(env, reference, seed=2)
    goal = env.command_manager.get_term("assembly_goal")
    env.episode_length_buf[:] = env.max_episode_length - 6
    for step in range(6):
        # in every environment the parts are together in some steps and not in others
        apart = torch.rand(env.num_envs) < 0.8
        place_held_part(env, reference, 0.1 * apart.unsqueeze(-1), env.scene["fixed_asset"].data.root_quat_w.torch)
        turn_hand(env, env.scene["robot"].data.default_joint_pos.torch, 0.5 * torch.randn(env.num_envs))
        step_both(env, reference, torch.zeros(env.num_envs, 6))
        ours = goal.metrics if step < 5 else goal.last_episode
        succeeded = reference.ep_succeeded.bool()
        first_time = torch.where(succeeded, ours["first_success_time"], 0.0)
        table.compare("episode/success now", ours["success"], reference.reward_terms["curr_success"])
        table.compare("episode/ever succeeded", ours["ever_success"].bool(), succeeded)
        theirs = reference.ep_success_times * reference.step_dt
        table.compare("episode/time of first success", first_time, theirs, 4 * ROUNDING * 30.0, "s")

    assert env.reset_buf.all()
    assert 0.1 < succeeded.float().mean() < 0.9
    ours, theirs = env.extras["log"]["Metrics/assembly_goal/success"], reference.extras["log"]["Metrics/success_rate"]
    rates = [torch.as_tensor(rate).view(1) for rate in (ours, theirs)]
    table.compare("episode/logged success rate", *rates, 4 * ROUNDING)


def test_friction_in_the_grasp(env, reference, table):
    """The reference sets it through PhysX, which takes the mean of two coefficients where they touch."""
    friction = {id(asset): value for asset, value in reference.frictions}
    robot, held, fixed = (friction[id(env.scene[name])] for name in ("robot", "held_asset", "fixed_asset"))
    env.reset(seed=1)
    env.step(torch.zeros(env.num_envs, 6))
    found = torch.tensor([sliding_friction(env.sim.physics_manager.worlds(), world) for world in range(env.num_envs)])
    # at the start of an episode the fingers are all that the part touches
    table.compare("startup/friction of part and fingers", found, torch.full_like(found, (robot + held) / 2.0), ROUNDING)
    assert fixed == robot


def sliding_friction(worlds, world) -> float:
    """The one coefficient of all contacts in a world of MuJoCo."""
    values = worlds.snapshot(world)[1].contact.friction[:, 0]
    assert len(values) >= 2
    assert (values == values[0]).all()
    return values[0].item()


def test_limits_and_drives_of_the_joints_in_the_simulator(env, reference, table):
    data = env.scene["robot"].data
    properties = {
        "startup/joint effort limits": (data.joint_effort_limits, "joint_effort_limit", "N m, N"),
        "startup/joint velocity limits": (data.joint_vel_limits, "joint_velocity_limit", "rad/s, m/s"),
        "startup/joint stiffness": (data.joint_stiffness, "stiffness", "N m/rad, N/m"),
        "startup/joint damping": (data.joint_damping, "damping", "N m s/rad, N s/m"),
        "startup/joint friction": (data.joint_friction_coeff, "friction", "N m, N"),
    }
    for quantity, (ours, name, unit) in properties.items():
        theirs = torch.full_like(ours.torch, torch.nan)
        for actuator in reference.cfg.scene.robot.actuators.values():
            joint_ids, _ = env.scene["robot"].find_joints(actuator.joint_names_expr)
            theirs[:, joint_ids] = getattr(actuator, name)
        table.compare(quantity, ours.torch, theirs, 0.0, unit)
