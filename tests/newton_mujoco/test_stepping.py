# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The engine's motion against closed forms, conservation laws and a bare loop of MuJoCo."""

import copy

import mujoco
import newton
import numpy as np
import pytest
import warp as wp

from isaaclab_factory.newton_mujoco.worlds import split
from tests.newton_mujoco.models import DT, Simulation, add_arm, add_box, at, finalize

GRAVITY = 9.81
_State = mujoco.mjtState


def test_free_fall_follows_the_closed_form_of_semi_implicit_integration() -> None:
    simulation = Simulation(finalize(lambda b: add_box(b, at(z=5.0)), 2))
    simulation.step(100)
    height = 5.0 - 0.5 * GRAVITY * DT**2 * 100 * 101
    np.testing.assert_allclose(simulation.rows("body_q")[:, 0, 2], height, atol=2e-6)
    np.testing.assert_allclose(simulation.rows("joint_qd")[:, 2], -GRAVITY * DT * 100, rtol=1e-5)


def test_a_pendulum_swings_with_its_period() -> None:
    simulation = Simulation(finalize(lambda b: add_arm(b, links=1)))
    mass, inertia = simulation.model.body_mass.numpy()[0], simulation.model.body_inertia.numpy()[0, 1, 1]
    period = 2 * np.pi * np.sqrt((inertia + mass * 0.1**2) / (mass * GRAVITY * 0.1))
    simulation.rows("joint_q")[:] = 0.02
    angles = []
    for _ in range(480 * 3):
        simulation.step()
        angles.append(simulation.rows("joint_q")[0, 0])
    angles = np.array(angles)
    crossings = np.flatnonzero((angles[:-1] > 0) & (angles[1:] <= 0))
    exact = crossings + angles[crossings] / (angles[crossings] - angles[crossings + 1])
    assert np.diff(exact).mean() * DT == pytest.approx(period, rel=1e-3)


def test_a_mass_on_a_drive_swings_like_on_a_spring() -> None:
    def fill(builder: newton.ModelBuilder) -> None:
        body = builder.add_link()
        builder.add_shape_box(body, hx=0.05, hy=0.05, hz=0.05)  # 1 kg
        joint = builder.add_joint_prismatic(-1, body, axis=(1, 0, 0), target_ke=100.0, target_kd=0.0)
        builder.add_articulation([joint])

    simulation = Simulation(finalize(fill))
    simulation.rows("joint_q")[:] = 0.1
    steps = round(2 * np.pi / 10 / DT)  # one period of sqrt(1 kg / 100 N/m)
    simulation.step(steps)
    assert simulation.rows("joint_q")[0, 0] == pytest.approx(0.1, abs=2e-3)
    assert abs(simulation.rows("joint_qd")[0, 0]) < 0.03  # of 1 m/s at most


def test_energy_of_a_swinging_arm_is_conserved() -> None:
    simulation = Simulation(finalize(lambda b: add_arm(b, links=3)))
    simulation.rows("joint_q")[:] = [1.0, 0.5, -0.4]
    simulation.solver.refresh(simulation.state)

    def energy() -> float:
        newton.eval_fk(simulation.model, simulation.state.joint_q, simulation.state.joint_qd, simulation.state)
        return kinetic_energy(simulation).sum() + GRAVITY * np.sum(masses * simulation.rows("body_q")[0, :, 2])

    masses = simulation.model.body_mass.numpy()
    start = energy()
    swing = []
    for _ in range(480):
        simulation.step()
        swing.append(energy())
    scale = 0.3 * GRAVITY * masses.sum()  # potential energy between straight down and straight up
    assert np.abs(np.array(swing) - start).max() < 0.01 * scale


