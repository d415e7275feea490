# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The files of the parts, read back with USD alone."""

import importlib
import sys
from dataclasses import dataclass, replace

import numpy as np
import pytest
import trimesh
from pxr import Usd, UsdGeom, UsdPhysics, UsdShade

from isaaclab_factory.assets import Ground, usd_file
from isaaclab_factory.assets.part_usd import COLLIDERS, CONVEX, SDF
from isaaclab_factory.geometry import (
    BOLT_M16,
    GEAR_BASE,
    GEAR_LARGE,
    GEAR_MEDIUM,
    GEAR_SMALL,
    HOLE_8MM,
    NUT_M16,
    PEG_8MM,
    Cylinder,
    Hole,
    MetricBolt,
    MetricNut,
    Part,
    Peg,
    Sphere,
    Table,
    TriangleMesh,
)
from isaaclab_factory.geometry.solids import convex_hull


def open_part(part, variant: str = SDF, fixed: bool = False) -> tuple[Usd.Stage, Usd.Prim]:
    """A stage with a reference to the part's file, and the prim that has it."""
    stage = Usd.Stage.CreateInMemory()
    root = stage.DefinePrim(f"/{type(part).__name__}")
    root.GetReferences().AddReference(str(usd_file(part, fixed)))
    if isinstance(part, Part):
        root.GetVariantSets().GetVariantSet(COLLIDERS).SetVariantSelection(variant)
    return stage, root


def colliders(stage: Usd.Stage) -> list[Usd.Prim]:
    return [prim for prim in stage.Traverse() if prim.HasAPI(UsdPhysics.CollisionAPI)]


@pytest.mark.parametrize("part", [PEG_8MM, HOLE_8MM, GEAR_MEDIUM, GEAR_BASE, NUT_M16, BOLT_M16, Table(), Ground()])
def test_stage_is_in_metres_and_kilograms_with_z_up(part):
    stage = Usd.Stage.Open(str(usd_file(part)))
    root = stage.GetDefaultPrim()
    assert UsdGeom.GetStageMetersPerUnit(stage) == 1.0
    assert UsdPhysics.GetStageKilogramsPerUnit(stage) == 1.0
    assert UsdGeom.GetStageUpAxis(stage) == "Z"
    assert root.GetName() == type(part).__name__


PARTS = [
    PEG_8MM,
    Peg(0.01, 0.03, section="triangle"),
    HOLE_8MM,
    Hole(0.009, 0.02, 0.03, section="pentagon"),
    GEAR_SMALL,
    GEAR_MEDIUM,
    GEAR_BASE,
    NUT_M16,
    BOLT_M16,
    MetricNut("M3"),
    MetricBolt("M24", 0.05),
]


def collider_mesh(stage: Usd.Stage) -> trimesh.Trimesh:
    """The one mesh that PhysX collides, as single precision in the file has it."""
    (prim,) = colliders(stage)
    mesh = UsdGeom.Mesh(prim)
    assert set(mesh.GetFaceVertexCountsAttr().Get()) == {3}
    assert mesh.GetOrientationAttr().Get() == "rightHanded"
    faces = np.reshape(mesh.GetFaceVertexIndicesAttr().Get(), (-1, 3))
    return trimesh.Trimesh(np.array(mesh.GetPointsAttr().Get(), dtype=float), faces, process=False)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: type(part).__name__)
def test_mesh_in_the_file_is_closed_faces_outwards_and_has_no_flat_triangle(part):
    mesh = collider_mesh(open_part(part)[0])
    assert mesh.is_watertight
    assert mesh.is_winding_consistent
    assert mesh.volume == pytest.approx(part.volume, rel=1e-5)
    assert mesh.area_faces.min() > 0.0
    assert len(np.unique(mesh.vertices, axis=0)) == len(mesh.vertices)


def assert_mass_is_spread_evenly(stage: Usd.Stage, root: Usd.Prim, mass: float):
    mesh, api = collider_mesh(stage), UsdPhysics.MassAPI(root)
    assert api.GetMassAttr().Get() == pytest.approx(mass)
    np.testing.assert_allclose(api.GetCenterOfMassAttr().Get(), mesh.center_mass, atol=1e-8)
    axes = api.GetPrincipalAxesAttr().Get()
    turn = trimesh.transformations.quaternion_matrix([axes.GetReal(), *axes.GetImaginary()])[:3, :3]
    inertia = turn @ np.diag(api.GetDiagonalInertiaAttr().Get()) @ turn.T
    expected = mesh.moment_inertia * mass / mesh.volume
    np.testing.assert_allclose(inertia, expected, rtol=1e-5, atol=1e-6 * expected.max())


