# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The cfg, and scenes of all kinds: one environment, nothing that moves, two arms, randomised properties."""

import subprocess
import sys
from pathlib import Path

import isaaclab.envs.mdp as mdp
import isaaclab.sim as sim_utils
import numpy as np
import pytest
import torch
from isaaclab.assets import ArticulationCfg
from isaaclab.envs import ManagerBasedEnv, ManagerBasedEnvCfg
from isaaclab.managers import EventTermCfg, ObservationGroupCfg, ObservationTermCfg, SceneEntityCfg
from isaaclab.sim import SimulationCfg
from isaaclab.utils import configclass
from isaaclab_newton.physics import MJWarpSolverCfg, NewtonCfg, NewtonManager, NewtonShapeCfg

from isaaclab_factory.newton_mujoco import MuJoCoSolverCfg
from tests.newton_mujoco.scenes import DT, ArmSceneCfg, CubeSceneCfg, simulate, step, write_arm


@pytest.fixture(scope="module")
def arm_file(tmp_path_factory: pytest.TempPathFactory) -> sim_utils.UsdFileCfg:
    """Spawns the arm."""
    return sim_utils.UsdFileCfg(usd_path=write_arm(Path(tmp_path_factory.mktemp("usd")) / "arm.usda"))


@pytest.mark.slow
def test_importing_the_cfg_loads_no_simulator() -> None:
    code = """
import sys
import isaaclab_factory.newton_mujoco
print([name for name in ("mujoco", "mujoco_warp", "newton", "numba", "pxr") if name in sys.modules])
"""
    root = Path(__file__).parents[2]
    result = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert result.stdout.strip().splitlines()[-1] == "[]"


def test_the_cfg_chooses_the_manager_and_has_mujoco_warps_settings() -> None:
    cfg = NewtonCfg(solver_cfg=MuJoCoSolverCfg(impratio=10.0))
    assert cfg.class_type._resolve().__name__ == "NewtonMuJoCoManager"
    theirs = vars(MJWarpSolverCfg(impratio=10.0))
    ours = vars(cfg.solver_cfg)
    differing = {name for name, value in theirs.items() if ours[name] != value}
    assert differing == {"class_type", "solver_type"}
    assert set(ours) - set(theirs) == {"num_threads"}


@pytest.mark.parametrize("num_envs", [1, 5])
def test_a_scene_without_articulation_runs_with_any_number_of_environments(num_envs: int) -> None:
    with simulate(CubeSceneCfg(num_envs=num_envs), num_threads=2) as (sim, scene):
        step(sim, scene, 60)
        position = scene["cube"].data.root_pos_w.torch - scene.env_origins
        expected = torch.tensor([[0.8, 0.0, 0.45]]).expand(num_envs, 3)
        torch.testing.assert_close(position, expected, atol=1e-3, rtol=0)


def test_contacts_can_be_switched_off() -> None:
    with simulate(CubeSceneCfg(num_envs=2), disable_contacts=True) as (sim, scene):
        step(sim, scene, 60)
        assert (scene["cube"].data.root_pos_w.torch[:, 2] < 0.0).all()


def test_a_scene_in_which_nothing_can_move_runs() -> None:
    cfg = CubeSceneCfg(num_envs=2)
    cfg.cube = None
    with simulate(cfg) as (sim, scene):
        step(sim, scene, 3)
        assert sim.physics_manager.unstable_counts().tolist() == [0, 0]


def test_two_arms_have_each_their_own_jacobian(arm_file) -> None:
    cfg = ArmSceneCfg(num_envs=2)
    cfg.arm.spawn = arm_file
    cfg.other = cfg.arm.replace(
        prim_path="{ENV_REGEX_NS}/Other", init_state=ArticulationCfg.InitialStateCfg(pos=(0.0, 1.0, 1.0))
    )
    with simulate(cfg) as (_, scene):
        arm, other = scene["arm"], scene["other"]
        other.write_joint_position_to_sim_index(position=torch.tensor([[0.4, 0.8], [0.2, -0.3]]))
        first = arm.data.body_link_jacobian_w.torch.clone()
        torch.testing.assert_close(first[0], first[1])
        assert (other.data.body_link_jacobian_w.torch - first).abs().max() > 0.05
        arm.write_joint_position_to_sim_index(position=torch.tensor([[0.4, 0.8], [0.2, -0.3]]))
        torch.testing.assert_close(arm.data.body_link_jacobian_w.torch, other.data.body_link_jacobian_w.torch)
        torch.testing.assert_close(arm.data.mass_matrix.torch, other.data.mass_matrix.torch)