def kinetic_energy(simulation: Simulation) -> np.ndarray:
    """Returns the kinetic energy of each world [J] from the bodies' velocities, shape (num_worlds,)."""
    model = simulation.model
    mass, inertia = model.body_mass.numpy(), model.body_inertia.numpy()
    pose, velocity = simulation.state.body_q.numpy(), simulation.state.body_qd.numpy()
    total = np.zeros(len(mass))
    for body in range(len(mass)):
        rotation = np.array(wp.quat_to_matrix(wp.quat(*pose[body, 3:].tolist()))).reshape(3, 3)
        spin = rotation.T @ velocity[body, 3:]
        total[body] = 0.5 * mass[body] * velocity[body, :3] @ velocity[body, :3] + 0.5 * spin @ inertia[body] @ spin
    return total.reshape(model.world_count, -1).sum(axis=1)


def test_momentum_is_conserved_in_a_collision() -> None:
    def fill(builder: newton.ModelBuilder) -> None:
        add_box(builder, at(x=-0.2))
        add_box(builder, at(x=0.2, y=0.03), half=0.06)

    model = finalize(fill)
    model.set_gravity((0.0, 0.0, 0.0))
    simulation = Simulation(model)
    simulation.rows("joint_qd")[0, :3] = [1.0, 0.1, 0.0]
    mass = model.body_mass.numpy()[:, None]
    momentum = []
    for _ in range(60):
        simulation.step(4)
        velocity, position = simulation.rows("body_qd")[0], simulation.rows("body_q")[0]
        spins = [
            rotation(position[b]) @ model.body_inertia.numpy()[b] @ rotation(position[b]).T @ velocity[b, 3:]
            for b in range(2)
        ]
        linear = (mass * velocity[:, :3]).sum(axis=0)
        angular = (np.cross(position[:, :3], mass * velocity[:, :3]) + spins).sum(axis=0)
        momentum.append(np.concatenate((linear, angular)))
    momentum = np.array(momentum)
    assert abs(simulation.rows("body_qd")[0, 1, 0]) > 0.1  # they did collide
    np.testing.assert_allclose(momentum - momentum[0], 0.0, atol=1e-4)


def rotation(pose: np.ndarray) -> np.ndarray:
    """Returns the rotation matrix of a pose ``[pos, quat]``."""
    return np.array(wp.quat_to_matrix(wp.quat(*pose[3:].tolist()))).reshape(3, 3)


@pytest.mark.parametrize(("angle_deg", "slides"), [(20.0, False), (30.0, True)])
def test_a_box_slides_where_the_slope_exceeds_the_friction_cone(angle_deg: float, slides: bool) -> None:
    friction, angle = 0.5, np.radians(angle_deg)  # the cone's angle is 26.6 degrees

    def fill(builder: newton.ModelBuilder) -> None:
        body = builder.add_body(xform=at(z=0.05))
        material = newton.ModelBuilder.ShapeConfig(mu=friction, gap=0.0)
        builder.add_shape_box(body, hx=0.2, hy=0.2, hz=0.05, cfg=material)
        builder.add_shape_box(-1, hx=50, hy=50, hz=0.5, xform=at(z=-0.5), cfg=material)

    model = finalize(fill)
    model.set_gravity((GRAVITY * np.sin(angle), 0.0, -GRAVITY * np.cos(angle)))
    simulation = Simulation(model)
    simulation.step(240)  # until it has settled
    before = simulation.rows("joint_qd")[0, 0]
    simulation.step(480)
    acceleration = simulation.rows("joint_qd")[0, 0] - before
    expected = GRAVITY * (np.sin(angle) - friction * np.cos(angle)) if slides else 0.0
    assert acceleration == pytest.approx(expected, abs=0.05)


def test_a_force_on_a_body_accelerates_it_by_force_over_mass() -> None:
    model = finalize(lambda b: add_box(b, at(z=1.0), mass=2.0), 2)
    model.set_gravity((0.0, 0.0, 0.0))
    simulation = Simulation(model)
    simulation.rows("body_f")[1, 0] = [3.0, 0.0, 0.0, 0.0, 0.0, 0.01]
    simulation.step(48)
    inertia = model.body_inertia.numpy()[0, 2, 2]
    np.testing.assert_array_equal(simulation.rows("joint_qd")[0], 0.0)
    np.testing.assert_allclose(
        simulation.rows("joint_qd")[1], [0.15, 0, 0, 0, 0, 0.001 / inertia], rtol=1e-5, atol=1e-7
    )