@pytest.mark.parametrize("part", PARTS, ids=lambda part: type(part).__name__)
def test_mass_is_spread_evenly_over_the_mesh_in_the_file(part):
    stage, root = open_part(part)
    assert root.HasAPI(UsdPhysics.RigidBodyAPI)
    assert_mass_is_spread_evenly(stage, root, part.mass or part.density * part.volume)


def test_axes_of_inertia_of_a_slanting_part_are_its_own():
    stage, root = open_part(Wedge(0.02, mass=0.1))
    assert_mass_is_spread_evenly(stage, root, 0.1)
    # a corner of a cube is symmetric about the cube's diagonal
    axes = UsdPhysics.MassAPI(root).GetPrincipalAxesAttr().Get()
    assert abs(axes.GetReal()) < 0.99


FACTORY_PARTS = [PEG_8MM, HOLE_8MM, GEAR_LARGE, GEAR_BASE, NUT_M16, BOLT_M16]


@pytest.mark.parametrize("part", FACTORY_PARTS)
def test_variant_for_physx_collides_the_mesh_as_a_distance_field(part):
    stage, _ = open_part(part, SDF)
    (collider,) = colliders(stage)
    assert collider.GetName() == "mesh"
    assert "PhysxSDFMeshCollisionAPI" in collider.GetMetadata("apiSchemas").GetAppliedItems()
    assert UsdPhysics.MeshCollisionAPI(collider).GetApproximationAttr().Get() == "sdf"
    assert collider.GetAttribute("physxSDFMeshCollision:sdfResolution").Get() >= 128


@pytest.mark.parametrize("part", FACTORY_PARTS)
def test_variant_for_mujoco_collides_the_convex_pieces(part):
    stage, root = open_part(part, CONVEX)
    pieces = part.convex_pieces()
    assert len(colliders(stage)) == len(pieces)
    for prim, piece in zip(colliders(stage), pieces, strict=True):
        assert UsdGeom.Imageable(prim).ComputePurpose() == "guide"
        assert UsdPhysics.CollisionAPI(prim).GetCollisionEnabledAttr().Get() is True
        assert_same_shape(prim, piece)
    assert UsdGeom.Mesh(root.GetChild("mesh"))


def test_file_by_itself_is_an_asset_for_physx():
    stage = Usd.Stage.Open(str(usd_file(PEG_8MM)))
    assert stage.GetDefaultPrim().GetVariantSets().GetVariantSelection(COLLIDERS) == SDF


@pytest.mark.parametrize("variant", [SDF, CONVEX])
def test_fixed_part_is_a_link_that_a_joint_holds_in_the_frame_of_the_asset(variant):
    stage, root = open_part(HOLE_8MM, variant, fixed=True)
    assert root.HasAPI(UsdPhysics.ArticulationRootAPI)
    assert not root.HasAPI(UsdPhysics.RigidBodyAPI)
    bodies = [prim for prim in stage.Traverse() if prim.HasAPI(UsdPhysics.RigidBodyAPI)]
    assert [prim.GetName() for prim in bodies] == ["part", "frame"]
    joint = UsdPhysics.FixedJoint(root.GetPrimAtPath("joints/root_joint"))
    assert joint.GetBody0Rel().GetTargets() == [root.GetPath()]
    assert joint.GetBody1Rel().GetTargets() == [bodies[0].GetPath()]
    assert all(prim.GetPath().HasPrefix(bodies[0].GetPath()) for prim in colliders(stage))
    assert UsdPhysics.MassAPI(bodies[0]).GetMassAttr().Get() == pytest.approx(HOLE_8MM.mass)


def assert_same_shape(prim: Usd.Prim, piece: TriangleMesh | Sphere | Cylinder):
    offset = UsdGeom.XformCache().GetLocalToWorldTransform(prim).ExtractTranslation()
    if isinstance(piece, TriangleMesh):
        np.testing.assert_allclose(UsdGeom.Mesh(prim).GetPointsAttr().Get(), piece.vertices, atol=1e-9)
    elif isinstance(piece, Sphere):
        assert UsdGeom.Sphere(prim).GetRadiusAttr().Get() == pytest.approx(piece.radius)
        np.testing.assert_allclose(offset, piece.center, atol=1e-9)
    else:
        cylinder = UsdGeom.Cylinder(prim)
        assert cylinder.GetAxisAttr().Get() == "Z"
        assert cylinder.GetRadiusAttr().Get() == pytest.approx(piece.radius)
        half = cylinder.GetHeightAttr().Get() / 2.0
        np.testing.assert_allclose([offset[2] - half, offset[2] + half], [piece.bottom, piece.top], atol=1e-9)