@configclass
class ActionsCfg:
    """Joint efforts."""

    efforts = mdp.JointEffortActionCfg(asset_name="arm", joint_names=["joint.*"])


@configclass
class ObservationsCfg:
    """Joint positions."""

    @configclass
    class PolicyCfg(ObservationGroupCfg):
        """One term."""

        joint_pos = ObservationTermCfg(func=mdp.joint_pos, params={"asset_cfg": SceneEntityCfg("arm")})

    policy: PolicyCfg = PolicyCfg()


CUBE, ARM = SceneEntityCfg("cube"), SceneEntityCfg("arm", joint_names=["joint.*"])


@configclass
class EventsCfg:
    """Isaac Lab's randomisation of everything that the engine keeps per environment."""

    mass = EventTermCfg(
        func=mdp.randomize_rigid_body_mass,
        mode="reset",
        params={"asset_cfg": CUBE, "mass_distribution_params": (1.0, 4.0), "operation": "abs"},
    )
    com = EventTermCfg(
        func=mdp.randomize_rigid_body_com,
        mode="reset",
        params={"asset_cfg": CUBE, "com_range": {"x": (-0.02, 0.02)}},
    )
    material = EventTermCfg(
        func=mdp.randomize_rigid_body_material,
        mode="reset",
        params={
            "asset_cfg": CUBE,
            "static_friction_range": (0.2, 2.0),
            "dynamic_friction_range": (0.2, 2.0),
            "restitution_range": (0.0, 0.0),
            "num_buckets": 64,
        },
    )
    gains = EventTermCfg(
        func=mdp.randomize_actuator_gains,
        mode="reset",
        params={
            "asset_cfg": ARM,
            "stiffness_distribution_params": (1.0, 5.0),
            "damping_distribution_params": (0.1, 0.5),
            "operation": "abs",
        },
    )
    joints = EventTermCfg(
        func=mdp.randomize_joint_parameters,
        mode="reset",
        params={
            "asset_cfg": ARM,
            "friction_distribution_params": (0.01, 0.05),
            "armature_distribution_params": (0.01, 0.05),
            "operation": "abs",
        },
    )
    gravity = EventTermCfg(
        func=mdp.randomize_physics_scene_gravity,
        mode="reset",
        params={"gravity_distribution_params": ([0.0, 0.0, -9.0], [0.0, 0.0, -8.0]), "operation": "abs"},
    )


RANDOMIZED = (
    "body_mass",
    "body_ipos",
    "geom_friction",
    "actuator_gainprm",
    "actuator_biasprm",
    "dof_frictionloss",
    "dof_armature",
    "opt.gravity",
)


def test_randomised_properties_are_each_environments_own_and_stay_where_others_reset(arm_file) -> None:
    cfg = ManagerBasedEnvCfg(
        decimation=1, scene=ArmSceneCfg(num_envs=3), actions=ActionsCfg(), observations=ObservationsCfg()
    )
    cfg.scene.arm.spawn = arm_file
    cfg.events = EventsCfg()
    physics = NewtonCfg(
        solver_cfg=MuJoCoSolverCfg(njmax=150, nconmax=40), num_substeps=4, default_shape_cfg=NewtonShapeCfg(gap=0.0)
    )
    cfg.sim = SimulationCfg(device="cpu", dt=DT, physics=physics)
    env = ManagerBasedEnv(cfg)
    try:
        env.reset(seed=3)
        env.step(torch.zeros(3, 2))
        fields = NewtonManager._solver.fields
        before = {name: np.stack([fields.of_world(name, world) for world in range(3)]) for name in RANDOMIZED}
        for name, values in before.items():
            assert not (values[0] == values[1]).all(), name
            assert not (values[1] == values[2]).all(), name
        masses = env.scene["cube"].data.body_mass.torch[:, 0].numpy()
        assert all(masses[world] in before["body_mass"][world] for world in range(3))

        env.reset(env_ids=torch.tensor([1]))
        env.step(torch.zeros(3, 2))
        for name, values in before.items():
            after = np.stack([fields.of_world(name, world) for world in range(3)])
            np.testing.assert_array_equal(after[[0, 2]], values[[0, 2]], err_msg=name)
            assert not (after[1] == values[1]).all(), name
    finally:
        env.close()
