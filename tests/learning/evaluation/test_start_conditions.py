# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""How episodes start, on rows whose start was drawn by the events of PegInsert."""

import math

import pytest
import torch
from isaaclab.managers import EventTermCfg, SceneEntityCfg

from isaaclab_factory import mdp
from isaaclab_factory.learning.evaluation.grasp import Grasp
from isaaclab_factory.learning.evaluation.start_conditions import Quantity, start_conditions
from isaaclab_factory.testing import TermEnv, term_env

NUM_ENVS = 64
NOISE = (0.003, 0.0, 0.0015)
GRASP_OFFSET = (0.0, 0.0, 0.03)
YAW, YAW_NOISE = 0.2, 0.785
FINGERTIP = "panda_fingertip_centered"


def reset_events(scale: float) -> dict[str, EventTermCfg]:
    """Returns the events of a start with this share of the noise."""
    hand = {
        "position": (0.0, 0.0, 0.047),
        "position_noise": (0.02, 0.02, 0.01),
        "yaw": YAW,
        "yaw_noise": YAW_NOISE,
        "gripper_joint_pos": 0.004,
        "seed_joint_pos": (1.5178e-03, -1.9651e-01, -1.4364e-03, -1.9761, -2.7717e-04, 1.7796, 7.8556e-01),
        "asset_cfg": SceneEntityCfg("robot"),
        "arm_joint_names": "panda_joint[1-7]",
        "gripper_joint_names": "panda_finger_joint[1-2]",
        "body_name": FINGERTIP,
    }
    held_part = {
        "grasp_offset": GRASP_OFFSET,
        "position_noise": NOISE,
        "asset_cfg": SceneEntityCfg("held_asset"),
        "robot_cfg": SceneEntityCfg("robot", body_names=FINGERTIP),
    }
    return {
        "start_noise": EventTermCfg(func=mdp.sample_start_noise_scale, mode="reset", params={"scale": scale}),
        "hand": EventTermCfg(func=mdp.reset_hand_above_fixed_part, mode="reset", params=hand),
        "held_part": EventTermCfg(func=mdp.reset_part_in_grasp, mode="reset", params=held_part),
    }


def started(scale: float = 1.0) -> tuple[TermEnv, dict[str, Quantity]]:
    """Returns an environment after a reset, and its start conditions."""
    env = term_env(NUM_ENVS, events=reset_events(scale))
    env.reset(seed=1)
    return env, start_conditions(env, env.command_manager.get_term("assembly_goal"), Grasp.of(env))


@pytest.fixture(scope="module")
def start() -> tuple[TermEnv, dict[str, torch.Tensor]]:
    """An environment after a reset, and the values of its start conditions."""
    env, quantities = started()
    return env, {name: quantity.read() for name, quantity in quantities.items()}


def test_the_quantities_are_those_with_noise(start: tuple) -> None:
    _, values = start
    # there is none along y, along which the fingers are
    assert set(values) == {
        "tip_noise_mm",
        "part_in_hand_x_mm",
        "part_in_hand_z_mm",
        "hand_distance_mm",
        "hand_yaw_deg",
    }


def test_distances_are_horizontal(start: tuple) -> None:
    env, values = start
    goal = env.command_manager.get_term("assembly_goal")
    tip_noise = 1e3 * (goal.noisy_tip_pos_w - goal.tip_pos_w)[:, :2].norm(dim=-1)
    torch.testing.assert_close(values["tip_noise_mm"], tip_noise)
    robot = env.scene["robot"]
    body = robot.find_bodies(FINGERTIP)[0][0]
    distance = 1e3 * (robot.data.body_link_pos_w.torch[:, body] - goal.tip_pos_w)[:, :2].norm(dim=-1)
    torch.testing.assert_close(values["hand_distance_mm"], distance)


@pytest.mark.parametrize(
    ("name", "largest"),
    [("part_in_hand_x_mm", 3.0), ("part_in_hand_z_mm", 1.5), ("hand_yaw_deg", math.degrees(YAW_NOISE))],
)
def test_uniform_noise_fills_its_range(start: tuple, name: str, largest: float) -> None:
    _, values = start
    assert values[name].max() <= largest + 1e-2
    # of 64 uniform draws the largest exceeds 0.9 and the mean is 0.5 +- 0.12 of the range with more than 99.9 %
    assert values[name].max() > 0.9 * largest
    assert values[name].mean() == pytest.approx(0.5 * largest, abs=0.12 * largest)


def test_a_part_that_is_moved_in_the_hand_is_as_far_off() -> None:
    env, quantities = started()
    noise = Grasp.of(env).fingertip_in_part()[:, 2] - GRASP_OFFSET[2]
    pose = env.scene["held_asset"].data.root_link_pose_w.torch.clone()
    pos = pose[:, :3] - env.scene.env_origins + torch.tensor([0.0, 0.0, 0.010])  # the part stands upright
    env.place("held_asset", pos, pose[:, 3:])
    read = quantities["part_in_hand_z_mm"].read
    torch.testing.assert_close(read(), 1e3 * (noise - 0.010).abs(), atol=1e-2, rtol=0.0)


def test_bins_cover_the_range_that_noise_has() -> None:
    _, quantities = started(scale=0.5)
    assert quantities["tip_noise_mm"].edges == pytest.approx([0.0, 0.25, 0.5, 0.75, 1.0, math.inf])
    assert quantities["part_in_hand_x_mm"].edges == pytest.approx([0.0, 0.375, 0.75, 1.125, 1.5])
    assert quantities["hand_distance_mm"].edges[-1] == pytest.approx(1e3 * math.hypot(0.02, 0.02))


def test_without_start_noise_only_the_hand_varies() -> None:
    _, quantities = started(scale=0.0)
    assert set(quantities) == {"hand_distance_mm", "hand_yaw_deg"}
