# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Parts of other dimensions start clear of each other and stay in the hand."""

import math

import pytest
import torch
from isaaclab_tasks.utils.hydra import _resolve_active_presets

from isaaclab_factory.geometry import Gear, GearBase, Hole, MetricBolt, MetricNut, Peg
from isaaclab_factory.learning.evaluation.grasp import Grasp
from isaaclab_factory.tasks.gear_mesh_env_cfg import GearMeshEnvCfg
from isaaclab_factory.tasks.nut_thread_env_cfg import NutThreadEnvCfg
from isaaclab_factory.tasks.peg_insert_env_cfg import PegInsertEnvCfg
from tests.tasks.task_env import open_cfg, rest

pytestmark = pytest.mark.slow

NUM_ENVS = 64


def peg_in_hole(peg: Peg, clearance: float):
    """PegInsert with a peg and a hole for it."""
    cfg = PegInsertEnvCfg()
    cfg.use_parts(peg, Hole.for_peg(peg, clearance=clearance))
    return cfg


def nut_on_bolt(size: str, length: float):
    """NutThread with other threads, on a bolt of a length in m: the longer, the more pieces are to be built."""
    cfg = NutThreadEnvCfg()
    cfg.use_parts(MetricNut(size, friction=0.01), MetricBolt(size, length))
    return cfg


def gears(module: float, teeth: tuple[int, int, int], bore: float, hub: float):
    """GearMesh with other gears: of the small, the held and the large one the given teeth."""
    half_pitch = module / 2.0
    held_x = 0.010
    small_x = held_x + half_pitch * (teeth[0] + teeth[1]) + 0.0005
    large_x = held_x - half_pitch * (teeth[1] + teeth[2]) - 0.0005
    common = {"bore_diameter": bore, "base_z": 0.006, "face_width": 0.008}
    small = Gear(module, teeth[0], axis_x=small_x, collider_sides=4, **common)
    held = Gear(
        module,
        teeth[1],
        axis_x=held_x,
        hub_diameter=hub,
        hub_height=0.012,
        first_tooth=math.pi / teeth[1],
        **common,
    )
    large = Gear(module, teeth[2], axis_x=large_x, collider_sides=4, **common)
    cfg = GearMeshEnvCfg()
    cfg.use_parts(held, GearBase.for_gears([held, small, large], clearance=2e-5), small, large)
    return cfg


@pytest.mark.parametrize(
    "cfg",
    [
        pytest.param(peg_in_hole(Peg(0.010, 0.060), 40e-6), id="peg of 10 mm, 40 um to spare"),
        pytest.param(peg_in_hole(Peg(0.012, 0.060), 57e-6), id="peg of 12 mm"),
        pytest.param(peg_in_hole(Peg(0.008, 0.200), 57e-6), id="peg 200 mm long"),
        pytest.param(gears(0.0015, (18, 24, 32), bore=0.008, hub=0.020), id="gears of module 1.5 mm"),
        pytest.param(nut_on_bolt("M3", 0.010), id="nut M3"),
        # test_every_task.py holds it for the example task of these parts
        pytest.param(nut_on_bolt("M8", 0.020), id="nut M8", marks=pytest.mark.long),
    ],
)
def test_no_part_is_lost_in_a_second_of_rest(cfg, figures, request):
    cfg = _resolve_active_presets(cfg, ("newton_mujoco",))
    cfg.scene.num_envs, cfg.sim.device, cfg.seed = NUM_ENVS, "cpu", 0
    with open_cfg(cfg) as env, torch.inference_mode():
        env.reset()
        grasp, fixed = Grasp.of(env), env.scene["fixed_asset"].data.root_link_pose_w.torch
        height = env.command_manager.get_term("assembly_goal").tip_pos_w[:, 2]
        assert (env.scene["held_asset"].data.root_link_pose_w.torch[:, 2] > fixed[:, 2]).all()
        assert not touching_parts(env)
        for _ in range(15):
            env.step(rest(env))
        slip = grasp.slip()
        assert (env.command_manager.get_term("assembly_goal").tip_pos_w[:, 2] == height).all()
    figures("Slip in the hand in a second of rest, mm", f"{request.node.callspec.id}: largest {1e3 * slip.max():.2f}")
    assert slip.max() < 0.001


def touching_parts(env) -> list[int]:
    """The environments in which the held and the fixed part are in contact."""
    touching = []
    for world in range(env.num_envs):
        model, data = env.sim.physics_manager.worlds().snapshot(world)
        for pair in data.contact.geom:
            names = "".join(model.body(model.geom_bodyid[geom]).name for geom in pair)
            if "HeldAsset" in names and "FixedAsset" in names:
                touching.append(world)
    return touching
