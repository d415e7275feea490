# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What the simulator gets at startup is what the reference gives it."""

import pytest
import torch

from tests.tasks.parity.comparisons import ROUNDING


@pytest.fixture(scope="module")
def num_envs() -> int:
    """Few: all environments have the same."""
    return 2


def test_friction_in_the_grasp(env, reference, table):
    """The reference sets it through PhysX, which takes the mean of two coefficients where they touch."""
    friction = {id(asset): value for asset, value in reference.frictions}
    robot, held, fixed = (friction[id(env.scene[name])] for name in ("robot", "held_asset", "fixed_asset"))
    env.reset(seed=1)
    env.step(torch.zeros(env.num_envs, 6))
    found = torch.tensor([sliding_friction(env.sim.physics_manager.worlds(), world) for world in range(env.num_envs)])
    # at the start of an episode the fingers are all that the part touches
    table.compare("startup/friction of part and fingers", found, torch.full_like(found, (robot + held) / 2.0), ROUNDING)
    assert fixed == robot


def sliding_friction(worlds, world) -> float:
    """The one coefficient of all contacts in a world of MuJoCo."""
    values = worlds.snapshot(world)[1].contact.friction[:, 0]
    assert len(values) >= 2
    assert (values == values[0]).all()
    return values[0].item()


def test_limits_and_drives_of_the_joints_in_the_simulator(env, reference, table):
    data = env.scene["robot"].data
    properties = {
        "startup/joint effort limits": (data.joint_effort_limits, "joint_effort_limit", "N m, N"),
        "startup/joint velocity limits": (data.joint_vel_limits, "joint_velocity_limit", "rad/s, m/s"),
        "startup/joint stiffness": (data.joint_stiffness, "stiffness", "N m/rad, N/m"),
        "startup/joint damping": (data.joint_damping, "damping", "N m s/rad, N s/m"),
        "startup/joint friction": (data.joint_friction_coeff, "friction", "N m, N"),
    }
    for quantity, (ours, name, unit) in properties.items():
        theirs = torch.full_like(ours.torch, torch.nan)
        for actuator in reference.cfg.scene.robot.actuators.values():
            joint_ids, _ = env.scene["robot"].find_joints(actuator.joint_names_expr)
            theirs[:, joint_ids] = getattr(actuator, name)
        table.compare(quantity, ours.torch, theirs, 0.0, unit)
