# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Configuration of the Franka as the Factory tasks use it."""

from __future__ import annotations

import isaaclab.sim as sim_utils
from isaaclab.actuators import ImplicitActuatorCfg
from isaaclab.assets import ArticulationCfg
from isaaclab_newton.sim.schemas import NewtonArticulationCfg
from isaaclab_physx.sim.schemas import PhysxArticulationCfg

from .franka_usd import Franka
from .properties import collision_properties, rigid_body_properties
from .source import FACTORY_DIR, resolve_source
from .spawner import GeneratedUsdFileCfg


def franka_cfg(source: str | None = None, force_sensor: bool = False) -> ArticulationCfg:
    """The Franka with torque-controlled arm and position-controlled mimic gripper.

    The numbers are those of ``contrib/factory/factory_env_cfg.py`` in Isaac Lab, except one: the fingers of the
    generated robot have the armature in its USD file (see :class:`~isaaclab_factory.assets.Franka`) instead of zero.

    Args:
        source: Where the robot comes from; see :func:`~isaaclab_factory.assets.resolve_source`.
        force_sensor: Whether the generated robot has a body "force_sensor" between the flange and the hand. NVIDIA's
            always has.

    Returns:
        The configuration, with the prim path ``{ENV_REGEX_NS}/Robot``.

    Raises:
        ValueError: If the source is unknown.
    """
    generated = resolve_source(source) == "generated"
    spawn_options = {
        "activate_contact_sensors": True,
        "rigid_props": rigid_body_properties(gravity=False),
        "articulation_props": [
            PhysxArticulationCfg(
                enabled_self_collisions=False, solver_position_iteration_count=192, solver_velocity_iteration_count=1
            ),
            NewtonArticulationCfg(self_collision_enabled=False),
        ],
        "collision_props": collision_properties(),
    }
    if generated:
        spawn = GeneratedUsdFileCfg(part=Franka(force_sensor=force_sensor), **spawn_options)
    else:
        spawn = sim_utils.UsdFileCfg(usd_path=f"{FACTORY_DIR}/franka_mimic.usd", **spawn_options)
    return ArticulationCfg(
        prim_path="{ENV_REGEX_NS}/Robot",
        spawn=spawn,
        init_state=ArticulationCfg.InitialStateCfg(
            joint_pos={
                "panda_joint1": 0.00871,
                "panda_joint2": -0.10368,
                "panda_joint3": -0.00794,
                "panda_joint4": -1.49139,
                "panda_joint5": -0.00083,
                "panda_joint6": 1.38774,
                "panda_joint7": 0.0,
                "panda_finger_joint.*": 0.04,
            },
        ),
        actuators={
            "panda_arm1": ImplicitActuatorCfg(
                joint_names_expr=["panda_joint[1-4]"],
                stiffness=0.0,
                damping=0.0,
                friction=0.0,
                armature=0.0,
                joint_effort_limit=87.0,
                joint_velocity_limit=124.6,
            ),
            "panda_arm2": ImplicitActuatorCfg(
                joint_names_expr=["panda_joint[5-7]"],
                stiffness=0.0,
                damping=0.0,
                friction=0.0,
                armature=0.0,
                joint_effort_limit=12.0,
                joint_velocity_limit=149.5,
            ),
            "panda_hand": ImplicitActuatorCfg(
                joint_names_expr=["panda_finger_joint[1-2]"],
                joint_effort_limit=40.0,
                joint_velocity_limit=0.04,
                stiffness=7500.0,
                damping=173.0,
                friction=0.1,
                armature=None if generated else 0.0,
            ),
        },
    )
