# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Other parts in a task: which numbers follow from their dimensions, and what is refused."""

import copy
import math
import pickle
from dataclasses import replace

import pytest
from isaaclab.utils import configclass
from isaaclab_tasks.utils import parse_env_cfg
from isaaclab_tasks.utils.hydra import _resolve_active_presets

from isaaclab_factory.assets import FINGERPAD_LENGTH, fixed_part_cfg
from isaaclab_factory.geometry import (
    BOLT_M16,
    GEAR_BASE,
    GEAR_LARGE,
    GEAR_MEDIUM,
    GEAR_SMALL,
    HOLE_8MM,
    NUT_M16,
    PEG_8MM,
    Hole,
    MetricBolt,
    MetricNut,
    Peg,
)
from isaaclab_factory.tasks.forge.gear_mesh_env_cfg import ForgeGearMeshEnvCfg
from isaaclab_factory.tasks.forge.nut_thread_env_cfg import ForgeNutThreadEnvCfg
from isaaclab_factory.tasks.forge.peg_insert_env_cfg import ForgePegInsertEnvCfg
from isaaclab_factory.tasks.gear_mesh_env_cfg import GearMeshEnvCfg
from isaaclab_factory.tasks.nut_thread_env_cfg import NutThreadEnvCfg
from isaaclab_factory.tasks.peg_insert_env_cfg import PegInsertEnvCfg
from tests.tasks.task_env import PRESETS

PEG = Peg(0.012, 0.060, friction=0.3)
HOLE = Hole(0.0121, 0.030, 0.036, friction=0.4)


@configclass
class OtherPegEnvCfg(PegInsertEnvCfg):
    """A task as a user writes it."""

    def __post_init__(self):
        super().__post_init__()
        self.use_parts(PEG, HOLE)


def resolve(cfg, *presets: str):
    """The configuration with its presets chosen, as the command line does it."""
    return _resolve_active_presets(cfg, presets)


def with_parts(cfg, *parts):
    cfg.use_parts(*parts)
    return cfg


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "parts", "name"),
    [
        (PegInsertEnvCfg, (PEG_8MM, HOLE_8MM), "PegInsert"),
        (GearMeshEnvCfg, (GEAR_MEDIUM, GEAR_BASE, GEAR_SMALL, GEAR_LARGE), "GearMesh"),
        (NutThreadEnvCfg, (NUT_M16, BOLT_M16), "NutThread"),
        (ForgePegInsertEnvCfg, (PEG_8MM, HOLE_8MM), "Isaac-Forge-PegInsert"),
        (ForgeGearMeshEnvCfg, (GEAR_MEDIUM, GEAR_BASE, GEAR_SMALL, GEAR_LARGE), "Isaac-Forge-GearMesh"),
        (ForgeNutThreadEnvCfg, (NUT_M16, BOLT_M16), "Isaac-Forge-NutThread"),
    ],
)
def test_the_default_parts_change_nothing(make, parts, name):
    for presets in ((), *((preset,) for preset in PRESETS[name] if preset != "tight")):
        expected = flat(resolve(make(), *presets).to_dict())
        found = flat(resolve(with_parts(make(), *parts), *presets).to_dict())
        assert found.keys() == expected.keys()
        # products and differences of the same numbers are rounded
        for path in found.keys() - {path for path in found if found[path] == expected[path]}:
            assert found[path] == pytest.approx(expected[path], abs=1e-12), path


@pytest.mark.parametrize(
    ("make", "first", "second"),
    [
        (PegInsertEnvCfg, (Peg(0.012, 0.080), Hole(0.0121, 0.030, 0.036)), (PEG, HOLE)),
        (NutThreadEnvCfg, (MetricNut("M8"), MetricBolt("M8", 0.02)), (MetricNut("M20"), MetricBolt("M20", 0.03))),
        (ForgePegInsertEnvCfg, (Peg(0.012, 0.080), Hole(0.0121, 0.030, 0.036)), (PEG, HOLE)),
        (ForgeNutThreadEnvCfg, (MetricNut("M8"), MetricBolt("M8", 0.02)), (MetricNut("M20"), MetricBolt("M20", 0.03))),
    ],
)
def test_parts_can_be_put_in_after_others(make, first, second):
    """A user derives from a task that has other parts already."""
    expected = flat(with_parts(make(), *second).to_dict())
    found = flat(with_parts(with_parts(with_parts(make(), *first), *second), *second).to_dict())
    assert found.keys() == expected.keys()
    for path in found.keys() - {path for path in found if found[path] == expected[path]}:
        assert found[path] == pytest.approx(expected[path], abs=1e-12), path


