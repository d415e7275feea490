# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Control laws that the manager runs before each physics step, or in the midst of it."""

from collections.abc import Iterator
from contextlib import contextmanager
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


WAYS = ("between the physics steps", "in the midst of them")
"""Ways in which the manager runs a law."""


@wp.kernel
def damp(
    mass_matrix: wp.array3d[wp.float32],
    jacobian: wp.array4d[wp.float32],
    joint_pos: wp.array2d[wp.float32],
    joint_vel: wp.array2d[wp.float32],
    pose: wp.array2d[wp.transformf],
    velocity: wp.array2d[wp.spatial_vectorf],
    cube_pose: wp.array[wp.transformf],
    calls: wp.array[wp.int32],
    seen: wp.array3d[wp.float32],
    forces: wp.array2d[wp.float32],
):
    env = wp.tid()
    call = calls[env]
    calls[env] = call + 1
    seen[call, env, 0] = joint_pos[env, 1]
    seen[call, env, 1] = mass_matrix[env, 0, 0]
    for i in range(7):
        seen[call, env, 2 + i] = pose[env, 2][i]
        seen[call, env, 9 + i] = cube_pose[env][i]
    for i in range(6):
        seen[call, env, 16 + i] = velocity[env, 2][i]
        seen[call, env, 22 + i] = jacobian[env, 1, i, 0]
    for joint in range(2):
        forces[env, joint] = -wp.static(DAMPING) * joint_vel[env, joint]


@wp.kernel
def count(number: wp.array[wp.int32]):
    number[0] = number[0] + 1


class Damper:
    """A law that damps the arm's joints and notes what it read."""

    def __init__(self, sim: SimulationContext, scene: InteractiveScene):
        self.arm, self.cube, self.python_calls, self.reports = scene["arm"], scene["cube"], 0, 0
        self.calls = wp.zeros(scene.num_envs, dtype=wp.int32, device="cpu")
        self.seen = wp.zeros((1000, scene.num_envs, 28), dtype=wp.float32, device="cpu")
        self.reported = wp.zeros(1, dtype=wp.int32, device="cpu")
        self.forces = self.arm.root_view.get_dof_forces(sim.physics_manager.get_control())[:, 0]

    def __call__(self, envs: slice | None = None) -> None:
        self.python_calls += 1
        envs = slice(None) if envs is None else envs
        data = self.arm.data
        read = [data.mass_matrix, data.body_link_jacobian_w, data.joint_pos, data.joint_vel]
        read += [data.body_link_pose_w, data.body_com_vel_w, self.cube.data.root_link_pose_w]
        inputs = [*(array.warp[envs] for array in read), self.calls[envs], self.seen[:, envs], self.forces[envs]]
        wp.launch(damp, dim=len(inputs[0]), inputs=inputs, device="cpu")

    def report(self) -> None:
        self.reports += 1
        wp.launch(count, dim=1, inputs=[self.reported], device="cpu")

    def last_seen(self) -> np.ndarray:
        """What was read before each physics step of the last call of the manager, (steps, num_envs, 28)."""
        last = int(self.calls.numpy()[0])
        return self.seen.numpy()[last - PHYSICS_STEPS : last].copy()


def arm_scene_cfg(tmp_path: Path, damping: float) -> ArmSceneCfg:
    """Two arms with some damping [N m s/rad], without sensors."""
    cfg = ArmSceneCfg(num_envs=2, touch=None, wrench=None, imu=None)
    cfg.arm.spawn = sim_utils.UsdFileCfg(usd_path=write_arm(tmp_path / "arm.usda"))
    cfg.arm.actuators["joints"].damping = damping
    return cfg


@contextmanager
def simulate_damped(
    folder: Path, way: str, is_kinematic: bool = False, **options
) -> Iterator[tuple[SimulationContext, InteractiveScene, Damper]]:
    """A swinging arm with the law, beside a cube that falls or is kinematic; with options of the solver."""
    cfg = arm_scene_cfg(folder, damping=1e-4)
    cfg.cube.spawn.rigid_props.kinematic_enabled = is_kinematic
    with simulate(cfg, **options) as (sim, scene):
        law, manager = Damper(sim, scene), sim.physics_manager
        manager.activate_newton_actuator_path()
        if way == WAYS[0]:
            manager.register_post_actuator_callback(law)
        else:
            manager.register_control_law(law, law.report)
        manager.set_decimation(PHYSICS_STEPS)
        assert manager.handles_decimation()
        swing(scene, 1.0)
        yield sim, scene, law


@pytest.fixture(params=WAYS)
def damped(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple]:
    """:func:`simulate_damped` in both ways."""
    with simulate_damped(tmp_path, request.param) as simulated:
        yield simulated


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


