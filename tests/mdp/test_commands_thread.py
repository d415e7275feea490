# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""When a nut is threaded, and when it is on the thread."""

import math

import pytest
import torch
from scipy.spatial.transform import Rotation

from isaaclab_factory import mdp
from isaaclab_factory.controllers import pointing_down_quat

PITCH, HEAD, LENGTH = 0.002, 0.010, 0.025
BOLT = torch.tensor([0.6, 0.0, 0.05])


@pytest.fixture
def goal(env):
    """A goal of threading in place of the environment's; the hand stands at a yaw of -0.1."""
    cfg = mdp.ThreadGoalCfg(
        held_asset_name="held_asset",
        fixed_asset_name="fixed_asset",
        tip_offset=(0.0, 0.0, HEAD + LENGTH),
        target_offset=(0.0, 0.0, HEAD + LENGTH - 1.5 * PITCH),
        held_base_offset=(0.0, 0.0, HEAD),
        success_height=0.375 * PITCH,
        engaged_height=0.5 * PITCH,
        thread_pitch=PITCH,
        robot_name="robot",
        body_name="panda_fingertip_centered",
    )
    goal = mdp.ThreadGoal(cfg, env)
    goal.reset(torch.arange(4))
    turn_hand(env, -0.1)
    return goal


def turn_hand(env, yaw: float) -> None:
    env.place_fingertip((0.6, 0.0, 0.1), pointing_down_quat(torch.tensor(yaw)))


def place_nut(env, turns, yaw=0.0, tilt=0.0, sideways=0.0) -> None:
    """Put the nut's frame some turns above the bolt's, and turn, tilt and shift it."""
    quat = torch.from_numpy(Rotation.from_euler("xyz", [tilt, 0.0, yaw]).as_quat()).float()
    pos = BOLT.repeat(4, 1)
    pos[:, 0] += sideways
    pos[:, 2] += PITCH * torch.tensor(turns)
    env.place("held_asset", pos, quat)
    env.step()


def test_success_needs_the_height_and_the_hand_turned_past_zero(env, goal):
    # the target is 11 turns above the head
    place_nut(env, (11.0, 11.37, 11.38, 11.51))
    assert goal.success.tolist() == [True, True, False, False]
    assert goal.engaged.tolist() == [True, True, True, False]
    turn_hand(env, 0.1)
    place_nut(env, (11.0, 11.37, 11.38, 11.51))
    assert not goal.success.any()
    assert goal.engaged.tolist() == [True, True, True, False]


def test_yaws_beyond_the_unwrapping_angle_count_as_a_turn_less(env, goal):
    for yaw, expected in (
        (3.0, 3.0),
        (-2.0, -2.0),
        (math.radians(234.0), math.radians(234.0)),
        (4.2, 4.2 - 2 * math.pi),
    ):
        # some are beyond the arm's reach, so they are written into the data
        hand = env.scene["robot"].data.body_link_pose_w.torch[:, -1]
        hand[:, 3:] = pointing_down_quat(torch.tensor(yaw))
        torch.testing.assert_close(goal.hand_yaw, torch.full((4,), expected), atol=1e-5, rtol=0.0)


def test_a_nut_whose_height_belongs_to_its_yaw_is_on_the_thread(env, goal):
    # 2.5 turns are 12.5 of the thread less 10
    place_nut(env, (10.0, 10.05, 10.25, 10.5))
    torch.testing.assert_close(goal.turns_on_thread, torch.tensor([2.5, 2.45, 0.0, 0.0]), atol=1e-4, rtol=0.0)
    place_nut(env, (10.0, 10.05, 10.25, 10.5), yaw=math.pi / 2)
    torch.testing.assert_close(goal.turns_on_thread, torch.tensor([0.0, 0.0, 2.25, 0.0]), atol=1e-4, rtol=0.0)
    goal.compute(env.step_dt)
    assert goal.metrics["seated"].tolist() == goal.turns_on_thread.tolist()


def test_a_nut_that_is_askew_or_beside_the_bolt_or_above_it_is_not(env, goal):
    place_nut(env, (10.0,) * 4, tilt=math.radians(4.0))
    assert not goal.turns_on_thread.any()
    place_nut(env, (10.0,) * 4, sideways=0.0006)
    assert not goal.turns_on_thread.any()
    place_nut(env, (13.0,) * 4)
    assert not goal.turns_on_thread.any()


def test_seated_turns_are_logged_with_the_other_metrics(env, goal):
    place_nut(env, (10.0, 10.25, 10.0, 10.0))
    goal.compute(env.step_dt)
    assert goal.reset(torch.tensor([0, 1]))["seated"] == pytest.approx(1.25)
    assert goal.last_episode["seated"][:2].tolist() == pytest.approx([2.5, 0.0], abs=1e-4)
