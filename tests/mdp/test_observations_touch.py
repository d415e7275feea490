# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What the robot feels, on a few rows."""

import pytest
import torch
from isaaclab.utils.math import quat_apply_inverse

from isaaclab_factory import mdp

HEIGHT = 0.03
"""Height in m of the fingertip above the observed tip of the fixed part."""

FORCE = torch.tensor([[0.3, -0.2, -2.0], [0.0, 0.0, -1.0], [-1.0, 0.5, 1.5], [0.0, 0.0, 0.0]])
POINT = torch.tensor([[0.002, -0.003, -HEIGHT], [-0.001, 0.0, -HEIGHT], [0.0, 0.004, -HEIGHT], [0.001, 0.0, -HEIGHT]])
"""Forces in N and where their lines of action meet the plane of the tip, in m from the fingertip."""


@pytest.fixture
def push(action, observe_tip):
    """A function that lets the fingertip exert forces at points below it."""
    observe_tip(action.fingertip.pos_w - torch.tensor([0.05, 0.01, HEIGHT]))

    def push(force, point):
        action.felt_wrench_w[:] = torch.cat((force, torch.linalg.cross(point, force)), dim=-1)

    return push


def test_exerted_force_is_that_of_the_controller(env, push):
    push(FORCE, POINT)
    assert torch.equal(mdp.exerted_force(env), FORCE)


def test_contact_point_is_where_the_line_of_action_meets_the_plane_of_the_tip(env, push):
    push(FORCE, POINT)
    found = mdp.contact_point_w(env, force_scale=1e-6)
    torch.testing.assert_close(found[:3], POINT[:3, :2], atol=1e-7, rtol=1e-4)


def test_contact_point_fades_where_the_hand_hardly_pushes(env, push):
    push(torch.tensor([[0.0, 0.0, -0.2]]).repeat(4, 1), POINT)
    torch.testing.assert_close(mdp.contact_point_w(env, force_scale=0.2), 0.5 * POINT[:, :2], atol=1e-7, rtol=1e-4)
    push(torch.zeros(4, 3), POINT)
    assert torch.equal(mdp.contact_point_w(env), torch.zeros(4, 2))


def test_contact_point_is_limited(env, push):
    push(torch.tensor([[2.0, -2.0, -0.5]]).repeat(4, 1), torch.zeros(4, 3))
    expected = torch.tensor([-0.01, 0.01]).expand(4, 2)  # 0.12 m away
    torch.testing.assert_close(mdp.contact_point_w(env, limit=0.01), -expected)


def test_contact_point_in_the_hand_is_along_its_axes(env, push, action):
    push(FORCE, POINT)
    point = torch.cat((mdp.contact_point_w(env), torch.zeros(4, 1)), dim=-1)
    expected = quat_apply_inverse(action.fingertip.quat_w, point)[:, :2]
    torch.testing.assert_close(mdp.contact_point_b(env), expected)
    assert (mdp.contact_point_b(env) - mdp.contact_point_w(env)).abs().max() > 1e-3  # the hand points down
