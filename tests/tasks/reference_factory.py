# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The reference itself: Isaac Lab's ``FactoryEnv``, unmodified, with generated parts in place of NVIDIA's files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from isaaclab.app import launch_simulation
from isaaclab.assets import AssetBase, RigidObjectCfg
from isaaclab.sim.spawners.from_files import UsdFileCfg
from isaaclab_tasks.contrib.factory import factory_env, factory_env_cfg, factory_utils
from pxr import Usd, UsdPhysics

from isaaclab_factory.assets import part_of, usd_file
from isaaclab_factory.assets.part_usd import COLLIDERS, CONVEX
from isaaclab_factory.tasks.assembly_env_cfg import friction_event
from tests.tasks.task_env import load_cfg


@contextmanager
def open_factory_env(task: str, num_envs: int, folder: Path) -> Iterator[factory_env.FactoryEnv]:
    """Make the reference's environment of a task with the robot and the parts of ours, on our engine.

    What differs from its configuration: the files of the assets with what is set in them for this engine (gravity is
    compensated where the reference switches it off for PhysX), the device and the engine, the armature of the fingers,
    which is that of the generated Franka (see ``docs/tasks.md``), and the way to set friction, which is the reference's
    through PhysX.

    Args:
        task: Name of the task, such as "PegInsert".
        num_envs: Number of environments.
        folder: Empty folder for USD files.
    """
    ours = load_cfg(task)
    cfg = getattr(factory_env_cfg, f"FactoryTask{task}Cfg")()
    cfg.sim.device, cfg.sim.physics = "cpu", ours.sim.physics
    cfg.scene.num_envs, cfg.seed = num_envs, 0
    cfg.scene.table, cfg.scene.ground = ours.scene.table, ours.scene.ground
    cfg.scene.robot.spawn = ours.scene.robot.spawn
    cfg.scene.robot.actuators["panda_hand"].armature = None
    cfg.task.fixed_asset.spawn = ours.scene.fixed_asset.spawn
    cfg.task.held_asset.spawn = _as_articulation(ours.scene.held_asset, folder / "held.usda")
    if task == "GearMesh":
        cfg.task.small_gear_cfg.spawn = _as_articulation(ours.scene.small_gear, folder / "small.usda")
        cfg.task.large_gear_cfg.spawn = _as_articulation(ours.scene.large_gear, folder / "large.usda")
    with launch_simulation(cfg, {"headless": True, "device": "cpu"}), pytest.MonkeyPatch.context() as patch:
        frictions = []
        patch.setattr(factory_utils, "set_friction", lambda asset, value, _: frictions.append((asset, value)))
        env = factory_env.FactoryEnv(cfg)
        try:
            _set_friction(env, frictions)
            yield env
        finally:
            env.close()


def _set_friction(env: factory_env.FactoryEnv, frictions: list[tuple[AssetBase, float]]) -> None:
    """Set the friction that the reference asks for with Isaac Lab's event term, combined as in our tasks."""
    for name in ("robot", "held_asset", "fixed_asset"):
        (value,) = (value for asset, value in frictions if asset is env.scene[name])
        event = friction_event(name, value)
        params = {key: getattr(param, "default", param) for key, param in event.params.items()}
        params["asset_cfg"].resolve(env.scene)
        event.params = params
        event.func(event, env)(env, None, **params)


def _as_articulation(asset_cfg: RigidObjectCfg, path: Path) -> UsdFileCfg:
    """Spawner of a part as an articulation of one link, which is what the reference asks for.

    Args:
        asset_cfg: Configuration of the part in our scene.
        path: File to write.
    """
    stage = Usd.Stage.CreateNew(str(path))
    root = stage.DefinePrim("/Part")
    stage.SetDefaultPrim(root)
    root.GetReferences().AddReference(str(usd_file(part_of(asset_cfg))))
    UsdPhysics.ArticulationRootAPI.Apply(root)
    stage.Save()
    ours = asset_cfg.spawn
    return UsdFileCfg(
        usd_path=str(path),
        variants={COLLIDERS: CONVEX},
        rigid_props=ours.rigid_props,
        collision_props=ours.collision_props,
        activate_contact_sensors=ours.activate_contact_sensors,
    )