@pytest.mark.parametrize(("way", "python_calls"), zip(WAYS, (2, 1 + 2), strict=True))
def test_the_law_runs_before_each_physics_step_and_is_recorded_once(way, python_calls, tmp_path: Path) -> None:
    with simulate_damped(tmp_path, way) as (sim, _, law):
        for _ in range(5):
            sim.step(render=False)
        # run and recorded; in the midst, looked at and recorded for each of two environments
        assert law.python_calls == python_calls
        assert law.calls.numpy().tolist() == [5 * PHYSICS_STEPS] * 2


def test_a_law_reads_the_same_in_the_midst_of_the_steps_as_between_them(tmp_path: Path) -> None:
    seen = []
    for way in WAYS:
        with simulate_damped(tmp_path, way) as (sim, _, law):
            frames = []
            velocity = torch.tensor([[0.2, 0.0, 0.5, 0.0, 1.0, 0.0]]).repeat(2, 1)
            law.cube.write_root_com_velocity_to_sim_index(root_velocity=velocity)
            for _ in range(6):
                sim.step(render=False)
                frames.append(law.last_seen())
            seen.append(np.concatenate(frames))
    moved = np.ptp(seen[0], axis=0)
    assert (moved[:, [0, 2, 4, 11, 16, 18, 22]] > 1e-3).all(), f"the arm has to swing, and the cube to fly: {moved}"
    np.testing.assert_allclose(seen[1], seen[0], atol=2e-5)


def test_what_a_law_did_is_shown_once_after_the_physics_steps(tmp_path: Path) -> None:
    with simulate_damped(tmp_path, WAYS[1]) as (sim, _, law):
        for count in range(1, 5):
            sim.step(render=False)
            assert law.reported.numpy()[0] == count
        assert law.reports == 1


def test_a_law_runs_between_the_steps_where_something_else_does_too(tmp_path: Path) -> None:
    with simulate_damped(tmp_path, WAYS[1]) as (sim, _, law):
        others = []
        sim.physics_manager.register_post_actuator_callback(lambda: others.append(len(others)))
        for _ in range(3):
            sim.step(render=False)
        assert law.calls.numpy().tolist() == [3 * PHYSICS_STEPS] * 2
        assert law.python_calls == 2


@pytest.mark.parametrize("change", ["kinematic", "RK4"])
def test_a_law_runs_between_the_steps_where_the_worlds_do_not_allow_more(change: str, tmp_path: Path) -> None:
    options = {"integrator": "rk4"} if change == "RK4" else {}
    with simulate_damped(tmp_path, WAYS[1], is_kinematic=change == "kinematic", **options) as (sim, _, law):
        for _ in range(3):
            sim.step(render=False)
        assert law.calls.numpy().tolist() == [3 * PHYSICS_STEPS] * 2
        assert law.python_calls == 2
        assert law.reported.numpy()[0] == 3 * PHYSICS_STEPS


def test_a_law_is_recorded_again_when_an_array_was_replaced(tmp_path: Path) -> None:
    with simulate_damped(tmp_path, WAYS[1]) as (sim, _, law):
        sim.step(render=False)
        control = sim.physics_manager.get_control()
        control.joint_target_q = wp.clone(control.joint_target_q)
        for _ in range(2):
            sim.step(render=False)
        assert law.python_calls == 2 * (1 + 2)
        assert law.calls.numpy().tolist() == [3 * PHYSICS_STEPS] * 2


def test_a_world_that_becomes_unstable_in_the_midst_is_put_back_and_the_other_goes_on(tmp_path: Path) -> None:
    swung = []
    for breaks in (False, True):
        with simulate_damped(tmp_path, WAYS[1]) as (sim, scene, _):
            for step in range(4):
                if breaks and step == 2:
                    velocity = torch.tensor([[1e12, 0.0]])
                    scene["arm"].write_joint_velocity_to_sim_index(velocity=velocity, env_ids=[1])
                sim.step(render=False)
            assert sim.physics_manager.unstable_counts().tolist() == [0, int(breaks)]
            swung.append(scene["arm"].data.joint_pos.torch.clone())
    assert swung[1].isfinite().all()
    assert torch.equal(swung[0][0], swung[1][0])


def test_what_a_replayed_law_reads_is_of_the_present_state(damped) -> None:
    sim, scene, law = damped
    for _ in range(3):
        sim.step(render=False)
    elbow, mass = np.moveaxis(law.last_seen(), -1, 0)[:2]
    assert (np.ptp(elbow, axis=0) > 1e-3).all(), "the arm does not swing"
    np.testing.assert_allclose(mass, elbow_mass_matrix(scene, elbow), rtol=1e-5)


def test_a_replayed_law_reads_a_state_that_was_written(damped) -> None:
    sim, scene, law = damped
    for _ in range(2):
        sim.step(render=False)
    swing(scene, -1.5)
    sim.step(render=False)
    elbow, mass = np.moveaxis(law.last_seen(), -1, 0)[:2]
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