def crowd(num_worlds: int = 3, **options) -> Simulation:
    """Returns a simulation of an arm and two boxes on a floor, started differently in each world."""

    def fill(builder: newton.ModelBuilder) -> None:
        add_arm(builder, damping=0.1)
        add_box(builder, at(0.02, 0.0, 0.1))
        add_box(builder, at(0.05, 0.02, 0.25))

    simulation = Simulation(finalize(fill, num_worlds, ground=True), **options)
    simulation.rows("joint_qd")[:] = np.random.default_rng(0).normal(size=simulation.rows("joint_qd").shape)
    return simulation


def state_of(simulation: Simulation) -> np.ndarray:
    """Returns positions and velocities, one row per world."""
    return np.concatenate((simulation.rows("joint_q"), simulation.rows("joint_qd")), axis=1)


def test_motion_is_that_of_a_bare_mujoco_loop_bit_for_bit() -> None:
    simulation = crowd()
    solver = simulation.solver
    solver.refresh(simulation.state)
    model = copy.copy(solver.worlds.models[0])
    model.opt.timestep = DT
    positions, velocities = (solver.worlds.part(_State.mjSTATE_QPOS), solver.worlds.part(_State.mjSTATE_QVEL))
    bare = [mujoco.MjData(model) for _ in positions]
    for data, qpos, qvel in zip(bare, positions, velocities, strict=True):
        data.qpos[:], data.qvel[:] = qpos, qvel
    contacts = 0
    for _ in range(120):
        simulation.step(4)
        for data in bare:
            mujoco.mj_step(model, data, 4)
        contacts += sum(data.ncon for data in bare)
    assert contacts > 100
    np.testing.assert_array_equal(positions, [data.qpos for data in bare])
    np.testing.assert_array_equal(velocities, [data.qvel for data in bare])
    np.testing.assert_allclose(positions[2, :3], simulation.rows("joint_q")[2, :3], rtol=1e-6)


@pytest.mark.parametrize("num_threads", [1, 2, 3])
def test_rollouts_are_the_same_bit_for_bit_with_any_number_of_threads(num_threads: int) -> None:
    first, second = crowd(5, num_threads=1), crowd(5, num_threads=num_threads)
    for _ in range(60):
        first.step(4)
        second.step(4)
    np.testing.assert_array_equal(state_of(first), state_of(second))


def test_threads_are_as_many_as_asked_for_and_no_more_than_worlds() -> None:
    assert crowd(3, num_threads=2).solver.worlds.num_threads == 2
    assert crowd(3, num_threads=8).solver.worlds.num_threads == 3


