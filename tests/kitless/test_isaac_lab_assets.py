# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The small local assets that Isaac Lab itself refers to."""

import omni.usd
import pytest
from isaaclab.markers import VisualizationMarkers
from isaaclab.markers.config import BLUE_ARROW_X_MARKER_CFG, FRAME_MARKER_CFG
from isaaclab.sim import GroundPlaneCfg
from pxr import UsdGeom, UsdPhysics


@pytest.fixture(autouse=True)
def stage():
    omni.usd.get_context().new_stage()
    return omni.usd.get_context().get_stage()


def test_ground_plane_is_an_infinite_collider_with_its_material(stage):
    cfg = GroundPlaneCfg(size=(20.0, 10.0), color=(1.0, 0.0, 0.0))
    cfg.func("/World/ground", cfg)
    [plane] = [prim for prim in stage.Traverse() if prim.GetTypeName() == "Plane"]
    assert plane.HasAPI(UsdPhysics.CollisionAPI)
    assert UsdGeom.Plane(plane).GetAxisAttr().Get() == "Z"
    scale = stage.GetPrimAtPath("/World/ground/Environment").GetAttribute("xformOp:scale").Get()
    assert tuple(scale) == pytest.approx((0.2, 0.1, 1.0))
    light = UsdGeom.Imageable(stage.GetPrimAtPath("/World/ground/SphereLight"))
    assert light.ComputeVisibility() == "invisible"


@pytest.mark.parametrize("cfg", [FRAME_MARKER_CFG, BLUE_ARROW_X_MARKER_CFG])
def test_markers_of_isaac_lab_can_be_made(cfg):
    markers = VisualizationMarkers(cfg.replace(prim_path="/Visuals/markers"))
    assert markers.num_prototypes == len(cfg.markers)
