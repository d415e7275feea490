# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""How hard the held part presses on the fixed part, by Isaac Lab's contact sensor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from isaaclab_factory.learning.evaluation.result import ContactForce

if TYPE_CHECKING:
    from isaaclab.envs import ManagerBasedRLEnv, ManagerBasedRLEnvCfg
    from isaaclab.sensors import ContactSensor

_SENSOR = "held_part_contact"
"""Name of the sensor in the scene."""


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
