# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""State of a training that its checkpoints hold in addition to what the libraries save.

A training that goes on from a checkpoint begins new episodes. What lasts longer than an episode goes on: counters,
numbers of the environment's terms that a curriculum changed, what terms remember, and random numbers.
"""

import itertools
import random
from collections.abc import Iterator
from typing import Any

import gymnasium
import numpy as np
import torch
from isaaclab.managers import ManagerBase, ManagerTermBaseCfg


class LastingState:
    """What lasts longer than an episode: the step counter, what curricula changed, and what terms remember.

    Curricula change weights and parameters of terms. Only numbers that changed since the environment was made are
    saved, so that numbers given on the command line of the training that goes on stay as they are. A term that is a
    class remembers what its ``state_dict`` returns, if it has one.
    """

    def __init__(self, env: Any) -> None:
        """Keep the numbers of a new environment, unwrapped."""
        self._env = env
        self._start = self._numbers()

    def state_dict(self) -> dict[str, Any]:
        """Returns the counter, and by their place the numbers that changed and the states of terms."""
        changed = {place: number for place, number in self._numbers().items() if number != self._start.get(place)}
        return {
            "common_step_counter": getattr(self._env, "common_step_counter", 0),
            "changed": changed,
            "terms": {place: term.state_dict() for place, term in self._remembering().items()},
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Takes over the state of another training, where there is a place for it."""
        self._env.common_step_counter = state["common_step_counter"]
        places = self._places()
        for place, number in state["changed"].items():
            if place in self._start:
                owner, key = places[place]
                owner[key] = number
        terms = self._remembering()
        for place, remembered in state.get("terms", {}).items():
            if place in terms:
                terms[place].load_state_dict(remembered)

    def _numbers(self) -> dict[str, float]:
        """Returns the numbers of all terms by their places."""
        return {place: owner[key] for place, (owner, key) in self._places().items()}

    def _places(self) -> dict[str, tuple[dict[str, Any], str]]:
        """Returns the dictionary that each number is in, and its key there, by ``<manager>/<term>/<parameter>``."""
        places = {}
        for place, cfg in self._terms():
            owners = dict.fromkeys(cfg.params, cfg.params)
            owners |= {"weight": vars(cfg)} if hasattr(cfg, "weight") else {}
            places |= {
                f"{place}/{key}": (owner, key) for key, owner in owners.items() if isinstance(owner[key], int | float)
            }
        return places

    def _remembering(self) -> dict[str, Any]:
        """Returns the terms that remember something longer than an episode, by their places."""
        terms = {place: cfg.func for place, cfg in self._terms()}
        return {place: term for place, term in terms.items() if hasattr(term, "load_state_dict")}

    def _terms(self) -> Iterator[tuple[str, ManagerTermBaseCfg]]:
        """Yields the place ``<manager>/<term>`` and the configuration of each term."""
        for name, manager in vars(self._env).items():
            if not isinstance(manager, ManagerBase) or not hasattr(manager, "get_term_cfg"):
                continue
            terms = manager.active_terms
            for term in itertools.chain(*terms.values()) if isinstance(terms, dict) else terms:
                yield f"{name}/{term}", manager.get_term_cfg(term)


class ResumableStart(gymnasium.Wrapper):
    """Lets the first episodes of a training that goes on begin with the random numbers of its checkpoint."""

    def __init__(self, env: gymnasium.Env) -> None:
        super().__init__(env)
        self.random_state: dict[str, Any] | None = None
        """Random numbers of the next reset, see :func:`random_state`; None for a reset as usual."""

    def reset(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Resets all environments. A seed is ignored if there are random numbers to go on with."""
        if self.random_state is not None:
            # only now: building the learner has drawn random numbers
            set_random_state(self.random_state)
            self.random_state, kwargs = None, {}
        return self.env.reset(**kwargs)


def random_state() -> dict[str, Any]:
    """Returns the states of all global random generators: Python's, NumPy's, PyTorch's.

    They are plain values and tensors, which PyTorch loads without executing code.
    """
    version, numbers, gauss = random.getstate()
    legacy = np.random.get_state(legacy=False)  # noqa: NPY002 (for whoever draws from it)
    return {
        "python": [version, list(numbers), gauss],
        "numpy": [legacy["state"]["key"].tolist(), legacy["state"]["pos"], legacy["has_gauss"], legacy["gauss"]],
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else [],
    }


def set_random_state(state: dict[str, Any]) -> None:
    """Sets all global random generators."""
    version, numbers, gauss = state["python"]
    random.setstate((version, tuple(numbers), gauss))
    key, position, has_gauss, cached = state["numpy"]
    np.random.set_state(("MT19937", np.array(key, dtype=np.uint32), position, has_gauss, cached))  # noqa: NPY002
    torch.set_rng_state(state["torch"].cpu())
    if len(state["cuda"]) == torch.cuda.device_count() > 0:
        torch.cuda.set_rng_state_all([generator.cpu() for generator in state["cuda"]])
