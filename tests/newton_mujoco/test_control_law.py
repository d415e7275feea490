# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Control laws that the manager runs before each physics step: called twice, recorded, and replayed."""

from collections.abc import Iterator
from pathlib import Path

import isaaclab.sim as sim_utils
import numpy as np
import pytest
import torch
import warp as wp
from isaaclab.scene import InteractiveScene
from isaaclab.sim import SimulationContext

from tests.newton_mujoco.scenes import ArmSceneCfg, simulate, write_arm

PHYSICS_STEPS = 4
"""Physics steps in a call of the manager."""
DAMPING = 0.2
"""Damping of the law [N m s/rad]."""


@wp.kernel
def damp(
    mass_matrix: wp.array3d[wp.float32],
    joint_pos: wp.array2d[wp.float32],
    joint_vel: wp.array2d[wp.float32],
    calls: wp.array[wp.int32],
    seen: wp.array3d[wp.float32],
    forces: wp.array2d[wp.float32],
):
    env = wp.tid()
    call = calls[env]
    calls[env] = call + 1
    seen[call, env, 0] = joint_pos[env, 1]
    seen[call, env, 1] = mass_matrix[env, 0, 0]
    for joint in range(2):
        forces[env, joint] = -wp.static(DAMPING) * joint_vel[env, joint]


class Damper:
    """A law that damps the arm's joints and notes what it read."""

    def __init__(self, sim: SimulationContext, scene: InteractiveScene):
        self.arm, self.python_calls = scene["arm"], 0
        self.calls = wp.zeros(scene.num_envs, dtype=wp.int32, device="cpu")
        self.seen = wp.zeros((1000, scene.num_envs, 2), dtype=wp.float32, device="cpu")
        self.forces = self.arm.root_view.get_dof_forces(sim.physics_manager.get_control())[:, 0]

    def __call__(self) -> None:
        self.python_calls += 1
        data = self.arm.data
        inputs = [data.mass_matrix.warp, data.joint_pos.warp, data.joint_vel.warp]
        wp.launch(damp, dim=len(self.calls), inputs=[*inputs, self.calls, self.seen, self.forces], device="cpu")

    def last_seen(self) -> np.ndarray:
        """What was read before each physics step of the last call of the manager, (steps, num_envs, 2)."""
        last = int(self.calls.numpy()[0])
        return self.seen.numpy()[last - PHYSICS_STEPS : last].copy()


def arm_scene_cfg(tmp_path: Path, damping: float) -> ArmSceneCfg:
    """Two arms with some damping [N m s/rad], without sensors."""
    cfg = ArmSceneCfg(num_envs=2, touch=None, wrench=None, imu=None)
    cfg.arm.spawn = sim_utils.UsdFileCfg(usd_path=write_arm(tmp_path / "arm.usda"))
    cfg.arm.actuators["joints"].damping = damping
    return cfg


@pytest.fixture
def damped(tmp_path: Path) -> Iterator[tuple[SimulationContext, InteractiveScene, Damper]]:
    """A swinging arm with the law."""
    with simulate(arm_scene_cfg(tmp_path, damping=1e-4)) as (sim, scene):
        law = Damper(sim, scene)
        sim.physics_manager.activate_newton_actuator_path()
        sim.physics_manager.register_post_actuator_callback(law)
        sim.physics_manager.set_decimation(PHYSICS_STEPS)
        assert sim.physics_manager.handles_decimation()
        swing(scene, 1.0)
        yield sim, scene, law


def swing(scene: InteractiveScene, angle: float) -> None:
    """Bend the arm, differently in each environment, at rest."""
    angles = torch.tensor([[0.3, angle], [-0.2, 0.5 * angle]])
    scene["arm"].write_joint_position_to_sim_index(position=angles)
    scene["arm"].write_joint_velocity_to_sim_index(velocity=torch.zeros(2, 2))


def elbow_mass_matrix(scene: InteractiveScene, angles: np.ndarray) -> np.ndarray:
    """First entry of the mass matrix at elbow angles, as it is read without a law."""
    arm = scene["arm"]
    before = arm.data.joint_pos.torch.clone()
    values = []
    for angle in angles:
        position = before.clone()
        position[:, 1] = torch.from_numpy(angle)
        arm.write_joint_position_to_sim_index(position=position)
        values.append(arm.data.mass_matrix.torch[:, 0, 0].numpy().copy())
    arm.write_joint_position_to_sim_index(position=before)
    return np.stack(values)


def test_the_law_is_called_twice_and_runs_before_each_physics_step(damped) -> None:
    sim, _, law = damped
    for _ in range(5):
        sim.step(render=False)
    assert law.python_calls == 2
    assert law.calls.numpy().tolist() == [5 * PHYSICS_STEPS] * 2


def test_what_a_replayed_law_reads_is_of_the_present_state(damped) -> None:
    sim, scene, law = damped
    for _ in range(3):
        sim.step(render=False)
    elbow, mass = np.moveaxis(law.last_seen(), -1, 0)
    assert (np.ptp(elbow, axis=0) > 1e-3).all(), "the arm does not swing"
    np.testing.assert_allclose(mass, elbow_mass_matrix(scene, elbow), rtol=1e-5)


def test_a_replayed_law_reads_a_state_that_was_written(damped) -> None:
    sim, scene, law = damped
    for _ in range(2):
        sim.step(render=False)
    swing(scene, -1.5)
    sim.step(render=False)
    elbow, mass = np.moveaxis(law.last_seen(), -1, 0)
    np.testing.assert_allclose(elbow[0], [-1.5, -0.75])
    np.testing.assert_allclose(mass, elbow_mass_matrix(scene, elbow), rtol=1e-5)


def test_the_forces_of_a_law_act_as_those_of_a_joint_with_this_damping(damped, tmp_path: Path) -> None:
    sim, scene, _ = damped
    for _ in range(15):
        sim.step(render=False)
    by_law = scene["arm"].data.joint_pos.torch.clone()
    sim.clear_instance()
    with simulate(arm_scene_cfg(tmp_path, damping=DAMPING)) as (sim, scene):
        swing(scene, 1.0)
        for _ in range(15 * PHYSICS_STEPS):
            sim.step(render=False)
        by_joint = scene["arm"].data.joint_pos.torch.clone()
    moved = (by_joint - torch.tensor([[0.3, 1.0], [-0.2, 0.5]])).abs()
    assert moved.min() > 0.05, "the arm has to fall"
    # the law's forces are held for a physics step, which the joint's are not
    torch.testing.assert_close(by_law, by_joint, atol=5e-3, rtol=0)
