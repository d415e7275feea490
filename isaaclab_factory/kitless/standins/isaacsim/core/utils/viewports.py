# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Cameras of viewports."""

from __future__ import annotations

from collections.abc import Sequence

from pxr import Gf, UsdGeom

from isaacsim.core.utils.stage import get_current_stage


def set_camera_view(
    eye: Sequence[float], target: Sequence[float], camera_prim_path: str = "/OmniverseKit_Persp"
) -> None:
    """Let a camera look from a point to another, with the z axis up.

    Args:
        eye: Where the camera is (m). Shape is (3,).
        target: Where it looks (m). Shape is (3,).
        camera_prim_path: The camera; it is created if need be.
    """
    camera = UsdGeom.Camera.Define(get_current_stage(), camera_prim_path)
    eye, target = Gf.Vec3d(*map(float, eye)), Gf.Vec3d(*map(float, target))
    straight_down = (target - eye).GetNormalized()[2] ** 2 > 1.0 - 1e-9
    up = Gf.Vec3d.YAxis() if straight_down else Gf.Vec3d.ZAxis()
    camera.MakeMatrixXform().Set(Gf.Matrix4d().SetLookAt(eye, target, up).GetInverse())
