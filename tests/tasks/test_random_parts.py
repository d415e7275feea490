# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Whatever parts a task is composed of: they are refused with a reason, or every episode starts right.

docs/parts.md lists what is refused. Where the parts are accepted, no start may throw a part, press parts into each
other or leave a part outside the hand.
"""

import math
import re

import pytest
import torch
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st
from isaaclab_tasks.utils.hydra import _resolve_active_presets

from isaaclab_factory.geometry import Gear, GearBase, Hole, MetricBolt, MetricNut, Peg
from isaaclab_factory.geometry.sections import SECTIONS
from isaaclab_factory.geometry.thread import METRIC_SIZES
from isaaclab_factory.learning.evaluation.grasp import Grasp
from isaaclab_factory.newton_mujoco.worlds import Worlds
from isaaclab_factory.tasks.assembly_env_cfg import AssemblyEnvCfg
from isaaclab_factory.tasks.gear_mesh_env_cfg import GearMeshEnvCfg
from isaaclab_factory.tasks.nut_thread_env_cfg import NutThreadEnvCfg
from isaaclab_factory.tasks.peg_insert_env_cfg import PegInsertEnvCfg
from tests.tasks.task_env import open_cfg, rest

pytestmark = pytest.mark.long

NUM_ENVS = 8
MOST_PENETRATION = 0.0002
MOST_PRESSED_BY_FINGERS = 0.0005  # MuJoCo's contacts are as soft as a part is light: 0.36 mm into a nut M3 of 0.4 g
MOST_SPEED = 0.5
MOST_SLIP = 0.002

EXAMPLES = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)


def between(least: float, most: float) -> st.SearchStrategy[float]:
    """Numbers with few digits, so that a failure is easy to read."""
    return st.floats(least, most).map(lambda value: round(value, 5))


@st.composite
def pegs_and_holes(draw) -> tuple[Peg, Hole]:
    """Pegs of all sections, from thin and short to wide and long, and holes with room for them."""
    height = draw(between(0.008, 0.05))
    peg = Peg(
        diameter=draw(between(0.003, 0.085)),
        length=height + draw(between(0.012, 0.15)),
        chamfer=draw(between(0.0, 0.0012)),
        section=draw(st.sampled_from(SECTIONS)),
    )
    clearance, chamfer = draw(between(2e-5, 1e-3)), draw(between(0.0, 0.002))
    return peg, Hole.for_peg(peg, clearance=clearance, height=height, chamfer=chamfer)


@st.composite
def gears(draw) -> tuple[Gear, GearBase, Gear, Gear]:
    """Three gears in a row and their base."""
    module, teeth = draw(between(0.0006, 0.002)), [draw(st.integers(15, 60)) for _ in range(3)]
    bore, apart = draw(between(0.004, 0.012)), draw(between(0.0, 0.001))
    common = {"bore_diameter": bore, "base_z": draw(between(0.003, 0.01)), "face_width": draw(between(0.004, 0.02))}
    hub = {"hub_diameter": bore + draw(between(0.003, 0.02)), "hub_height": draw(between(0.006, 0.02))}
    held = Gear(module, teeth[1], first_tooth=math.pi / teeth[1], **hub, **common)
    small_x, large_x = (module / 2.0 * (teeth[1] + other) + apart for other in (teeth[0], teeth[2]))
    small = Gear(module, teeth[0], axis_x=small_x, collider_sides=4, **common)
    large = Gear(module, teeth[2], axis_x=-large_x, collider_sides=4, **common)
    return held, GearBase.for_gears([held, small, large], clearance=draw(between(1e-5, 1e-4))), small, large


@st.composite
def nuts_and_bolts(draw) -> tuple[MetricNut, MetricBolt]:
    """Nuts and bolts of all sizes, the bolts short and long."""
    size = draw(st.sampled_from(list(METRIC_SIZES)))
    return MetricNut(size, friction=0.01), MetricBolt(size, draw(between(0.003, 0.06)))


def check_all(make: type[AssemblyEnvCfg], strategy: st.SearchStrategy) -> None:
    """Compose tasks of drawn parts. Enough of them must be accepted for the test to say something."""
    accepted = []

    @EXAMPLES
    @given(data=st.data())
    def check_one(data) -> None:
        try:
            parts = data.draw(strategy)
            cfg = make()
            cfg.use_parts(*parts)
        except ValueError as error:
            assert re.fullmatch(r"[^\n]*([Pp]eg|[Hh]ole|[Gg]ear|[Nn]ut|[Bb]olt|grasp)[^\n]*", str(error)), error
            return
        check_start(cfg)
        accepted.append(parts)

    check_one()
    assert len(accepted) >= EXAMPLES.max_examples // 4


def check_start(cfg: AssemblyEnvCfg) -> None:
    """Look at the first second of eight episodes."""
    cfg = _resolve_active_presets(cfg, ("newton_mujoco",))
    cfg.scene.num_envs, cfg.sim.device, cfg.seed = NUM_ENVS, "cpu", 0
    with open_cfg(cfg) as env, torch.inference_mode():
        env.reset()
        held, grasp, worlds = env.scene["held_asset"], Grasp.of(env), env.sim.physics_manager.worlds()
        assert not contacts(worlds, deeper_than=-math.inf, of_hand=False)
        for _ in range(15):
            env.step(rest(env))
        speed = held.data.root_com_vel_w.torch[:, :3].norm(dim=-1).max().item()
        slip = grasp.slip().max().item()
        note(f"speed {speed:.3f} m/s, slip {1e3 * slip:.2f} mm")
        assert slip < MOST_SLIP
        assert speed < MOST_SPEED
        assert not contacts(worlds, MOST_PENETRATION, of_hand=False)
        assert not contacts(worlds, MOST_PRESSED_BY_FINGERS, of_hand=True)


def contacts(worlds: Worlds, deeper_than: float, of_hand: bool) -> list[tuple[int, str, float]]:
    """Contacts of the held part that are deeper than a depth in m: those with the hand, or all others."""
    found = []
    for world in range(worlds.num_worlds):
        model, data = worlds.snapshot(world)
        for pair, depth in zip(data.contact.geom, -data.contact.dist, strict=True):
            names = " and ".join(model.body(model.geom_bodyid[geom]).name for geom in pair)
            if "HeldAsset" in names and ("Robot" in names) == of_hand and depth > deeper_than:
                found.append((world, names, depth))
    return found


def test_pegs_and_holes_are_refused_or_start_right() -> None:
    check_all(PegInsertEnvCfg, pegs_and_holes())


def test_gears_are_refused_or_start_right() -> None:
    check_all(GearMeshEnvCfg, gears())


def test_nuts_and_bolts_are_refused_or_start_right() -> None:
    check_all(NutThreadEnvCfg, nuts_and_bolts())
