# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What the assembly tasks share: the Franka at its table, the torque action, what is observed, and the time steps.

Parts, goal, start of an episode and rewards stand in the file of each task. Numbers without a source are those of
``FactoryEnvCfg``, ``CtrlCfg`` and ``FactoryTask`` in ``isaaclab_tasks/contrib/factory`` ("the reference").
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from dataclasses import MISSING
from typing import Any

import isaaclab.sim as sim_utils
from isaaclab.assets import ArticulationCfg, AssetBaseCfg, RigidObjectCfg
from isaaclab.envs import ManagerBasedRLEnvCfg
from isaaclab.managers import EventTermCfg as EventTerm
from isaaclab.managers import ObservationGroupCfg as ObsGroup
from isaaclab.managers import ObservationTermCfg as ObsTerm
from isaaclab.managers import SceneEntityCfg
from isaaclab.managers import TerminationTermCfg as DoneTerm
from isaaclab.scene import InteractiveSceneCfg
from isaaclab.sim import SimulationCfg, SimulationContext
from isaaclab.utils import configclass
from isaaclab.visualizers import VisualizerCfg
from isaaclab_tasks.utils import PresetCfg, preset

from isaaclab_factory import mdp
from isaaclab_factory.assets import FRANKA_CFG, GROUND_CFG, TABLE_CFG
from isaaclab_factory.geometry.part import FRICTION

from .part_checks import require_clear_start, require_fitting_parts
from .physics import DEFAULT_DEVICE, AssemblyPhysicsCfg

PHYSICS_DT = 1.0 / 120.0
DECIMATION = 8

PER_STEP = 1.0 / (DECIMATION * PHYSICS_DT)
"""Weight of a reward that counts with its value in every step, as the reference's rewards do.

Isaac Lab multiplies reward weights by the step time, so a weight of 1 would mean "per second".
"""

FINGERTIP = "panda_fingertip_centered"
"""Name of the robot's body between the lower ends of the finger pads."""

GRIPPER_OPENING = 0.08
"""Largest distance in m between the finger pads: each finger of the Franka moves 0.04 m."""

ARM_JOINTS = "panda_joint[1-7]"
FINGER_JOINTS = "panda_finger_joint[1-2]"

ARM_ACTION = {
    "asset_name": "robot",
    "arm_joint_names": [ARM_JOINTS],
    "gripper_joint_names": [FINGER_JOINTS],
    "body_name": FINGERTIP,
    "command_name": "assembly_goal",
    "position_scale": (0.02, 0.02, 0.02),
    "rotation_scale": (0.097, 0.097, 0.097),
    "position_bounds": (0.05, 0.05, 0.05),
    "ema_factor": 0.2,
    "stiffness": (100.0, 100.0, 100.0, 30.0, 30.0, 30.0),
    # the reference's point of attack lies 54 mm above the fingertip, where pressing on a part turns it in the hand
    "jacobian": preset(
        default="finger_mean",
        aided="fingertip",
        no_noise="fingertip",
        search="fingertip",
        # an override of a preset takes one of its names
        finger_mean="finger_mean",
        fingertip="fingertip",
    ),
}
"""What the torque actions move, how far, and how stiffly."""

SEARCH_ACTION = ARM_ACTION | {
    "jacobian": preset(default="fingertip", finger_mean="finger_mean", fingertip="fingertip"),
}
"""The same for an action that searches."""

HAND = {
    "asset_cfg": SceneEntityCfg("robot"),
    "arm_joint_names": ARM_JOINTS,
    "gripper_joint_names": FINGER_JOINTS,
    "body_name": FINGERTIP,
    "seed_joint_pos": (1.5178e-03, -1.9651e-01, -1.4364e-03, -1.9761, -2.7717e-04, 1.7796, 7.8556e-01),
}
"""What :class:`~isaaclab_factory.mdp.reset_hand_above_fixed_part` moves, and where its inverse kinematics starts."""


def each_variant(groups: Any) -> Iterable[Any]:
    """Return the groups of terms of each variant, or the group itself where a task has no variants of it.

    Args:
        groups: A group of terms, or a ``PresetCfg`` with some.
    """
    return vars(groups).values() if isinstance(groups, PresetCfg) else (groups,)


def friction_event(asset_name: str, friction: float) -> EventTerm:
    """Startup event that gives all shapes of an asset the same static and dynamic friction.

    Where two shapes touch PhysX takes the mean of their coefficients. MuJoCo takes one of them: the larger, or that of
    the shape with priority, which the USD file of a part gives where its friction is not :data:`FRICTION`. So MuJoCo
    gets the mean with that, which everything else has.

    Args:
        asset_name: Name of the asset in the scene.
        friction: Coefficient of friction.
    """
    mean = 0.5 * (friction + FRICTION)
    friction_range = preset(default=(mean, mean), isaacsim_physx=(friction, friction))
    return EventTerm(
        func=mdp.randomize_rigid_body_material,
        mode="startup",
        params={
            "asset_cfg": SceneEntityCfg(asset_name),
            "static_friction_range": friction_range,
            "dynamic_friction_range": friction_range,
            "restitution_range": (0.0, 0.0),
            "num_buckets": 1,
        },
    )


