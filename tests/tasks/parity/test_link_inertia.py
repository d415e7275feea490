# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The inertia that is added to the robot's links at startup is what the reference adds."""

import pytest
import torch
from isaaclab_tasks.contrib.factory import factory_utils

from tests.tasks.task_env import open_env


def without_added_inertia(cfg) -> None:
    cfg.events.link_inertia = None


@pytest.mark.slow
def test_inertia_of_the_links_and_the_arms_mass_matrix(figures):
    found = []
    for change in (None, without_added_inertia):
        with open_env("PegInsert", 2, change=change) as env:
            robot = env.scene["robot"]
            if change is not None:
                bare = robot.data.mass_matrix.torch.clone()
                factory_utils.set_body_inertias(robot)
            data = robot.data
            found.append((data.body_inertia.torch.clone(), data.mass_matrix.torch.clone()))
    (ours, our_matrix), (theirs, their_matrix) = found
    assert torch.equal(ours, theirs)
    torch.testing.assert_close(our_matrix, their_matrix, atol=1e-6, rtol=1e-6)
    # the last joint turns the hand and what is behind it: link 7, hand, both fingers and the fingertip frame
    added = (their_matrix - bare)[:, 6, 6]
    torch.testing.assert_close(added, torch.full_like(added, 5 * 0.01), atol=1e-5, rtol=0.0)
