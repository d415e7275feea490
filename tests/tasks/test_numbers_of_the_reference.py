# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The numbers of the three tasks are those of the reference in Isaac Lab."""

import math

import pytest
from isaaclab_tasks.contrib.factory import factory_env_cfg

from isaaclab_factory import mdp
from tests.tasks.task_env import FACTORY, load_cfg


@pytest.fixture(scope="module", params=FACTORY)
def task(request) -> str:
    """Name of a task."""
    return request.param


@pytest.fixture(scope="module")
def cfg(task):
    """Our configuration."""
    return load_cfg(task)


@pytest.fixture(scope="module")
def reference(task):
    """The configuration of Isaac Lab's direct workflow task."""
    return getattr(factory_env_cfg, f"FactoryTask{task}Cfg")()


def test_time_and_size(cfg, reference):
    assert cfg.decimation == reference.decimation
    assert cfg.episode_length_s == reference.episode_length_s
    assert cfg.sim.dt == reference.sim.dt
    assert cfg.scene.num_envs == reference.scene.num_envs
    assert cfg.scene.env_spacing == reference.scene.env_spacing


def test_physx_settings(task, reference):
    sim = load_cfg(task, physics="isaacsim_physx").sim
    assert type(sim.physics) is type(reference.sim.physics)
    assert sim.physics.to_dict() == reference.sim.physics.to_dict()


def test_gravity_and_default_material(cfg, reference):
    assert cfg.sim.gravity == reference.sim.gravity
    for name in ("static_friction", "dynamic_friction", "restitution"):
        assert getattr(cfg.sim.physics_material, name) == getattr(reference.sim.physics_material, name)


def test_control(cfg, reference):
    arm, ctrl = cfg.actions.arm, reference.ctrl
    assert arm.ema_factor == ctrl.ema_factor
    assert list(arm.position_scale) == ctrl.pos_action_threshold
    assert list(arm.rotation_scale) == ctrl.rot_action_threshold
    assert list(arm.position_bounds) == ctrl.pos_action_bounds
    assert list(arm.stiffness) == ctrl.default_task_prop_gains
    assert list(arm.nullspace_joint_pos) == ctrl.default_dof_pos_tensor
    assert arm.nullspace_stiffness == ctrl.kp_null
    assert arm.nullspace_damping == ctrl.kd_null
    assert arm.unidirectional_yaw is reference.task.unidirectional_rot


def test_place_of_the_parts(cfg, reference):
    task, fixed = reference.task, cfg.events.fixed_part.params
    assert list(fixed["position_noise"]) == task.fixed_asset_init_pos_noise
    yaw = math.radians(task.fixed_asset_init_orn_deg)
    assert fixed["yaw_range"] == pytest.approx((yaw, yaw + math.radians(task.fixed_asset_init_orn_range_deg)))
    assert list(cfg.commands.assembly_goal.tip_noise_std) == reference.obs_rand.fixed_asset_pos
    assert cfg.events.start_noise.params == {"scale": 1.0, "reduced_scale": 1.0, "reduced_share": 0.0}
    for name, part in (("held_asset", task.held_asset), ("fixed_asset", task.fixed_asset)):
        assert getattr(cfg.scene, name).init_state.pos == part.init_state.pos
        assert getattr(cfg.scene, name).init_state.rot == part.init_state.rot


def test_place_of_the_hand(cfg, reference):
    task, hand = reference.task, cfg.events.hand.params
    assert list(hand["position"]) == task.hand_init_pos
    assert list(hand["position_noise"]) == task.hand_init_pos_noise
    assert [math.pi, 0.0, hand["yaw"]] == pytest.approx(task.hand_init_orn, abs=1e-4)
    assert [0.0, 0.0, hand["yaw_noise"]] == task.hand_init_orn_noise
    assert list(hand["seed_joint_pos"]) == reference.ctrl.reset_joints
    assert hand["gripper_joint_pos"] == task.held_asset_cfg.diameter / 2.0 - 1e-5


def friction(cfg, term: str) -> float:
    """The one coefficient of friction that a startup event sets."""
    params = getattr(cfg.events, term).params
    assert params["restitution_range"] == (0.0, 0.0)
    (value,) = {*params["static_friction_range"], *params["dynamic_friction_range"]}
    return value


