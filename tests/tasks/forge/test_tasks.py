# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""FORGE's tasks on the engine: sizes, finite numbers, what is drawn for an episode, and the same again with a seed."""

import pytest
import torch

from tests.tasks.task_env import FORGE, first_and_others, open_env

DRAWN = ("stiffness", "dead_zone", "ema_factor", "position_limit", "rotation_limit")
"""What events write to the action."""


def drawn(env) -> dict[str, torch.Tensor]:
    """What was drawn for the present episodes, by name."""
    arm = env.action_manager.get_term("arm")
    values = {name: getattr(arm, name).clone() for name in DRAWN}
    values["force limit"] = env.command_manager.get_command("force_limit").clone()
    values["mass"] = env.scene["held_asset"].data.body_mass.torch.clone()
    return values


def rollout(env, seed: int, steps: int = 6) -> list[torch.Tensor]:
    """Observations and rewards of random actions."""
    env.reset(seed=seed)
    generator = torch.Generator().manual_seed(seed)
    seen = []
    for _ in range(steps):
        obs, reward, *_ = env.step(2.0 * torch.rand(env.num_envs, 7, generator=generator) - 1.0)
        seen += [obs["policy"].clone(), obs["critic"].clone(), reward.clone()]
    return seen


@pytest.mark.slow
@pytest.mark.parametrize("task", first_and_others(pytest.mark.long, tasks=FORGE))
def test_a_task_steps_as_it_should(task):
    with open_env(task, 3, seed=0) as env:
        first = rollout(env, seed=1)
        assert first[0].shape == (3, 24)
        assert first[1].shape == (3, 61)
        assert all(values.isfinite().all() for values in first)
        again, other = rollout(env, seed=1), rollout(env, seed=2)
        assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
        assert not any(torch.equal(a, b) for a, b in zip(first, other, strict=True))

        friction = env.scene["fixed_asset"].root_view.get_attribute(
            "shape_material_mu", env.sim.physics_manager.get_model()
        )
        assert len(set(friction.numpy()[:, 0, 0].tolist())) > 1  # of each environment

        before = drawn(env)
        env.reset(env_ids=torch.tensor([1]))
        after = drawn(env)
        for name, values in after.items():
            changed = (values != before[name]).flatten(1).any(dim=-1).tolist()
            assert changed == [False, True, False], name

        dead_zone = after["dead_zone"]
        action = env.action_manager.get_term("arm").processed_actions.clone()
        for _ in range(32):  # more than two seconds
            env.step(action)
        assert (env.action_manager.get_term("arm").dead_zone != dead_zone).all()
        assert torch.equal(env.action_manager.get_term("arm").stiffness, after["stiffness"])
        metrics = env.command_manager.get_term("force_limit").metrics
        assert (metrics["largest_force"] >= metrics["mean_force"]).all()
