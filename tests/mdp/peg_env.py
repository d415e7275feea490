# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A small real environment with the terms under test: a peg in the hand above a hole, on the CPU engine."""

from __future__ import annotations

import math

from isaaclab.assets import ArticulationCfg, AssetBaseCfg, RigidObjectCfg
from isaaclab.envs import ManagerBasedRLEnvCfg
from isaaclab.managers import EventTermCfg, ObservationGroupCfg, ObservationTermCfg, RewardTermCfg, SceneEntityCfg
from isaaclab.managers import TerminationTermCfg as DoneTerm
from isaaclab.scene import InteractiveSceneCfg
from isaaclab.sim import SimulationCfg
from isaaclab.utils import configclass
from isaaclab_newton.physics import NewtonCfg, NewtonShapeCfg

from isaaclab_factory import mdp
from isaaclab_factory.assets import FRANKA_CFG, GROUND_CFG, HOLE_8MM_CFG, PEG_8MM_CFG
from isaaclab_factory.newton_mujoco import MuJoCoSolverCfg

FINGERTIP = "panda_fingertip_centered"
ARM_JOINTS = "panda_joint[1-7]"
FINGER_JOINTS = "panda_finger_joint[1-2]"

HAND = {
    "position": (0.0, 0.0, 0.047),
    "position_noise": (0.02, 0.02, 0.01),
    "yaw": 0.0,
    "yaw_noise": 0.785,
    "gripper_joint_pos": 0.007986 / 2.0 - 1.0e-5,
    "seed_joint_pos": (1.5178e-03, -1.9651e-01, -1.4364e-03, -1.9761, -2.7717e-04, 1.7796, 7.8556e-01),
    "asset_cfg": SceneEntityCfg("robot"),
    "arm_joint_names": ARM_JOINTS,
    "gripper_joint_names": FINGER_JOINTS,
    "body_name": FINGERTIP,
}
"""Parameters of ``reset_hand_above_fixed_part`` for the peg."""


@configclass
class SceneCfg(InteractiveSceneCfg):
    """A Franka, a peg and a hole."""

    robot: ArticulationCfg = FRANKA_CFG.replace(prim_path="{ENV_REGEX_NS}/Robot")
    held_asset: RigidObjectCfg = PEG_8MM_CFG
    fixed_asset: RigidObjectCfg = HOLE_8MM_CFG
    ground: AssetBaseCfg = GROUND_CFG


@configclass
class ActionsCfg:
    """The torque action."""

    arm = mdp.OperationalSpaceTorqueActionCfg(
        asset_name="robot",
        arm_joint_names=[ARM_JOINTS],
        gripper_joint_names=[FINGER_JOINTS],
        body_name=FINGERTIP,
        command_name="assembly_goal",
    )


@configclass
class CommandsCfg:
    """The goal of the peg insertion."""

    assembly_goal = mdp.AssemblyGoalCfg(tip_offset=(0.0, 0.0, 0.025), success_height=0.001, engaged_height=0.0225)


@configclass
class ObservationsCfg:
    """What the policy of the reference observes."""

    @configclass
    class PolicyCfg(ObservationGroupCfg):
        """19 numbers."""

        fingertip_pos_rel_tip = ObservationTermCfg(func=mdp.fingertip_pos_rel_noisy_tip)
        fingertip_quat = ObservationTermCfg(func=mdp.fingertip_quat)
        fingertip_lin_vel = ObservationTermCfg(func=mdp.measured_fingertip_lin_vel)
        fingertip_ang_vel = ObservationTermCfg(func=mdp.measured_fingertip_ang_vel)
        smoothed_actions = ObservationTermCfg(func=mdp.smoothed_actions)

    policy: PolicyCfg = PolicyCfg()


def friction_event(asset_name: str) -> EventTermCfg:
    """Isaac Lab's term that sets the friction of an asset, here to 0.75."""
    params = {
        "asset_cfg": SceneEntityCfg(asset_name),
        "static_friction_range": (0.75, 0.75),
        "dynamic_friction_range": (0.75, 0.75),
        "restitution_range": (0.0, 0.0),
        "num_buckets": 1,
    }
    return EventTermCfg(func=mdp.randomize_rigid_body_material, mode="startup", params=params)


@configclass
class EventsCfg:
    """What is set once, and how an episode starts."""

    link_inertia = EventTermCfg(
        func=mdp.randomize_rigid_body_inertia,
        mode="startup",
        params={
            "asset_cfg": SceneEntityCfg("robot"),
            "inertia_distribution_params": (0.01, 0.01),
            "operation": "add",
            "diagonal_only": True,
        },
    )
    robot_friction = friction_event("robot")
    held_asset_friction = friction_event("held_asset")
    start_noise = EventTermCfg(func=mdp.sample_start_noise_scale, mode="reset")
    fixed_part = EventTermCfg(
        func=mdp.reset_fixed_part,
        mode="reset",
        params={
            "position_noise": (0.05, 0.05, 0.05),
            "yaw_range": (0.0, 2.0 * math.pi),
            "asset_cfg": SceneEntityCfg("fixed_asset"),
        },
    )
    hand = EventTermCfg(func=mdp.reset_hand_above_fixed_part, mode="reset", params=HAND)
    held_part = EventTermCfg(
        func=mdp.reset_part_in_grasp,
        mode="reset",
        params={
            "grasp_offset": (0.0, 0.0, 0.050 - 0.017608),
            "position_noise": (0.003, 0.0, 0.003),
            "asset_cfg": SceneEntityCfg("held_asset"),
            "robot_cfg": SceneEntityCfg("robot", body_names=FINGERTIP),
        },
    )


@configclass
class RewardsCfg:
    """A dense and a sparse reward."""

    keypoints = RewardTermCfg(func=mdp.keypoint_reward, weight=15.0, params={"sharpness": 50.0, "offset": 2.0})
    success = RewardTermCfg(func=mdp.success, weight=15.0)


@configclass
class TerminationsCfg:
    """An episode only ends by its length."""

    time_out = DoneTerm(func=mdp.time_out, time_out=True)


@configclass
class PegEnvCfg(ManagerBasedRLEnvCfg):
    """Four environments of the peg insertion."""

    scene: SceneCfg = SceneCfg(num_envs=4, env_spacing=2.0)
    actions: ActionsCfg = ActionsCfg()
    commands: CommandsCfg = CommandsCfg()
    observations: ObservationsCfg = ObservationsCfg()
    events: EventsCfg = EventsCfg()
    rewards: RewardsCfg = RewardsCfg()
    terminations: TerminationsCfg = TerminationsCfg()
    decimation: int = 8
    episode_length_s: float = 10.0
    sim: SimulationCfg = SimulationCfg(
        device="cpu",
        dt=1.0 / 120.0,
        render_interval=8,
        physics=NewtonCfg(
            solver_cfg=MuJoCoSolverCfg(
                solver="newton",
                integrator="implicitfast",
                cone="elliptic",
                impratio=100.0,
                iterations=20,
                tolerance=1e-7,
                enable_multiccd=True,
                use_mujoco_contacts=True,
                njmax=400,
                nconmax=120,
                num_threads=1,
            ),
            num_substeps=4,
            default_shape_cfg=NewtonShapeCfg(gap=0.0),
        ),
    )
