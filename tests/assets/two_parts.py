# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A free part and a fixed one in MuJoCo, without a robot."""

from __future__ import annotations

import numpy as np
import torch
from pxr import Gf, Sdf, Usd, UsdGeom, UsdPhysics

from isaaclab_factory.assets import Ground, usd_file
from isaaclab_factory.geometry import Part
from isaaclab_factory.kitless.mujoco_engine import create
from isaaclab_factory.kitless.views import SimulationView

DT = 1.0 / 120.0
ENV = "/World/envs/env_0"


class TwoParts:
    """A free part above or on a fixed one that stands upright on the ground.

    Attributes:
        penetrations: Deepest overlap of the two parts (m), for every step in which they touched.
    """

    def __init__(
        self,
        free: Part,
        fixed: Part,
        height: float,
        offset: float = 0.0,
        yaw: float = 0.0,
        gravity: float = 0.0,
        max_speed: float = 1000.0,
    ):
        """Put the free part somewhere.

        Args:
            free: The free part.
            fixed: The fixed part, on the origin.
            height: Height of the free part's frame (m).
            offset: Place of the free part's frame along x (m).
            yaw: Angle by which the free part is turned about z (rad).
            gravity: Gravity (m/s2).
            max_speed: Speed that the free part does not exceed (m/s).
        """
        stage = Usd.Stage.CreateInMemory()
        UsdGeom.SetStageUpAxis(stage, UsdGeom.Tokens.z)
        scene = UsdPhysics.Scene.Define(stage, "/World/scene")
        scene.CreateGravityDirectionAttr(Gf.Vec3f(0.0, 0.0, -1.0))
        scene.CreateGravityMagnitudeAttr(gravity)
        for path, model in ((f"{ENV}/Free", free), (f"{ENV}/Fixed", fixed), ("/World/ground", Ground())):
            UsdGeom.Xform.Define(stage, path).GetPrim().GetReferences().AddReference(str(usd_file(model)))
        pose = UsdGeom.XformCommonAPI(stage.GetPrimAtPath(f"{ENV}/Free"))
        pose.SetTranslate(Gf.Vec3d(offset, 0.0, height))
        pose.SetRotate(Gf.Vec3f(0.0, 0.0, np.degrees(yaw)))
        free_prim = stage.GetPrimAtPath(f"{ENV}/Free")
        free_prim.CreateAttribute("physxRigidBody:maxLinearVelocity", Sdf.ValueTypeNames.Float).Set(max_speed)
        UsdPhysics.RigidBodyAPI(stage.GetPrimAtPath(f"{ENV}/Fixed")).CreateKinematicEnabledAttr(True)
        self.engine = create(stage, "cpu", DT)
        view = SimulationView(self.engine)
        self.free = view.create_rigid_body_view(f"{ENV}/Free")
        self.contacts = view.create_rigid_contact_view(f"{ENV}/Free", [f"{ENV}/Fixed"], max_contact_data_count=64)
        self.penetrations: list[float] = []
        self._spin_gain = 100.0 * float(free.mass_properties.inertia[2, 2])

    def step(self, count: int, force: float = 0.0, spin: float | None = None) -> np.ndarray:
        """Push along the axis (N), and drive the free part towards a rate of turning (rad/s) if one is given.

        Returns:
            Height (m) and unwrapped yaw (rad) after each step. Shape is (count, 2).
        """
        rows, one = [], torch.tensor([0])
        for _ in range(count):
            torque = 0.0 if spin is None else self._spin_gain * (spin - float(self.free.get_velocities()[0, 5]))
            push, twist = torch.tensor([[0.0, 0.0, force]]), torch.tensor([[0.0, 0.0, torque]])
            self.free.apply_forces_and_torques_at_position(push, twist, None, one, is_global=True)
            self.engine.step(DT)
            _, _, height, x, y, z, w = self.free.get_transforms()[0].tolist()
            rows.append((height, np.arctan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z))))
            separations, counts = self.contacts.get_contact_data(DT)[3:5]
            touching = int(counts.sum())
            if touching:
                self.penetrations.append(max(0.0, -float(separations[:touching].min())))
        heights, yaws = np.array(rows).T
        return np.stack([heights, np.unwrap(yaws)], axis=1)

    @property
    def tilt(self) -> float:
        """Angle of the free part's axis from the vertical (rad)."""
        x, y = self.free.get_transforms()[0, 3:5].tolist()
        return 2.0 * float(np.arcsin(np.hypot(x, y)))

    @property
    def speed(self) -> float:
        """Speed of the free part's centre of mass (m/s)."""
        return float(self.free.get_velocities()[0, :3].norm())
