# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""FORGE's tasks step as the reference's code does, quantity by quantity, except for what docs/forge.md names."""

from collections.abc import Iterator

import pytest
import torch
from isaaclab.envs import ManagerBasedRLEnv
from isaaclab_tasks.contrib.factory.factory_env import FactoryEnv
from isaaclab_tasks.contrib.forge.forge_env import ForgeEnv

from isaaclab_factory.tasks.assembly_env_cfg import PER_STEP
from tests.tasks.forge.reference_forge_env import ReferenceForgeEnv
from tests.tasks.parity.comparisons import REWARDS, ROUNDING, position_error
from tests.tasks.parity.table import Table, markdown
from tests.tasks.reference_env import step_both
from tests.tasks.task_env import first_and_others, open_env

NUM_ENVS, NUM_STEPS = 12, 10

CRITIC = {
    "held_pos_rel_tip": "held_pos_rel_fixed",
    "fingertip_lin_vel": "ee_linvel",
    "fingertip_ang_vel": "ee_angvel",
    "stiffness": "task_prop_gains",
    "wrist_force": "ft_force",
    "position_limit": "pos_threshold",
    "rotation_limit": "rot_threshold",
    "force_limit": "force_threshold",
    "smoothed_actions": "prev_actions",
}
"""The reference's names of what our critic observes, where they differ."""

FORGE_REWARDS = {
    "goal_distance": "action_penalty_asset",
    "excess_force": "contact_penalty",
    "success_prediction": "success_pred_error",
}


def without_noise(cfg) -> None:
    """No noise of the observations, and a dead zone that stays."""
    cfg.observations.policy.fingertip.params |= {"position_noise": 0.0, "rotation_noise": 0.0}
    cfg.observations.policy.enable_corruption = False
    cfg.events.changing_dead_zone = None


