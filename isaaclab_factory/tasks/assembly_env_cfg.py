# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What the Factory assembly tasks share: scene, actions, observations, start of an episode, rewards.

A task gives an :class:`~isaaclab_factory.tasks.assembly.AssemblyCfg`, which fills in what is ``MISSING`` here. Numbers
without a source are those of ``FactoryEnvCfg``, ``CtrlCfg`` and ``FactoryTask`` in Isaac Lab's
``isaaclab_tasks.direct.factory``. What departs from the reference besides numbers is listed in ``docs/tasks.md``.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import MISSING

import isaaclab.sim as sim_utils
from isaaclab.assets import ArticulationCfg, AssetBaseCfg, RigidObjectCfg
from isaaclab.envs import ManagerBasedRLEnvCfg
from isaaclab.managers import EventTermCfg as EventTerm
from isaaclab.managers import ObservationGroupCfg as ObsGroup
from isaaclab.managers import ObservationTermCfg as ObsTerm
from isaaclab.managers import RewardTermCfg as RewTerm
from isaaclab.managers import SceneEntityCfg
from isaaclab.managers import TerminationTermCfg as DoneTerm
from isaaclab.scene import InteractiveSceneCfg
from isaaclab.sim import PhysxCfg, SimulationCfg
from isaaclab.utils import configclass

from isaaclab_factory import mdp
from isaaclab_factory.assets import FRANKA_CFG, GROUND_CFG, TABLE_CFG, part_of

from .assembly import FINGERTIP, AssemblyCfg
from .fit import require_parts_to_fit

PHYSICS_DT = 1.0 / 120.0
DECIMATION = 8

REWARD_WEIGHT = 1.0 / (DECIMATION * PHYSICS_DT)
"""Isaac Lab multiplies reward weights by the step time, the reference does not: with this weight the sums agree."""

ARM_JOINTS = "panda_joint[1-7]"
GRIPPER_JOINTS = "panda_finger_joint[1-2]"

ARM = {
    "asset_name": "robot",
    "arm_joint_names": [ARM_JOINTS],
    "gripper_joint_names": [GRIPPER_JOINTS],
    "body_name": FINGERTIP,
    "command_name": "assembly_goal",
}
"""What the torque actions move, and around what."""

GRASP_DEPTH = 1.0e-5
"""How far in m each finger starts inside the part that it holds. Fingers that just touch a flat may have their first
contacts along one edge of it only, on MuJoCo once in some hundred starts with a nut, which spins it by 20 degrees."""


@configclass
class AssemblySceneCfg(InteractiveSceneCfg):
    """A Franka at a table, a part in its hand and a fixed part in front of it."""

    robot: ArticulationCfg = FRANKA_CFG.replace(prim_path="{ENV_REGEX_NS}/Robot")
    held_asset: RigidObjectCfg = MISSING
    fixed_asset: RigidObjectCfg = MISSING
    table: AssetBaseCfg = TABLE_CFG.replace(prim_path="{ENV_REGEX_NS}/Table")
    ground: AssetBaseCfg = GROUND_CFG
    light: AssetBaseCfg = AssetBaseCfg(
        prim_path="/World/Light", spawn=sim_utils.DomeLightCfg(intensity=2000.0, color=(0.75, 0.75, 0.75))
    )


@configclass
class ActionsCfg:
    """Six pose deltas of the upright fingertip; the gripper stays closed."""

    arm = mdp.OperationalSpaceTorqueActionCfg(**ARM)


@configclass
class CommandsCfg:
    """What an episode is about."""

    assembly_goal: mdp.AssemblyGoalCfg = MISSING


