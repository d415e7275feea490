# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A task composed of an assembly: where its numbers go, what can be done with its configuration, what is refused."""

import math
import pickle
from pathlib import Path

import gymnasium as gym
import pytest
import yaml
from isaaclab.utils import configclass
from isaaclab.utils.io import dump_yaml
from isaaclab_tasks.utils import parse_env_cfg

from isaaclab_factory import mdp
from isaaclab_factory.assets import hole_cfg, peg_cfg
from isaaclab_factory.geometry import Gear, GearBase, Hole, MetricBolt, MetricNut, Peg
from isaaclab_factory.learning.configs import load_configs
from isaaclab_factory.tasks.assembly import (
    AssemblyCfg,
    GraspCfg,
    HandCfg,
    NoiseCfg,
    gear_on_shaft,
    nut_on_bolt,
    peg_in_hole,
)
from isaaclab_factory.tasks.assembly_env_cfg import AssemblyEnvCfg
from isaaclab_factory.tasks.peg_insert_env_cfg import PegInsertEnvCfg

FACTORY = ["PegInsert", "GearMesh", "NutThread"]
TASKS = [
    *FACTORY,
    *(f"{task}-Search" for task in FACTORY),
    "PegInsert-SearchMotion",
    "GearMesh-SearchMotion",
    "PegInsert-NoNoise",
    "SquarePegInsert",
    "NutThreadM8",
]
IDS = [f"Isaac-Factory-{task}{play}-v0" for task in TASKS for play in ("", "-Play")]

PEG = Peg(0.012, 0.060, friction=0.3)
HOLE = Hole(0.0121, 0.030, 0.036, friction=0.4)


@configclass
class PegEnvCfg(AssemblyEnvCfg):
    """A task as a user writes it."""

    assembly = peg_in_hole(PEG, HOLE)
    episode_length_s = 5.0


def assembly_of_odd_numbers() -> AssemblyCfg:
    return AssemblyCfg(
        held_asset=peg_cfg(PEG),
        fixed_asset=hole_cfg(HOLE),
        goal=mdp.AssemblyGoalCfg(tip_offset=(0.0, 0.01, 0.03), success_height=0.001, engaged_height=0.02),
        hand=HandCfg(position=(0.01, 0.02, 0.03), yaw=0.1),
        grasp=GraspCfg(offset=(0.001, 0.002, 0.040), yaw=0.2, width=0.012),
        noise=NoiseCfg(
            fixed_position=(0.04, 0.03, 0.02),
            fixed_yaw_range=(0.5, 0.6),
            hand_position=(0.011, 0.012, 0.013),
            hand_yaw=0.7,
            held_position=(0.0011, 0.0012, 0.0013),
        ),
    )


def test_every_number_of_the_assembly_goes_where_the_managers_read_it():
    assembly = assembly_of_odd_numbers()
    cfg = AssemblyEnvCfg(assembly=assembly, episode_length_s=5.0)
    assert cfg.assembly is None
    assert cfg.scene.held_asset.to_dict() == assembly.held_asset.to_dict()
    assert cfg.scene.fixed_asset.to_dict() == assembly.fixed_asset.to_dict()
    assert cfg.commands.assembly_goal.to_dict() == assembly.goal.to_dict()
    hand, held, fixed = cfg.events.hand.params, cfg.events.held_part.params, cfg.events.fixed_part.params
    assert (hand["position"], hand["position_noise"]) == ((0.01, 0.02, 0.03), (0.011, 0.012, 0.013))
    assert (hand["yaw"], hand["yaw_noise"], hand["gripper_joint_pos"]) == (0.1, 0.7, 0.006 - 1e-5)
    assert (held["grasp_offset"], held["grasp_yaw"]) == ((0.001, 0.002, 0.040), 0.2)
    assert held["position_noise"] == (0.0011, 0.0012, 0.0013)
    assert (fixed["position_noise"], fixed["yaw_range"]) == ((0.04, 0.03, 0.02), (0.5, 0.6))
    assert cfg.events.held_asset_friction.params["friction"] == 0.3
    assert cfg.events.fixed_asset_friction.params["friction"] == 0.4
    cfg.validate()


