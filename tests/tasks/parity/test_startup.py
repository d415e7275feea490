# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What the simulator is told at startup is what the reference tells it."""

import pytest
import torch
from isaaclab_tasks.direct.factory import factory_utils


@pytest.fixture(scope="module")
def num_envs() -> int:
    """Few: all environments have the same."""
    return 2


def test_friction_and_inertia_at_startup(env, reference, table):
    views = {name: env.scene[name].root_physx_view for name in ("robot", "held_asset", "fixed_asset")}
    ids = torch.arange(env.num_envs)

    def scrambled(set_friction) -> torch.Tensor:
        for view in views.values():
            view.set_material_properties(torch.full_like(view.get_material_properties(), 0.1), ids)
        set_friction()
        frictions = [view.get_material_properties()[..., :2] for view in views.values()]
        return torch.cat([extreme for friction in frictions for extreme in torch.aminmax(friction, dim=1)], dim=-1)

    def our_startup(*terms: str) -> None:
        for name in terms:
            term = env.event_manager.get_term_cfg(name)
            term.func(env, None, **term.params)

    ours = scrambled(lambda: our_startup("robot_friction", "held_asset_friction", "fixed_asset_friction"))
    table.compare(
        "startup/least and largest friction of robot and parts",
        ours,
        scrambled(reference._set_default_dynamics_parameters),
    )

    robot, before = views["robot"], views["robot"].get_inertias().clone()
    our_startup("link_inertia")
    ours = robot.get_inertias().clone()
    robot.set_inertias(before, ids)
    factory_utils.set_body_inertias(reference._robot, env.num_envs)
    table.compare("startup/inertia of the links", ours, robot.get_inertias(), 0.0, "kg m^2")
    robot.set_inertias(before, ids)


def test_limits_and_drives_of_the_joints_in_the_simulator(env, reference, table):
    data = env.scene["robot"].data
    properties = {
        "startup/joint effort limits": (data.joint_effort_limits, "effort_limit_sim", "N m, N"),
        "startup/joint velocity limits": (data.joint_vel_limits, "velocity_limit_sim", "rad/s, m/s"),
        "startup/joint stiffness": (data.joint_stiffness, "stiffness", "N m/rad, N/m"),
        "startup/joint damping": (data.joint_damping, "damping", "N m s/rad, N s/m"),
        "startup/joint friction": (data.joint_friction_coeff, "friction", "N m, N"),
    }
    for quantity, (ours, name, unit) in properties.items():
        theirs = torch.full_like(ours, torch.nan)
        for actuator in reference.cfg.robot.actuators.values():
            joint_ids, _ = env.scene["robot"].find_joints(actuator.joint_names_expr)
            theirs[:, joint_ids] = getattr(actuator, name)
        table.compare(quantity, ours, theirs, 0.0, unit)
