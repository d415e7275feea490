# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A task goes on in another process exactly where it was in the first."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import gymnasium
import pytest
import torch

from isaaclab_factory.app import launch
from isaaclab_factory.learning.episodes import EpisodeRecorder
from isaaclab_factory.learning.run_folder.resuming import ResumableEnv

STEPS = 40
"""More than an episode of the environments below, so that some end before and some after they are interrupted."""


@contextmanager
def environments(task: str, seed: int, without_reward: str | None = None) -> Iterator[ResumableEnv]:
    """Two environments as a training makes them, with whatever random numbers there are."""
    launch(headless=True)
    from isaaclab.sim.utils import create_new_stage
    from isaaclab_tasks.utils import parse_env_cfg

    create_new_stage()
    cfg = parse_env_cfg(task, device="cpu", num_envs=2)
    cfg.episode_length_s, cfg.seed = 2.0, 3
    if without_reward:
        setattr(cfg.rewards, without_reward, None)
    env = ResumableEnv(EpisodeRecorder(gymnasium.make(task, cfg=cfg)))
    torch.manual_seed(seed)
    yield env
    env.close()


@torch.inference_mode()
def roll_out(env: ResumableEnv) -> list[dict[str, torch.Tensor]]:
    """Steps with random actions and returns what the environments give."""
    steps = []
    for _ in range(STEPS):
        obs, reward, terminated, truncated, _ = env.step(torch.randn(2, 6))
        steps.append({**obs, "reward": reward, "done": terminated | truncated})
    return [{name: value.clone() for name, value in step.items()} for step in steps]


def through_a_file(state: dict[str, Any]) -> dict[str, Any]:
    file = io.BytesIO()
    torch.save(state, file)
    file.seek(0)
    return torch.load(file, weights_only=True)


@pytest.mark.slow
@pytest.mark.parametrize("task", ["NutThread-Search", "PegInsert-SearchMotion"])  # what is remembered the most
def test_goes_on_exactly_where_it_was(task: str) -> None:
    name = f"Isaac-Factory-{task}-v0"
    with environments(name, seed=1) as env:
        env.reset()
        roll_out(env)
        state = through_a_file(env.state_dict())
        expected = roll_out(env)
    with environments(name, seed=2) as env:
        assert env.load_state_dict(state) is None
        env.reset(seed=4)
        found = roll_out(env)
    for step, (wanted, got) in enumerate(zip(expected, found, strict=True)):
        for key, value in wanted.items():
            assert torch.equal(value, got[key]), (step, key)
    assert any(step["done"].any() for step in expected)


@pytest.mark.slow
@pytest.mark.parametrize(("saved", "loaded"), [(None, "search"), ("search", None), ("engaged", "success")])
def test_with_other_terms_new_episodes_begin(saved: str | None, loaded: str | None) -> None:
    name = "Isaac-Factory-PegInsert-Search-v0"
    with environments(name, seed=1, without_reward=saved) as env:
        env.reset()
        roll_out(env)
        state = through_a_file(env.state_dict())
    with environments(name, seed=2, without_reward=loaded) as env:
        assert env.load_state_dict(state) == "the checkpoint's reward terms are others"
        env.reset(seed=4)
        assert all(torch.isfinite(step["reward"]).all() for step in roll_out(env))
        assert env.unwrapped.common_step_counter == 2 * STEPS