def test_forge_keeps_what_is_not_known_of_other_parts():
    cfg = resolve(with_parts(ForgePegInsertEnvCfg(), PEG, HOLE), "search")
    assert cfg.scene.fixed_asset.spawn.part == HOLE
    assert cfg.scene.fixed_asset.spawn.to_dict() == fixed_part_cfg(HOLE, decides_friction=True).spawn.to_dict()
    friction = cfg.events.fixed_asset_friction.params
    assert friction["static_friction_range"] == pytest.approx((0.5 * (0.25 + 0.3), 0.5 * (1.25 + 0.3)))
    assert friction["num_buckets"] == 128
    assert cfg.rewards.search.params["radius"] == pytest.approx(1.4e-3 * 5e-5 / 1.507e-3)
    assert cfg.events.held_mass.params["mass_distribution_params"] == (-0.005, 0.005)


def test_forge_never_takes_more_than_half_of_a_parts_mass():
    nut = MetricNut("M6")
    cfg = resolve(with_parts(ForgeNutThreadEnvCfg(), nut, MetricBolt("M6", 0.02)))
    half = 0.5 * nut.mass_properties.mass
    assert half < 0.002
    assert cfg.events.held_mass.params["mass_distribution_params"] == (-half, half)


def flat(cfg: dict, path: str = "") -> dict:
    """The numbers of a nested configuration by their path."""
    pairs = {}
    for name, value in cfg.items():
        if isinstance(value, dict):
            pairs |= flat(value, f"{path}/{name}")
        else:
            pairs[f"{path}/{name}"] = value
    return pairs


def test_numbers_follow_from_the_dimensions_of_peg_and_hole():
    cfg = resolve(OtherPegEnvCfg())
    assert (cfg.scene.held_asset.spawn.part, cfg.scene.fixed_asset.spawn.part) == (PEG, HOLE)
    goal = cfg.commands.assembly_goal
    assert goal.tip_offset == (0.0, 0.0, 0.030)
    assert goal.target_offset == goal.held_base_offset == (0.0, 0.0, 0.0)
    assert (goal.success_height, goal.engaged_height) == pytest.approx((0.0012, 0.027))
    hand, held = cfg.events.hand.params, cfg.events.held_part.params
    assert hand["gripper_joint_pos"] == 0.006 - 1e-5
    assert held["grasp_offset"] == pytest.approx((0.0, 0.0, 0.060 - 0.017608))
    # the means with the 0.75 of everything else
    for term, friction in (("held_asset_friction", 0.525), ("fixed_asset_friction", 0.575)):
        params = getattr(cfg.events, term).params
        assert params["static_friction_range"] == params["dynamic_friction_range"]
        assert params["static_friction_range"] == pytest.approx((friction, friction))


def test_numbers_follow_from_the_dimensions_of_nut_and_bolt():
    cfg = resolve(with_parts(NutThreadEnvCfg(), MetricNut("M20"), MetricBolt("M20", 0.03)))
    goal = cfg.commands.assembly_goal
    # ISO: pitch 2.5 mm, head 12.5 mm high, 30 mm across flats
    assert goal.thread_pitch == 0.0025
    assert goal.tip_offset == pytest.approx((0.0, 0.0, 0.0425))
    assert goal.target_offset == pytest.approx((0.0, 0.0, 0.0425 - 0.00375))
    assert goal.held_base_offset == cfg.events.held_part.params["grasp_offset"] == (0.0, 0.0, 0.0125)
    assert (goal.success_height, goal.engaged_height) == pytest.approx((0.0009375, 0.00125))
    assert (goal.seated_play, goal.seated_offset) == pytest.approx((0.00025, 0.000625))
    assert cfg.events.hand.params["gripper_joint_pos"] == 0.015 - 1e-5


@pytest.mark.parametrize("preset", [None, *PRESETS["NutThread"]])
def test_the_keypoint_rewards_of_every_variant_get_steeper_with_a_finer_pitch(preset):
    presets = () if preset is None else (preset,)
    coarse = resolve(NutThreadEnvCfg(), *presets).rewards
    fine = resolve(with_parts(NutThreadEnvCfg(), MetricNut("M8"), MetricBolt("M8", 0.020)), *presets).rewards
    for name in ("keypoint_baseline", "keypoint_coarse", "keypoint_fine"):
        before, after = (getattr(rewards, name).params for rewards in (coarse, fine))
        assert after["sharpness"] == pytest.approx(before["sharpness"] * 2.0 / 1.25)
        assert after["offset"] == before["offset"]


