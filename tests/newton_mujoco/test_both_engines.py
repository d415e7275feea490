# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The same states on the CPU engine and on MuJoCo Warp, here on Warp's CPU device: how far do they part?"""

from pathlib import Path

import isaaclab.sim as sim_utils
import pytest
import torch
from isaaclab.assets import RigidObjectCfg

from tests.newton_mujoco.scenes import ArmSceneCfg, simulate, step, write_arm

STEPS = 24


def rollout(arm_file: str, warp: bool) -> dict[str, torch.Tensor]:
    """Swings the arms, slides the cubes and rolls balls on the tables, each environment differently.

    Returns:
        Per quantity one row per physics step.
    """
    cfg = ArmSceneCfg(num_envs=2)
    cfg.arm.spawn = sim_utils.UsdFileCfg(usd_path=arm_file)
    cfg.ball = RigidObjectCfg(
        prim_path="{ENV_REGEX_NS}/Ball",
        spawn=sim_utils.SphereCfg(
            radius=0.05,
            rigid_props=sim_utils.UsdPhysicsRigidBodyCfg(),
            mass_props=sim_utils.MassCfg(mass=0.5),
            collision_props=sim_utils.UsdPhysicsCollisionCfg(),
        ),
        init_state=RigidObjectCfg.InitialStateCfg(pos=(0.8, 0.2, 0.45)),
    )
    with simulate(cfg, warp=warp, iterations=50, tolerance=1e-8, enable_multiccd=True) as (sim, scene):
        arm, cube, ball = scene["arm"], scene["cube"], scene["ball"]
        arm.write_joint_position_to_sim_index(position=torch.tensor([[0.5, 0.3], [-1.0, 0.2]]))
        arm.write_joint_velocity_to_sim_index(velocity=torch.tensor([[1.0, -2.0], [3.0, 0.5]]))
        velocity = torch.tensor([[0.5, 0.2, 0.0, 0.0, 0.0, 1.0], [0.0, -0.3, 0.0, 0.0, 0.0, 0.0]])
        cube.write_root_velocity_to_sim_index(root_velocity=velocity)
        ball.write_root_velocity_to_sim_index(root_velocity=-velocity)
        record: dict[str, list[torch.Tensor]] = {}
        for _ in range(STEPS):
            step(sim, scene)
            quantities = {
                "joint positions [rad]": arm.data.joint_pos,
                "ball's position [m]": ball.data.root_pos_w,
                "ball's velocity [m/s]": ball.data.root_lin_vel_w,
                "cube's position [m]": cube.data.root_pos_w,
                "cube's velocity [m/s]": cube.data.root_lin_vel_w,
                "link Jacobians": arm.data.body_link_jacobian_w,
                "mass matrices [kg m^2]": arm.data.mass_matrix,
                "joint wrenches [N]": scene["wrench"].data.force,
            }
            for name, value in quantities.items():
                record.setdefault(name, []).append(value.torch.clone())
    return {name: torch.stack(values) for name, values in record.items()}


LIMITS = {
    "joint positions [rad]": 1e-5,
    "link Jacobians": 1e-5,
    "mass matrices [kg m^2]": 1e-5,
    "joint wrenches [N]": 1e-3,
    "ball's position [m]": 1e-5,
    "ball's velocity [m/s]": 1e-4,
    # the engines look for the contact points of a tilting cube in different ways
    "cube's position [m]": 5e-3,
    "cube's velocity [m/s]": 0.2,
}
"""How far the engines may part in :data:`STEPS` physics steps."""


@pytest.mark.slow  # Warp compiles MuJoCo Warp for minutes when that is not in its cache
def test_the_engines_part_by_rounding_and_where_they_find_contacts_differently(tmp_path: Path, figures) -> None:
    arm_file = write_arm(tmp_path / "arm.usda")
    ours, theirs = rollout(arm_file, warp=False), rollout(arm_file, warp=True)
    assert set(ours) == set(LIMITS)
    apart = {name: (ours[name] - theirs[name]).abs().flatten(1).max(dim=1).values for name in ours}
    for name, values in apart.items():
        line = f"{name}: {values[0]:.1e} after one physics step, {values.max():.1e} at most in {STEPS}"
        figures("CPU engine and MuJoCo Warp from the same state", line)
    for name, limit in LIMITS.items():
        assert apart[name].max() < limit, name
