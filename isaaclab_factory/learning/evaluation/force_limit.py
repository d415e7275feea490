# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""How hard a robot with a force limit pressed, by its limit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from isaaclab_factory.learning.evaluation.result import LimitedForce

if TYPE_CHECKING:
    from isaaclab.envs import ManagerBasedRLEnv

_COMMAND = "force_limit"
"""Name of the command that knows the force and its limit."""

_BINS = 3
"""Number of ranges of the limit that are reported."""


class LimitedForces:
    """Collects the smoothed force at the wrist and the limit of every environment step."""

    def __init__(self, limit: Any) -> None:
        """Collect from now on.

        Args:
            limit: The command term, with ``force`` in N of the shape (num_envs,), ``command`` in N of the shape
                (num_envs, 1) and ``cfg.force_range``.
        """
        self._limit = limit
        self._forces: list[np.ndarray] = []
        self._limits: list[np.ndarray] = []

    @classmethod
    def of(cls, env: ManagerBasedRLEnv) -> LimitedForces | None:
        """Returns the collector of an environment, None if its task limits no force."""
        manager = env.command_manager
        term = manager.get_term(_COMMAND) if _COMMAND in manager.active_terms else None
        return cls(term) if hasattr(term, "force") else None

    def add(self, counted: torch.Tensor) -> None:
        """Notes the force after an environment step.

        Args:
            counted: Whether to count an environment. Shape is (num_envs,).
        """
        self._forces.append(self._limit.force[counted].cpu().numpy())
        self._limits.append(self._limit.command[counted, 0].cpu().numpy())

    def result(self) -> list[LimitedForce]:
        """Figures of all steps first, then of those with a low, a middle and a high limit, as far as there are any."""
        forces, limits = np.concatenate(self._forces), np.concatenate(self._limits)
        if not len(forces):  # every episode ended with its first step
            return []
        least, largest = self._limit.cfg.force_range
        edges = np.linspace(least, largest, _BINS + 1)
        parts = [_figures(forces, limits, least, largest)]
        if largest > least:
            number = np.clip(np.searchsorted(edges, limits, side="right") - 1, 0, _BINS - 1)
            parts += [
                _figures(forces[number == i], limits[number == i], *edges[i : i + 2].tolist())
                for i in np.unique(number)
            ]
        return parts


def _figures(forces: np.ndarray, limits: np.ndarray, low: float, high: float) -> LimitedForce:
    """Returns the figures of steps with limits in a range. Both arrays are of the shape (steps,), and not empty."""
    return LimitedForce(
        low=low,
        high=high,
        mean=float(forces.mean(dtype=np.float64)),
        p99=float(np.percentile(forces, 99.0)),
        share_above=float((forces > limits).mean()),
    )