def test_an_assembly_can_be_given_by_a_subclass_or_an_argument():
    by_subclass, by_argument = PegEnvCfg(), PegInsertEnvCfg(assembly=peg_in_hole(PEG, HOLE), episode_length_s=5.0)
    assert by_subclass.scene.held_asset.spawn.part == PEG
    assert by_subclass.to_dict() == by_argument.to_dict()


def test_configurations_share_no_state_with_each_other_nor_with_the_assembly():
    assembly = peg_in_hole(PEG, HOLE)
    first, second = PegInsertEnvCfg(assembly=assembly), PegInsertEnvCfg(assembly=assembly)
    untouched = second.to_dict()
    first.scene.held_asset.spawn.part.diameter = 0.01
    first.commands.assembly_goal.success_height = 1.0
    first.events.held_part.params["grasp_yaw"] = 1.0
    assert second.to_dict() == PegInsertEnvCfg(assembly=assembly).to_dict() == untouched
    assert assembly.to_dict() == peg_in_hole(PEG, HOLE).to_dict()


def test_another_assembly_in_a_copy_leaves_the_original_as_it_is():
    cfg = PegInsertEnvCfg()
    before = cfg.to_dict()
    other = cfg.replace(assembly=peg_in_hole(PEG, HOLE))
    assert cfg.to_dict() == before
    assert other.scene.held_asset.spawn.part == PEG
    assert other.commands.assembly_goal.tip_offset == (0.0, 0.0, 0.030)


@pytest.mark.parametrize("task", IDS)
def test_copies_are_equal_and_keep_what_was_changed_after_the_assembly(task):
    cfg = parse_env_cfg(task, device="cpu", num_envs=7)
    cfg.events.held_part.params["position_noise"] = (0.0, 0.0, 0.0)
    cfg.events.start_noise.params["scale"] = 0.5
    cfg.commands.assembly_goal.success_height = 0.002
    cfg.rewards.lateral_alignment.weight = 3.0
    expected = cfg.to_dict()
    assert cfg.copy().to_dict() == cfg.replace(seed=cfg.seed).to_dict() == expected
    assert pickle.loads(pickle.dumps(cfg)).to_dict() == expected


def test_the_snapshot_of_a_configuration_tells_each_number_once(tmp_path: Path):
    dump_yaml(str(tmp_path / "env.yaml"), PegEnvCfg())
    snapshot = yaml.unsafe_load((tmp_path / "env.yaml").read_text())
    assert snapshot["assembly"] is None
    assert snapshot["scene"]["held_asset"]["spawn"]["part"]["diameter"] == 0.012
    assert snapshot["events"]["held_part"]["params"]["position_noise"] == (0.003, 0.0, 0.003)


@pytest.mark.parametrize(
    ("override", "path", "value"),
    [
        ("env.scene.held_asset.spawn.part.diameter=0.0119", "scene.held_asset.spawn.part.diameter", 0.0119),
        ("env.events.held_part.params.position_noise=[0,0,0]", "events.held_part.params.position_noise", [0, 0, 0]),
        ("env.events.held_asset_friction.params.friction=0.2", "events.held_asset_friction.params.friction", 0.2),
        ("env.commands.assembly_goal.success_height=0.002", "commands.assembly_goal.success_height", 0.002),
    ],
)
def test_a_hydra_override_changes_what_it_names_and_nothing_else(override, path, value):
    task = "Isaac-Factory-SquarePegInsert-v0"
    expected = parse_env_cfg(task, device="cpu").to_dict()
    cfg, _ = load_configs(task, "rsl_rl_cfg_entry_point", [override])
    *keys, last = path.split(".")
    level = expected
    for key in keys:
        level = level[key]
    assert level[last] != value
    level[last] = type(level[last])(value)
    assert cfg.to_dict() == expected


