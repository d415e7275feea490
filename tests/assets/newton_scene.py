# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A scene of generated files as Newton imports it, and the MuJoCo model that Newton makes of it. No Isaac Lab."""

from __future__ import annotations

import mujoco
import newton
import warp as wp
from newton.solvers import SolverMuJoCo
from newton.usd import SchemaResolverMjc, SchemaResolverNewton, SchemaResolverPhysx
from pxr import Gf, Usd, UsdGeom

from isaaclab_factory.assets import usd_file
from isaaclab_factory.assets.generate import Model
from isaaclab_factory.assets.part_usd import COLLIDERS, CONVEX
from isaaclab_factory.geometry import Part

wp.config.quiet = True

TIME_STEP = 1.0 / 480.0
"""Length of an engine step (s)."""


def new_stage() -> Usd.Stage:
    """A stage in memory, z up."""
    stage = Usd.Stage.CreateInMemory()
    UsdGeom.SetStageUpAxis(stage, UsdGeom.Tokens.z)
    UsdGeom.SetStageMetersPerUnit(stage, 1.0)
    return stage


def place(
    stage: Usd.Stage,
    name: str,
    model: Model,
    fixed: bool = False,
    pos: tuple[float, float, float] = (0.0, 0.0, 0.0),
    yaw: float = 0.0,
) -> Usd.Prim:
    """Put a model's file at ``/World/<name>``, with convex colliders.

    Args:
        stage: The stage.
        name: Name of the prim.
        model: The model.
        fixed: Whether a part is fixed to the world.
        pos: Position (m).
        yaw: Angle about z (degrees).

    Returns:
        The prim.
    """
    prim = UsdGeom.Xform.Define(stage, f"/World/{name}").GetPrim()
    prim.GetReferences().AddReference(str(usd_file(model, fixed)))
    if isinstance(model, Part):
        prim.GetVariantSets().GetVariantSet(COLLIDERS).SetVariantSelection(CONVEX)
    pose = UsdGeom.XformCommonAPI(prim)
    pose.SetTranslate(Gf.Vec3d(*pos))
    pose.SetRotate(Gf.Vec3f(0.0, 0.0, yaw))
    return prim


def import_stage(stage: Usd.Stage, gravity: float = -9.81) -> newton.Model:
    """The model that Newton imports from a stage, with the resolvers of Isaac Lab's ``NewtonMJWarpManager``.

    Args:
        stage: The stage.
        gravity: Gravity along z (m/s2).

    Returns:
        The model, on the CPU.
    """
    builder = newton.ModelBuilder(gravity=(0.0, 0.0, gravity))
    SolverMuJoCo.register_custom_attributes(builder)
    resolvers = [SchemaResolverNewton(), SchemaResolverPhysx(), SchemaResolverMjc()]
    builder.add_usd(stage, root_path="/World", schema_resolvers=resolvers)
    return builder.finalize(device="cpu")


def to_mujoco(model: newton.Model) -> mujoco.MjModel:
    """The MuJoCo model that Newton's solver makes of a model, with the options of the Factory tasks."""
    solver = SolverMuJoCo(
        model,
        use_mujoco_cpu=True,
        integrator="implicitfast",
        cone="elliptic",
        impratio=100.0,
        iterations=20,
        tolerance=1e-7,
        enable_multiccd=True,
    )
    option = solver.mj_model.opt
    option.timestep = TIME_STEP
    # Newton moves centres of mass after MuJoCo's compiler made the bodies' trees of boxes, which are then out of place.
    option.disableflags |= mujoco.mjtDisableBit.mjDSBL_MIDPHASE
    return solver.mj_model
