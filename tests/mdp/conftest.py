# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Four rows to call the terms on: a Franka, a peg and a hole, their goal and the torque action."""

from collections.abc import Iterator

import pytest
import torch
from isaaclab.envs import ManagerBasedRLEnv
from isaaclab.managers import SceneEntityCfg

from isaaclab_factory.testing import TermEnv, term_env
from tests.mdp.peg_env import PegEnvCfg

HOLE = (0.6, 0.0, 0.05)
"""Where the fixed part stands by default, environment frame."""


@pytest.fixture
def env() -> TermEnv:
    """The environment, in which nothing moves."""
    torch.manual_seed(0)
    return term_env(num_envs=4)


@pytest.fixture(scope="module")
def simulated_peg_env() -> Iterator[ManagerBasedRLEnv]:
    """A real environment with a peg in the hand, on the CPU engine."""
    env = ManagerBasedRLEnv(PegEnvCfg())
    yield env
    env.close()


@pytest.fixture
def sim_env(simulated_peg_env) -> ManagerBasedRLEnv:
    """The real environment, after a reset."""
    # Isaac Lab hands what events changed of the model to the solver in the next physics step
    simulated_peg_env.step(torch.zeros(4, 6))
    simulated_peg_env.reset(seed=0)
    return simulated_peg_env


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
def fingertip(env) -> SceneEntityCfg:
    """The robot with the fingertip selected."""
    cfg = SceneEntityCfg("robot", body_names="panda_fingertip_centered")
    cfg.resolve(env.scene)
    cfg.finalize(env.device)
    return cfg


@pytest.fixture
def observe_tip(goal):
    """A function that lets the tip be observed at positions in the world."""

    def observe_tip(pos_w: torch.Tensor) -> None:
        goal.tip_noise_w[:] = pos_w - goal.tip_pos_w

    return observe_tip


@pytest.fixture
def hold(env):
    """A function that puts the held part upright, some way from its place in the hole, and lets a step pass."""

    def hold(heights, sideways=(0.0, 0.0, 0.0, 0.0)) -> None:
        offset = torch.stack((torch.tensor(sideways), torch.zeros(4), torch.tensor(heights)), dim=-1)
        env.place("held_asset", torch.tensor(HOLE) + offset)
        env.step()

    return hold