def test_the_thread_starts_the_same_whatever_the_size_and_length_of_the_bolt():
    # a nut whose frame is the bolt's fits its thread; one that is h higher fits it turned by h / pitch turns
    def turns_at_the_tip(nut: MetricNut | None, bolt: MetricBolt | None) -> list[float]:
        cfg = nut_on_bolt(nut, bolt)
        bolt = cfg.fixed_asset.spawn.part
        return [(yaw / (2.0 * math.pi) + bolt.length / bolt.pitch) % 1.0 for yaw in cfg.noise.fixed_yaw_range]

    reference = turns_at_the_tip(None, None)
    for size, length in (("M8", 0.020), ("M8", 0.0173), ("M20", 0.030), ("M16", 0.025)):
        assert turns_at_the_tip(MetricNut(size), MetricBolt(size, length)) == pytest.approx(reference)


def make_wide(cfg: AssemblyCfg) -> AssemblyCfg:
    cfg.grasp.width = 0.081
    return cfg


def without_dimensions(cfg: AssemblyCfg) -> AssemblyCfg:
    import isaaclab.sim as sim_utils

    cfg.held_asset.spawn = sim_utils.CuboidCfg(size=(0.01, 0.01, 0.05))
    return cfg


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: peg_in_hole(Peg(0.0082, 0.050)), "Hole and Peg do not fit: .* positive, got -0.000050 m"),
        (lambda: peg_in_hole(Peg(0.008, 0.050, section="square")), "square peg and a round hole"),
        (lambda: nut_on_bolt(MetricNut("M8"), MetricBolt("M10", 0.02)), "nut M8 does not go on a bolt M10"),
        (lambda: gear_on_shaft(Gear(0.001, 40, 0.01, 0.0099, 0.03, 0.01)), "GearBase and Gear do not fit"),
        (lambda: gear_on_shaft(Gear(0.001, 40, 0.01, 0.01)), "no hub"),
        (lambda: gear_on_shaft(shaft=3), "3 shafts, of index 0 on; there is none of index 3"),
        (lambda: gear_on_shaft(None, GearBase(0.009, 0.02, (0.0,), 0.06, 0.06, 0.005)), "none of index 1"),
        (lambda: AssemblyEnvCfg(assembly=make_wide(assembly_of_odd_numbers())), r"up to 0.08 m .* got a grasp 0.081 m"),
        (lambda: PegInsertEnvCfg(assembly=without_dimensions(peg_in_hole())), "The dimensions of .* are not known"),
    ],
)
def test_what_cannot_be_is_refused_with_what_is_wrong(make, said):
    with pytest.raises(ValueError, match=said) as caught:
        make()
    assert "\n" not in str(caught.value)


def test_a_peg_wider_than_the_gripper_opens_is_refused():
    peg = Peg(0.081, 0.050)
    with pytest.raises(ValueError, match=r"up to 0\.08 m"):
        PegInsertEnvCfg(assembly=peg_in_hole(peg, Hole.for_peg(peg, 0.001)))


@pytest.mark.parametrize("arguments", [{}, {"assembly": None}, {"assembly": PEG}])
def test_a_missing_assembly_is_told(arguments):
    with pytest.raises(ValueError, match=r"^AssemblyEnvCfg needs an AssemblyCfg as assembly, such as peg_in_hole\(\)"):
        AssemblyEnvCfg(**arguments)


def test_missing_fields_of_an_assembly_are_named():
    lacking = AssemblyCfg(held_asset=peg_cfg(), fixed_asset=hole_cfg(), hand=HandCfg(), grasp=GraspCfg(width=0.01))
    with pytest.raises(ValueError, match=r"^The assembly lacks goal, hand\.position, grasp\.offset\.$"):
        AssemblyEnvCfg(assembly=lacking)


def test_every_registered_task_is_tested_here():
    ours = {name for name in gym.registry if name.startswith("Isaac-Factory-") and "-Direct-" not in name}
    assert ours == set(IDS)
