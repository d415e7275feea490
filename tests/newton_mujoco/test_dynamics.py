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
    """A simulation at random states, and one articulation of it with its links and DOFs in Newton's order."""

    def __init__(self, fill, links: int, dofs: int, articulation: int = 0):
        self.simulation = Simulation(finalize(fill, NUM_WORLDS))
        simulation, model = self.simulation, self.simulation.model
        view = ArticulationView(model, model.articulation_label[articulation], verbose=False)
        self.ids = view.articulation_ids.numpy()[:, 0]
        self.functions = ArticulationDynamics.functions(
            simulation.solver, simulation.state, view, np.arange(links), np.arange(dofs)
        )
        rng = np.random.default_rng(1)
        simulation.rows("joint_q")[:] += 0.3 * rng.normal(size=simulation.rows("joint_q").shape)
        for joint in np.flatnonzero(model.joint_type.numpy() == newton.JointType.FREE):
            start = model.joint_q_start.numpy()[joint] + 3
            quat = simulation.state.joint_q.numpy()[start : start + 4]
            quat /= np.linalg.norm(quat)
        simulation.rows("joint_qd")[:] = rng.normal(size=simulation.rows("joint_qd").shape)
        self.forward()

    def forward(self) -> None:
        """Computes the bodies' poses and velocities."""
        state = self.simulation.state
        newton.eval_fk(self.simulation.model, state.joint_q, state.joint_qd, state)

    @property
    def com_jacobian(self) -> np.ndarray:
        return self.functions["body_com_jacobian_w"]().warp.numpy()

    @property
    def link_jacobian(self) -> np.ndarray:
        return self.functions["body_link_jacobian_w"]().warp.numpy()

    @property
    def mass_matrix(self) -> np.ndarray:
        return self.functions["mass_matrix"]().warp.numpy()

    def newtons(self) -> tuple[np.ndarray, np.ndarray]:
        """Returns Jacobians and mass matrices of Newton's kernels."""
        model, state = self.simulation.model, self.simulation.state
        dofs = self.mass_matrix.shape[-1]
        jacobian = newton.eval_jacobian(model, state).numpy()[self.ids]
        mass_matrix = newton.eval_mass_matrix(model, state).numpy()[self.ids]
        return jacobian.reshape(NUM_WORLDS, -1, 6, jacobian.shape[-1])[..., :dofs], mass_matrix[:, :dofs, :dofs]


def served_fixed() -> Served:
    return Served(fixed_arm, links=3, dofs=3, articulation=1)


def served_floating() -> Served:
    return Served(floating_arm, links=3, dofs=8)


BOTH = pytest.mark.parametrize(
    ("make", "bodies", "dofs"), [(served_fixed, [1, 2, 3], [6, 7, 8]), (served_floating, [0, 1, 2], list(range(8)))]
)


@BOTH
def test_jacobians_give_the_velocities_of_origins_and_centres_of_mass(make, bodies, dofs) -> None:
    served = make()
    simulation = served.simulation
    joint_velocity = simulation.rows("joint_qd")[:, dofs]
    velocity, pose = simulation.rows("body_qd")[:, bodies], simulation.rows("body_q")[:, bodies]
    np.testing.assert_allclose(np.einsum("nbij,nj->nbi", served.com_jacobian, joint_velocity), velocity, atol=2e-6)

    com = simulation.model.body_com.numpy().reshape(NUM_WORLDS, -1, 3)[:, bodies]
    origin = velocity.copy()
    origin[..., :3] -= np.cross(velocity[..., 3:], rotated(pose, com))
    np.testing.assert_allclose(np.einsum("nbij,nj->nbi", served.link_jacobian, joint_velocity), origin, atol=2e-6)


