# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Jacobians and mass matrices against finite differences, kinetic energy, the equation of motion, Newton's kernels."""

import mujoco
import newton
import numpy as np
import pytest
import warp as wp
from newton.selection import ArticulationView

from isaaclab_factory.newton_mujoco.dynamics import ArticulationDynamics
from tests.newton_mujoco.models import Simulation, add_arm, add_box, at, finalize
from tests.newton_mujoco.test_stepping import kinetic_energy

NUM_WORLDS = 3


def fixed_arm(builder: newton.ModelBuilder) -> None:
    """Fills a world with a hanging arm between two boxes, so that its numbers do not begin at 0."""
    add_box(builder, at(x=2.0))
    add_arm(builder, links=3)
    add_box(builder, at(x=3.0))


def floating_arm(builder: newton.ModelBuilder) -> None:
    """Fills a world with a free body that carries a hinge and a slider, centres of mass off the origins."""
    base = builder.add_link(xform=at(z=1.0))
    builder.add_shape_box(base, hx=0.1, hy=0.05, hz=0.03, xform=at(0.02, 0.01, -0.03))
    arm = builder.add_link()
    builder.add_shape_box(arm, hx=0.02, hy=0.02, hz=0.1, xform=at(z=0.05))
    slide = builder.add_link()
    builder.add_shape_sphere(slide, radius=0.05)
    tilt = wp.transform((0.1, 0.0, 0.02), wp.quat_from_axis_angle(wp.vec3(1.0, 0.0, 0.0), 0.4))
    builder.add_articulation(
        [
            builder.add_joint_free(base),
            builder.add_joint_revolute(base, arm, axis=(0, 1, 0), parent_xform=tilt, child_xform=at(z=-0.1)),
            builder.add_joint_prismatic(arm, slide, axis=(1, 0, 0), parent_xform=at(z=0.2)),
        ]
    )


class Served:
    """A simulation at random states, and one articulation of it whose view MuJoCo serves."""

    def __init__(self, fill, links: int, dofs: int, articulation: int = 0):
        self.simulation = Simulation(finalize(fill, NUM_WORLDS))
        model = self.simulation.model
        label = model.articulation_label[articulation]
        self.view = ArticulationView(model, label, verbose=False)
        ArticulationDynamics.serve(self.view, self.simulation.solver, self.simulation.state)
        count = model.articulation_count
        self.ids = self.view.articulation_ids.numpy()[:, 0]
        self.jacobian_buffer = wp.zeros((count, 6 * links, dofs), dtype=float, device="cpu")
        self.mass_buffer = wp.zeros((count, dofs, dofs), dtype=float, device="cpu")
        rng = np.random.default_rng(1)
        simulation = self.simulation
        simulation.rows("joint_q")[:] += 0.3 * rng.normal(size=simulation.rows("joint_q").shape)
        for joint in np.flatnonzero(model.joint_type.numpy() == newton.JointType.FREE):
            start = model.joint_q_start.numpy()[joint] + 3
            quat = simulation.state.joint_q.numpy()[start : start + 4]
            quat /= np.linalg.norm(quat)
        simulation.rows("joint_qd")[:] = rng.normal(size=simulation.rows("joint_qd").shape)
        self.forward()

    def forward(self) -> None:
        state = self.simulation.state
        newton.eval_fk(self.simulation.model, state.joint_q, state.joint_qd, state)

    @property
    def jacobian(self) -> np.ndarray:
        self.view.eval_jacobian(self.simulation.state, J=self.jacobian_buffer)
        return self.jacobian_buffer.numpy()[self.ids]

    @property
    def mass_matrix(self) -> np.ndarray:
        self.view.eval_mass_matrix(self.simulation.state, H=self.mass_buffer)
        return self.mass_buffer.numpy()[self.ids]


def served_fixed() -> Served:
    return Served(fixed_arm, links=3, dofs=6, articulation=1)


def served_floating() -> Served:
    return Served(floating_arm, links=3, dofs=8)


@pytest.mark.parametrize(
    ("make", "bodies", "dofs"), [(served_fixed, [1, 2, 3], [6, 7, 8]), (served_floating, [0, 1, 2], range(8))]
)
def test_jacobian_gives_the_velocities_of_the_centres_of_mass(make, bodies, dofs) -> None:
    served = make()
    velocity = served.simulation.rows("joint_qd")[:, list(dofs)]
    jacobian = served.jacobian[:, :, : len(dofs)].reshape(NUM_WORLDS, 3, 6, -1)
    expected = served.simulation.rows("body_qd")[:, bodies]
    np.testing.assert_allclose(np.einsum("nbij,nj->nbi", jacobian, velocity), expected, atol=2e-6)


def test_jacobian_is_the_derivative_of_the_bodies_poses() -> None:
    served = served_fixed()
    simulation = served.simulation
    com = simulation.model.body_com.numpy().reshape(NUM_WORLDS, -1, 3)[:, 1:4]
    q = simulation.rows("joint_q")
    jacobian = served.jacobian.reshape(NUM_WORLDS, 3, 6, -1)[..., :3]

    def centres() -> np.ndarray:
        served.forward()
        poses = simulation.rows("body_q")[:, 1:4].copy()
        rotated = [
            [wp.quat_rotate(wp.quat(*p[3:].tolist()), wp.vec3(*c.tolist())) for p, c in zip(*pc, strict=True)]
            for pc in zip(poses, com, strict=True)
        ]
        return poses[..., :3] + np.array(rotated).reshape(NUM_WORLDS, 3, 3)

    for dof in range(3):
        step = 1e-2
        q[:, 7 + dof] += step
        high = centres()
        q[:, 7 + dof] -= 2 * step
        low = centres()
        q[:, 7 + dof] += step
        np.testing.assert_allclose((high - low) / (2 * step), jacobian[:, :, :3, dof], atol=5e-5)