def finger_position(width: float) -> float:
    """Position in m of each finger joint that holds a part of this width.

    Each finger starts 10 um inside the part. Fingers that just touch a flat may have their first contacts along one
    edge of it only, which once in some hundred starts spun a nut by 20 degrees.

    Args:
        width: Width of the part between the finger pads in m.

    Raises:
        ValueError: If the gripper does not open so wide.
    """
    if not 0.0 < width <= GRIPPER_OPENING:
        raise ValueError(
            f"The gripper holds parts of more than 0 and up to {GRIPPER_OPENING} m between its pads, got a grasp"
            f" {width} m wide."
        )
    return width / 2.0 - 1.0e-5


@configclass
class AssemblySceneCfg(InteractiveSceneCfg):
    """A Franka at a table, a part in its hand and a fixed part in front of it."""

    robot: ArticulationCfg = FRANKA_CFG.replace(prim_path="{ENV_REGEX_NS}/Robot")
    held_asset: RigidObjectCfg = MISSING
    fixed_asset: ArticulationCfg = MISSING
    table: AssetBaseCfg = TABLE_CFG.replace(prim_path="{ENV_REGEX_NS}/Table")
    ground: AssetBaseCfg = GROUND_CFG
    light: AssetBaseCfg = AssetBaseCfg(
        prim_path="/World/Light", spawn=sim_utils.DomeLightCfg(intensity=2000.0, color=(0.75, 0.75, 0.75))
    )


@configclass
class ActionsCfg:
    """Six pose deltas of the upright fingertip. The gripper stays closed."""

    arm = mdp.OperationalSpaceTorqueActionCfg(**ARM_ACTION)


@configclass
class ObservationsCfg:
    """What the policy knows, and the exact state that the critic sees."""

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


@configclass
class StartupEventsCfg:
    """What is set once, before the first episode."""

    link_inertia = EventTerm(
        # steadies the torque law at 120 Hz on the light links of the wrist
        func=mdp.randomize_rigid_body_inertia,
        mode="startup",
        params={
            "asset_cfg": SceneEntityCfg("robot"),
            "inertia_distribution_params": (0.01, 0.01),
            "operation": "add",
            "diagonal_only": True,
        },
    )
    robot_friction = friction_event("robot", FRICTION)


@configclass
class TerminationsCfg:
    """An episode only ends by its length."""

    time_out = DoneTerm(func=mdp.time_out, time_out=True)


def simulation(physics: AssemblyPhysicsCfg) -> SimulationCfg:
    """Simulation of a task.

    Args:
        physics: Its physics backends.
    """
    return SimulationCfg(
        device=DEFAULT_DEVICE,
        dt=PHYSICS_DT,
        render_interval=DECIMATION,
        physics=physics,
        physics_material=sim_utils.RigidBodyMaterialCfg(static_friction=1.0, dynamic_friction=1.0),
        # hand and parts of one environment
        default_visualizer_cfg=VisualizerCfg(
            eye=(1.1, 0.5, 0.4), lookat=(0.55, 0.0, 0.1), max_visible_envs=1, randomly_sample_visible_envs=False
        ),
    )


@configclass
class AssemblyEnvCfg(ManagerBasedRLEnvCfg):
    """Base of the assembly tasks: 15 policy steps a second, each of eight physics steps."""

    scene: AssemblySceneCfg = MISSING
    actions: ActionsCfg = ActionsCfg()
    observations: ObservationsCfg = ObservationsCfg()
    terminations: TerminationsCfg = TerminationsCfg()

    decimation: int = DECIMATION
    sim: SimulationCfg = simulation(AssemblyPhysicsCfg())

    def validate_config(self) -> None:
        """Refuse what Isaac Lab could only report by an error from deep inside. It calls this for each new environment.

        Raises:
            RuntimeError: If another environment is still open in this process.
            ValueError: If presets are not resolved, all events are missing, the parts do not fit, or the held part
                starts in another.
        """
        # as Isaac Lab decides it: an extension of Isaac Sim brings the simulation along
        in_extension = getattr(builtins, "ISAAC_LAUNCHED_FROM_TERMINAL", False)
        if SimulationContext.instance() is not None and not in_extension:
            raise RuntimeError("An environment is still open in this process: close() it before you make the next one.")
        if isinstance(self.sim.physics, PresetCfg):
            raise ValueError(
                "The presets of this configuration are not resolved: use isaaclab_tasks.utils.resolve_presets(cfg)."
            )
        if self.events is None:
            raise ValueError("events cannot be None, as they place hand and parts; each of them can be.")
        require_fitting_parts(self)
        require_clear_start(self)

    def raise_hand(self, hand_height: float, reference_height: float) -> None:
        """Let an episode start with the hand at another height, and let a higher hand go as much higher.

        Args:
            hand_height: Height in m of the fingertip above the tip of the fixed part, without noise.
            reference_height: The same with the parts of the reference. A lower hand may still go as high as that one.
        """
        params = self.events.hand.params
        x, y, height_before = params["position"]
        params["position"] = (x, y, hand_height)
        rise = max(hand_height, reference_height) - max(height_before, reference_height)
        for actions in each_variant(self.actions):
            *sideways, upwards = actions.arm.position_bounds
            actions.arm.position_bounds = (*sideways, upwards + rise)

    def play_mode(self) -> None:
        """Fewer environments, to look at."""
        super().play_mode()
        self.scene.num_envs = min(self.scene.num_envs, 16)

    def demonstration_recorders(self) -> mdp.DemonstrationRecorderManagerCfg:
        """What ``scripts/record_demos.py`` records. A task that replays more, or observes images, overrides it."""
        return mdp.DemonstrationRecorderManagerCfg()
