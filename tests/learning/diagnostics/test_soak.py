# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Stepping a task for long: what is counted."""

from argparse import Namespace

import pytest

from isaaclab_factory.learning.diagnostics import soak
from tests.tasks.task_env import open_env

EPISODE_STEPS = 10
STEPS = 25
NUM_ENVS = 4


def shorten(cfg) -> None:
    """Makes episodes of two thirds of a second."""
    cfg.episode_length_s = EPISODE_STEPS / 15.0


def open_the_hand(cfg) -> None:
    """Lets the hand open, so that the part falls."""
    shorten(cfg)
    cfg.actions.arm.gripper_joint_pos = 0.04


@pytest.mark.slow
@pytest.mark.parametrize("change", [shorten, open_the_hand])
def test_episodes_and_dropped_parts_are_counted(change) -> None:
    with open_env("PegInsert", NUM_ENVS, seed=0, change=change) as env:
        args = Namespace(task="Isaac-Factory-PegInsert", physics_steps=STEPS * NUM_ENVS * 8 - 1)
        result = soak._step(env, args, [])
    assert result.physics_steps == STEPS * NUM_ENVS * 8
    # an environment begins anywhere within an episode, and the second and third last for all of their steps
    assert 2 * NUM_ENVS <= result.episodes <= 3 * NUM_ENVS
    if change is open_the_hand:
        assert NUM_ENVS <= result.dropped <= result.episodes
    else:
        assert result.dropped == 0
        assert result.most_contacts > 0
    assert (result.unstable, result.not_finite, sum(result.overflows.values())) == (0, 0, 0)
    assert 0.2 < result.memory_gb < 8.0


def test_the_table_says_what_was_not_counted() -> None:
    unknown = soak.Soak(
        task="T",
        overrides=[],
        physics="isaacsim_physx",
        num_envs=1,
        most_contacts=None,
        most_constraints=None,
        overflows=None,
        not_finite=0,
        physics_steps=8,
        seconds=60.0,
        episodes=0,
        dropped=None,
        unstable=None,
        memory_gb=1.0,
        memory_growth_gb=-0.002,
    )
    row = [cell(unknown) for cell in soak.COLUMNS.values()]
    assert row[5:] == ["not counted", "not counted", "0", "not counted", "1.00 GB, then -2 MB"]
    assert soak.COLUMNS["minutes"](unknown) == "1.0"
