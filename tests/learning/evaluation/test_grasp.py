# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""How far a part has moved in the hand, on rows where only the test moves anything."""

import math

import pytest
import torch
from isaaclab.envs.mdp import JointPositionActionCfg
from isaaclab.managers import EventTermCfg, SceneEntityCfg
from isaaclab.utils.math import quat_apply, quat_from_euler_xyz

from isaaclab_factory import mdp
from isaaclab_factory.controllers import pointing_down_quat
from isaaclab_factory.learning.evaluation.grasp import Grasp
from isaaclab_factory.testing import TermEnv, term_env

NUM_ENVS = 4
GRASP_POINT = torch.tensor([0.002, 0.0, 0.03])
"""Position of the fingertip in the part's frame, in m."""
HAND_POS = torch.tensor([[0.5, 0.1, 0.2], [0.6, 0.0, 0.1], [0.55, -0.1, 0.15], [0.5, 0.0, 0.2]])
"""Positions of the fingertip in m, environment frame."""

YAWS = (0.1, 0.2, 0.3, 0.4)
"""Yaws of the part in rad."""

HELD_PART = EventTermCfg(
    func=mdp.reset_part_in_grasp,
    mode="reset",
    params={
        "grasp_offset": (0.0, 0.0, 0.03),
        "position_noise": (0.003, 0.0, 0.003),
        "asset_cfg": SceneEntityCfg("held_asset"),
        "robot_cfg": SceneEntityCfg("robot", body_names="panda_fingertip_centered"),
    },
)


def turns(*angles: float) -> torch.Tensor:
    """Orientations (x, y, z, w) that are turned about the vertical, by one angle in rad per row."""
    zero = torch.zeros(len(angles))
    return quat_from_euler_xyz(zero, zero, torch.tensor(angles))


@pytest.fixture
def env() -> TermEnv:
    """A hand at a pose of its own in every row, and a part in it."""
    torch.manual_seed(0)
    env = term_env(NUM_ENVS, events={"held_part": HELD_PART})
    env.place_fingertip(HAND_POS)
    put_part(env, turns(*YAWS))
    return env


def put_part(env: TermEnv, quat: torch.Tensor) -> None:
    """Put the part where the grasp point is at the fingertip."""
    fingertip = env.scene["robot"].data.body_link_pos_w.torch[:, -1] - env.scene.env_origins
    env.place("held_asset", fingertip - quat_apply(quat, GRASP_POINT.expand(NUM_ENVS, 3)), quat)


def test_the_hand_is_the_robots_fingertip(env: TermEnv) -> None:
    grasp = Grasp.of(env)
    torch.testing.assert_close(grasp.hand_pose_w[:, :3] - env.scene.env_origins, HAND_POS, atol=2e-4, rtol=0.0)
    torch.testing.assert_close(grasp.fingertip_in_part(), GRASP_POINT.expand(NUM_ENVS, 3), atol=1e-5, rtol=0.0)


def test_any_action_term_may_move_the_hand() -> None:
    joints = JointPositionActionCfg(asset_name="robot", joint_names=["panda_joint[1-7]"])
    env = term_env(NUM_ENVS, actions={"arm": joints}, events={"held_part": HELD_PART})
    assert Grasp.of(env).slip().tolist() == [0.0] * NUM_ENVS


def test_without_an_event_that_puts_a_part_in_the_hand_there_is_no_grasp() -> None:
    assert Grasp.of(term_env(NUM_ENVS)) is None
    other = EventTermCfg(func=mdp.sample_start_noise_scale, mode="reset")
    assert Grasp.of(term_env(NUM_ENVS, events={"held_part": other})) is None


def test_a_part_that_moves_with_the_hand_does_not_slip(env: TermEnv) -> None:
    grasp = Grasp.of(env)
    yaw = 0.2
    env.place_fingertip(HAND_POS + 0.02, pointing_down_quat(torch.full((NUM_ENVS,), yaw)))
    put_part(env, turns(*(start + yaw for start in YAWS)))
    assert grasp.slip().max() < 1e-4
    assert grasp.turn().max() < 2e-3


def test_slip_is_the_distance_by_which_the_part_moved(env: TermEnv) -> None:
    grasp = Grasp.of(env)
    pose = env.scene["held_asset"].data.root_link_pose_w.torch.clone()
    pos = pose[:, :3] - env.scene.env_origins + torch.tensor([0.003, 0.0, -0.004])
    env.place("held_asset", pos, pose[:, 3:])
    torch.testing.assert_close(grasp.slip(), torch.full((NUM_ENVS,), 0.005), atol=1e-6, rtol=0.0)


def test_turning_about_the_grasp_is_no_slip(env: TermEnv) -> None:
    grasp = Grasp.of(env)
    angle = math.radians(30.0)
    put_part(env, turns(*(start + angle for start in YAWS)))
    assert grasp.slip().max() < 1e-6
    torch.testing.assert_close(grasp.turn(), torch.full((NUM_ENVS,), angle), atol=1e-3, rtol=0.0)


def test_only_the_marked_environments_start_again(env: TermEnv) -> None:
    grasp = Grasp.of(env)
    pose = env.scene["held_asset"].data.root_link_pose_w.torch.clone()
    env.place("held_asset", pose[:, :3] - env.scene.env_origins + torch.tensor([0.0, 0.0, 0.01]), pose[:, 3:])
    done = torch.arange(NUM_ENVS) < 3
    grasp.mark(done)
    assert grasp.slip()[done].max() < 1e-6
    torch.testing.assert_close(grasp.slip()[~done], torch.full((1,), 0.01), atol=1e-6, rtol=0.0)
