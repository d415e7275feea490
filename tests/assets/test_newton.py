# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What Newton makes of the files, and MuJoCo of Newton's model: the numbers that decide how contacts hold."""

import mujoco
import newton
import numpy as np
import pytest
from scipy.spatial import ConvexHull

from isaaclab_factory.assets import Franka, Ground
from isaaclab_factory.assets.franka_model import LINKS
from isaaclab_factory.geometry import (
    GEAR_BASE,
    HOLE_8MM,
    NUT_M16,
    PEG_8MM,
    MetricBolt,
    Part,
    Table,
    TriangleMesh,
)
from tests.assets.newton_scene import import_stage, new_stage, place, to_mujoco

SOLREF = (2.0 / 480.0, 1.0)
SOLIMP = (0.99, 0.999, 0.0005, 0.5, 2.0)
ARM = [f"panda_joint{index}" for index in range(1, 8)]
FINGERS = ["panda_finger_joint1", "panda_finger_joint2"]
PREFIX = "_World_Robot_joints_"


@pytest.fixture(scope="module", autouse=True)
def module_cache(tmp_path_factory):
    """An asset cache for the models that several tests share."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ISAACLAB_FACTORY_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def imported(module_cache) -> newton.Model:
    """The robot, a peg, a hole, the table and the ground in Newton."""
    stage = new_stage()
    place(stage, "Robot", Franka())
    place(stage, "Peg", PEG_8MM, pos=(0.6, 0.0, 0.3))
    place(stage, "Hole", HOLE_8MM, fixed=True, pos=(0.6, 0.0, 0.05))
    place(stage, "Table", Table())
    place(stage, "Ground", Ground(), pos=(0.0, 0.0, -1.05))
    return import_stage(stage)


@pytest.fixture(scope="module")
def model(imported) -> mujoco.MjModel:
    """The same in MuJoCo."""
    return to_mujoco(imported)


def joint_ids(model: mujoco.MjModel, names: list[str]) -> list[int]:
    return [model.joint(PREFIX + name).id for name in names]


def pair_model(free: Part, fixed: Part, height: float) -> tuple[mujoco.MjModel, mujoco.MjData]:
    """A free part above a fixed one, and its state at the start."""
    stage = new_stage()
    place(stage, "Free", free, pos=(0.0, 0.0, height))
    place(stage, "Fixed", fixed, fixed=True)
    model = to_mujoco(import_stage(stage))
    data = mujoco.MjData(model)
    mujoco.mj_forward(model, data)
    return model, data


def test_every_collider_has_the_contact_numbers_and_no_other(model):
    np.testing.assert_allclose(model.geom_solref, [SOLREF] * model.ngeom, rtol=1e-6)
    np.testing.assert_allclose(model.geom_solimp, [SOLIMP] * model.ngeom, rtol=1e-6)
    np.testing.assert_array_equal(model.geom_condim, 3)
    np.testing.assert_array_equal(model.geom_margin, 0.0)
    np.testing.assert_array_equal(model.geom_gap, 0.0)
    np.testing.assert_allclose(model.geom_friction[:, 0], 0.75)


def test_colliders_are_the_pieces_of_the_parts_the_shapes_of_the_links_the_table_and_the_ground(model):
    pieces = len(PEG_8MM.convex_pieces()) + len(HOLE_8MM.convex_pieces())
    assert model.ngeom == pieces + sum(len(link.colliders) for link in LINKS) + 2


@pytest.mark.parametrize("part", [PEG_8MM, HOLE_8MM, GEAR_BASE, NUT_M16])
def test_hulls_keep_all_corners_and_the_volume_of_the_pieces(part):
    stage = new_stage()
    place(stage, "Part", part)
    model = to_mujoco(import_stage(stage))
    pieces = [piece for piece in part.convex_pieces() if isinstance(piece, TriangleMesh)]
    meshes = {model.mesh(index).name.rpartition("piece_")[2][:3]: index for index in range(model.nmesh)}
    assert len(meshes) == len(pieces)
    expected = [len(ConvexHull(piece.vertices).vertices) for piece in pieces]
    assert sorted(model.mesh_vertnum[list(meshes.values())]) == sorted(expected)
    volume = sum(np.linalg.det(piece.vertices[piece.faces]).sum() / 6.0 for piece in pieces)
    assert sum(_volume(model, index) for index in meshes.values()) == pytest.approx(volume, rel=1e-4)


def _volume(model: mujoco.MjModel, mesh: int) -> float:
    """Volume of a mesh in a MuJoCo model (m3)."""
    first, count = model.mesh_vertadr[mesh], model.mesh_vertnum[mesh]
    vertices = model.mesh_vert[first : first + count].astype(float)
    first, count = model.mesh_faceadr[mesh], model.mesh_facenum[mesh]
    return float(np.linalg.det(vertices[model.mesh_face[first : first + count]]).sum() / 6.0)


@pytest.mark.parametrize(
    ("free", "fixed", "height", "friction"),
    [(NUT_M16, MetricBolt("M16", 0.005), -0.0001, 0.38), (PEG_8MM, HOLE_8MM, -0.0001, 0.75)],
)
def test_contacts_have_the_friction_that_physx_combines(free, fixed, height, friction):
    _, data = pair_model(free, fixed, height)
    assert data.ncon > 0
    np.testing.assert_allclose(data.contact.friction[:, :2], friction, rtol=1e-6)
    np.testing.assert_allclose(data.contact.solref, [SOLREF] * data.ncon, rtol=1e-6)
    np.testing.assert_allclose(data.contact.solimp, [SOLIMP] * data.ncon, rtol=1e-6)


def test_contacts_between_parts_begin_at_touch():
    # Newton's default gap would make them 10 mm before
    for height, touches in ((1e-5, False), (-1e-5, True)):
        _, data = pair_model(PEG_8MM, GEAR_BASE, GEAR_BASE.base_height + height)
        assert (data.ncon > 0) == touches


def test_masses_and_inertias_are_those_of_the_files(model):
    for link in LINKS:
        body = model.body(f"_World_Robot_{link.name}")
        xx, yy, zz, xy, xz, yz = link.inertial.inertia
        moments = np.linalg.eigvalsh([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]])
        assert body.mass == pytest.approx(link.inertial.mass, rel=1e-6)
        np.testing.assert_allclose(body.ipos, link.inertial.com, atol=1e-6)
        np.testing.assert_allclose(np.sort(body.inertia), moments, rtol=1e-3)
    peg = PEG_8MM.mass_properties
    np.testing.assert_allclose(model.body("_World_Peg").mass, peg.mass, rtol=1e-6)
    np.testing.assert_allclose(model.body("_World_Peg").ipos, peg.com, atol=1e-7)
    np.testing.assert_allclose(
        np.sort(model.body("_World_Peg").inertia), np.sort(np.linalg.eigvalsh(peg.inertia)), rtol=1e-4
    )


def test_fixed_part_has_no_degrees_of_freedom_and_can_be_moved(model):
    part = model.body("_World_Hole_part")
    assert part.dofnum == 0
    assert part.mocapid >= 0
    assert model.nv == len(ARM) + len(FINGERS) + 6  # those of the robot and of the peg


def test_joints_have_limits_armature_and_largest_efforts(model):
    expected = {link.joint.name: link.joint for link in LINKS if link.joint is not None}
    for name, index in zip(ARM + FINGERS, joint_ids(model, ARM + FINGERS), strict=True):
        joint = expected[name]
        assert model.jnt_limited[index]
        np.testing.assert_allclose(model.jnt_range[index], [joint.lower, joint.upper], atol=1e-6)
        np.testing.assert_allclose(model.jnt_actfrcrange[index], [-joint.effort, joint.effort], rtol=1e-6)
        np.testing.assert_allclose(model.jnt_solref[index], SOLREF, rtol=1e-6)
        np.testing.assert_allclose(model.jnt_solimp[index], SOLIMP, rtol=1e-6)
        armature = 0.3 if name in FINGERS else 0.0
        assert model.dof_armature[model.jnt_dofadr[index]] == pytest.approx(armature)


def test_finger_drives_have_the_gains_of_the_reference(imported):
    labels = [label.rpartition("/")[2] for label in imported.joint_label]
    for name in FINGERS:
        dof = imported.joint_qd_start.numpy()[labels.index(name)]
        assert imported.joint_target_ke.numpy()[dof] == 7500.0
        assert imported.joint_target_kd.numpy()[dof] == 173.0


def test_second_finger_is_coupled_to_the_first(model):
    assert model.neq == 1
    assert model.eq_type[0] == mujoco.mjtEq.mjEQ_JOINT
    assert [model.eq_obj2id[0], model.eq_obj1id[0]] == joint_ids(model, FINGERS)
    np.testing.assert_allclose(model.eq_data[0, :5], [0.0, 1.0, 0.0, 0.0, 0.0])
    np.testing.assert_allclose(model.eq_solref[0], [0.005, 1.0], rtol=1e-6)
    np.testing.assert_allclose(model.eq_solimp[0], SOLIMP, rtol=1e-6)


def test_links_do_not_touch_each_other(model):
    data = mujoco.MjData(model)
    # the closed fingers and the folded arm overlap
    data.qpos[: len(ARM)] = [0.0, -1.7, 0.0, -3.0, 0.0, 0.0, 0.0]
    mujoco.mj_forward(model, data)
    links = {model.body(f"_World_Robot_{link.name}").id for link in LINKS}
    for bodies in model.geom_bodyid[data.contact.geom]:
        assert not set(bodies) <= links


def test_the_top_of_the_table_is_drawn_and_its_collider_is_not():
    stage = new_stage()
    place(stage, "Table", Table())
    builder = newton.ModelBuilder()
    builder.add_usd(stage, hide_collision_shapes=True)  # as Isaac Lab's Newton backend imports
    flags = {label.rpartition("/")[2]: builder.shape_flags[index] for index, label in enumerate(builder.shape_label)}
    drawn = {name for name, flag in flags.items() if flag & newton.ShapeFlags.VISIBLE}
    collided = {name for name, flag in flags.items() if flag & newton.ShapeFlags.COLLIDE_SHAPES}
    assert drawn == {"top", "leg_0", "leg_1", "leg_2", "leg_3"}
    assert collided == {"collider"}
