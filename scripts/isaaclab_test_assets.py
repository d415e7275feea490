# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Own assets under the names that Isaac Lab's tests look for on NVIDIA's server, so that the tests can run.

They are as simple as the tests allow: a cube, an arm with one joint, and the Franka of this project. They stand in for
NVIDIA's assets in these tests only; a user who asks for NVIDIA's cube must not be given another one.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from isaaclab_factory import kitless
from isaaclab_factory.assets import Franka, usd_file

_CUBE = """#usda 1.0
(
    defaultPrim = "Cube"
    metersPerUnit = 1
    upAxis = "Z"
)

def Xform "Cube" (
    prepend apiSchemas = [{schemas}]
)
{{
    float physics:mass = 0.1

    def Cube "geometry" (
        prepend apiSchemas = ["PhysicsCollisionAPI"]
    )
    {{
        float3[] extent = [(-0.03125, -0.03125, -0.03125), (0.03125, 0.03125, 0.03125)]
        double size = 0.0625
    }}
}}
"""

_ARM = """#usda 1.0
(
    defaultPrim = "Articulation"
    metersPerUnit = 1
    upAxis = "Z"
)

def Xform "Articulation" (
    prepend apiSchemas = ["PhysicsArticulationRootAPI", "PhysxArticulationAPI"]
)
{
    def Xform "CenterPivot" (
        prepend apiSchemas = ["PhysicsRigidBodyAPI", "PhysicsMassAPI"]
    )
    {
        float3 physics:diagonalInertia = (0.1, 0.1, 0.1)
        float physics:mass = 1

        def PhysicsFixedJoint "FixedJoint"
        {
            rel physics:body1 = </Articulation/CenterPivot>
        }
    }

    def Xform "Arm" (
        prepend apiSchemas = ["PhysicsRigidBodyAPI", "PhysicsMassAPI"]
    )
    {
        float3 physics:diagonalInertia = (0.1, 0.1, 0.1)
        float physics:mass = 1
        double3 xformOp:translate = (1, 0, 0)
        uniform token[] xformOpOrder = ["xformOp:translate"]

        def PhysicsRevoluteJoint "RevoluteJoint" (
            prepend apiSchemas = ["PhysicsDriveAPI:angular", "PhysxJointAPI"]
        )
        {
            float drive:angular:physics:damping = 10
            float drive:angular:physics:stiffness = 100
            uniform token physics:axis = "Z"
            rel physics:body0 = </Articulation/CenterPivot>
            rel physics:body1 = </Articulation/Arm>
            point3f physics:localPos1 = (-1, 0, 0)
        }
    }
}
"""

_CUBE_FILE = "Isaac/Props/Blocks/DexCube/dex_cube_instanceable.usd"
_ARTICULATED_CUBE_FILE = "Isaac/IsaacLab/Tests/RigidObject/Cube/dex_cube_instanceable_with_articulation_root.usd"
_ARM_FILE = "Isaac/Robots/IsaacSim/SimpleArticulation/revolute_articulation.usd"
_FRANKA_FILE = "Isaac/IsaacLab/Robots/FrankaEmika/panda_instanceable.usd"


def write_test_assets(root: Path) -> None:
    """Write the assets below a folder that takes the place of NVIDIA's asset server."""
    shutil.copytree(Path(kitless.__file__).parent / "nucleus", root, dirs_exist_ok=True)
    body = ['"PhysicsRigidBodyAPI"', '"PhysicsMassAPI"']
    articulated = [*body, '"PhysicsArticulationRootAPI"', '"PhysxArticulationAPI"']
    texts = {
        _CUBE_FILE: _CUBE.format(schemas=", ".join(body)),
        _ARTICULATED_CUBE_FILE: _CUBE.format(schemas=", ".join(articulated)),
        _ARM_FILE: _ARM,
        _FRANKA_FILE: usd_file(Franka()).read_text(),
    }
    for name, text in texts.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