def rotated(poses: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """Returns vectors of the bodies' frames in the world's frame."""
    flat = zip(poses.reshape(-1, 7), vectors.reshape(-1, 3), strict=True)
    turned = [wp.quat_rotate(wp.quat(*pose[3:].tolist()), wp.vec3(*vector.tolist())) for pose, vector in flat]
    return np.array(turned).reshape(vectors.shape)


def test_jacobian_is_the_derivative_of_the_bodies_poses() -> None:
    served = served_fixed()
    q = served.simulation.rows("joint_q")
    jacobian = served.link_jacobian.copy()

    def origins() -> np.ndarray:
        served.forward()
        return served.simulation.rows("body_q")[:, 1:4, :3].copy()

    for dof in range(3):
        step = 1e-2
        q[:, 7 + dof] += step
        high = origins()
        q[:, 7 + dof] -= 2 * step
        low = origins()
        q[:, 7 + dof] += step
        np.testing.assert_allclose((high - low) / (2 * step), jacobian[:, :, :3, dof], atol=5e-5)


@BOTH
def test_kinetic_energy_follows_from_the_mass_matrix(make, bodies, dofs) -> None:
    served = make()
    velocity = served.simulation.rows("joint_qd")
    velocity[:, [dof for dof in range(velocity.shape[1]) if dof not in dofs]] = 0.0  # all else rests
    served.forward()
    energy = 0.5 * np.einsum("ni,nij,nj->n", velocity[:, dofs], served.mass_matrix, velocity[:, dofs])
    np.testing.assert_allclose(energy, kinetic_energy(served.simulation), rtol=1e-5)


@BOTH
def test_results_are_those_of_newtons_kernels(make, bodies, dofs) -> None:
    served = make()
    jacobian, mass_matrix = served.newtons()
    np.testing.assert_allclose(served.com_jacobian, jacobian, atol=2e-6)
    np.testing.assert_allclose(served.mass_matrix, mass_matrix, rtol=1e-4, atol=1e-5)


def test_links_and_dofs_come_in_the_order_asked_for() -> None:
    served = served_fixed()
    simulation = served.simulation
    view = ArticulationView(simulation.model, simulation.model.articulation_label[1], verbose=False)
    links, dofs = np.array([2, 0]), np.array([1, 2, 0])
    functions = ArticulationDynamics.functions(simulation.solver, simulation.state, view, links, dofs)
    jacobian, mass_matrix = functions["body_link_jacobian_w"]().warp.numpy(), functions["mass_matrix"]().warp.numpy()
    np.testing.assert_array_equal(jacobian, served.link_jacobian[:, links][..., dofs])
    np.testing.assert_array_equal(mass_matrix, served.mass_matrix[:, dofs][..., dofs])


def test_mass_matrix_with_armature_is_that_of_the_equation_of_motion() -> None:
    served = served_fixed()
    simulation = served.simulation
    armature = simulation.model.joint_armature.numpy().reshape(NUM_WORLDS, -1)
    armature[:, 6:9] = [0.1, 0.2, 0.3]
    simulation.solver.notify_model_changed(newton.ModelFlags.JOINT_DOF_PROPERTIES)
    matrices = served.mass_matrix
    acceleration = np.array([1.0, -2.0, 3.0])
    for world in range(NUM_WORLDS):
        model, data = simulation.solver.worlds.snapshot(world)
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
        before = served.com_jacobian.copy(), served.mass_matrix.copy()
        change()
        served.forward()
        after = served.com_jacobian, served.mass_matrix
        np.testing.assert_allclose(after[0], served.newtons()[0], atol=2e-6)
        assert np.abs(after[0][1] - before[0][1]).max() > 1e-3
        assert np.abs(after[1][1] - before[1][1]).max() > 1e-4


def test_reading_does_not_change_the_motion() -> None:
    read, unread = served_floating(), served_floating()
    for _ in range(20):
        assert read.link_jacobian is not None
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


def test_a_view_of_another_model_keeps_newtons_kernels() -> None:
    served = served_fixed()
    other = finalize(fixed_arm, NUM_WORLDS - 1)  # results with a row per world of the solver would not fit
    view = ArticulationView(other, other.articulation_label[1], verbose=False)
    simulation = served.simulation
    numbers = np.arange(3)
    assert ArticulationDynamics.functions(simulation.solver, simulation.state, view, numbers, numbers) is None


def test_a_view_with_a_ball_joint_keeps_newtons_kernels() -> None:
    def fill(builder: newton.ModelBuilder) -> None:
        link = builder.add_link()
        builder.add_shape_box(link, hx=0.02, hy=0.03, hz=0.1)
        builder.add_articulation([builder.add_joint_ball(-1, link, child_xform=at(z=0.1))])

    simulation = Simulation(finalize(fill))
    view = ArticulationView(simulation.model, simulation.model.articulation_label[0], verbose=False)
    nothing = np.zeros(0, int)
    assert ArticulationDynamics.functions(simulation.solver, simulation.state, view, nothing, nothing) is None
