# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Files under the names that Isaac Lab's tests look for on NVIDIA's asset server, so that the tests can run without it.

Humanoid, ant and cartpole are the examples that Newton's package brings along: NVIDIA's own, in another format. The
Franka is this project's. The others are written here: the ground, a marker, a cube, an arm with one joint, and a
quadruped with the links, joints and link frames of the ANYmal C. They stand in for NVIDIA's assets in these tests only.
"""

from __future__ import annotations

import re
from math import cos, radians, sin
from pathlib import Path

import newton.examples
import torch
from pxr import Usd, UsdPhysics

from isaaclab_factory.assets.franka_usd import Franka, franka_stage

_CUBE = """def Xform "Cube" (
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

_ARM = """def Xform "Articulation" (
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

_GROUND = """def Xform "World"
{
    def Xform "GroundPlane"
    {
        def Plane "CollisionPlane" (
            prepend apiSchemas = ["PhysicsCollisionAPI"]
        )
        {
            uniform token axis = "Z"
            token visibility = "invisible"
        }
    }

    def Xform "Environment"
    {
        double3 xformOp:scale = (1, 1, 1)
        uniform token[] xformOpOrder = ["xformOp:scale"]

        def Mesh "Geometry"
        {
            int[] faceVertexCounts = [4]
            int[] faceVertexIndices = [0, 1, 2, 3]
            point3f[] points = [(-50, -50, 0), (50, -50, 0), (50, 50, 0), (-50, 50, 0)]
            texCoord2f[] primvars:st = [(-25, -25), (25, -25), (25, 25), (-25, 25)] (
                interpolation = "vertex"
            )
            uniform token subdivisionScheme = "none"
        }
    }
}
"""

_MARKER = """def Xform "Marker"
{
    def Cube "geometry"
    {
        double size = 1
    }
}
"""

_ARM_STIFFNESS = (4500, 4500, 3500, 3500, 2000, 2000, 2000)
"""Stiffness of the Panda's joints in MuJoCo Menagerie [N m/rad]. Their damping is a tenth of it [N m s/rad]."""


def write_test_assets(root: Path) -> None:
    """Write the files below a folder that takes the place of NVIDIA's asset server."""
    body = '"PhysicsRigidBodyAPI", "PhysicsMassAPI"'
    articulation = '"PhysicsArticulationRootAPI", "PhysxArticulationAPI"'
    texts = {
        "Props/Blocks/DexCube/dex_cube_instanceable.usd": _layer("Cube", _CUBE.format(schemas=body)),
        "Props/UIElements/arrow_x.usd": _layer("Marker", _MARKER),
        "Props/UIElements/frame_prim.usd": _layer("Marker", _MARKER),
        "Robots/IsaacSim/Ant/ant_instanceable.usd": _ant(),
        "Robots/IsaacSim/Humanoid/humanoid_instanceable.usd": _humanoid(),
        "Robots/IsaacSim/SimpleArticulation/revolute_articulation.usd": _layer("Articulation", _ARM),
        "IsaacLab/Environments/Grid/default_ground_plane_checker_v1/default_ground_plane.usda": _layer(
            "World", _GROUND
        ),
        "IsaacLab/Robots/ANYbotics/ANYmal-C/anymal_c.usd": _quadruped(),
        "IsaacLab/Robots/Classic/Cartpole/cartpole.usd": _cartpole(),
        "IsaacLab/Robots/FrankaEmika/Legacy/panda_instanceable.usd": _franka(),
        "IsaacLab/Robots/FrankaEmika/franka_panda.usda": _franka(),
        "IsaacLab/Tests/RigidObject/Cube/dex_cube_instanceable_with_articulation_root.usd": _layer(
            "Cube", _CUBE.format(schemas=articulation)
        ),
    }
    for name, text in texts.items():
        path = root / "Isaac" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    _write_actuator_net(root / "Isaac/IsaacLab/ActuatorNets/ANYbotics/anydrive_3_lstm_jit.pt")


def _layer(root: str, prims: str) -> str:
    """A USD file, whose default prim is ``root``."""
    return f"""#usda 1.0
(
    defaultPrim = "{root}"
    metersPerUnit = 1
    upAxis = "Z"
)

{prims}"""


def _newton_example(name: str) -> str:
    return Path(newton.examples.get_asset(name)).read_text()


def _cartpole() -> str:
    """Newton's cartpole, whose default prim is misspelt."""
    text = _newton_example("cartpole_single_pendulum.usda")
    return text.replace('"cartPole"', '"cartpole"')


def _humanoid() -> str:
    """Newton's humanoid, with joints named after the body that they carry and driven as NVIDIA's are.

    The drives have the stiffness and damping of the MJCF file's joints. Here the hinges lack drives, and their gains
    stand at the limits; those of the other joints are per radian where USD counts per degree.
    """
    text = _newton_example("humanoid.usda")
    for joint, link in {"abdomen_x": "pelvis", "knee": "shin", "elbow": "lower_arm"}.items():
        text = re.sub(rf'(PhysicsRevoluteJoint "(?:left_|right_)?){joint}"', rf'\1{link}"', text)
    text = text.replace('["PhysxLimitAPI:X"]', '["PhysxLimitAPI:X", "PhysicsDriveAPI:angular"]')
    text = re.sub(r"physxLimit:X:(damping|stiffness)", r"drive:angular:physics:\1", text)
    return re.sub(r"(drive:\w+:physics:(?:damping|stiffness) = )(\S+)", lambda m: f"{m[1]}{radians(float(m[2]))}", text)


def _ant() -> str:
    """Newton's ant, with the root of the articulation on its torso as in NVIDIA's."""
    text = _newton_example("ant.usda").replace('["PhysicsArticulationRootAPI", ', "[")
    return text.replace('"TensorPhysicsArticulationRootAPI"', '"PhysicsArticulationRootAPI"')


def _franka() -> str:
    """This project's Franka with the links and drives of NVIDIA's."""
    stage = franka_stage(Franka())
    root = stage.GetDefaultPrim().GetPath()
    for prim in list(Usd.PrimRange(stage.GetDefaultPrim())):
        if "fingertip" in prim.GetName():
            stage.RemovePrim(prim.GetPath())
    UsdPhysics.Joint(stage.GetPrimAtPath(f"{root}/joints/root_joint")).GetBody0Rel().ClearTargets(True)
    for number, stiffness in enumerate(_ARM_STIFFNESS, start=1):
        drive = UsdPhysics.DriveAPI(stage.GetPrimAtPath(f"{root}/joints/panda_joint{number}"), "angular")
        drive.GetStiffnessAttr().Set(radians(stiffness))
        drive.GetDampingAttr().Set(radians(stiffness / 10))
    return stage.GetRootLayer().ExportToString()


class _ActuatorNet(torch.nn.Module):
    """The layout of the ANYdrive's network: an LSTM of position error and joint velocity, and a linear layer."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = torch.nn.LSTM(input_size=2, hidden_size=8, num_layers=2, batch_first=True)
        self.linear = torch.nn.Linear(8, 1)

    def forward(self, x: torch.Tensor, state: tuple[torch.Tensor, torch.Tensor]):
        """Torques of shape (N, 1) from inputs of shape (N, 1, 2) and the LSTM's state."""
        x, state = self.lstm(x, state)
        return self.linear(x[:, -1]), state


def _write_actuator_net(path: Path) -> None:
    """Write an untrained network: small torques that depend on the joint's state and history."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        torch.jit.script(_ActuatorNet()).save(str(path))


def _quadruped() -> str:
    """A quadruped with the links, joints and link frames of the ANYmal C, and masses and lengths of its size."""
    bodies, joints = [], []
    _add_body(bodies, "base", (0, 0, 0), 0, 20.0, 0.6, 'Cube "box"', "double3 xformOp:scale = (0.53, 0.27, 0.24)\n"
              'uniform token[] xformOpOrder = ["xformOp:scale"]\ndouble size = 1', root=True)  # fmt: skip
    for leg, front, left in (("LF", 1, 1), ("LH", -1, 1), ("RF", 1, -1), ("RH", -1, -1)):
        yaw = 90 * left
        hip = (0.30 * front, 0.104 * left, 0.0)
        thigh = (0.36 * front, 0.188 * left, 0.0)
        shank = (0.36 * front, 0.288 * left, -0.285)
        foot = (0.44795 * front, 0.30105 * left, -0.62297)
        capsule = 'Capsule "capsule"'
        _add_body(bodies, f"{leg}_HIP", hip, 0, 2.0, 0.005, None)
        _add_body(bodies, f"{leg}_THIGH", thigh, yaw, 3.0, 0.02, capsule, _capsule(-0.14, 0.03, 0.20))
        _add_body(bodies, f"{leg}_SHANK", shank, yaw, 0.6, 0.005, capsule, _capsule(-0.15, 0.02, 0.20))
        _add_body(bodies, f"{leg}_FOOT", foot, 0, 0.3, 0.0005, 'Sphere "sphere"', "double radius = 0.03")
        joints += [
            _joint(f"{leg}_HAA", "base", (0, 0, 0), 0, f"{leg}_HIP", hip, 0, 0, 45),
            _joint(f"{leg}_HFE", f"{leg}_HIP", hip, 0, f"{leg}_THIGH", thigh, yaw, 90, 540),
            _joint(f"{leg}_KFE", f"{leg}_THIGH", thigh, yaw, f"{leg}_SHANK", shank, yaw, 90, 540),
            _joint(f"{leg}_foot_fixed", f"{leg}_SHANK", shank, yaw, f"{leg}_FOOT", foot, 0, 0, None),
        ]
    joints_text = 'def Scope "joints"\n{\n' + "\n".join(joints) + "\n}\n"
    return _layer("anymal", 'def Xform "anymal"\n{\n' + "\n".join(bodies) + joints_text + "}\n")


def _capsule(z: float, radius: float, height: float) -> str:
    return (
        f'uniform token axis = "Z"\ndouble radius = {radius}\ndouble height = {height}\n'
        f'double3 xformOp:translate = (0, 0, {z})\nuniform token[] xformOpOrder = ["xformOp:translate"]'
    )


def _add_body(bodies, name, position, yaw, mass, inertia, shape, attributes="", root=False) -> None:
    schemas = '"PhysicsRigidBodyAPI", "PhysicsMassAPI"'
    schemas += ', "PhysicsArticulationRootAPI", "PhysxArticulationAPI"' if root else ""
    collider = f'def {shape} (prepend apiSchemas = ["PhysicsCollisionAPI"])\n{{\n{attributes}\n}}\n' if shape else ""
    bodies.append(f"""def Xform "{name}" (prepend apiSchemas = [{schemas}])
{{
    float physics:mass = {mass}
    float3 physics:diagonalInertia = ({inertia}, {inertia}, {inertia})
    quatd xformOp:orient = {_about_z(yaw)}
    double3 xformOp:translate = {position}
    uniform token[] xformOpOrder = ["xformOp:translate", "xformOp:orient"]
    {collider}
}}
""")


def _joint(name, parent, parent_position, parent_yaw, child, position, child_yaw, yaw, limit) -> str:
    """A joint at the child's origin, about the x axis of a frame turned by ``yaw``; fixed without a limit (degrees)."""
    offset = [end - start for start, end in zip(parent_position, position, strict=True)]
    c, s = cos(radians(parent_yaw)), sin(radians(parent_yaw))
    in_parent = (c * offset[0] + s * offset[1], -s * offset[0] + c * offset[1], offset[2])
    moving = "" if limit is None else f"""
    uniform token physics:axis = "X"
    float physics:lowerLimit = {-limit}
    float physics:upperLimit = {limit}
    float drive:angular:physics:maxForce = 80"""  # fmt: skip
    schemas = "" if limit is None else '(prepend apiSchemas = ["PhysicsDriveAPI:angular", "PhysxJointAPI"])'
    return f"""def Physics{"Fixed" if limit is None else "Revolute"}Joint "{name}" {schemas}
{{
    rel physics:body0 = </anymal/{parent}>
    rel physics:body1 = </anymal/{child}>
    point3f physics:localPos0 = {in_parent}
    quatf physics:localRot0 = {_about_z(yaw - parent_yaw)}
    quatf physics:localRot1 = {_about_z(yaw - child_yaw)}{moving}
}}
"""


def _about_z(degrees: float) -> tuple[float, float, float, float]:
    """Rotation about z as USD writes it: (w, x, y, z)."""
    return (cos(radians(degrees) / 2), 0.0, 0.0, sin(radians(degrees) / 2))
