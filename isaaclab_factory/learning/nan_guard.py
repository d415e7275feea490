# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""``--check_finite``: ends a run at the first number that is NaN or infinite, and reports where it came from."""

import math
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import torch

from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.runs.files import atomic_write

FOLDER = "not_finite"
"""Where the last states go in a run folder."""

HISTORY = 50
"""Number of last steps that are kept."""


class NanGuard(gymnasium.Wrapper):
    """Checks every action, the state after the physics, every reward and every observation.

    The first of them, in this order, that is not finite is where it began: what is computed from it cannot be finite
    either. State and rewards are checked before Isaac Lab resets environments, which would hide them. A physics engine
    may put an environment that became unstable back to an earlier state; if its manager counts that
    (``unstable_counts()``, shape (num_envs,)), the guard reads the counts.
    """

    def __init__(self, env: gymnasium.Env, folder: Path, length: int = HISTORY) -> None:
        """Start to check.

        Args:
            env: An Isaac Lab manager-based environment, bare or wrapped.
            folder: Where the last states are written.
            length: Number of last steps that are kept.

        Raises:
            UserError: The environment has no managers that could name the terms.
        """
        super().__init__(env)
        self._bare = env.unwrapped
        if not hasattr(self._bare, "termination_manager"):
            raise UserError("--check_finite: this is no manager-based task, and has no terms to check")
        self._folder = folder
        self._history: deque[dict[str, torch.Tensor]] = deque(maxlen=length)
        self._steps = 0
        self._unstable = self._unstable_counts()
        _watch(self._bare.termination_manager, before=self._check_physics)
        _watch(self._bare.reward_manager, after=self._check_rewards)

    def reset(self, **kwargs: Any) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
        """Resets all environments and checks their first observations."""
        obs, extras = self.env.reset(**kwargs)
        self._unstable = self._unstable_counts()
        self._check_observations(obs)
        return obs, extras

    def step(
        self, action: torch.Tensor
    ) -> tuple[dict[str, torch.Tensor], torch.Tensor, torch.Tensor, torch.Tensor, dict[str, Any]]:
        """Steps all environments with checks.

        Args:
            action: Actions, shape (num_envs, action_dim).

        Raises:
            UserError: Something is not finite; the message says what, and where the last states were written.
        """
        self._steps += 1
        self._history.append({"action": action.clone()} | self._physics())
        self._check({"action": action}, lambda _, name: "the policy's action")
        obs, reward, terminated, truncated, extras = self.env.step(action)
        self._history[-1]["done"] = terminated | truncated
        self._check_observations(obs)
        return obs, reward, terminated, truncated, extras

    def _unstable_counts(self) -> np.ndarray | None:
        count = getattr(getattr(self._bare.sim, "physics_manager", None), "unstable_counts", None)
        return None if count is None else np.array(count())

    def _physics(self) -> dict[str, torch.Tensor]:
        """Returns copies of positions and velocities of everything that moves, each of shape (num_envs, …)."""
        scene = self._bare.scene
        state = {}
        for name, asset in scene.rigid_objects.items():
            state |= {
                f"{name}.root_pose_w": asset.data.root_link_pose_w,
                f"{name}.root_vel_w": asset.data.root_com_vel_w,
            }
        for name, asset in scene.articulations.items():
            state |= {f"{name}.joint_pos": asset.data.joint_pos, f"{name}.joint_vel": asset.data.joint_vel}
        return {name: values.torch.clone() for name, values in state.items()}

    def _check_physics(self) -> None:
        before, self._unstable = self._unstable, self._unstable_counts()
        if before is not None and (self._unstable != before).any():
            self._end(np.flatnonzero(self._unstable != before).tolist(), "the physics: the engine became unstable")
        self._check(self._physics(), lambda _, name: f"the physics: {name}")

    def _check_rewards(self, rewards: torch.Tensor) -> None:
        terms = self._bare.reward_manager.get_active_iterable_terms
        self._check({"reward": rewards}, lambda env_id, _: f"the reward term {_culprit(terms(env_id))}")

    def _check_observations(self, obs: dict[str, Any]) -> None:
        values = {}
        for group, content in obs.items():
            parts = content.items() if isinstance(content, dict) else [("", content)]
            values |= {f"observation.{group}.{name}".rstrip("."): part for name, part in parts}
        if self._history:
            self._history[-1] |= {name: part.clone() for name, part in values.items()}
        terms = self._bare.observation_manager.get_active_iterable_terms
        self._check(values, lambda env_id, _: f"the observation term {_culprit(terms(env_id))}")

    def _check(self, values: dict[str, torch.Tensor], cause: Callable[[int, str], str]) -> None:
        """Ends the run if a value is not finite.

        Args:
            values: By name, each of shape (num_envs, …).
            cause: Returns the cause for an environment and a name.
        """
        for name, tensor in values.items():
            if not torch.isfinite(tensor).all():
                wrong = (~torch.isfinite(tensor)).reshape(len(tensor), -1)
                env_ids = wrong.any(dim=1).nonzero().flatten().tolist()
                value = tensor[env_ids[0]].flatten()[wrong[env_ids[0]]][0].item()
                self._end(env_ids, f"{cause(env_ids[0], name)} is {value}")

    def _end(self, env_ids: list[int], cause: str) -> None:
        """Writes the last states of the first environment and raises the error."""
        first = env_ids[0]
        others = f" (and {len(env_ids) - 1} more)" if len(env_ids) > 1 else ""
        message = f"not finite in environment {first}{others} at step {self._steps}: {cause}"
        if not self._history:
            raise UserError(message)
        path = self._folder / f"step_{self._steps}_environment_{first}.npz"
        with atomic_write(path) as temporary, temporary.open("wb") as file:
            np.savez(file, cause=np.array(message), **self._last_states(first))
        raise UserError(f"{message}; its last {len(self._history)} steps are in {path}")

    def _last_states(self, env_id: int) -> dict[str, np.ndarray]:
        """Returns the last steps of one environment by name, each of shape (steps, …), with NaN in place of nothing."""
        names = dict.fromkeys(name for step in self._history for name in step)
        kept = {}
        for name in names:
            rows = [step[name][env_id].cpu().numpy() if name in step else None for step in self._history]
            like = next(row for row in rows if row is not None)
            kept[name] = np.stack([np.full(like.shape, np.nan) if row is None else row for row in rows])
        return kept


def _culprit(terms: Iterable[tuple[str, Any]]) -> str:
    """Returns the name of the first term that is not finite."""
    names = [name for name, values in terms if not all(map(math.isfinite, np.ravel(values)))]
    return repr(names[0]) if names else "(none alone: their sum)"


def _watch(
    manager: Any, before: Callable[[], None] = lambda: None, after: Callable[[Any], None] = lambda result: None
) -> None:
    """Calls functions before a manager computes, and with what it has computed."""
    compute = manager.compute

    def checked(*args: Any, **kwargs: Any) -> Any:
        before()
        result = compute(*args, **kwargs)
        after(result)
        return result

    manager.compute = checked