@pytest.mark.parametrize(
    ("peg", "hole"),
    [
        (Peg(0.010, 0.060), Hole.for_peg(Peg(0.010, 0.060), 0.00004)),
        (Peg(0.012, 0.060), Hole.for_peg(Peg(0.012, 0.060))),
        (Peg(0.008, 0.200), Hole.for_peg(Peg(0.008, 0.200), 0.0001, height=0.040)),
        (Peg(0.008, 0.046), Hole(0.0081, 0.025, 0.025)),
    ],
)
def test_the_lower_end_of_any_peg_starts_above_the_hole(peg, hole):
    cfg = resolve(with_parts(PegInsertEnvCfg(), peg, hole))
    hand, held = cfg.events.hand.params, cfg.events.held_part.params
    # heights over the tip of the fixed part
    lowest = hand["position"][2] - hand["position_noise"][2] - held["grasp_offset"][2] - held["position_noise"][2]
    assert lowest == pytest.approx(0.047 - 0.010 - 0.003 - (0.050 - 0.017608))
    assert lowest > 0.001


@pytest.mark.parametrize("size", ["M3", "M5", "M8", "M16", "M20"])
def test_any_nut_starts_above_the_bolt_between_the_pads(size):
    bolt = MetricBolt(size, 0.020)
    nut = MetricNut(size)
    cfg = resolve(with_parts(NutThreadEnvCfg(), nut, bolt))
    hand, held = cfg.events.hand.params, cfg.events.held_part.params
    assert hand["position"][2] - hand["position_noise"][2] - held["position_noise"][2] > 0.001
    assert held["grasp_offset"][2] == nut.base_height
    # the pads begin at the fingertip: at least 60 % of the nut's height is between them
    assert held["position_noise"][2] <= 0.4 * nut.height
    # and three quarters of a flat of it are under the middle of the pads
    assert held["position_noise"][1] <= 0.25 * nut.sizes.width_across_flats / math.sqrt(3.0)


def test_the_thread_starts_the_same_whatever_the_size_and_length_of_the_bolt():
    # a nut whose frame is the bolt's fits its thread; one that is h higher fits it turned by h / pitch turns
    def turns_at_the_tip(size: str, length: float) -> list[float]:
        bolt = MetricBolt(size, length)
        yaw_range = with_parts(NutThreadEnvCfg(), MetricNut(size), bolt).events.fixed_part.params["yaw_range"]
        return [(yaw / (2.0 * math.pi) + bolt.length / bolt.pitch) % 1.0 for yaw in yaw_range]

    reference = NutThreadEnvCfg().events.fixed_part.params["yaw_range"]
    expected = [(yaw / (2.0 * math.pi) + 0.025 / 0.002) % 1.0 for yaw in reference]
    for size, length in (("M8", 0.020), ("M8", 0.0173), ("M20", 0.030), ("M16", 0.025)):
        assert turns_at_the_tip(size, length) == pytest.approx(expected)


def test_configurations_share_no_state():
    first, second = OtherPegEnvCfg(), OtherPegEnvCfg()
    untouched = second.to_dict()
    first.scene.held_asset.spawn.part.diameter = 0.01
    first.commands.assembly_goal.success_height = 1.0
    first.events.held_part.params["grasp_yaw"] = 1.0
    first.actions.default.arm.ema_factor = 0.5
    assert second.to_dict() == untouched == OtherPegEnvCfg().to_dict()


def test_copies_are_equal_and_keep_what_was_changed_after_the_parts():
    # not with cfg.copy() or cfg.replace(): Isaac Lab runs __post_init__ again in them
    cfg = parse_env_cfg("Isaac-Factory-SquarePegInsert", device="cpu", num_envs=7)
    cfg.events.held_part.params["position_noise"] = (0.0, 0.0, 0.0)
    cfg.events.start_noise.params["scale"] = 0.5
    cfg.commands.assembly_goal.success_height = 0.002
    expected = cfg.to_dict()
    assert copy.deepcopy(cfg).to_dict() == expected
    assert pickle.loads(pickle.dumps(cfg)).to_dict() == expected


