# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Every variant of every task on the engine: what is observed, and that a seed and the actions settle everything."""

import pytest
import torch
from isaaclab_newton.physics import NewtonManager

from tests.tasks.task_env import FACTORY, engine_state, first_and_others, open_env, variants

pytestmark = pytest.mark.slow

NUM_ENVS = 2
STEPS = 10

SIZES = {None: (19, 43), "tight": (19, 43), "aided": (22, 46), "no_noise": (22, 46), "search_motion": (34, 56)}
"""Numbers that policy and critic observe with a preset, but for a search."""

OF_THREADS = ("NutThread", "NutThreadM8")


def sizes(task: str, preset: str | None) -> tuple[int, int]:
    """Numbers that policy and critic observe. A search for a place also knows the time and the place."""
    if preset == "search":
        return (29, 51) if task in OF_THREADS else (32, 52)
    return SIZES[preset]


def rollout(env, seed: int) -> dict[str, torch.Tensor]:
    """Steps from a reset with a seed, across the end of an episode; returns all that came of it."""
    actions = torch.rand((STEPS, NUM_ENVS, 6), generator=torch.Generator().manual_seed(0))
    seen = []
    with torch.inference_mode():
        obs, _ = env.reset(seed=seed)
        seen.append({name: values.clone() for name, values in obs.items()})
        env.episode_length_buf[1] = env.max_episode_length - STEPS // 2  # ends in the middle
        for action in 2.0 * actions - 1.0:
            obs, reward, terminated, truncated, _ = env.step(action)
            outcome = {"reward": reward, "done": terminated | truncated}
            seen.append({name: values.clone() for name, values in (obs | engine_state(env) | outcome).items()})
    return {f"{name} of step {step}": values for step, part in enumerate(seen) for name, values in part.items()}


def differing(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor]) -> list[str]:
    return [name for name, values in first.items() if not torch.equal(values, second[name])]


def is_short(task: str, preset: str | None) -> bool:
    """Whether a variant is run each time. The others consist of the same terms, the examples of other parts."""
    return task == "PegInsert" or (task in FACTORY and preset is None)


@pytest.mark.parametrize(
    ("task", "preset"),
    [pytest.param(*variant, marks=[] if is_short(*variant) else pytest.mark.long) for variant in variants()],
)
def test_a_seed_settles_everything_also_in_an_environment_that_is_made_anew(task, preset):
    with open_env(task, NUM_ENVS, preset, seed=1) as env:
        assert env.single_observation_space["policy"].shape == (sizes(task, preset)[0],)
        assert env.single_observation_space["critic"].shape == (sizes(task, preset)[1],)
        first = rollout(env, seed=1)
        other = rollout(env, seed=2)
        again = rollout(env, seed=1)
    with open_env(task, NUM_ENVS, preset, seed=3) as env:
        elsewhere = rollout(env, seed=1)
    assert first[f"done of step {STEPS // 2}"].tolist() == [False, True]
    assert all(torch.isfinite(values).all() for values in first.values())
    assert differing(first, again) == []
    assert differing(first, elsewhere) == []
    assert "critic of step 0" in differing(first, other)


@pytest.mark.parametrize("task", first_and_others(pytest.mark.long))
def test_ten_thousand_random_steps_stay_finite_and_stable(task, figures):
    num_envs, num_steps = 40, 250
    generator = torch.Generator().manual_seed(0)
    with open_env(task, num_envs, seed=0) as env, torch.inference_mode():
        env.reset()
        fastest = 0.0
        for _ in range(num_steps):
            obs, reward, *_ = env.step(torch.randn(num_envs, 6, generator=generator))
            assert torch.isfinite(torch.cat((obs["policy"], obs["critic"], reward.unsqueeze(-1)), dim=-1)).all()
            fastest = max(fastest, env.scene["held_asset"].data.root_com_vel_w.torch[:, :3].norm(dim=-1).max().item())
        events = NewtonManager._solver.events
        assert not events.unstable.any()
    figures("10,000 steps with normal actions", f"{task}: fastest held part {fastest:.2f} m/s, no unstable world")
    assert fastest < 5.0
