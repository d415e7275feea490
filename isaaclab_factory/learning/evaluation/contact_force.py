# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""How hard the robot presses: the held on the fixed part, by Isaac Lab's contact sensor, and by its force limit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from isaaclab_factory.learning.evaluation.result import ContactForce, LimitedForce

if TYPE_CHECKING:
    from isaaclab.envs import ManagerBasedRLEnv, ManagerBasedRLEnvCfg
    from isaaclab.sensors import ContactSensor

_SENSOR = "held_part_contact"
"""Name of the sensor in the scene."""

_COMMAND = "force_limit"
"""Name of the command that knows the force and its limit."""

_BINS = 3
"""Number of ranges of the limit that are reported."""


def add_contact_sensor(env_cfg: ManagerBasedRLEnvCfg) -> None:
    """Adds a sensor of the forces between the held part and the fixed part to a task's scene, if it has these parts.

    The sensor changes nothing of what happens in the task.
    """
    from isaaclab.sensors import ContactSensorCfg

    scene = env_cfg.scene
    parts = [getattr(scene, name, None) for name in ("held_asset", "fixed_asset")]
    if not all(getattr(getattr(part, "spawn", None), "activate_contact_sensors", False) for part in parts):
        return
    held, fixed = parts
    sensor = ContactSensorCfg(
        prim_path=held.prim_path,
        filter_prim_paths_expr=[_body_path(fixed)],
        history_length=env_cfg.decimation,  # every physics step of an environment step
    )
    setattr(scene, _SENSOR, sensor)


def _body_path(part: Any) -> str:
    """Returns the prim path of a part's body: of an articulation it is a child of the root."""
    from isaaclab.assets import ArticulationCfg

    return f"{part.prim_path}/.*" if isinstance(part, ArticulationCfg) else part.prim_path


class ContactForces:
    """Collects the forces that the sensor measures."""

    def __init__(self, sensor: ContactSensor) -> None:
        self._sensor = sensor
        self._steps = 0
        self._sizes: list[np.ndarray] = []

    @classmethod
    def of(cls, env: ManagerBasedRLEnv) -> ContactForces | None:
        """Returns the collector of an environment, None if its scene has no such sensor."""
        sensor = getattr(env.scene, "sensors", {}).get(_SENSOR)
        return None if sensor is None else cls(sensor)

    def add(self, counted: torch.Tensor) -> None:
        """Notes the forces in the physics steps of the last environment step.

        Args:
            counted: Whether to count an environment. Shape is (num_envs,).
        """
        forces = self._sensor.data.force_matrix_w_history.torch[counted]  # (counted, steps, bodies, filters, 3)
        sizes = torch.linalg.vector_norm(forces.sum(dim=(2, 3)), dim=-1)
        self._steps += sizes.numel()
        self._sizes.append(sizes[sizes > 0.0].cpu().numpy())

    def result(self) -> ContactForce:
        """Mean and 99th percentile of the forces so far."""
        sizes = np.concatenate(self._sizes) if self._sizes else np.zeros(0)
        if not len(sizes):
            return ContactForce(mean=None, p99=None, touching=0.0)
        return ContactForce(
            mean=float(sizes.mean(dtype=np.float64)),
            p99=float(np.percentile(sizes, 99.0)),
            touching=len(sizes) / self._steps,
        )


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
