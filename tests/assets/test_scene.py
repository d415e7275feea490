# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The assets in a scene of Isaac Lab on its Newton backend."""

import numpy as np
import pytest
import torch
from isaaclab.scene import InteractiveScene, InteractiveSceneCfg
from isaaclab.sim import SimulationCfg, build_simulation_context
from isaaclab.utils import configclass
from isaaclab_newton.physics import NewtonCfg
from pxr import UsdPhysics

from isaaclab_factory.assets import (
    FRANKA_CFG,
    GROUND_CFG,
    HOLE_8MM_CFG,
    PEG_8MM_CFG,
    TABLE_CFG,
)
from isaaclab_factory.newton_mujoco import MuJoCoSolverCfg

DT = 1.0 / 120.0


@configclass
class SceneCfg(InteractiveSceneCfg):
    """The scene of PegInsert."""

    robot = FRANKA_CFG
    held_asset = PEG_8MM_CFG
    fixed_asset = HOLE_8MM_CFG
    table = TABLE_CFG
    ground = GROUND_CFG


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    """Two environments, at their start."""
    solver = MuJoCoSolverCfg(integrator="implicitfast", cone="elliptic", impratio=10.0, enable_multiccd=True)
    physics = NewtonCfg(solver_cfg=solver, num_substeps=4, use_cuda_graph=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ISAACLAB_FACTORY_CACHE", str(tmp_path_factory.mktemp("cache")))
        with build_simulation_context(sim_cfg=SimulationCfg(device="cpu", dt=DT, physics=physics)) as sim:
            scene = InteractiveScene(SceneCfg(num_envs=2, env_spacing=2.0))
            sim.reset()
            yield scene


def step(scene: InteractiveScene, count: int) -> None:
    """Steps the scene."""
    for _ in range(count):
        scene.write_data_to_sim()
        scene.sim.step(render=False)
        scene.update(DT)


def test_parts_have_convex_colliders_on_newton(scene):
    for path in ("/World/envs/env_0/HeldAsset", "/World/envs/env_0/FixedAsset"):
        root = scene.stage.GetPrimAtPath(path)
        prims = [prim for prim in scene.stage.Traverse() if prim.GetPath().HasPrefix(root.GetPath())]
        colliders = [prim.GetName() for prim in prims if prim.HasAPI(UsdPhysics.CollisionAPI)]
        assert colliders
        assert all(name.startswith("piece_") for name in colliders)


def test_links_and_joints_have_the_references_names(scene):
    robot = scene["robot"]
    assert {"panda_fingertip_centered", "panda_leftfinger", "panda_rightfinger"} <= set(robot.body_names)
    assert robot.joint_names == [f"panda_joint{i}" for i in range(1, 8)] + [f"panda_finger_joint{i}" for i in (1, 2)]
    assert scene["fixed_asset"].body_names == ["part", "frame"]


def test_actuators_leave_the_fingers_their_armature_and_set_the_efforts(scene):
    data = scene["robot"].data
    np.testing.assert_allclose(data.joint_armature.torch, [[0.0] * 7 + [0.3] * 2] * 2)
    np.testing.assert_allclose(data.joint_effort_limits.torch, [[87.0] * 4 + [12.0] * 3 + [40.0] * 2] * 2)


def test_fixed_part_goes_where_its_root_pose_is_written_and_stays(scene):
    part = scene["fixed_asset"]
    pose = part.data.root_pose_w.torch.clone()
    pose[1] += torch.tensor([0.01, 0.02, 0.03, 0.0, 0.0, 0.0, 0.0])
    pose[1, 3:] = torch.tensor([0.0, 0.0, 0.6, 0.8])
    part.write_root_pose_to_sim_index(root_pose=pose[1:], env_ids=torch.tensor([1]))
    step(scene, 3)
    np.testing.assert_allclose(part.data.root_pose_w.torch, pose, atol=1e-6)
    link = part.find_bodies("part")[0][0]
    np.testing.assert_allclose(part.data.body_link_pose_w.torch[:, link], pose, atol=1e-6)


def test_gravity_is_off_for_the_held_part_and_the_robot(scene):
    peg, robot = scene["held_asset"], scene["robot"]
    start = peg.data.root_pos_w.torch.clone()
    posture = robot.data.default_joint_pos.torch
    robot.write_joint_position_to_sim_index(position=posture)
    robot.write_joint_velocity_to_sim_index(velocity=torch.zeros_like(posture))
    step(scene, 12)
    np.testing.assert_allclose(peg.data.root_pos_w.torch, start, atol=1e-6)
    # nothing drives the arm, which would fall by 50 mm meanwhile
    np.testing.assert_allclose(robot.data.joint_pos.torch[:, :7], posture[:, :7], atol=1e-4)