def friction(collider: Usd.Prim) -> float:
    """Friction of the material that is bound at the collider itself, where Newton looks for it."""
    (path,) = UsdShade.MaterialBindingAPI(collider).GetDirectBindingRel("physics").GetTargets()
    api = UsdPhysics.MaterialAPI(collider.GetStage().GetPrimAtPath(path))
    assert api.GetStaticFrictionAttr().Get() == api.GetDynamicFrictionAttr().Get()
    return api.GetDynamicFrictionAttr().Get()


@pytest.mark.parametrize("fixed", [False, True])
def test_friction_is_the_parts_for_physx_and_the_mean_with_the_others_for_mujoco(fixed):
    for variant, expected in ((SDF, 0.3), (CONVEX, (0.3 + 0.75) / 2.0)):
        stage, _ = open_part(replace(HOLE_8MM, friction=0.3), variant, fixed)
        assert colliders(stage)
        for prim in colliders(stage):
            assert friction(prim) == pytest.approx(expected)
            assert (prim.GetAttribute("mjc:priority").Get() == 1) == (variant == CONVEX)


@pytest.mark.parametrize("model", [Table(friction=0.3), Ground(friction=0.3)])
def test_friction_of_table_and_ground_is_their_own(model):
    stage, _ = open_part(model)
    (collider,) = colliders(stage)
    assert friction(collider) == pytest.approx(0.3)


def test_table_and_ground_are_static():
    for part in (Table(), Ground()):
        stage, _ = open_part(part)
        assert not any(prim.HasAPI(UsdPhysics.RigidBodyAPI) for prim in stage.Traverse())


def test_another_size_is_another_file_and_the_same_size_the_same():
    assert usd_file(Peg(0.008, 0.05)) == usd_file(Peg(diameter=0.008, length=0.05))
    assert usd_file(Peg(0.008, 0.05)) != usd_file(Peg(0.0079, 0.05))


def test_size_made_impossible_after_construction_is_rejected():
    peg = Peg(0.008, 0.05)
    peg.chamfer = 1.0
    with pytest.raises(ValueError, match="chamfer must be"):
        usd_file(peg)


def test_unknown_part_is_rejected():
    with pytest.raises(TypeError, match="No USD generator for a str; there is one for Part, Table, Ground, Franka"):
        usd_file("peg")


def test_fixed_part_has_a_file_of_its_own():
    assert usd_file(HOLE_8MM) == usd_file(HOLE_8MM, fixed=False) != usd_file(HOLE_8MM, fixed=True)


@dataclass
class Wedge(Part):
    """A part class of the user's."""

    width: float

    def mesh(self) -> TriangleMesh:
        return convex_hull(np.concatenate([np.zeros((1, 3)), self.width * np.eye(3)]))

    def convex_pieces(self) -> list[TriangleMesh]:
        return [self.mesh()]


def test_part_of_a_users_class_is_written_like_any_other():
    _, root = open_part(Wedge(0.02))
    # a corner of a cube: a sixth of it
    assert UsdPhysics.MassAPI(root).GetMassAttr().Get() == pytest.approx(7850.0 * 0.02**3 / 6.0)
    stage, _ = open_part(Wedge(0.02), CONVEX)
    assert [str(prim.GetPath()) for prim in colliders(stage)] == ["/Wedge/convex/piece_000"]


def test_mass_in_the_file_follows_from_the_density_unless_it_is_given():
    for part, mass in ((Wedge(0.02, density=1000.0), 1000.0 * 0.02**3 / 6.0), (Wedge(0.02, mass=0.5), 0.5)):
        _, root = open_part(part)
        assert UsdPhysics.MassAPI(root).GetMassAttr().Get() == pytest.approx(mass)


def test_file_of_a_part_of_a_users_class_changes_with_the_code_of_its_class(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    names = set()
    for length in (0.01, 0.02):
        code = f"from isaaclab_factory.geometry import Peg\nclass Pin(Peg):\n    LENGTH = {length}\n"
        (tmp_path / "pin_module.py").write_text(code)
        importlib.invalidate_caches()
        monkeypatch.delitem(sys.modules, "pin_module", raising=False)
        names.add(usd_file(importlib.import_module("pin_module").Pin(0.008, 0.05)).name)
    assert len(names) == 2
