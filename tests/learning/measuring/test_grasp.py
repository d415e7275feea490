# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""How far a part has moved in the hand."""

import math
from types import SimpleNamespace

import pytest
import torch
from isaaclab.utils.math import quat_apply, quat_from_euler_xyz, quat_mul, random_orientation

from isaaclab_factory.learning.measuring.grasp import Grasp

NUM_ENVS = 8
GRASP_POINT = torch.tensor([0.02, 0.0, 0.01])
"""Where the fingertip is in the part's frame, in m."""


@pytest.fixture
def scene():
    """A part and a hand that holds it, in any pose, without a simulator."""
    torch.manual_seed(0)
    hand = SimpleNamespace(pos_w=torch.rand(NUM_ENVS, 3), quat_w=random_orientation(NUM_ENVS, "cpu"))
    part = SimpleNamespace(root_quat_w=random_orientation(NUM_ENVS, "cpu"))
    part.root_pos_w = hand.pos_w - quat_apply(part.root_quat_w, GRASP_POINT.expand(NUM_ENVS, 3))
    action_manager = SimpleNamespace(get_term=lambda name: SimpleNamespace(fingertip=hand))
    env = SimpleNamespace(scene={"held_asset": SimpleNamespace(data=part)}, action_manager=action_manager)
    return SimpleNamespace(hand=hand, part=part, grasp=Grasp(env))


def turn_part(scene, angle: float) -> None:
    """Turn the part about the point by which it is held."""
    turn = quat_from_euler_xyz(*torch.tensor([0.0, 0.0, angle]).expand(NUM_ENVS, 3).unbind(-1))
    scene.part.root_quat_w = quat_mul(turn, scene.part.root_quat_w)
    scene.part.root_pos_w = scene.hand.pos_w - quat_apply(scene.part.root_quat_w, GRASP_POINT.expand(NUM_ENVS, 3))


def test_a_part_that_moves_with_the_hand_does_not_slip(scene):
    turn = random_orientation(1, "cpu").expand(NUM_ENVS, 4)
    for pos, quat, body in (("pos_w", "quat_w", scene.hand), ("root_pos_w", "root_quat_w", scene.part)):
        setattr(body, pos, quat_apply(turn, getattr(body, pos)) + 0.3)
        setattr(body, quat, quat_mul(turn, getattr(body, quat)))
    assert scene.grasp.slip().max() < 1e-6
    assert scene.grasp.turn().max() < 1e-3


def test_slip_is_the_distance_by_which_the_part_moved(scene):
    scene.part.root_pos_w = scene.part.root_pos_w + torch.tensor([0.003, 0.0, -0.004])
    torch.testing.assert_close(scene.grasp.slip(), torch.full((NUM_ENVS,), 0.005), atol=1e-6, rtol=0.0)


def test_turning_about_the_grasp_is_no_slip(scene):
    turn_part(scene, math.radians(30.0))
    assert scene.grasp.slip().max() < 1e-6
    torch.testing.assert_close(scene.grasp.turn(), torch.full((NUM_ENVS,), math.radians(30.0)), atol=1e-3, rtol=0.0)


def test_only_the_marked_environments_begin_anew(scene):
    scene.part.root_pos_w = scene.part.root_pos_w + torch.tensor([0.0, 0.0, 0.01])
    done = torch.arange(NUM_ENVS) < 3
    scene.grasp.mark(done)
    assert scene.grasp.slip()[done].max() < 1e-6
    torch.testing.assert_close(scene.grasp.slip()[~done], torch.full((NUM_ENVS - 3,), 0.01), atol=1e-6, rtol=0.0)