def test_friction(task, cfg, reference):
    parts = reference.task
    expected = {
        "robot_friction": parts.robot_cfg.friction,
        "held_asset_friction": parts.held_asset_cfg.friction,
        "fixed_asset_friction": parts.fixed_asset_cfg.friction,
    }
    physx = load_cfg(task, physics="isaacsim_physx")
    assert {term: friction(physx, term) for term in expected} == expected
    # PhysX takes the mean of two coefficients; with MuJoCo the part with priority brings it along
    for term, value in expected.items():
        assert friction(cfg, term) == pytest.approx((value + expected["robot_friction"]) / 2.0)


def test_inertia_that_is_added_to_the_links(cfg):
    # set_body_inertias of factory_utils.py adds 0.01 on the diagonal
    params = cfg.events.link_inertia.params
    assert params["inertia_distribution_params"] == (0.01, 0.01)
    assert (params["operation"], params["diagonal_only"]) == ("add", True)


def test_robot_drives(cfg, reference):
    ours, theirs = cfg.scene.robot.actuators, reference.scene.robot.actuators
    assert ours.keys() == theirs.keys()
    for name, actuator in theirs.items():
        expected = actuator.to_dict()
        found = ours[name].to_dict()
        # the generated fingers have an armature of their own, see docs/tasks.md
        if name == "panda_hand":
            expected.pop("armature"), found.pop("armature")
        assert found == expected


def test_solver_and_contact_properties_of_the_assets(cfg, reference):
    task = reference.task
    pairs = [
        (cfg.scene.robot, reference.scene.robot),
        (cfg.scene.held_asset, task.held_asset),
        (cfg.scene.fixed_asset, task.fixed_asset),
    ]
    if task.name == "gear_mesh":
        pairs += [(cfg.scene.small_gear, task.small_gear_cfg), (cfg.scene.large_gear, task.large_gear_cfg)]
    for ours, theirs in pairs:
        for properties in ("rigid_props", "collision_props"):
            expected = getattr(theirs.spawn, properties)
            (found,) = (of for of in getattr(ours.spawn, properties) if type(of) is type(expected))
            assert found.to_dict() == expected.to_dict(), ours.prim_path
        assert ours.spawn.activate_contact_sensors == theirs.spawn.activate_contact_sensors


def test_goal(cfg, reference):
    task, goal = reference.task, cfg.commands.assembly_goal
    fixed = task.fixed_asset_cfg
    assert goal.tip_offset[1:] == pytest.approx((0.0, fixed.height + fixed.base_height))
    assert goal.num_keypoints == task.num_keypoints
    assert goal.keypoint_length == task.keypoint_scale
    unit = fixed.thread_pitch if task.name == "nut_thread" else fixed.height
    assert goal.success_height == pytest.approx(task.success_threshold * unit)
    assert goal.engaged_height == pytest.approx(task.engage_threshold * unit)
    assert goal.centering_tolerance == 0.0025


def test_rewards_count_with_the_value_of_the_reference(cfg, reference):
    task, step_dt = reference.task, cfg.decimation * cfg.sim.dt
    for name in ("baseline", "coarse", "fine"):
        term = getattr(cfg.rewards, f"keypoint_{name}")
        assert term.func is mdp.keypoint_reward
        assert [term.params["sharpness"], term.params["offset"]] == getattr(task, f"keypoint_coef_{name}")
        assert term.weight * step_dt == pytest.approx(1.0)
    assert cfg.rewards.engaged.weight * step_dt == pytest.approx(1.0)
    assert cfg.rewards.success.weight * step_dt == pytest.approx(1.0)
    assert cfg.rewards.action_penalty.weight == -task.action_penalty_ee_scale == 0.0
    assert cfg.rewards.action_rate_penalty.weight == -task.action_grad_penalty_scale == 0.0
    assert {name for name, term in vars(cfg.rewards).items() if term.weight} == {
        "keypoint_baseline",
        "keypoint_coarse",
        "keypoint_fine",
        "engaged",
        "success",
    }


def test_observations_come_in_the_order_of_the_reference(cfg, reference):
    names = {
        "fingertip_pos_rel_tip": "fingertip_pos_rel_fixed",
        "fingertip_lin_vel": "ee_linvel",
        "fingertip_ang_vel": "ee_angvel",
        "held_pos_rel_tip": "held_pos_rel_fixed",
        "smoothed_actions": "prev_actions",
    }

    def terms(group):
        return [names.get(name, name) for name, term in vars(group).items() if hasattr(term, "func")]

    assert terms(cfg.observations.policy) == [*reference.obs_order, "prev_actions"]
    assert terms(cfg.observations.critic) == [*reference.state_order, "prev_actions"]
    assert not cfg.observations.policy.enable_corruption
