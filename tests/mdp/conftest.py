# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Four rows to call the terms on: a Franka, a peg and a hole, their goal and the torque action."""

import pytest
import torch

from isaaclab_factory.testing import TermEnv, term_env

HOLE = (0.6, 0.0, 0.05)
"""Where the fixed part stands by default, environment frame."""


@pytest.fixture
def env() -> TermEnv:
    """The environment."""
    torch.manual_seed(0)
    return term_env(num_envs=4)


@pytest.fixture
def goal(env):
    """The goal of the environment."""
    return env.command_manager.get_term("assembly_goal")


@pytest.fixture
def action(env):
    """The action term of the environment."""
    return env.action_manager.get_term("arm")


@pytest.fixture
def robot(env):
    """The robot of the environment."""
    return env.scene["robot"]


@pytest.fixture
def fingertip(env):
    """The robot with the fingertip selected."""
    from isaaclab.managers import SceneEntityCfg

    cfg = SceneEntityCfg("robot", body_names="panda_fingertip_centered")
    cfg.resolve(env.scene)
    return cfg


@pytest.fixture
def hold(env):
    """A function that puts the held part upright, some way from its place in the hole, and lets a step pass."""

    def hold(heights, sideways=(0.0, 0.0, 0.0, 0.0)):
        offset = torch.stack((torch.tensor(sideways), torch.zeros(4), torch.tensor(heights)), dim=-1)
        env.scene["held_asset"].place(torch.tensor(HOLE) + offset)
        env.step()

    return hold
