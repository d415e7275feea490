# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Measures a policy on whole episodes, with a share per environment that is fixed beforehand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import gymnasium
import numpy as np
import torch

from isaaclab_factory.learning.evaluation.contact_force import ContactForces, LimitedForces
from isaaclab_factory.learning.evaluation.grasp import DROPPED, Grasp
from isaaclab_factory.learning.evaluation.predicted_success import PredictedSuccess
from isaaclab_factory.learning.evaluation.result import Evaluation, TimeToSuccess, make_bins, wilson_interval
from isaaclab_factory.learning.evaluation.start_conditions import Quantity, start_conditions
from isaaclab_factory.learning.libraries.policy import Policy

if TYPE_CHECKING:
    from isaaclab.envs import ManagerBasedRLEnv

_GOAL = "assembly_goal"
"""Name of the command that knows what a success is."""

_OWN_FIGURES = ("success", "ever_success", "engaged", "first_success_time")
"""Metrics of the goal that an evaluation reports under names of its own."""


def evaluate(
    env: gymnasium.Env,
    policy: Policy,
    episodes: int | None = None,
    seed: int | None = None,
    progress: Callable[[int], None] = lambda left: None,
) -> Evaluation:
    """Runs episodes from a fresh reset.

    Every environment runs its share of them. Episodes that it runs beyond its share, while others go on, are not
    counted, so that short episodes weigh no more than long ones. It always ends: where no termination term ends an
    episode, it counts as over after ``max_episode_length`` steps, and its environment runs no further ones.

    The environment can only be stepped in PyTorch's inference mode afterwards.

    Args:
        env: An Isaac Lab manager-based environment, bare or wrapped, whose reset starts all episodes at age zero.
        policy: What acts.
        episodes: Number of episodes. Defaults to None, one in every environment.
        seed: Seed of the reset: with the same seed, deterministic policies start from the same states as long as their
            episodes end at the same times. Defaults to None, to go on with the random numbers as they are.
        progress: Called after every step with the number of episodes left.

    Returns:
        What was measured, of fewer episodes than asked for where some were not ended by the task.
    """
    bare = env.unwrapped
    # rsl_rl collects experience in inference mode, and PyTorch forbids changing its tensors in place outside of it.
    with torch.inference_mode():
        obs, _ = env.reset(seed=seed)
        policy.reset(torch.ones(bare.num_envs, dtype=torch.bool, device=bare.device))
        watch = EpisodeWatch(bare, episodes or bare.num_envs)
        while watch.left:
            obs, reward, terminated, truncated, _ = env.step(policy.act(obs))
            done = terminated | truncated
            watch.step(reward, done)
            policy.reset(done)
            progress(watch.left)
    return watch.result()