@pytest.mark.parametrize(
    ("override", "path", "value"),
    [
        ("env.scene.held_asset.spawn.part.diameter=0.0119", "scene.held_asset.spawn.part.diameter", 0.0119),
        ("env.events.held_part.params.position_noise=[0,0,0]", "events.held_part.params.position_noise", [0, 0, 0]),
        ("env.events.hand.params.yaw_noise=0.2", "events.hand.params.yaw_noise", 0.2),
        ("env.commands.assembly_goal.success_height=0.002", "commands.assembly_goal.success_height", 0.002),
    ],
)
def test_an_override_of_the_command_line_changes_what_it_names_and_nothing_else(override, path, value):
    task = "Isaac-Factory-SquarePegInsert"
    expected = parse_env_cfg(task, device="cpu").to_dict()
    *keys, last = path.split(".")
    level = expected
    for key in keys:
        level = level[key]
    assert level[last] != value
    level[last] = value
    assert parse_env_cfg(task, device="cpu", overrides=[override]).to_dict() == expected


@pytest.mark.parametrize(
    ("make", "parts", "said"),
    [
        (
            PegInsertEnvCfg,
            (Peg(0.0092, 0.050), Hole(0.009, 0.025, 0.025)),
            "Hole and Peg do not fit: .* got -0.000100 m",
        ),
        (PegInsertEnvCfg, (Peg(0.008, 0.050, section="square"), HOLE_8MM), "square peg and a round hole"),
        (
            PegInsertEnvCfg,
            (Peg(0.02, 0.050, section="pentagon"), Hole(0.0201, 0.025, 0.05, section="pentagon")),
            "two parallel sides, which a pentagon does not have; choose one of round, square, hexagon, octagon",
        ),
        (PegInsertEnvCfg, (Peg(0.081, 0.050), Hole.for_peg(Peg(0.081, 0.050), 0.001)), "0.08 m .* got a grasp 0.081 m"),
        (PegInsertEnvCfg, (Peg(0.008, 0.030), Hole(0.0081, 0.025, 0.025)), "Peg: length must be .* got 0.03"),
        (
            GearMeshEnvCfg,
            (replace(GEAR_MEDIUM, hub_height=0.008), GEAR_BASE, GEAR_SMALL, GEAR_LARGE),
            "hub_height of the gear in the hand must be at least 0.0085 m",
        ),
        (
            GearMeshEnvCfg,
            (replace(GEAR_MEDIUM, axis_x=0.0), GEAR_BASE, GEAR_SMALL, GEAR_LARGE),
            "axis_x must be the place of a shaft, .* got 0.0",
        ),
        (
            GearMeshEnvCfg,
            (replace(GEAR_MEDIUM, teeth=38), GEAR_BASE, GEAR_SMALL, GEAR_LARGE),
            "gears of 38 and 20 teeth mesh with their axes 0.029000 m to less than a module more apart, got 0.030500 m",
        ),
        (
            GearMeshEnvCfg,
            (replace(GEAR_MEDIUM, module=0.00101), GEAR_BASE, GEAR_SMALL, GEAR_LARGE),
            "same module",
        ),
        (
            GearMeshEnvCfg,
            (replace(GEAR_MEDIUM, bore_diameter=0.009), GEAR_BASE, GEAR_SMALL, GEAR_LARGE),
            "GearBase and Gear do not fit",
        ),
        (NutThreadEnvCfg, (MetricNut("M8"), MetricBolt("M10", 0.02)), "nut M8 does not go on a bolt M10"),
        (NutThreadEnvCfg, (MetricNut("M16"), MetricBolt("M16", 0.0045)), "MetricBolt: length must be .* got 0.0045"),
    ],
)
def test_parts_that_cannot_be_assembled_are_refused_in_one_line_with_what_is_wrong(make, parts, said):
    with pytest.raises(ValueError, match=said) as caught:
        make().use_parts(*parts)
    assert "\n" not in str(caught.value)


def test_the_fingers_of_a_hand_that_holds_the_shortest_peg_stay_above_the_hole():
    shortest = HOLE_8MM.height + FINGERPAD_LENGTH + 0.003
    PegInsertEnvCfg().use_parts(Peg(0.008, shortest + 1e-6), HOLE_8MM)
    with pytest.raises(ValueError, match="length must be"):
        PegInsertEnvCfg().use_parts(Peg(0.008, shortest - 1e-6), HOLE_8MM)