@configclass
class ObservationsCfg:
    """What the policy knows, and what the critic is told besides."""

    @configclass
    class PolicyCfg(ObsGroup):
        """What a robot could know: 19 numbers."""

        fingertip_pos_rel_tip = ObsTerm(func=mdp.fingertip_pos_rel_noisy_tip)
        fingertip_quat = ObsTerm(func=mdp.fingertip_quat)
        fingertip_lin_vel = ObsTerm(func=mdp.measured_fingertip_lin_vel)
        fingertip_ang_vel = ObsTerm(func=mdp.measured_fingertip_ang_vel)
        smoothed_actions = ObsTerm(func=mdp.smoothed_actions)

    @configclass
    class CriticCfg(ObsGroup):
        """The exact state: 43 numbers."""

        fingertip_pos = ObsTerm(func=mdp.fingertip_pos)
        fingertip_quat = ObsTerm(func=mdp.fingertip_quat)
        fingertip_lin_vel = ObsTerm(
            func=mdp.fingertip_lin_vel, params={"asset_cfg": SceneEntityCfg("robot", body_names=FINGERTIP)}
        )
        fingertip_ang_vel = ObsTerm(
            func=mdp.fingertip_ang_vel, params={"asset_cfg": SceneEntityCfg("robot", body_names=FINGERTIP)}
        )
        joint_pos = ObsTerm(func=mdp.joint_pos, params={"asset_cfg": SceneEntityCfg("robot", joint_names=ARM_JOINTS)})
        held_pos = ObsTerm(func=mdp.root_pos_w, params={"asset_cfg": SceneEntityCfg("held_asset")})
        held_pos_rel_tip = ObsTerm(func=mdp.part_pos_rel_tip, params={"asset_cfg": SceneEntityCfg("held_asset")})
        held_quat = ObsTerm(func=mdp.root_quat_w, params={"asset_cfg": SceneEntityCfg("held_asset")})
        fixed_pos = ObsTerm(func=mdp.root_pos_w, params={"asset_cfg": SceneEntityCfg("fixed_asset")})
        fixed_quat = ObsTerm(func=mdp.root_quat_w, params={"asset_cfg": SceneEntityCfg("fixed_asset")})
        smoothed_actions = ObsTerm(func=mdp.smoothed_actions)

    policy: PolicyCfg = PolicyCfg()
    critic: CriticCfg = CriticCfg()


def start_noise_event(scale: float = 1.0, reduced_scale: float = 1.0, reduced_share: float = 0.0) -> EventTerm:
    """The event that chooses how much of the start noise an episode gets; by default all of it, as in the reference.

    Args:
        scale: Factor on the start noise of every episode.
        reduced_scale: Further factor on that of the reduced episodes.
        reduced_share: Probability that an episode is a reduced one.
    """
    params = {"scale": scale, "reduced_scale": reduced_scale, "reduced_share": reduced_share}
    return EventTerm(func=mdp.sample_start_noise_scale, mode="reset", params=params)


@configclass
class EventsCfg:
    """What is set once, and how an episode starts. The order of the reset terms matters."""

    parts_fit = EventTerm(func=require_parts_to_fit, mode="startup")
    link_inertia = EventTerm(
        func=mdp.add_link_inertia, mode="startup", params={"inertia": 0.01, "asset_cfg": SceneEntityCfg("robot")}
    )
    robot_friction = EventTerm(
        func=mdp.set_friction, mode="startup", params={"friction": 0.75, "asset_cfg": SceneEntityCfg("robot")}
    )
    held_asset_friction = EventTerm(
        func=mdp.set_friction, mode="startup", params={"friction": MISSING, "asset_cfg": SceneEntityCfg("held_asset")}
    )
    fixed_asset_friction = EventTerm(
        func=mdp.set_friction, mode="startup", params={"friction": MISSING, "asset_cfg": SceneEntityCfg("fixed_asset")}
    )

    start_noise = start_noise_event()
    fixed_part = EventTerm(
        func=mdp.reset_fixed_part,
        mode="reset",
        params={"position_noise": MISSING, "yaw_range": MISSING, "asset_cfg": SceneEntityCfg("fixed_asset")},
    )
    hand = EventTerm(
        func=mdp.reset_hand_above_fixed_part,
        mode="reset",
        params={
            "position": MISSING,
            "position_noise": MISSING,
            "yaw": MISSING,
            "yaw_noise": MISSING,
            "gripper_joint_pos": MISSING,
            "seed_joint_pos": (1.5178e-03, -1.9651e-01, -1.4364e-03, -1.9761, -2.7717e-04, 1.7796, 7.8556e-01),
            "asset_cfg": SceneEntityCfg("robot"),
            "arm_joint_names": ARM_JOINTS,
            "gripper_joint_names": GRIPPER_JOINTS,
            "body_name": FINGERTIP,
        },
    )
    held_part = EventTerm(
        func=mdp.reset_part_in_grasp,
        mode="reset",
        params={
            "grasp_offset": MISSING,
            "grasp_yaw": MISSING,
            "position_noise": MISSING,
            "asset_cfg": SceneEntityCfg("held_asset"),
            "robot_cfg": SceneEntityCfg("robot", body_names=FINGERTIP),
        },
    )


@configclass
class RewardsCfg:
    """The reference's rewards, and a training aid that is off."""

    keypoint_baseline = RewTerm(func=mdp.keypoint_squash, weight=REWARD_WEIGHT, params={"a": 5.0, "b": 4.0})
    keypoint_coarse = RewTerm(func=mdp.keypoint_squash, weight=REWARD_WEIGHT, params={"a": 50.0, "b": 2.0})
    keypoint_fine = RewTerm(func=mdp.keypoint_squash, weight=REWARD_WEIGHT, params={"a": 100.0, "b": 0.0})
    engaged = RewTerm(func=mdp.engaged, weight=REWARD_WEIGHT)
    success = RewTerm(func=mdp.success, weight=REWARD_WEIGHT)
    action_penalty = RewTerm(func=mdp.smoothed_action_norm, weight=0.0)
    action_rate_penalty = RewTerm(func=mdp.smoothed_action_rate_norm, weight=0.0)
    lateral_alignment = RewTerm(
        func=mdp.lateral_alignment, weight=0.0, params={"coarse_distance": 0.003, "fine_distance": 0.0006}
    )


