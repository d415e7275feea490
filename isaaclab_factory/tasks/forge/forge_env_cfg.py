# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What the FORGE tasks share: the sensor at the wrist, the pose action, what is observed, and what differs by episode.

Parts, goal, start of an episode and most rewards are those of the Factory tasks. Numbers without a source are those of
``ForgeEnvCfg``, ``ForgeCtrlCfg`` and ``ForgeTask`` in ``isaaclab_tasks/contrib/forge`` ("the reference"). docs/forge.md
lists the departures from it.
"""

from __future__ import annotations

import math

from isaaclab.assets import ArticulationCfg
from isaaclab.envs import ManagerBasedRLEnvCfg
from isaaclab.managers import EventTermCfg as EventTerm
from isaaclab.managers import ObservationGroupCfg as ObsGroup
from isaaclab.managers import ObservationTermCfg as ObsTerm
from isaaclab.managers import RewardTermCfg as RewTerm
from isaaclab.managers import SceneEntityCfg
from isaaclab.utils import configclass
from isaaclab.utils.noise import GaussianNoiseCfg
from isaaclab_tasks.utils import PresetCfg, preset

from isaaclab_factory import mdp
from isaaclab_factory.assets import fixed_part_cfg, franka_cfg
from isaaclab_factory.geometry import Part

from ..assembly_env_cfg import ARM_ACTION, ARM_JOINTS, FINGERTIP, PER_STEP
from ..variants import HELD_POS_REL_TIP_NEAR, LATERAL_ALIGNMENT

FRANKA_FORCE_SENSOR_CFG: ArticulationCfg = franka_cfg(force_sensor=True).replace(prim_path="{ENV_REGEX_NS}/Robot")
"""The Franka with a sensor between flange and hand."""

WRIST_CFG = mdp.SmoothedJointWrenchSensorCfg(prim_path="{ENV_REGEX_NS}/Robot", body_name="force_sensor", smoothing=0.25)
"""The sensor, which the terms find under the name ``wrist``."""

FORCE_LIMIT = mdp.ForceLimitCfg(sensor_name="wrist", force_range=(5.0, 10.0))
"""The force at the wrist above which an episode costs."""

DEAD_ZONE = {"func": mdp.randomize_dead_zone, "params": {"largest": (5.0, 5.0, 5.0, 1.0, 1.0, 1.0)}}
"""How much of the arm's wrench is lost, at most: 5 N and 1 N m."""

HELD_MASS_NOISE = 0.005
"""Largest difference in kg of the held part's mass."""

HELD_MASS = EventTerm(
    func=mdp.randomize_rigid_body_mass,
    mode="reset",
    params={
        "asset_cfg": SceneEntityCfg("held_asset"),
        "mass_distribution_params": (-HELD_MASS_NOISE, HELD_MASS_NOISE),
        "operation": "add",
        "distribution": "uniform",
    },
)


def fixed_friction_event(held_friction: float) -> EventTerm:
    """Startup event that draws the friction of the fixed part for each environment.

    Where two shapes touch PhysX takes the mean of their coefficients. MuJoCo has one coefficient for sticking and
    sliding, and takes the fixed part's, which :func:`~isaaclab_factory.assets.fixed_part_cfg` is asked for with
    ``decides_friction``. So MuJoCo gets the mean with that of the held part.

    Args:
        held_friction: Coefficient of friction of the held part.
    """
    least, largest = (0.5 * (friction + held_friction) for friction in (0.25, 1.25))
    return EventTerm(
        func=mdp.randomize_rigid_body_material,
        mode="startup",
        params={
            "asset_cfg": SceneEntityCfg("fixed_asset"),
            "static_friction_range": preset(default=(least, largest), isaacsim_physx=(0.25, 1.25)),
            "dynamic_friction_range": preset(default=(least, largest), isaacsim_physx=(0.25, 0.25)),
            "restitution_range": (0.0, 0.0),
            "num_buckets": 128,
        },
    )


def use_forge_parts(env_cfg: ManagerBasedRLEnvCfg, held: Part, fixed: Part) -> None:
    """Give other parts what FORGE does not know of them, friction and mass, after the ``use_parts`` of Factory's task.

    Args:
        env_cfg: Configuration of a FORGE task.
        held: The part in the hand. Its mass differs by up to 5 g, and by at most half of it.
        fixed: The other part.
    """
    env_cfg.scene.fixed_asset = fixed_part_cfg(fixed, decides_friction=True)
    env_cfg.events.fixed_asset_friction = fixed_friction_event(held.friction)
    noise = min(HELD_MASS_NOISE, 0.5 * held.mass_properties.mass)
    env_cfg.events.held_mass.params["mass_distribution_params"] = (-noise, noise)