@pytest.mark.parametrize(("num_worlds", "num_threads"), [(1, 1), (3, 2), (8, 8), (128, 2), (1000, 16)])
def test_ranges_hold_every_world_once_and_suffice_for_all_threads(num_worlds: int, num_threads: int) -> None:
    ranges = split(num_worlds, num_threads)
    assert [world for first, last in ranges for world in range(first, last)] == list(range(num_worlds))
    assert len(ranges) >= num_threads
    # the last range, for which other threads may wait, is short
    assert ranges[-1][1] - ranges[-1][0] <= max(4, num_worlds // (4 * num_threads))


def test_writing_and_resetting_one_world_leaves_the_others_alone_bit_for_bit() -> None:
    touched, untouched = crowd(), crowd()
    for step in range(60):
        if step == 20:
            touched.rows("joint_q")[1] = touched.model.joint_q.numpy().reshape(3, -1)[1]
            touched.rows("joint_qd")[1] = 0.0
            mask = wp.array([False, True, False, False], dtype=bool, device="cpu")
            touched.solver.reset(touched.state, mask, flags=0)
        touched.step(4)
        untouched.step(4)
    np.testing.assert_array_equal(state_of(touched)[[0, 2]], state_of(untouched)[[0, 2]])
    assert np.abs(state_of(touched)[1] - state_of(untouched)[1]).max() > 0.01


def test_a_world_that_is_reset_repeats_its_motion_bit_for_bit() -> None:
    simulation = crowd()
    start = [simulation.rows(name).copy() for name in ("joint_q", "joint_qd")]
    simulation.step(200)
    first = state_of(simulation)
    for name, values in zip(("joint_q", "joint_qd"), start, strict=True):
        simulation.rows(name)[:] = values
    simulation.solver.reset(simulation.state, None, flags=0)
    simulation.step(200)
    np.testing.assert_array_equal(state_of(simulation), first)


def test_a_reset_to_the_models_defaults_sets_the_joint_state() -> None:
    simulation = crowd()
    simulation.step(100)
    simulation.solver.reset(simulation.state)
    np.testing.assert_array_equal(simulation.state.joint_q.numpy(), simulation.model.joint_q.numpy())
    simulation.step(1)
    assert np.abs(simulation.rows("joint_qd")).max() < 0.1


def test_one_engine_step_at_a_time_is_the_same_as_several() -> None:
    together, apart = crowd(), crowd()
    for _ in range(20):
        together.step(4)
        for _ in range(4):
            apart.step(1)
    np.testing.assert_array_equal(state_of(together), state_of(apart))


def test_bad_options_are_refused_in_one_line() -> None:
    model = finalize(lambda b: add_box(b, at()))
    with pytest.raises(ValueError, match="use_mujoco_contacts=True"):
        Simulation(model, use_mujoco_contacts=False)


def test_a_kinematic_body_stays_where_it_was_written_under_a_load() -> None:
    def fill(builder: newton.ModelBuilder) -> None:
        platform = builder.add_body(xform=at(z=0.5), is_kinematic=True)
        builder.add_shape_box(platform, hx=0.3, hy=0.3, hz=0.05, cfg=newton.ModelBuilder.ShapeConfig(gap=0.0))
        add_box(builder, at(z=0.6))

    simulation = Simulation(finalize(fill, 2))
    start = simulation.rows("joint_q")[:, :7].copy()
    for k in range(100):
        simulation.rows("joint_q")[1, 0] = 0.001 * k
        simulation.rows("joint_qd")[1, 0] = 0.001 / (4 * DT)
        simulation.step(4)
    np.testing.assert_array_equal(simulation.rows("joint_q")[0, :7], start[0])
    assert simulation.rows("body_q")[1, 0, 0] == pytest.approx(0.099, abs=1e-6)


def test_a_number_of_threads_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="num_threads is 0; it must be at least 1"):
        crowd(num_threads=0)


def test_a_snapshot_is_a_copy_of_the_world_and_moves_on_as_the_world_does() -> None:
    simulation = crowd()
    simulation.step(40)
    worlds = simulation.solver.worlds
    model, data = worlds.snapshot(1)
    np.testing.assert_array_equal(data.qpos, worlds.part(_State.mjSTATE_QPOS)[1])
    before = worlds.states.copy()
    mujoco.mj_step(model, data, 4)
    np.testing.assert_array_equal(worlds.states, before)
    simulation.step(4)
    np.testing.assert_array_equal(data.qpos, worlds.part(_State.mjSTATE_QPOS)[1])


def test_parts_of_the_state_are_those_that_mujoco_names() -> None:
    simulation = crowd()
    worlds = simulation.solver.worlds
    simulation.step(4)
    _, data = worlds.snapshot(2)
    mujoco.mj_setState(worlds.models[0], data, worlds.states[2], _State.mjSTATE_INTEGRATION)
    for quantity, values in {
        _State.mjSTATE_TIME: [data.time],
        _State.mjSTATE_QVEL: data.qvel,
        _State.mjSTATE_WARMSTART: data.qacc_warmstart,
        _State.mjSTATE_XFRC_APPLIED: data.xfrc_applied.ravel(),
    }.items():
        np.testing.assert_array_equal(worlds.part(quantity)[2], values)
