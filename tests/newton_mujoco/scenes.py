# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A small Isaac Lab scene: an arm of two links on a wall, a cube on a table, sensors on both."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import isaaclab.sim as sim_utils
from isaaclab.actuators import ImplicitActuatorCfg
from isaaclab.assets import ArticulationCfg, AssetBaseCfg, RigidObjectCfg
from isaaclab.scene import InteractiveScene, InteractiveSceneCfg
from isaaclab.sensors import ContactSensorCfg, ImuCfg, JointWrenchSensorCfg
from isaaclab.sim import SimulationCfg, SimulationContext, build_simulation_context
from isaaclab.utils import configclass
from isaaclab_newton.physics import MJWarpSolverCfg, NewtonCfg, NewtonShapeCfg
from pxr import Gf, Usd, UsdGeom, UsdPhysics

from isaaclab_factory.newton_mujoco import MuJoCoSolverCfg

DT = 1 / 120
"""Length of a physics step [s]: four engine steps."""

LINK_LENGTH = 0.3
LINK_MASS = 0.5


def write_arm(path: Path) -> str:
    """Writes a USD file of an arm: a base, and two links on hinges about y that hang down."""
    stage = Usd.Stage.CreateNew(str(path))
    UsdGeom.SetStageUpAxis(stage, UsdGeom.Tokens.z)
    UsdGeom.SetStageMetersPerUnit(stage, 1.0)
    root = UsdGeom.Xform.Define(stage, "/arm").GetPrim()
    stage.SetDefaultPrim(root)
    UsdPhysics.ArticulationRootAPI.Apply(root)
    names = ["base", "upper", "lower"]
    for k, name in enumerate(names):
        link = UsdGeom.Xform.Define(stage, f"/arm/{name}")
        link.AddTranslateOp().Set(Gf.Vec3d(0, 0, -LINK_LENGTH * max(k - 0.5, 0) if k else 0))
        UsdPhysics.RigidBodyAPI.Apply(link.GetPrim())
        UsdPhysics.MassAPI.Apply(link.GetPrim()).CreateMassAttr(LINK_MASS)
        box = UsdGeom.Cube.Define(stage, f"/arm/{name}/box")
        box.CreateSizeAttr(1.0)
        box.AddScaleOp().Set(Gf.Vec3f(0.04, 0.04, LINK_LENGTH - 0.06) if k else Gf.Vec3f(0.04, 0.04, 0.04))
        UsdPhysics.CollisionAPI.Apply(box.GetPrim())
    fixed = UsdPhysics.FixedJoint.Define(stage, "/arm/to_world")
    fixed.CreateBody1Rel().SetTargets(["/arm/base"])
    for k in (1, 2):
        joint = UsdPhysics.RevoluteJoint.Define(stage, f"/arm/joint{k}")
        joint.CreateBody0Rel().SetTargets([f"/arm/{names[k - 1]}"])
        joint.CreateBody1Rel().SetTargets([f"/arm/{names[k]}"])
        joint.CreateAxisAttr("Y")
        joint.CreateLocalPos0Attr(Gf.Vec3f(0, 0, -LINK_LENGTH / 2 if k == 2 else 0))
        joint.CreateLocalPos1Attr(Gf.Vec3f(0, 0, LINK_LENGTH / 2))
        joint.CreateLowerLimitAttr(-170.0)
        joint.CreateUpperLimitAttr(170.0)
        drive = UsdPhysics.DriveAPI.Apply(joint.GetPrim(), "angular")
        drive.CreateTypeAttr("force")
    stage.GetRootLayer().Save()
    return str(path)


def cuboid(*size: float, mass: float | None = None) -> sim_utils.CuboidCfg:
    """Returns a cuboid, free if it has a mass and static if not."""
    options = {}
    if mass is not None:
        options = {"rigid_props": sim_utils.UsdPhysicsRigidBodyCfg(), "mass_props": sim_utils.MassCfg(mass=mass)}
        options["activate_contact_sensors"] = True
    return sim_utils.CuboidCfg(size=size, collision_props=sim_utils.UsdPhysicsCollisionCfg(), **options)


@configclass
class CubeSceneCfg(InteractiveSceneCfg):
    """A cube on a table, beside a second table."""

    env_spacing: float = 3.0
    table = AssetBaseCfg(
        prim_path="{ENV_REGEX_NS}/Table",
        spawn=cuboid(0.6, 0.6, 0.4),
        init_state=AssetBaseCfg.InitialStateCfg(pos=(0.8, 0.0, 0.2)),
    )
    shelf = AssetBaseCfg(
        prim_path="{ENV_REGEX_NS}/Shelf",
        spawn=cuboid(0.2, 0.2, 0.2),
        init_state=AssetBaseCfg.InitialStateCfg(pos=(-0.8, 0.0, 0.1)),
    )
    cube = RigidObjectCfg(
        prim_path="{ENV_REGEX_NS}/Cube",
        spawn=cuboid(0.1, 0.1, 0.1, mass=2.0),
        init_state=RigidObjectCfg.InitialStateCfg(pos=(0.8, 0.0, 0.45)),
    )


@configclass
class ArmSceneCfg(CubeSceneCfg):
    """An arm beside the cube, and sensors."""

    arm = ArticulationCfg(
        prim_path="{ENV_REGEX_NS}/Arm",
        init_state=ArticulationCfg.InitialStateCfg(pos=(0.0, 0.0, 1.0)),
        # with gains of 0 there would be no drive at all, whose gains could be set later
        actuators={"joints": ImplicitActuatorCfg(joint_names_expr=["joint.*"], stiffness=1e-3, damping=1e-4)},
    )
    touch = ContactSensorCfg(prim_path="{ENV_REGEX_NS}/Cube", filter_prim_paths_expr=["{ENV_REGEX_NS}/Arm/lower"])
    wrench = JointWrenchSensorCfg(prim_path="{ENV_REGEX_NS}/Arm")
    imu = ImuCfg(prim_path="{ENV_REGEX_NS}/Cube")


@contextmanager
def simulate(
    cfg: InteractiveSceneCfg, warp: bool = False, **options
) -> Iterator[tuple[SimulationContext, InteractiveScene]]:
    """Opens a simulation of a scene, ready to step.

    Args:
        cfg: Scene.
        warp: Whether MuJoCo Warp steps it instead of the engine.
        options: Fields of the solver cfg.
    """
    solver = {"integrator": "implicitfast", "cone": "elliptic", "impratio": 10.0, "njmax": 150, "nconmax": 40}
    solver_cfg = (MJWarpSolverCfg if warp else MuJoCoSolverCfg)(**solver | options)
    physics = NewtonCfg(solver_cfg=solver_cfg, num_substeps=4, default_shape_cfg=NewtonShapeCfg(gap=0.0))
    with build_simulation_context(sim_cfg=SimulationCfg(device="cpu", dt=DT, physics=physics)) as sim:
        scene = InteractiveScene(cfg)
        sim.reset()
        scene.update(0.0)
        yield sim, scene


def step(sim: SimulationContext, scene: InteractiveScene, count: int = 1) -> None:
    """Steps physics and scene."""
    for _ in range(count):
        scene.write_data_to_sim()
        sim.step(render=False)
        scene.update(DT)
