# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Ends a run at the first number that is NaN or infinite, and says where it came from."""

import math
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import torch

from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.run_folder.runs import atomic_write

HISTORY = 50
"""So many last steps are kept."""

Terms = Callable[[int], Iterable[tuple[str, Any]]]
"""Names and values of a manager's terms in one environment."""


class FiniteWatch(gymnasium.Wrapper):
    """Looks at every action, at the state after the physics, every reward and every observation.

    The first of them, in this order, that is not finite is where it began: what is computed of it cannot be finite
    either. The state and the rewards are looked at before Isaac Lab resets environments, which would hide them.
    """

    def __init__(self, env: gymnasium.Env, folder: Path, engine: Any = None, length: int = HISTORY) -> None:
        """Args:
        env: An Isaac Lab manager-based environment, bare or wrapped.
        folder: Where the last states are written.
        engine: The MuJoCo engine that runs it, or None. It puts an environment whose state is not finite back to its
            start, so that it must be asked.
        length: How many last steps are kept.
        """
        super().__init__(env)
        self._bare = env.unwrapped
        self._folder = folder
        self._engine = engine
        self._history: deque[dict[str, torch.Tensor]] = deque(maxlen=length)
        self._steps = 0
        _before(self._bare.termination_manager, self._look_at_physics)
        _after(self._bare.reward_manager, self._look_at_rewards)

    def reset(self, **kwargs: Any) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
        """Resets all environments and looks at their first observations."""
        obs, extras = self.env.reset(**kwargs)
        if self._engine is not None:
            self._engine.watch.events.clear()
        self._look_at_observations(obs)
        return obs, extras

    def step(
        self, action: torch.Tensor
    ) -> tuple[dict[str, torch.Tensor], torch.Tensor, torch.Tensor, torch.Tensor, dict[str, Any]]:
        """Steps all environments and looks.

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
        self._look_at_observations(obs)
        return obs, reward, terminated, truncated, extras

    def _physics(self) -> dict[str, torch.Tensor]:
        """Returns copies of positions and velocities of all that moves, each of shape (num_envs, …)."""
        scene = self._bare.scene
        state = {f"{name}.root_state_w": asset.data.root_state_w for name, asset in scene.rigid_objects.items()}
        for name, asset in scene.articulations.items():
            state |= {f"{name}.joint_pos": asset.data.joint_pos, f"{name}.joint_vel": asset.data.joint_vel}
        return {name: values.clone() for name, values in state.items()}

    def _look_at_physics(self) -> None:
        if self._engine is not None:
            broken = [(env_id, kind) for env_id, kind in self._engine.watch.events if kind.startswith("NaN")]
            self._engine.watch.events.clear()
            if broken:
                self._tell(list(dict.fromkeys(env_id for env_id, _ in broken)), f"the physics: {broken[0][1]}")
        self._check(self._physics(), lambda _, name: f"the physics: {name}")

    def _look_at_rewards(self, reward: torch.Tensor) -> None:
        self._history[-1]["reward"] = reward.clone()
        terms = self._bare.reward_manager.get_active_iterable_terms
        self._check({"reward": reward}, lambda env_id, _: f"the reward term {_culprit(terms(env_id))}")

    def _look_at_observations(self, obs: dict[str, Any]) -> None:
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
            cause: Says of an environment and a name what the cause is.
        """
        for name, tensor in values.items():
            if not torch.isfinite(tensor).all():
                wrong = (~torch.isfinite(tensor)).flatten(1) if tensor.dim() > 1 else ~torch.isfinite(tensor)[:, None]
                env_ids = wrong.any(dim=1).nonzero().flatten().tolist()
                value = tensor[env_ids[0]].flatten()[wrong[env_ids[0]]][0].item()
                self._tell(env_ids, f"{cause(env_ids[0], name)} is {value}")

    def _tell(self, env_ids: list[int], cause: str) -> None:
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
        """Returns what was kept of one environment, by name, each of shape (steps, …); NaN where a step did not get so
        far."""
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


def _before(manager: Any, look: Callable[[], None]) -> None:
    """Has something done before a manager computes."""
    compute = manager.compute

    def watched(*args: Any, **kwargs: Any) -> Any:
        look()
        return compute(*args, **kwargs)

    manager.compute = watched


def _after(manager: Any, look: Callable[[Any], None]) -> None:
    """Has something done with what a manager computed."""
    compute = manager.compute

    def watched(*args: Any, **kwargs: Any) -> Any:
        result = compute(*args, **kwargs)
        look(result)
        return result

    manager.compute = watched
