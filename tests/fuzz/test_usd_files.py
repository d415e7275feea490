# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Bad USD files: what a task's part is spawned from is missing, damaged, or no body that can move."""

from pathlib import Path

import gymnasium
import pytest

from isaaclab_factory.learning import arguments

TASK = "Fuzz-Usd-v0"

INTACT = """#usda 1.0
(
    defaultPrim = "Part"
    metersPerUnit = 1
    upAxis = "Z"
)
def Xform "Part" (prepend apiSchemas = ["PhysicsRigidBodyAPI", "PhysicsMassAPI"])
{
    float physics:mass = 0.1
    def Cube "Shape" (prepend apiSchemas = ["PhysicsCollisionAPI"])
    {
        double size = 0.02
    }
}
"""

MESH = """def Mesh "Shape" (prepend apiSchemas = ["PhysicsCollisionAPI", "PhysicsMeshCollisionAPI"])
    {
        uniform token physics:approximation = "convexHull"
        int[] faceVertexCounts = [3, 3, 3, 3]
        int[] faceVertexIndices = [0, 1, 2, 0, 1, 3, 0, 2, 3, 1, 2, 3]
        point3f[] points = [(0, 0, 0), (0.01, 0, 0), (0, 0.01, 0), (0, 0, 0.01)]
    }
}
"""
TETRAHEDRON = INTACT[: INTACT.index("def Cube")] + MESH

INTACT_FILES = {"cube.usda": INTACT, "tetrahedron.usda": TETRAHEDRON}

BAD_FILES = {
    "empty.usda": "",
    "empty.usd": "",
    "text.usda": "a part",
    "zeros.usd": "\0" * 512,
    "header_alone.usda": "#usda 1.0\n",
    "crate.usdc": "PXR-USDC\0\0\0\0",
    "package.usdz": "PK\3\4",
    "model.stl": "solid part\nendsolid part\n",
    "half.usda": INTACT[: len(INTACT) // 2],
    "cut.usda": INTACT[:-4],
    "no_default_prim.usda": INTACT.replace('defaultPrim = "Part"', ""),
    "wrong_default_prim.usda": INTACT.replace('defaultPrim = "Part"', 'defaultPrim = "Other"'),
    "no_body.usda": INTACT.replace('"PhysicsRigidBodyAPI", ', ""),
    "two_bodies.usda": INTACT.replace('["PhysicsCollisionAPI"]', '["PhysicsCollisionAPI", "PhysicsRigidBodyAPI"]'),
    "nan_mass.usda": INTACT.replace("mass = 0.1", "mass = nan"),
    "infinite_mass.usda": INTACT.replace("mass = 0.1", "mass = inf"),
    "negative_mass.usda": INTACT.replace("mass = 0.1", "mass = -1"),
    "mass_of_text.usda": INTACT.replace("mass = 0.1", 'mass = "heavy"'),
    "nan_size.usda": INTACT.replace("size = 0.02", "size = nan"),
    "zero_size.usda": INTACT.replace("size = 0.02", "size = 0"),
    "negative_size.usda": INTACT.replace("size = 0.02", "size = -0.02"),
    "nan_place.usda": INTACT.replace(
        "double size",
        'double3 xformOp:translate = (nan, 0, 0)\n uniform token[] xformOpOrder = ["xformOp:translate"]\n double size',
    ),
    "nan_points.usda": TETRAHEDRON.replace("(0, 0, 0.01)", "(0, 0, nan)"),
    "no_points.usda": TETRAHEDRON.replace("[(0, 0, 0), (0.01, 0, 0), (0, 0.01, 0), (0, 0, 0.01)]", "[]"),
    "one_point.usda": TETRAHEDRON.replace("(0.01, 0, 0), (0, 0.01, 0), (0, 0, 0.01)", "(0, 0, 0)"),
    "no_such_point.usda": TETRAHEDRON.replace("1, 2, 3]", "1, 2, 99]"),
    "negative_index.usda": TETRAHEDRON.replace("1, 2, 3]", "1, 2, -7]"),
    "other_counts.usda": TETRAHEDRON.replace("[3, 3, 3, 3]", "[3, 3, 3, 9]"),
}


@pytest.fixture(scope="module")
def task():
    """A task of one part, whose file is ``part`` in the working folder."""
    import isaaclab.sim as sim_utils
    from isaaclab.assets import RigidObjectCfg
    from isaaclab.envs import ManagerBasedRLEnvCfg, mdp
    from isaaclab.managers import ObservationGroupCfg, ObservationTermCfg, TerminationTermCfg
    from isaaclab.scene import InteractiveSceneCfg
    from isaaclab.utils import configclass

    @configclass
    class Scene(InteractiveSceneCfg):
        part: RigidObjectCfg = RigidObjectCfg(
            prim_path="{ENV_REGEX_NS}/Part", spawn=sim_utils.UsdFileCfg(usd_path="part.usda")
        )

    @configclass
    class Policy(ObservationGroupCfg):
        place = ObservationTermCfg(func=lambda env: env.scene["part"].data.root_pos_w)

    @configclass
    class Observations:
        policy: Policy = Policy()

    @configclass
    class Nothing:
        pass

    @configclass
    class Terminations:
        time_out = TerminationTermCfg(func=mdp.time_out, time_out=True)

    @configclass
    class Cfg(ManagerBasedRLEnvCfg):
        scene: Scene = Scene(num_envs=2, env_spacing=1.0)
        decimation: int = 1
        episode_length_s: float = 1.0
        observations: Observations = Observations()
        actions: Nothing = Nothing()
        rewards: Nothing = Nothing()
        terminations: Terminations = Terminations()

    def register(path: Path) -> None:
        cfg = Cfg()
        cfg.scene.part.spawn.usd_path = str(path)
        gymnasium.register(
            id=TASK,
            entry_point="isaaclab.envs:ManagerBasedRLEnv",
            disable_env_checker=True,
            kwargs={"env_cfg_entry_point": lambda: cfg},
        )

    yield register
    gymnasium.registry.pop(TASK, None)


@pytest.fixture(autouse=True)
def empty_stage():
    from isaaclab_factory.app import launch

    launch(headless=True)
    from isaaclab.sim.utils import create_new_stage

    create_new_stage()


@pytest.mark.parametrize("name", INTACT_FILES)
def test_an_intact_file_is_taken(task, tmp_path: Path, name: str) -> None:
    from isaaclab_factory.learning import session

    (tmp_path / name).write_text(INTACT_FILES[name])
    task(tmp_path / name)
    args = arguments.OneLineParser()
    arguments.add_environment_arguments(args)
    parsed = args.parse_args(["--task", TASK])
    session.start_app(parsed)
    env = session.open_environment(parsed)
    env.close()


@pytest.mark.parametrize("name", [*BAD_FILES, "nowhere.usda", "folder.usda"])
def test_a_bad_file_is_told(refused, task, tmp_path: Path, name: str) -> None:
    if name in BAD_FILES:
        (tmp_path / name).write_text(BAD_FILES[name])
    elif name == "folder.usda":
        (tmp_path / name).mkdir()
    task(tmp_path / name)
    refused("zero_agent.py", "--task", TASK, "--steps", "1")
