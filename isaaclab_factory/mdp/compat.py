# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Private names of Isaac Lab that the terms use. They are those of Isaac Lab 3.0.0."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from isaaclab.assets import Articulation
from isaaclab.utils.warp import ProxyArray

if TYPE_CHECKING:
    from isaaclab.envs import ManagerBasedRLEnv


def join_physics_loop(
    env: ManagerBasedRLEnv, robot: Articulation, law: Callable[[slice | None], None], report: Callable[[], None]
) -> ProxyArray | None:
    """Let the physics manager call a control law before each of its steps, where it can.

    Isaac Lab's Newton managers can. They then take all physics steps of an environment step in one call. Whether they
    do is asked before the action terms are made, so the answer is corrected here.

    It is left as it was where something else has to happen before or after each physics step: another action term, a
    sensor, an actuator model in Python, or the reordering of the robot's joints or bodies. Recorder terms record once
    per environment step, not after each physics step.

    Args:
        env: The environment, which is making its action terms.
        robot: The robot that is controlled.
        law: Writes the joints' forces in a slice of the environments, in all of them with None. It only launches Warp
            kernels, the same ones every time: on a GPU they become part of a CUDA graph.
        report: Launches more of them, to show what the law did.

    Returns:
        Forces in N and torques in N m of the robot's joints in the physics engine, for the law to write to. Shape is
        (num_envs, num_joints). None if the manager does not call the law.
    """
    manager = getattr(env.sim, "physics_manager", None)
    if not hasattr(manager, "register_post_actuator_callback"):
        return None
    action_terms = [term for term in vars(env.cfg.actions).values() if term is not None]
    is_reordered = robot.data.has_joint_ordering or robot.data.has_body_ordering
    groups = [group for other in env.scene.articulations.values() for group in other.actuators.values()]
    has_models = not all(getattr(group, "is_implicit_model", True) for group in groups)
    if len(action_terms) > 1 or env.scene.sensors or is_reordered or has_models:
        return None
    manager.activate_newton_actuator_path()
    if hasattr(manager, "register_control_law"):  # a manager whose threads treat one environment after the other
        manager.register_control_law(law, report)
    else:
        manager.register_post_actuator_callback(partial(law, None))
        manager.register_post_actuator_callback(report)
    manager.set_decimation(env.cfg.decimation)
    env._physics_handles_decimation = manager.handles_decimation()
    return ProxyArray(robot.root_view.get_dof_forces(manager.get_control())[:, 0])
