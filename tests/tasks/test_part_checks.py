# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A held part that does not fit, or would start in another one, is refused, wherever the dimensions come from.

Where the parts come from ``use_parts``, ``test_use_parts.py`` and ``test_random_parts.py`` say more.
"""

import re
from dataclasses import replace

import pytest
from isaaclab_tasks.utils import parse_env_cfg

from isaaclab_factory.assets import fixed_part_cfg, held_part_cfg
from isaaclab_factory.geometry import GEAR_LARGE, GEAR_MEDIUM, GEAR_SMALL, GearBase, Hole, MetricBolt, MetricNut, Peg
from tests.tasks.task_env import gym_id, load_cfg, variants

LEAST = r"^events\.hand\.params\['position'\] must be at least (\S+) m high, .* got (\S+)\.$"


@pytest.mark.parametrize(
    ("task", "overrides", "least"),
    [
        # 15 mm more, where the peg starts at least 1.608 mm above the hole
        ("PegInsert", ["env.scene.fixed_asset.spawn.part.height=0.040"], 0.047 + 0.015 - 0.001608),
        ("PegInsert", ["env.events.hand.params.position_noise=[0.02,0.02,0.02]"], 0.047 + 0.010 - 0.001608),
        ("PegInsert", ["env.events.held_part.params.position_noise=[0,0,0.01]"], 0.047 + 0.007 - 0.001608),
        ("PegInsert", ["env.events.hand.params.position=[0,0,0.04]"], 0.047 - 0.001608),
        # 15 mm more, and 2 mm
        ("NutThread", ["env.scene.fixed_asset.spawn.part.length=0.040"], 0.015 + 0.015 - 0.002),
        # 20 mm more, and 10.5 mm
        ("GearMesh", ["env.scene.fixed_asset.spawn.part.shaft_height=0.040"], 0.035 + 0.020 - 0.0105),
        # a hub of 40 mm on a gear of 10 mm on a plate of 5 mm, beside shafts that reach 25 mm
        (
            "GearMesh",
            [f"env.scene.large_gear.spawn.part.hub_{name}" for name in ("height=0.040", "diameter=0.020")],
            0.035 + 0.030 - 0.0105,
        ),
    ],
)
def test_an_override_is_refused_with_the_height_that_is_enough(task: str, overrides: list[str], least: float) -> None:
    cfg = parse_env_cfg(f"Isaac-Factory-{task}", device="cpu", overrides=["physics=newton_mujoco", *overrides])
    with pytest.raises(ValueError, match=LEAST) as caught:
        cfg.validate()
    said, got = (float(number) for number in re.fullmatch(LEAST, str(caught.value)).groups())
    assert said == pytest.approx(least, abs=1e-6)
    assert got == cfg.events.hand.params["position"][2] < said
    cfg.events.hand.params["position"] = (0.0, 0.0, said + 1e-6)
    assert cfg.validate() == []


@pytest.mark.parametrize(
    ("task", "override", "message"),
    [
        ("PegInsert", "env.scene.held_asset.spawn.part.diameter=0.0095", r"Hole and Peg do not fit: .* got -0\.0002"),
        ("PegInsert", "env.scene.fixed_asset.spawn.part.diameter=0.0079", "Hole and Peg do not fit"),
        ("PegInsert", "env.scene.held_asset.spawn.part.section=square", "square peg and a round hole"),
        ("GearMesh", "env.scene.held_asset.spawn.part.bore_diameter=0.0060", "GearBase and Gear do not fit"),
        ("NutThread", "env.scene.fixed_asset.spawn.part.size=M10", "nut M16 does not go on a bolt M10"),
        ("Isaac-Forge-PegInsert", "env.scene.held_asset.spawn.part.diameter=0.0095", "Hole and Peg do not fit"),
    ],
)
def test_an_override_of_parts_that_do_not_fit_is_refused(task: str, override: str, message: str) -> None:
    cfg = parse_env_cfg(gym_id(task), device="cpu", overrides=["physics=newton_mujoco", override])
    with pytest.raises(ValueError, match=message):
        cfg.validate()


def test_parts_that_do_not_belong_together_are_not_checked() -> None:
    cfg = load_cfg("PegInsert")
    cfg.scene.fixed_asset = fixed_part_cfg(GEAR_LARGE)
    cfg.events.hand = None
    assert cfg.validate() == []


def test_a_part_in_a_configuration_of_ones_own_is_refused_too() -> None:
    cfg = load_cfg("PegInsert")
    cfg.scene.held_asset = held_part_cfg(Peg(0.008, 0.060))
    cfg.events.held_part.params["grasp_offset"] = (0.0, 0.0, 0.050)
    with pytest.raises(ValueError, match=LEAST):
        cfg.validate()


THICK = {"face_width": 0.025}
THICK_GEARS = [replace(GEAR_MEDIUM, **THICK), *(replace(gear, **THICK) for gear in (GEAR_SMALL, GEAR_LARGE))]


@pytest.mark.parametrize(
    ("task", "parts"),
    [
        ("PegInsert", (Peg(0.010, 0.060), Hole.for_peg(Peg(0.010, 0.060), 40e-6))),
        ("PegInsert", (Peg(0.008, 0.200), Hole.for_peg(Peg(0.008, 0.200), 57e-6, height=0.060))),
        ("GearMesh", (THICK_GEARS[0], GearBase.for_gears(THICK_GEARS, clearance=2e-5), *THICK_GEARS[1:])),
        ("NutThread", (MetricNut("M3"), MetricBolt("M3", 0.040))),
        ("NutThread", (MetricNut("M24"), MetricBolt("M24", 0.040))),
    ],
)
def test_parts_that_were_put_in_start_clear_and_need_not_be_higher(task: str, parts: tuple) -> None:
    cfg = load_cfg(task)
    cfg.use_parts(*parts)
    assert cfg.validate() == []
    x, y, height = cfg.events.hand.params["position"]
    cfg.events.hand.params["position"] = (x, y, height - 0.0116)
    with pytest.raises(ValueError, match=LEAST):
        cfg.validate()


@pytest.mark.parametrize(("task", "preset"), variants())
def test_no_variant_of_the_tasks_is_refused(task: str, preset: str | None) -> None:
    assert load_cfg(task, preset).validate() == []


def test_without_the_events_nothing_is_known() -> None:
    cfg = load_cfg("PegInsert")
    cfg.scene.fixed_asset.spawn.part.height = 0.040
    cfg.events.hand = None
    assert cfg.validate() == []