class EpisodeWatch:
    """Measures the first episodes of every environment since a reset, with a share per environment fixed beforehand.

    If the first episodes that end were counted, of whichever environment, short ones would weigh more than long ones:
    of a policy whose successes end an episode, too many successes would be counted.

    An episode counts as over after ``max_episode_length`` steps, even if no termination term of the task ends it. Its
    environment plays no further ones then.
    """

    def __init__(self, env: ManagerBasedRLEnv, episodes: int) -> None:
        """Watch from now on.

        Args:
            env: An Isaac Lab manager-based environment, unwrapped, in which all episodes have just started.
            episodes: Number of episodes to measure: the same number in every environment, and one more in the first
                ones where it is no multiple of the number of environments.
        """
        self._env = env
        self._left = torch.full((env.num_envs,), episodes // env.num_envs, device=env.device)
        self._left[: episodes % env.num_envs] += 1
        self._returns = torch.zeros(env.num_envs, device=env.device)
        self._lengths = torch.zeros_like(self._left)
        self._goal = env.command_manager.get_term(_GOAL) if _GOAL in env.command_manager.active_terms else None
        self._forces, self._limited_forces = ContactForces.of(env), LimitedForces.of(env)
        self._prediction = PredictedSuccess.of(env, self._goal)
        self._grasp = Grasp.of(env)
        self._dropped = torch.zeros_like(self._left, dtype=torch.bool)
        self._quantities: dict[str, Quantity] = {}
        if self._goal is not None and self._grasp is not None:
            self._quantities = start_conditions(env, self._goal, self._grasp)
        self._start = {name: quantity.read() for name, quantity in self._quantities.items()}
        self._episodes: dict[str, list[torch.Tensor]] = defaultdict(list)

    @property
    def left(self) -> int:
        """Number of episodes that have not ended yet."""
        return int(self._left.sum())

    def step(self, reward: torch.Tensor, done: torch.Tensor) -> None:
        """Looks at the environments after a step. Those that are done have been reset.

        Args:
            reward: Shape is (num_envs,).
            done: Whether an episode ended. Shape is (num_envs,).
        """
        self._returns += reward
        self._lengths += 1
        counted = self._left > 0
        if self._forces is not None:
            self._forces.add(counted & ~done)
        if self._limited_forces is not None:
            self._limited_forces.add(counted & ~done)
        if self._prediction is not None:
            self._prediction.step(done)
        if self._grasp is not None:
            self._dropped |= (self._grasp.slip() > DROPPED) & ~done
        if done.any():
            self._note(done & counted, self._goal and self._goal.last_episode)
            self._begin(done)
        overdue = counted & ~done & (self._lengths >= self._env.max_episode_length)
        if overdue.any():
            self._note(overdue, self._goal and self._goal.metrics)
            self._left.masked_fill_(overdue, 0)

    def _note(self, ended: torch.Tensor, metrics: dict[str, torch.Tensor] | None) -> None:
        """Keeps what is known of episodes that ended."""
        values = {"reward": self._returns, "length": self._lengths, "dropped": self._dropped}
        values |= {f"start {name}": value for name, value in self._start.items()}
        values |= {f"goal {name}": value for name, value in (metrics or {}).items()}
        for name, value in values.items():
            self._episodes[name].append(value[ended])
        if self._prediction is not None:
            self._prediction.note(ended)
        self._left -= ended.long()

    def _begin(self, done: torch.Tensor) -> None:
        """Starts to watch the next episodes."""
        self._returns *= ~done
        self._lengths *= ~done
        self._dropped &= ~done
        if self._grasp is not None:
            self._grasp.mark(done)
        if self._prediction is not None:
            self._prediction.begin(done)
        for name, quantity in self._quantities.items():
            self._start[name] = torch.where(done, quantity.read(), self._start[name])

    def result(self) -> Evaluation:
        """Returns what was measured over the episodes that have ended. There must be one."""
        values = {name: torch.cat(parts).double().cpu().numpy() for name, parts in self._episodes.items()}
        known = {
            "episodes": len(values["reward"]),
            "mean_reward": float(values["reward"].mean()),
            "mean_length_s": float(values["length"].mean() * self._env.step_dt),
            "dropped_rate": None if self._grasp is None else float(values["dropped"].mean()),
            "contact_force_N": None if self._forces is None else self._forces.result(),
            "limited_force_N": [] if self._limited_forces is None else self._limited_forces.result(),
            "early_end": [] if self._prediction is None else self._prediction.result(),
        }
        if self._goal is not None:
            goal = {name.removeprefix("goal "): value for name, value in values.items() if name.startswith("goal ")}
            known |= _success_figures(goal)
            known["bins"] = {
                name: make_bins(values[f"start {name}"], goal["success"], quantity.edges)
                for name, quantity in self._quantities.items()
            }
        return Evaluation(**known)


def _success_figures(goal: dict[str, np.ndarray]) -> dict[str, Any]:
    """Returns the figures that follow from the metrics of the goal. Each array is of shape (episodes,)."""
    success, ever = goal["success"], goal["ever_success"] > 0.5
    times = goal["first_success_time"][ever]
    figures = [float(times.mean()), *np.percentile(times, (50.0, 90.0)).tolist()] if len(times) else [None] * 3
    return {
        "successes": int(success.sum()),
        "success_rate": float(success.mean()),
        "success_interval": wilson_interval(int(success.sum()), len(success)),
        "ever_success_rate": float(ever.mean()),
        "engaged_rate": float(goal["engaged"].mean()),
        "time_to_success_s": TimeToSuccess(*figures),
        "goal_metrics": {name: float(value.mean()) for name, value in goal.items() if name not in _OWN_FIGURES},
    }
