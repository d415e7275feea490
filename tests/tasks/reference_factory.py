# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The reference itself: Isaac Lab's ``FactoryEnv``, unmodified, with generated parts in place of NVIDIA's files."""

from pathlib import Path
from unittest import mock

from pxr import Sdf, Usd, UsdPhysics


def make_factory_env(task: str, num_envs: int, folder: Path):
    """Make the reference's environment of a task with the robot and the parts of ours.

    Three things differ from what its configuration says: where the files are, the device, and the armature of the
    fingers, which is that of the generated Franka (see ``docs/tasks.md``).

    Args:
        task: Name of the task, such as "PegInsert".
        num_envs: Number of environments.
        folder: Empty folder for the USD files.
    """
    from isaaclab.sim.utils import create_new_stage
    from isaaclab_tasks.direct.factory import factory_env, factory_env_cfg
    from isaaclab_tasks.utils import parse_env_cfg

    scene = parse_env_cfg(f"Isaac-Factory-{task}-v0", device="cpu", num_envs=num_envs).scene
    cfg = getattr(factory_env_cfg, f"FactoryTask{task}Cfg")()
    cfg.sim.device = "cpu"
    cfg.scene.num_envs = num_envs
    cfg.seed = 0
    cfg.robot.spawn.usd_path = _generated_usd(scene.robot)
    cfg.robot.actuators["panda_hand"].armature = None
    cfg.task.held_asset.spawn.usd_path = _articulation_usd(scene.held_asset, folder / "held.usda")
    cfg.task.fixed_asset.spawn.usd_path = _articulation_usd(scene.fixed_asset, folder / "fixed.usda", fixed=True)
    if task == "GearMesh":
        cfg.task.small_gear_cfg.spawn.usd_path = _articulation_usd(scene.small_gear, folder / "small.usda")
        cfg.task.large_gear_cfg.spawn.usd_path = _articulation_usd(scene.large_gear, folder / "large.usda")
    table = folder / "Props/Mounts/SeattleLabTable/table_instanceable.usd"
    table.parent.mkdir(parents=True)
    Sdf.Layer.FindOrOpen(_generated_usd(scene.table)).Export(str(table))
    create_new_stage()
    with mock.patch.object(factory_env, "ISAAC_NUCLEUS_DIR", str(folder)):
        return factory_env.FactoryEnv(cfg)


def _generated_usd(asset_cfg) -> str:
    from isaaclab_factory.assets import part_of, usd_file

    return str(usd_file(part_of(asset_cfg)))


def _articulation_usd(asset_cfg, path: Path, fixed: bool = False) -> str:
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
    UsdPhysics.ArticulationRootAPI.Apply(root)
    if fixed:
        joint = UsdPhysics.FixedJoint.Define(stage, "/Part/root_joint")
        joint.CreateBody1Rel().SetTargets([root.GetPath()])
    stage.Save()
    return str(path)