@pytest.mark.parametrize("make", [served_fixed, served_floating])
def test_kinetic_energy_follows_from_the_mass_matrix(make) -> None:
    served = make()
    qd = served.simulation.rows("joint_qd")
    if make is served_fixed:
        qd[:, :6], qd[:, 9:] = 0.0, 0.0  # the boxes rest
        served.forward()
        velocity = qd[:, 6:9]
    else:
        velocity = qd
    size = velocity.shape[1]
    energy = 0.5 * np.einsum("ni,nij,nj->n", velocity, served.mass_matrix[:, :size, :size], velocity)
    np.testing.assert_allclose(energy, kinetic_energy(served.simulation), rtol=1e-5)


@pytest.mark.parametrize("make", [served_fixed, served_floating])
def test_results_are_those_of_newtons_kernels(make) -> None:
    served = make()
    model, state = served.simulation.model, served.simulation.state
    jacobian = newton.eval_jacobian(model, state).numpy()[served.ids]
    mass_matrix = newton.eval_mass_matrix(model, state).numpy()[served.ids]
    np.testing.assert_allclose(served.jacobian, jacobian, atol=2e-6)
    np.testing.assert_allclose(served.mass_matrix, mass_matrix, rtol=1e-4, atol=1e-5)


def test_mass_matrix_with_armature_is_that_of_the_equation_of_motion() -> None:
    served = served_fixed()
    simulation = served.simulation
    armature = simulation.model.joint_armature.numpy().reshape(NUM_WORLDS, -1)
    armature[:, 6:9] = [0.1, 0.2, 0.3]
    simulation.solver.notify_model_changed(newton.ModelFlags.JOINT_DOF_PROPERTIES)
    matrices = served.mass_matrix[:, :3, :3]
    acceleration = np.array([1.0, -2.0, 3.0])
    for world, data in enumerate(simulation.solver.worlds.datas):
        model = simulation.solver.worlds.models[0]
        mujoco.mj_forward(model, data)
        data.qacc[:] = 0.0
        data.qacc[6:9] = acceleration
        mujoco.mj_inverse(model, data)
        torque = data.qfrc_inverse + data.qfrc_constraint + data.qfrc_passive
        expected = (torque - data.qfrc_bias)[6:9]
        np.testing.assert_allclose(matrices[world] @ acceleration, expected, rtol=1e-5)


def test_results_are_of_the_present_state_after_a_step_and_after_a_write() -> None:
    served = served_fixed()
    simulation = served.simulation
    for change in (lambda: simulation.step(4), lambda: simulation.rows("joint_q").__setitem__((1, slice(7, 10)), 0.7)):
        before = served.jacobian.copy(), served.mass_matrix.copy()
        change()
        served.forward()
        after = served.jacobian, served.mass_matrix
        expected = newton.eval_jacobian(simulation.model, simulation.state).numpy()[served.ids]
        np.testing.assert_allclose(after[0], expected, atol=2e-6)
        assert np.abs(after[0][1] - before[0][1]).max() > 1e-3
        assert np.abs(after[1][1] - before[1][1]).max() > 1e-4


def test_reading_does_not_change_the_motion() -> None:
    read, unread = served_floating(), served_floating()
    for _ in range(20):
        assert read.jacobian is not None
        assert read.mass_matrix is not None
        read.simulation.step(4)
        unread.simulation.step(4)
    np.testing.assert_array_equal(read.simulation.rows("joint_q"), unread.simulation.rows("joint_q"))


def test_mass_that_differs_between_worlds_is_each_worlds_own() -> None:
    served = served_fixed()
    model = served.simulation.model
    for name in ("body_mass", "body_inertia"):
        values = getattr(model, name).numpy()
        values.reshape(NUM_WORLDS, -1, *values.shape[1:])[1, 1:4] *= 3.0
    before = served.mass_matrix.copy()
    served.simulation.solver.notify_model_changed(newton.ModelFlags.BODY_INERTIAL_PROPERTIES)
    after = served.mass_matrix
    np.testing.assert_array_equal(after[[0, 2]], before[[0, 2]])
    np.testing.assert_allclose(after[1], 3.0 * before[1], rtol=1e-5, atol=1e-9)


def test_a_view_with_a_ball_joint_keeps_newtons_kernels() -> None:
    def fill(builder: newton.ModelBuilder) -> None:
        link = builder.add_link()
        builder.add_shape_box(link, hx=0.02, hy=0.03, hz=0.1)
        builder.add_articulation([builder.add_joint_ball(-1, link, child_xform=at(z=0.1))])

    simulation = Simulation(finalize(fill))
    view = ArticulationView(simulation.model, simulation.model.articulation_label[0], verbose=False)
    ArticulationDynamics.serve(view, simulation.solver, simulation.state)
    assert view.eval_jacobian.__func__ is ArticulationView.eval_jacobian
