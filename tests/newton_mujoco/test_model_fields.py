# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Properties that differ between worlds: each world moves like a model that has its numbers in every world."""

import copy
from collections.abc import Callable

import mujoco
import newton
import numpy as np
import pytest
from newton import ModelFlags

from isaaclab_factory.newton_mujoco.bounding_volumes import BoundingVolumes, Geometry
from tests.newton_mujoco.models import Simulation, add_arm, add_box, at, finalize

NUM_WORLDS = 3
BOX = 2  # number of the box's shape in a world


def fill(builder: newton.ModelBuilder) -> None:
    """Fills a world with a driven arm beside a box on a slippery floor of its own."""
    add_arm(builder, links=2, stiffness=2.0, damping=0.2)
    for dof in range(2):
        builder.joint_limit_lower[dof], builder.joint_limit_upper[dof] = -1.5, 1.5
    add_box(builder, at(0.5, 0.0, 0.05))
    builder.shape_material_mu[BOX] = 0.1
    floor = newton.ModelBuilder.ShapeConfig(mu=0.1, gap=0.0)
    builder.add_shape_box(-1, hx=5, hy=5, hz=0.5, xform=at(z=-0.5), cfg=floor)


def moved(simulation: Simulation) -> np.ndarray:
    """Returns positions and velocities after a third of a second of motion, one row per world."""
    simulation.rows("joint_qd")[:, :2] = [2.0, -1.0]
    simulation.rows("joint_qd")[:, 2] = 0.6  # the box slides
    simulation.step(160)
    return np.concatenate((simulation.rows("joint_q"), simulation.rows("joint_qd")), axis=1)


def scale_mass(model: newton.Model, world: int, value: float) -> None:
    """Scales mass and inertia of the arm's second link in one world."""
    rows(model.body_mass, model)[world, 1] *= value
    rows(model.body_inertia, model)[world, 1] *= value


def rows(array, model: newton.Model) -> np.ndarray:
    """Returns a view of a model's array with one row per world, without what belongs to no world."""
    values = array.numpy()
    per_world = len(values) // model.world_count
    return values[: per_world * model.world_count].reshape(model.world_count, per_world, *values.shape[1:])


def write(name: str, index) -> Callable[[newton.Model, int, float], None]:
    """Returns a function that sets numbers of an array of the model in one world."""

    def change(model: newton.Model, world: int, value: float) -> None:
        array = model
        for part in name.split("."):
            array = getattr(array, part)
        rows(array, model)[world][index] = value

    return change


