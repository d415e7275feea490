# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The numbers of the task are those of the reference in Isaac Lab."""

import math

import pytest

from isaaclab_factory import mdp
from isaaclab_factory.tasks.peg_insert_env_cfg import (
    PegInsertAidedEnvCfg,
    PegInsertAidedPlayEnvCfg,
    PegInsertEnvCfg,
    PegInsertNoNoiseEnvCfg,
    PegInsertPlayEnvCfg,
)


@pytest.fixture(scope="module")
def reference():
    """The configuration of Isaac Lab's direct workflow task."""
    from isaaclab_tasks.direct.factory.factory_env_cfg import FactoryTaskPegInsertCfg

    return FactoryTaskPegInsertCfg()


@pytest.fixture
def cfg() -> PegInsertEnvCfg:
    return PegInsertEnvCfg()


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


def test_start_of_an_episode(cfg, reference):
    task = reference.task
    assert list(cfg.events.fixed_part.params["position_noise"]) == task.fixed_asset_init_pos_noise
    yaw = math.radians(task.fixed_asset_init_orn_deg)
    yaw_range = (yaw, yaw + math.radians(task.fixed_asset_init_orn_range_deg))
    assert cfg.events.fixed_part.params["yaw_range"] == pytest.approx(yaw_range)

    hand = cfg.events.hand.params
    assert list(hand["position"]) == task.hand_init_pos
    assert list(hand["position_noise"]) == task.hand_init_pos_noise
    assert [math.pi, 0.0, hand["yaw"]] == pytest.approx(task.hand_init_orn, abs=1e-4)
    assert [0.0, 0.0, hand["yaw_noise"]] == task.hand_init_orn_noise
    assert list(hand["seed_joint_pos"]) == reference.ctrl.reset_joints

    held = cfg.events.held_part.params
    assert list(held["position_noise"]) == task.held_asset_pos_noise
    grasp_height = task.held_asset_cfg.height - task.robot_cfg.franka_fingerpad_length
    assert held["grasp_offset"] == pytest.approx((0.0, 0.0, grasp_height))
    assert cfg.events.start_noise.params == {"scale": 1.0, "reduced_scale": 1.0, "reduced_share": 0.0}
    assert list(cfg.commands.assembly_goal.tip_noise_std) == reference.obs_rand.fixed_asset_pos

    for name, part in (("held_asset", task.held_asset), ("fixed_asset", task.fixed_asset)):
        assert getattr(cfg.scene, name).init_state.pos == part.init_state.pos


def test_friction_and_inertia(cfg, reference):
    task = reference.task
    assert cfg.events.robot_friction.params["friction"] == task.robot_cfg.friction
    assert cfg.events.held_asset_friction.params["friction"] == task.held_asset_cfg.friction
    assert cfg.events.fixed_asset_friction.params["friction"] == task.fixed_asset_cfg.friction
    assert cfg.events.link_inertia.params["inertia"] == 0.01


def test_goal(cfg, reference):
    task, goal = reference.task, cfg.commands.assembly_goal
    assert goal.tip_offset == pytest.approx((0.0, 0.0, task.fixed_asset_cfg.height + task.fixed_asset_cfg.base_height))
    assert goal.num_keypoints == task.num_keypoints
    assert goal.keypoint_length == task.keypoint_scale
    assert goal.success_height == pytest.approx(task.success_threshold * task.fixed_asset_cfg.height)
    assert goal.engaged_height == pytest.approx(task.engage_threshold * task.fixed_asset_cfg.height)
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


def test_variants_depart_only_in_what_they_name(cfg):
    def differences(variant):
        a, b = cfg.to_dict(), variant.to_dict()
        return {path for path in flatten(a) | flatten(b) if flatten(a).get(path) != flatten(b).get(path)}

    def flatten(value, path=""):
        if not isinstance(value, dict) or not value:
            return {path: value}
        return {k: v for name, item in value.items() for k, v in flatten(item, f"{path}/{name}").items()}

    assert differences(PegInsertPlayEnvCfg()) == {"/scene/num_envs"}

    aids = ("/rewards/lateral_alignment/weight", "_near/", "/curriculum", "/events/start_noise/params/reduced_")
    assert not {path for path in differences(PegInsertAidedEnvCfg()) if not any(aid in path for aid in aids)}
    no_noise = {path for path in differences(PegInsertNoNoiseEnvCfg()) if not any(aid in path for aid in aids)}
    assert no_noise == {"/events/start_noise/params/scale"}
    assert {path for path in differences(PegInsertAidedPlayEnvCfg()) if "_near/" not in path} == {
        "/rewards/lateral_alignment/weight",
        "/scene/num_envs",
    }


def test_another_peg_and_hole_make_a_consistent_task():
    from isaaclab_factory.geometry import Hole, Peg
    from isaaclab_factory.tasks.assembly import peg_in_hole

    peg, hole = Peg(diameter=0.012, length=0.06), Hole(diameter=0.0121, height=0.03, block_width=0.03)
    cfg = PegInsertPlayEnvCfg(assembly=peg_in_hole(peg, hole))
    assert (cfg.scene.held_asset.spawn.part, cfg.scene.fixed_asset.spawn.part) == (peg, hole)
    goal = cfg.commands.assembly_goal
    assert goal.tip_offset == (0.0, 0.0, 0.03)
    assert (goal.success_height, goal.engaged_height) == pytest.approx((0.0012, 0.027))
    assert cfg.events.hand.params["gripper_joint_pos"] == 0.006 - 1e-5
    assert cfg.events.held_part.params["grasp_offset"] == pytest.approx((0.0, 0.0, 0.06 - 0.017608))


def test_configurations_share_no_state():
    first, second = PegInsertEnvCfg(), PegInsertEnvCfg()
    first.commands.assembly_goal.success_height = 1.0
    assert second.commands.assembly_goal.success_height == pytest.approx(0.001)
    first.events.hand.params["yaw_noise"] = 0.0
    first.events.start_noise.params["scale"] = 0.0
    assert second.events.hand.params["yaw_noise"] == 0.785
    assert PegInsertEnvCfg().events.start_noise.params["scale"] == 1.0
