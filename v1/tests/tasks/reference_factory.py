# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The reference itself: Isaac Lab's ``FactoryEnv``, unmodified, with generated parts in place of NVIDIA's files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from isaaclab.app import launch_simulation
from isaaclab.assets import AssetBaseCfg
from isaaclab_tasks.contrib.factory import factory_env, factory_env_cfg, factory_utils
from pxr import Usd, UsdPhysics

from isaaclab_factory.assets import part_of, usd_file
from tests.tasks.task_env import load_cfg


@contextmanager
def open_factory_env(task: str, num_envs: int, folder: Path) -> Iterator[factory_env.FactoryEnv]:
    """Make the reference's environment of a task with the robot and the parts of ours, on our engine.

    Four things differ from what its configuration says: where the files are, the device and the engine, the armature
    of the fingers, which is that of the generated Franka (see ``docs/tasks.md``), and where the friction is set: the
    reference writes it into PhysX, the generated files bring it along.

    Args:
        task: Name of the task, such as "PegInsert".
        num_envs: Number of environments.
        folder: Empty folder for USD files.
    """
    ours = load_cfg(task)
    cfg = getattr(factory_env_cfg, f"FactoryTask{task}Cfg")()
    cfg.sim.device, cfg.sim.physics = "cpu", ours.sim.physics
    cfg.scene.num_envs, cfg.seed = num_envs, 0
    cfg.scene.robot.spawn.usd_path = _generated_usd(ours.scene.robot)
    cfg.scene.robot.actuators["panda_hand"].armature = None
    cfg.scene.table, cfg.scene.ground = ours.scene.table, ours.scene.ground
    cfg.task.held_asset.spawn.usd_path = _articulation_usd(ours.scene.held_asset, folder / "held.usda")
    cfg.task.fixed_asset.spawn.usd_path = _articulation_usd(ours.scene.fixed_asset, folder / "fixed.usda", fixed=True)
    if task == "GearMesh":
        cfg.task.small_gear_cfg.spawn.usd_path = _articulation_usd(ours.scene.small_gear, folder / "small.usda")
        cfg.task.large_gear_cfg.spawn.usd_path = _articulation_usd(ours.scene.large_gear, folder / "large.usda")
    with launch_simulation(cfg, {"headless": True, "device": "cpu"}), pytest.MonkeyPatch.context() as patch:
        patch.setattr(factory_utils, "set_friction", lambda asset, value, num_envs: None)
        env = factory_env.FactoryEnv(cfg)
        try:
            yield env
        finally:
            env.close()


def _generated_usd(asset_cfg: AssetBaseCfg) -> str:
    return str(usd_file(part_of(asset_cfg)))


def _articulation_usd(asset_cfg: AssetBaseCfg, path: Path, fixed: bool = False) -> str:
    """The file of a part as an articulation of one link, which is what the reference asks for.

    Args:
        asset_cfg: Configuration of the part in our scene.
        path: File to write.
        fixed: Whether the part is fixed where it is put.
    """
    stage = Usd.Stage.CreateNew(str(path))
    root = stage.DefinePrim("/Part")
    stage.SetDefaultPrim(root)
    root.GetReferences().AddReference(_generated_usd(asset_cfg))
    root.GetVariantSets().SetSelection("colliders", "convex")
    UsdPhysics.ArticulationRootAPI.Apply(root)
    if fixed:
        UsdPhysics.RigidBodyAPI(root).CreateKinematicEnabledAttr(True)
    stage.Save()
    return str(path)
