# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The numbers of the three tasks are those of the reference in Isaac Lab."""

import math
from types import SimpleNamespace

import pytest
from isaaclab_tasks.direct.factory import factory_env_cfg

from isaaclab_factory import mdp
from isaaclab_factory.tasks import gear_mesh_env_cfg, nut_thread_env_cfg, peg_insert_env_cfg

MODULES = {"PegInsert": peg_insert_env_cfg, "GearMesh": gear_mesh_env_cfg, "NutThread": nut_thread_env_cfg}


@pytest.fixture(params=MODULES)
def task(request) -> SimpleNamespace:
    """A task: our configuration, that for playing, and that of Isaac Lab's direct workflow task."""
    name, module = request.param, MODULES[request.param]
    return SimpleNamespace(
        cfg=getattr(module, f"{name}EnvCfg")(),
        play=getattr(module, f"{name}PlayEnvCfg")(),
        reference=getattr(factory_env_cfg, f"FactoryTask{name}Cfg")(),
    )


@pytest.fixture
def cfg(task):
    return task.cfg


@pytest.fixture
def reference(task):
    return task.reference


def test_time_and_size(cfg, reference):
    assert cfg.decimation == reference.decimation
    assert cfg.episode_length_s == reference.episode_length_s
    assert cfg.sim.dt == reference.sim.dt
    assert cfg.scene.num_envs == reference.scene.num_envs
    assert cfg.scene.env_spacing == reference.scene.env_spacing


def test_physx_settings(cfg, reference):
    assert cfg.sim.physx.to_dict() == reference.sim.physx.to_dict()
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


def test_place_of_the_hand(cfg, reference):
    task, hand = reference.task, cfg.events.hand.params
    assert list(hand["position"]) == task.hand_init_pos
    assert list(hand["position_noise"]) == task.hand_init_pos_noise
    assert [math.pi, 0.0, hand["yaw"]] == pytest.approx(task.hand_init_orn, abs=1e-4)
    assert [0.0, 0.0, hand["yaw_noise"]] == task.hand_init_orn_noise
    assert list(hand["seed_joint_pos"]) == reference.ctrl.reset_joints
    assert hand["gripper_joint_pos"] == task.held_asset_cfg.diameter / 2.0 - 1e-5


def test_friction_and_inertia(cfg, reference):
    task = reference.task
    assert cfg.events.robot_friction.params["friction"] == task.robot_cfg.friction
    assert cfg.events.held_asset_friction.params["friction"] == task.held_asset_cfg.friction
    assert cfg.events.fixed_asset_friction.params["friction"] == task.fixed_asset_cfg.friction
    assert cfg.events.link_inertia.params["inertia"] == 0.01


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
        assert term.func is mdp.keypoint_squash
        assert [term.params["a"], term.params["b"]] == getattr(task, f"keypoint_coef_{name}")
        assert term.weight * step_dt == pytest.approx(1.0)
    assert cfg.rewards.engaged.weight * step_dt == pytest.approx(1.0)
    assert cfg.rewards.success.weight * step_dt == pytest.approx(1.0)
    assert cfg.rewards.action_penalty.weight == -task.action_penalty_ee_scale == 0.0
    assert cfg.rewards.action_rate_penalty.weight == -task.action_grad_penalty_scale == 0.0
    assert cfg.rewards.lateral_alignment.weight == 0.0


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


def test_play_only_makes_the_scene_small(task):
    ours, play = task.cfg.to_dict(), task.play.to_dict()
    assert play["scene"].pop("num_envs") < ours["scene"].pop("num_envs")
    assert play == ours