@pytest.fixture(scope="module", params=first_and_others(pytest.mark.long))
def task(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def env(task) -> Iterator[ManagerBasedRLEnv]:
    with open_env(f"Isaac-Forge-{task}", NUM_ENVS, seed=0, change=without_noise) as env:
        env.reset()
        yield env


@pytest.fixture(scope="session")
def tables(figures) -> Iterator[dict[str, Table]]:
    tables = {}
    yield tables
    for line in markdown(tables):
        figures("FORGE: largest deviation from the reference / largest that float32 explains", line)


@pytest.fixture
def table(tables, task) -> Table:
    return tables.setdefault(task, Table())


def actions(reference, steps) -> Iterator[torch.Tensor]:
    """Actions that go down onto the part, over its tip, and turn."""
    generator = torch.Generator().manual_seed(1)
    for _ in range(steps):
        action = reference.actions + 0.5 * torch.randn(NUM_ENVS, 7, generator=generator)
        action[:, 2] = -0.6
        yield action.clamp(-1.0, 1.0)


def columns(env, group) -> dict[str, torch.Tensor]:
    """What a group observes, term by term."""
    manager = env.observation_manager
    values, sizes = manager.compute_group(group), [shape[0] for shape in manager.group_obs_term_dim[group]]
    return dict(zip(manager.active_terms[group], values.split(sizes, dim=-1), strict=True))


@pytest.mark.slow
def test_steps_are_those_of_the_reference(env, task, table):
    env.reset(seed=3)
    reference = ReferenceForgeEnv(env, task)
    reference.begin_episode(env)
    felt, compared = 0.0, []
    for action in actions(reference, NUM_STEPS):
        controls = step_both(env, reference, action)
        for ours, theirs in controls:
            compared.append(compare_control(table, env, ours, theirs))
        compare_rewards(table, env, reference)
        compare_observed(table, env, reference)
        felt = max(felt, float(reference.force_sensor_smooth.abs().max()))
        table.compare("reward/weighted sum", env.reward_manager._reward_buf, reference.reward_buf, 1e-3)
    assert felt > 5.0  # the hand touched something
    assert torch.cat(compared).float().mean() > 0.1


def compare_control(table, env, ours, theirs) -> torch.Tensor:
    """Compare targets and torques, and return where those that depend on the orientation were. Shape is (num_envs,)."""
    position = position_error(env)
    table.compare("control/target position", ours.target_pos, theirs.target_pos, position, "m")
    sign = (ours.target_quat * theirs.target_quat).sum(-1, keepdim=True).sign()
    # elsewhere the reference makes the hand lean by 0.1 rad and more, see the departures
    upright = theirs.target_quat[:, 2:].abs().amax(dim=-1) < 0.02
    if not upright.any():
        return upright
    quat = 64 * ROUNDING
    table.compare("control/target orientation", (sign * ours.target_quat)[upright], theirs.target_quat[upright], quat)
    torque = 3**0.5 * 797.0 * 2 * position + 40.0 * 2 * quat + 300 * ROUNDING * 220.0
    table.compare("control/torque", ours.torque[upright], theirs.torque[upright], torque, "N m")
    return upright


def compare_rewards(table, env, reference) -> None:
    manager = env.reward_manager
    names = {name: REWARDS[name] for name in ("engaged", "success")} | FORGE_REWARDS
    for name, theirs in names.items():
        term = manager.get_term_cfg(name)
        ours = manager._step_reward[:, manager.active_terms.index(name)] / term.weight
        expected = reference.reward_terms[theirs].float()
        if name == "success_prediction":
            expected = reference.success_pred_scale * expected
        table.compare(f"reward/{name}", ours, expected, 1e-4)


def compare_observed(table, env, reference) -> None:
    noisy_tip = reference.fixed_pos_obs_frame + reference.init_fixed_pos_obs_noise
    obs, critic = columns(env, "policy"), columns(env, "critic")
    pos, quat = obs["fingertip"][:, :3], obs["fingertip"][:, 3:7]
    table.compare("policy/position", pos, reference.noisy_fingertip_pos - noisy_tip, 2 * position_error(env), "m")
    table.compare("policy/orientation", quat[:, :2].abs(), reference.fingertip_midpoint_quat[:, :2].abs(), 1e-6)
    table.compare("policy/wrist_force", obs["wrist_force"], reference.noisy_force, 1e-4, "N")
    state = reference._get_factory_obs_state_dict()[1] | {
        "ema_factor": reference.ema_factor,
        "ft_force": reference.force_sensor_smooth[:, :3],
        "force_threshold": reference.contact_penalty_thresholds[:, None],
    }
    state["prev_actions"] = reference.actions.clone()
    state["prev_actions"][:, 3:5] = 0.0
    for name, ours in critic.items():
        allowed = {"wrist_force": 1e-4, "smoothed_actions": 1e-5, "held_pos_rel_tip": position_error(env)}.get(
            name, 0.0
        )
        table.compare(f"critic/{name}", ours, state[CRITIC.get(name, name)], allowed)
    table.compare("policy/smoothed_actions", obs["smoothed_actions"], state["prev_actions"], 1e-5)
    table.compare("policy/force_limit", obs["force_limit"], state["force_threshold"])


def test_numbers_are_those_of_the_reference(env, task):
    cfg, theirs = env.cfg, ReferenceForgeEnv.make_cfg(task)
    arm, ctrl = cfg.actions.arm, theirs.ctrl
    assert list(arm.position_bounds) == ctrl.pos_action_bounds
    assert list(arm.position_limit) == ctrl.pos_action_threshold
    assert list(arm.rotation_limit) == ctrl.rot_action_threshold
    assert list(arm.stiffness) == ctrl.default_task_prop_gains
    events = cfg.events
    assert list(events.stiffness.params["largest_increase"]) == ctrl.task_prop_gains_noise_level
    limits = events.target_limits.params
    assert list(limits["largest_position_increase"]) == ctrl.pos_threshold_noise_level
    assert list(limits["largest_rotation_increase"]) == ctrl.rot_threshold_noise_level
    assert list(events.ema_factor.params["ema_range"]) == ctrl.ema_factor_range
    assert list(events.dead_zone.params["largest"]) == ctrl.default_dead_zone
    for name, value in (("func", "randomize_rigid_body_mass"),):
        assert getattr(theirs.events.object_scale_mass, name).__name__ == value
    for key in ("mass_distribution_params", "operation", "distribution"):
        assert events.held_mass.params[key] == theirs.events.object_scale_mass.params[key]
    assert cfg.scene.wrist.smoothing == theirs.ft_smoothing_factor
    assert list(cfg.commands.force_limit.force_range) == theirs.task.contact_penalty_threshold_range
    rewards = cfg.rewards
    assert rewards.excess_force.weight == pytest.approx(-theirs.task.contact_penalty_scale * PER_STEP)
    assert rewards.goal_distance.weight == pytest.approx(-theirs.task.action_penalty_asset_scale * PER_STEP)
    assert rewards.action_rate_penalty.weight == pytest.approx(-theirs.task.action_grad_penalty_scale * PER_STEP)
    assert rewards.success_prediction.params["needed_share"] == theirs.task.delay_until_ratio
    noise = theirs.obs_rand
    policy = type(cfg.observations)().policy
    assert policy.fingertip.params["position_noise"] == noise.fingertip_pos
    assert policy.fingertip.params["rotation_noise"] == pytest.approx(noise.fingertip_rot_deg * torch.pi / 180.0)
    assert policy.wrist_force.noise.std == noise.ft_force
    assert cfg.episode_length_s == theirs.episode_length_s


def test_departure_the_reference_observes_no_velocity(env, task):
    """Its finite differences are of the noise: it overwrites the pose before with the present one first."""
    reference = ReferenceForgeEnv(env, task)
    reference.begin_episode(env)
    for action in actions(reference, 2):
        step_both(env, reference, action)
    assert reference.ee_linvel_fd.abs().max() == 0.0
    velocity = columns(env, "policy")["fingertip"][:, 7:10]
    arm = env.action_manager.get_term("arm")
    torch.testing.assert_close(velocity, arm.fingertip.measured_lin_vel_w)
    assert velocity.abs().max() > 1e-3


def test_departure_the_reference_keeps_the_wrong_half_of_the_quaternion(env, task):
    """It zeroes the first and the last number, as when w came first. Of an upright hand that hides x."""
    reference = ReferenceForgeEnv(env, task)
    reference.begin_episode(env)
    assert (reference.noisy_fingertip_quat[:, [0, 3]] == 0.0).all()
    assert reference.noisy_fingertip_quat[:, 2].abs().max() < 0.02
    quat = columns(env, "policy")["fingertip"][:, 3:7]
    assert (quat[:, 2:] == 0.0).all()
    torch.testing.assert_close(quat.norm(dim=-1), torch.ones(NUM_ENVS), atol=1e-3, rtol=0.0)


def test_departure_the_reference_leans_a_hand_whose_roll_is_beyond_pi(env, task, monkeypatch):
    """It takes the way from -pi + 0.05 to pi for one of 6.2 rad, and goes on in the wrong direction."""
    reference = ReferenceForgeEnv(env, task)
    reference.begin_episode(env)
    leaning = torch.tensor([0.9996875, 0.0, 0.0, -0.0249974])  # a roll of pi + 0.05
    monkeypatch.setattr(reference, "_compute_intermediate_values", lambda dt: None)
    reference.fingertip_midpoint_quat = leaning.repeat(NUM_ENVS, 1)
    ForgeEnv._apply_action(reference)
    roll_of_target = 2.0 * torch.atan2(reference.target_quat[:, 0].abs(), reference.target_quat[:, 3])
    assert (roll_of_target - torch.pi).abs().min() > 0.1
    assert issubclass(ForgeEnv, FactoryEnv)