@configclass
class TerminationsCfg:
    """An episode only ends by its length."""

    time_out = DoneTerm(func=mdp.time_out, time_out=True)


@configclass
class AssemblyEnvCfg(ManagerBasedRLEnvCfg):
    """Base of the assembly tasks.

    A task needs an :attr:`assembly` and an :attr:`episode_length_s`; the rest are Factory's observations, actions and
    rewards, of which it can change what it likes.
    """

    assembly: AssemblyCfg | None = MISSING
    """The parts, the goal, the grasp and the noise. None once they are in the scene, the command and the events."""

    scene: AssemblySceneCfg = AssemblySceneCfg(num_envs=128, env_spacing=2.0)
    actions: ActionsCfg = ActionsCfg()
    commands: CommandsCfg = CommandsCfg()
    observations: ObservationsCfg = ObservationsCfg()
    events: EventsCfg = EventsCfg()
    rewards: RewardsCfg = RewardsCfg()
    terminations: TerminationsCfg = TerminationsCfg()
    curriculum: object | None = None

    decimation: int = DECIMATION
    episode_length_s: float = MISSING
    sim: SimulationCfg = SimulationCfg(
        device="cpu",
        dt=PHYSICS_DT,
        render_interval=DECIMATION,
        physx=PhysxCfg(
            solver_type=1,
            max_position_iteration_count=192,
            max_velocity_iteration_count=1,
            bounce_threshold_velocity=0.2,
            friction_offset_threshold=0.01,
            friction_correlation_distance=0.00625,
            gpu_max_rigid_contact_count=2**23,
            gpu_max_rigid_patch_count=2**23,
            gpu_collision_stack_size=2**28,
            gpu_max_num_partitions=1,
        ),
        physics_material=sim_utils.RigidBodyMaterialCfg(static_friction=1.0, dynamic_friction=1.0),
    )

    def __post_init__(self):
        """Put the assembly's parts and numbers to where the managers read them.

        Raises:
            ValueError: If there is no assembly, it lacks a field, the gripper cannot hold the part, or a part does not
                tell its dimensions.
        """
        if self.assembly is None and not isinstance(self.scene.held_asset, type(MISSING)):
            return  # a copy, in which all stands where it belongs
        if not isinstance(self.assembly, AssemblyCfg):
            raise ValueError(f"{type(self).__name__} needs an AssemblyCfg as assembly, such as peg_in_hole() makes.")
        self.assembly.check()
        # `replace` and `copy` hand over the objects of another configuration, which must stay as it is
        spread_over = self.scene, self.actions, self.commands, self.events, self.rewards
        self.scene, self.actions, self.commands, self.events, self.rewards = deepcopy(spread_over)
        self._spread(self.assembly)
        # each number now stands in one place: changes of it there, by Hydra for instance, outlive `replace`
        self.assembly = None

    def _spread(self, assembly: AssemblyCfg) -> None:
        hand, grasp, noise = assembly.hand, assembly.grasp, assembly.noise
        self.scene.held_asset, self.scene.fixed_asset = assembly.held_asset, assembly.fixed_asset
        self.commands.assembly_goal = assembly.goal
        events = self.events
        events.held_asset_friction.params["friction"] = part_of(assembly.held_asset).friction
        events.fixed_asset_friction.params["friction"] = part_of(assembly.fixed_asset).friction
        events.fixed_part.params.update(position_noise=noise.fixed_position, yaw_range=noise.fixed_yaw_range)
        events.hand.params.update(
            position=hand.position,
            position_noise=noise.hand_position,
            yaw=hand.yaw,
            yaw_noise=noise.hand_yaw,
            gripper_joint_pos=grasp.width / 2.0 - GRASP_DEPTH,
        )
        events.held_part.params.update(
            grasp_offset=grasp.offset, grasp_yaw=grasp.yaw, position_noise=noise.held_position
        )
        if isinstance(self.actions.arm, mdp.SearchMotionTorqueActionCfg):
            self.actions.arm.held_noise = assembly.held_noise_in_hand
        if search := getattr(self.rewards, "search", None):
            search.params.update(held_noise=assembly.held_noise_in_hand, underside=assembly.underside)
