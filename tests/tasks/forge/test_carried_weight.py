# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The wrist feels the weight of what has one, and a sensor that cannot be there is refused."""

import pytest
import torch

from isaaclab_factory.assets.properties import rigid_body_properties
from tests.tasks.forge.test_wrist_force import NUM_ENVS, TASK, quiet, settle
from tests.tasks.task_env import open_env


def heavy(cfg) -> None:
    """A peg on which gravity acts."""
    quiet(cfg)
    cfg.scene.held_asset.spawn.rigid_props = rigid_body_properties(gravity=True)


@pytest.mark.slow
def test_the_weight_of_a_part_with_gravity_is_felt():
    with open_env(TASK, NUM_ENVS, seed=1, change=heavy) as env:
        felt = settle(env)
        mass = env.scene["held_asset"].data.body_mass.torch[:, 0]
        torch.testing.assert_close(felt[:, 2], -9.81 * mass, atol=0.01, rtol=0.0)


@pytest.mark.parametrize(
    ("body_name", "message"), [("no_such_body", "no_such_body"), ("panda_.*finger", r"must match one body, it matches")]
)
def test_a_sensor_that_is_at_no_body_or_at_several_is_refused(body_name, message):
    def change(cfg):
        cfg.scene.wrist.body_name = body_name

    with pytest.raises(ValueError, match=message), open_env(TASK, 1, change=change):
        pass