@configclass
class ForgeActionsCfg:
    """A pose relative to the noisy tip, and the predicted success."""

    arm = mdp.PoseTargetTorqueActionCfg(
        **{name: value for name, value in ARM_ACTION.items() if name not in ("position_scale", "rotation_scale")}
        | {
            "stiffness": (565.0, 565.0, 565.0, 28.0, 28.0, 28.0),
            "ema_factor": 0.0625,  # the middle of what ForgeControlEventsCfg draws
        },
        yaw_range=(math.pi, -0.5 * math.pi),
        position_limit=(0.02, 0.02, 0.02),
        rotation_limit=(0.097, 0.097, 0.097),
        predicts_success=True,
    )


FINGERTIP_NOISE = {"position_noise": 0.00025, "rotation_noise": math.radians(0.1)}
"""Errors with which the robot measures its fingertip."""


@configclass
class ForgeObservationsCfg:
    """What a robot measures, and the exact state that the critic sees."""

    @configclass
    class PolicyCfg(ObsGroup):
        """What a robot could know: 24 numbers."""

        fingertip = ObsTerm(func=mdp.sensed_fingertip, params=FINGERTIP_NOISE)
        wrist_force = ObsTerm(func=mdp.wrist_force, noise=GaussianNoiseCfg(std=1.0))
        force_limit = ObsTerm(func=mdp.generated_commands, params={"command_name": "force_limit"})
        smoothed_actions = ObsTerm(func=mdp.smoothed_pose_actions)

        def __post_init__(self):
            self.enable_corruption = True  # Isaac Lab adds no noise where it is not asked to

    @configclass
    class CriticCfg(ObsGroup):
        """The exact state: 61 numbers."""

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
        stiffness = ObsTerm(func=mdp.stiffness)
        ema_factor = ObsTerm(func=mdp.ema_factor)
        wrist_force = ObsTerm(func=mdp.wrist_force)
        position_limit = ObsTerm(func=mdp.position_limit)
        rotation_limit = ObsTerm(func=mdp.rotation_limit)
        force_limit = ObsTerm(func=mdp.generated_commands, params={"command_name": "force_limit"})
        smoothed_actions = ObsTerm(func=mdp.smoothed_pose_actions)

    policy: PolicyCfg = PolicyCfg()
    critic: CriticCfg = CriticCfg()


@configclass
class ForgeAidedObservationsCfg(ForgeObservationsCfg):
    """The distances of the last millimetres once more, magnified, as in Factory's variant of this name."""

    @configclass
    class PolicyCfg(ForgeObservationsCfg.PolicyCfg):
        """What a robot could know: 27 numbers."""

        fingertip = ObsTerm(func=mdp.magnified_sensed_fingertip, params={**FINGERTIP_NOISE, "distance": 0.002})

    @configclass
    class CriticCfg(ForgeObservationsCfg.CriticCfg):
        """The exact state: 70 numbers."""

        held_pos_rel_tip_near = HELD_POS_REL_TIP_NEAR
        dead_zone = ObsTerm(func=mdp.dead_zone)

    policy: PolicyCfg = PolicyCfg()
    critic: CriticCfg = CriticCfg()


@configclass
class ForgeObservationPresetsCfg(PresetCfg):
    """Observations of each variant."""

    default: ForgeObservationsCfg = ForgeObservationsCfg()
    aided: ForgeObservationsCfg = ForgeAidedObservationsCfg()
    no_noise: ForgeObservationsCfg = ForgeAidedObservationsCfg()
    search: ForgeObservationsCfg = ForgeAidedObservationsCfg()


@configclass
class ForgeControlEventsCfg:
    """What is not known of the arm, and differs from episode to episode."""

    stiffness = EventTerm(func=mdp.randomize_stiffness, mode="reset", params={"largest_increase": (0.41,) * 6})
    target_limits = EventTerm(
        func=mdp.randomize_target_limits,
        mode="reset",
        params={"largest_position_increase": (0.25,) * 3, "largest_rotation_increase": (0.29,) * 3},
    )
    ema_factor = EventTerm(func=mdp.randomize_ema_factor, mode="reset", params={"ema_range": (0.025, 0.1)})
    dead_zone = EventTerm(**DEAD_ZONE, mode="reset")
    changing_dead_zone = EventTerm(**DEAD_ZONE, mode="interval", interval_range_s=(2.0, 2.0))
    held_mass = HELD_MASS


def excess_force_penalty(weight: float) -> RewTerm:
    """Penalty on the force above the limit, as it is in each step.

    Args:
        weight: Reward of each N in a step, which is negative.
    """
    return RewTerm(func=mdp.excess_force, weight=weight * PER_STEP)


GOAL_DISTANCE = RewTerm(func=mdp.goal_distance, weight=-0.001 * PER_STEP)
"""Penalty on goals that are far away from the tool."""

SUCCESS_PREDICTION = RewTerm(func=mdp.success_prediction_error, weight=-1.0 * PER_STEP, params={"needed_share": 0.25})
"""Penalty on wrong predictions, from when a quarter of the environments succeeded at the same time."""

WIDE_ALIGNMENT = LATERAL_ALIGNMENT.replace(params={**LATERAL_ALIGNMENT.params, "coarse_distance": 0.01})
"""Reward for sideways alignment that reaches further than Factory's: the dead zone alone lets the hand be 9 mm off."""
