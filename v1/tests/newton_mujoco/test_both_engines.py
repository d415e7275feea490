# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The same states on the CPU engine and on MuJoCo Warp, here on Warp's CPU device: how far do they part?"""

from pathlib import Path

import isaaclab.sim as sim_utils
import pytest
import torch

from tests.newton_mujoco.scenes import ArmSceneCfg, simulate, step, write_arm

STEPS = 24


def rollout(arm_file: str, warp: bool) -> dict[str, torch.Tensor]:
    """Swings the arms and slides the cubes, each environment differently.

    Returns:
        Per quantity one row per physics step.
    """
    cfg = ArmSceneCfg(num_envs=2)
    cfg.arm.spawn = sim_utils.UsdFileCfg(usd_path=arm_file)
    with simulate(cfg, warp=warp, iterations=50, tolerance=1e-8) as (sim, scene):
        arm, cube = scene["arm"], scene["cube"]
        arm.write_joint_position_to_sim_index(position=torch.tensor([[0.5, 0.3], [-1.0, 0.2]]))
        arm.write_joint_velocity_to_sim_index(velocity=torch.tensor([[1.0, -2.0], [3.0, 0.5]]))
        velocity = torch.tensor([[0.5, 0.2, 0.0, 0.0, 0.0, 1.0], [0.0, -0.3, 0.0, 0.0, 0.0, 0.0]])
        cube.write_root_velocity_to_sim_index(root_velocity=velocity)
        record: dict[str, list[torch.Tensor]] = {}
        for _ in range(STEPS):
            step(sim, scene)
            quantities = {
                "joint positions [rad]": arm.data.joint_pos,
                "cube's position [m]": cube.data.root_pos_w,
                "cube's velocity [m/s]": cube.data.root_lin_vel_w,
                "link Jacobians": arm.data.body_link_jacobian_w,
                "mass matrices [kg m^2]": arm.data.mass_matrix,
                "contact forces [N]": scene["touch"].data.net_forces_w,
                "joint wrenches [N]": scene["wrench"].data.force,
            }
            for name, value in quantities.items():
                record.setdefault(name, []).append(value.torch.clone())
    return {name: torch.stack(values) for name, values in record.items()}


LIMITS = {
    "joint positions [rad]": 1e-4,
    "cube's position [m]": 1e-4,
    "cube's velocity [m/s]": 5e-3,
    "link Jacobians": 1e-4,
    "mass matrices [kg m^2]": 1e-4,
    "contact forces [N]": 5.0,
    "joint wrenches [N]": 0.1,
}


@pytest.mark.slow  # Warp compiles MuJoCo Warp for minutes when that is not in its cache
def test_the_engines_part_by_no_more_than_rounding_and_the_solver_explain(tmp_path: Path, figures) -> None:
    arm_file = write_arm(tmp_path / "arm.usda")
    ours, theirs = rollout(arm_file, warp=False), rollout(arm_file, warp=True)
    apart = {name: (ours[name] - theirs[name]).abs().flatten(1).max(dim=1).values for name in ours}
    for name, values in apart.items():
        line = f"{name}: {values[0]:.1e} after one physics step, {values.max():.1e} at most in {STEPS}"
        figures("CPU engine and MuJoCo Warp from the same state", line)
    for name, limit in LIMITS.items():
        assert apart[name].max() < limit, name
