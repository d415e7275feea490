# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Lets a training go on as if it had not been interrupted: environments, episodes under way and random numbers."""

import random
from typing import Any

import gymnasium
import numpy as np
import torch
from isaaclab.managers import ManagerBase

from isaaclab_factory.learning.run_folder.snapshot import PACKAGES, Snapshot, Values, copied

LASTING = ("common_step_counter", "curriculum", "cfg")
"""Names in the paths of numbers that last longer than an episode: steps, curriculum, and what a curriculum changes."""


class ResumableEnv(gymnasium.Wrapper):
    """Knows where the environments are, and can bring them back to where those of another process were.

    It is the outermost of the wrappers that have a state; those inside it that have one too are saved and restored with
    it. PhysX does not give its state away: on Isaac Sim, as in another number of environments or with other terms, only
    what lasts longer than an episode is restored, and new episodes begin.
    """

    def __init__(self, env: gymnasium.Env) -> None:
        """Args:
        env: An Isaac Lab environment as it was made, bare or wrapped.
        """
        super().__init__(env)
        physics = getattr(env.unwrapped.sim, "physics_sim_view", None)
        self._restorable = physics is None or type(physics).__module__.partition(".")[0] in PACKAGES
        roots = {"physics": physics} if physics is not None and self._restorable else {}
        self._snapshot = Snapshot({**roots, "task": env.unwrapped}, numbers_only=not self._restorable)
        self.observations: dict[str, Any] | None = None
        """What the environments showed last, by group."""
        self._random: Values | None = None
        self._brought_back = False

    def reset(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Resets all environments; where they were brought back just now, they stay there instead."""
        if self._random is not None:
            # only now: whoever made the learner has drawn random numbers since
            set_random_state(self._random)
            self._random, kwargs = None, {}
        if self._brought_back:
            self._brought_back = False
            return self.observations, self.unwrapped.extras
        self.observations, extras = self.env.reset(**kwargs)
        return self.observations, extras

    def step(
        self, action: torch.Tensor
    ) -> tuple[dict[str, Any], torch.Tensor, torch.Tensor, torch.Tensor, dict[str, Any]]:
        """Steps all environments.

        Args:
            action: Actions, shape (num_envs, action_dim).
        """
        result = self.env.step(action)
        self.observations = result[0]
        return result

    def state_dict(self) -> Values:
        """Returns where the environments are, nothing before the first reset."""
        if self.observations is None:
            return {}
        return {
            "num_envs": self.unwrapped.num_envs,
            "terms": self._terms(),
            "task": self._snapshot.changes(),
            "wrappers": [copied(wrapper.state_dict()) for wrapper in self._wrappers()],
            "observations": copied(self.observations),
            "random": random_state(),
        }

    def load_state_dict(self, state: Values, obstacle: str | None = None) -> str | None:
        """Brings the environments to where others were; the next :meth:`reset` returns what is seen there.

        Args:
            state: What :meth:`state_dict` returned there.
            obstacle: Why new episodes are to begin, with random numbers of their own, None for nothing.

        Returns:
            Why new episodes begin instead, None if they do not.
        """
        if not state:
            return "the checkpoint says nothing of them"
        if obstacle is None:
            self._random = state["random"]
            if not self._restorable:
                obstacle = "Isaac Sim does not give its state away"
            elif state["num_envs"] != self.unwrapped.num_envs:
                obstacle = f"the checkpoint is of {state['num_envs']} environments"
            elif others := [name for name, terms in self._terms().items() if state.get("terms", {}).get(name) != terms]:
                obstacle = f"the checkpoint's {others[0].replace('_manager', '')} terms are others"
        if obstacle is None:
            self.env.reset()  # makes what is made when it is first needed
            try:
                self._snapshot.apply(state["task"])
            except ValueError as error:
                obstacle = f"those of the checkpoint are others: {error}"
        if obstacle is not None:
            self._snapshot.apply_numbers(state["task"], LASTING)
            return obstacle
        for wrapper, content in zip(self._wrappers(), state["wrappers"], strict=True):
            wrapper.load_state_dict(content)
        self.observations, self._brought_back = copied(state["observations"]), True
        return None

    def _terms(self) -> dict[str, Any]:
        """Returns the names of the terms of each manager, in the order in which it numbers them."""
        managers = vars(self.unwrapped).items()
        return {name: manager.active_terms for name, manager in managers if isinstance(manager, ManagerBase)}

    def _wrappers(self) -> list[Any]:
        """Returns the wrappers inside that have a state."""
        found, env = [], self.env
        while isinstance(env, gymnasium.Wrapper):
            if hasattr(type(env), "load_state_dict"):
                found.append(env)
            env = env.env
        return found


def random_state() -> Values:
    """Returns the states of all global random generators: Python's, NumPy's, PyTorch's."""
    version, numbers, gauss = random.getstate()
    legacy = np.random.get_state(legacy=False)  # noqa: NPY002 (whoever draws from it)
    return {
        "python": [version, list(numbers), gauss],
        "numpy": [legacy["state"]["key"].tolist(), legacy["state"]["pos"], legacy["has_gauss"], legacy["gauss"]],
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else [],
    }


def set_random_state(state: Values) -> None:
    """Sets all global random generators.

    Args:
        state: What :func:`random_state` returned.
    """
    version, numbers, gauss = state["python"]
    random.setstate((version, tuple(numbers), gauss))
    key, position, has_gauss, cached = state["numpy"]
    np.random.set_state(("MT19937", np.array(key, dtype=np.uint32), position, has_gauss, cached))  # noqa: NPY002
    torch.set_rng_state(state["torch"].cpu())
    if len(state["cuda"]) == torch.cuda.device_count() > 0:
        torch.cuda.set_rng_state_all([generator.cpu() for generator in state["cuda"]])