PROPERTIES = {
    "mass and inertia": (scale_mass, 3.0, ModelFlags.BODY_INERTIAL_PROPERTIES),
    "centre of mass": (write("body_com", (1, 0)), 0.03, ModelFlags.BODY_INERTIAL_PROPERTIES),
    "friction": (write("shape_material_mu", BOX), 0.4, ModelFlags.SHAPE_PROPERTIES),
    "contact stiffness": (write("shape_material_ke", BOX), 100.0, ModelFlags.SHAPE_PROPERTIES),
    "contact solimp": (write("mujoco.geom_solimp", BOX), 0.2, ModelFlags.SHAPE_PROPERTIES),
    "size": (write("shape_scale", (BOX, 2)), 0.03, ModelFlags.SHAPE_PROPERTIES),
    "stiffness": (write("joint_target_ke", 0), 9.0, ModelFlags.JOINT_DOF_PROPERTIES),
    "damping": (write("joint_target_kd", 0), 0.9, ModelFlags.JOINT_DOF_PROPERTIES),
    "armature": (write("joint_armature", 1), 0.05, ModelFlags.JOINT_DOF_PROPERTIES),
    "joint friction": (write("joint_friction", 0), 0.3, ModelFlags.JOINT_DOF_PROPERTIES),
    "joint limits": (write("joint_limit_upper", 0), 0.1, ModelFlags.JOINT_DOF_PROPERTIES),
    "effort limit": (write("joint_effort_limit", 0), 0.05, ModelFlags.JOINT_DOF_PROPERTIES),
    "frame of a joint": (write("joint_X_p", (1, 2)), -0.05, ModelFlags.JOINT_PROPERTIES),
    "gravity": (lambda m, world, value: m.set_gravity((0, 0, value), world=world), -3.0, ModelFlags.MODEL_PROPERTIES),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", PROPERTIES)
def test_a_property_of_one_world_changes_that_world_only_and_as_in_a_model_built_with_it(name: str) -> None:
    change, value, flag = PROPERTIES[name]
    plain = moved(Simulation(finalize(fill, NUM_WORLDS)))

    built = finalize(fill, NUM_WORLDS)
    for world in range(NUM_WORLDS):
        change(built, world, value)
    expected = moved(Simulation(built))

    model = finalize(fill, NUM_WORLDS)
    simulation = Simulation(model)
    change(model, 1, value)
    simulation.solver.notify_model_changed(flag)
    varied = moved(simulation)

    np.testing.assert_array_equal(varied[[0, 2]], plain[[0, 2]])
    np.testing.assert_allclose(varied[1], expected[1], atol=2e-4)
    assert np.abs(varied[1] - plain[1]).max() > 2e-3


def test_a_contact_gap_of_one_world_makes_contacts_there_only() -> None:
    model = finalize(lambda b: (add_box(b, at(z=0.07)), b.add_shape_box(-1, hx=1, hy=1, hz=0.1, xform=at(z=-0.1))), 3)
    model.shape_gap.fill_(0.0)
    simulation = Simulation(model)
    rows(model.shape_gap, model)[1, 0] = 0.03
    simulation.solver.notify_model_changed(ModelFlags.SHAPE_PROPERTIES)
    simulation.step(1)
    assert simulation.solver.outcome.contacts.tolist() == [0, 4, 0]


def test_a_property_that_is_the_same_again_leaves_no_trace() -> None:
    model = finalize(fill, NUM_WORLDS)
    simulation = Simulation(model)
    for value in (0.5, 0.1):
        rows(model.shape_material_mu, model)[1, BOX] = value
        simulation.solver.notify_model_changed(ModelFlags.SHAPE_PROPERTIES)
    plain = Simulation(finalize(fill, NUM_WORLDS))
    np.testing.assert_array_equal(moved(simulation), moved(plain))


def test_derived_constants_are_those_that_mujoco_computes_for_each_world() -> None:
    model = finalize(fill, NUM_WORLDS)
    simulation = Simulation(model)
    rows(model.body_mass, model)[:, 1] *= np.array([1.0, 2.0, 5.0])
    simulation.solver.notify_model_changed(ModelFlags.BODY_INERTIAL_PROPERTIES)
    for world, factor in enumerate((1.0, 2.0, 5.0)):
        reference = copy.copy(simulation.solver.worlds.models[0])
        reference.body_mass[:] = simulation.solver.mj_model.body_mass
        reference.body_mass[2] = simulation.solver.mj_model.body_mass[2] * factor
        mujoco.mj_setConst(reference, mujoco.MjData(reference))
        for name in ("body_invweight0", "dof_invweight0", "body_subtreemass"):
            values = getattr(simulation.solver.mjw_model, name).numpy()[world]
            np.testing.assert_allclose(values, getattr(reference, name), rtol=1e-5, err_msg=name)
        mean = simulation.solver.mjw_model.stat.meaninertia.numpy()[world]
        assert mean == pytest.approx(reference.stat.meaninertia, rel=1e-5)


def test_gravity_compensation_can_be_switched_on_in_one_world() -> None:
    model = finalize(lambda b: add_box(b, at(z=1.0)), NUM_WORLDS)
    simulation = Simulation(model)
    rows(model.mujoco.gravcomp, model)[1, 0] = 1.0
    simulation.solver.notify_model_changed(ModelFlags.BODY_INERTIAL_PROPERTIES)
    simulation.step(48)
    np.testing.assert_allclose(simulation.rows("joint_qd")[:, 2], [-0.981, 0.0, -0.981], atol=1e-6)


def test_a_box_stays_on_the_table_of_its_own_world() -> None:
    """Among several static geoms MuJoCo searches their boxes in a tree, which stands at the first world's table."""

    def world(builder: newton.ModelBuilder) -> None:
        add_box(builder, at(z=0.45))
        builder.add_shape_box(-1, hx=0.2, hy=0.2, hz=0.2, xform=at(z=0.2))
        builder.add_shape_box(-1, hx=0.2, hy=0.2, hz=0.1, xform=at(x=0.5, z=0.1))

    builder = newton.ModelBuilder()
    newton.solvers.SolverMuJoCo.register_custom_attributes(builder)
    template = newton.ModelBuilder()
    newton.solvers.SolverMuJoCo.register_custom_attributes(template)
    world(template)
    for origin in (0.0, 3.0, 40.0):
        builder.add_world(template, xform=at(y=origin))
    simulation = Simulation(builder.finalize(device="cpu"))
    simulation.step(480)
    np.testing.assert_allclose(simulation.rows("body_q")[:, 0, 2], 0.45, atol=2e-3)


def test_bounding_volumes_are_those_of_mujocos_compiler() -> None:
    model = mujoco.MjModel.from_xml_string(MJCF)
    geometry = Geometry(
        model.body_ipos[None],
        model.body_iquat[None],
        model.geom_pos[None],
        model.geom_quat[None],
        model.geom_size[None],
        (model.geom_margin + model.geom_gap)[None],
    )
    fields = BoundingVolumes(model).compute(geometry)
    assert {name for name, _, _ in fields} == {"geom_aabb", "geom_rbound", "body_margin", "bvh_aabb"}
    for name, start, values in fields:
        compiled = getattr(model, name).reshape(-1)[start : start + values.shape[1]]
        np.testing.assert_allclose(values[0], compiled, atol=1e-9, err_msg=name)


MJCF = """
<mujoco>
  <asset><mesh name="tetrahedron" vertex="0 0 0 .1 0 0 0 .1 0 0 0 .3"/></asset>
  <worldbody>
    <geom type="plane" size="5 5 .1"/>
    <geom type="box" size=".1 .2 .3" pos="1 0 0" margin=".01"/>
    <geom type="box" size=".1 .2 .3" pos="2 0 0"/>
    <body pos="0 0 1">
      <freejoint/>
      <geom type="box" size=".1 .15 .2" pos=".1 .2 .3" quat="1 .2 .3 .4" margin=".02" gap=".005"/>
      <geom type="capsule" size=".1 .2" pos=".4 0 0" quat="1 1 0 0"/>
      <geom type="cylinder" size=".1 .2" pos="0 0 .1" quat="1 .5 0 0"/>
      <geom type="ellipsoid" size=".1 .2 .3" pos="0 .4 .1" quat="1 0 .5 0"/>
      <geom type="sphere" size=".1" pos="0 -.4 .1"/>
      <geom type="mesh" mesh="tetrahedron" pos="-.4 0 0"/>
    </body>
  </worldbody>
</mujoco>
"""
