# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Isaac Lab's scene in a world that stands still."""

from __future__ import annotations

import math
from typing import Any

import torch
from isaaclab.assets import ArticulationCfg, RigidObjectCfg
from isaaclab.scene import InteractiveScene, InteractiveSceneCfg

from .assets import StillFranka, StillPart
from .still import Still


class StillSimulation(Still):
    """Time without physics: in a step nothing moves, falls or touches."""

    device = "cpu"
    """Device of the tensors."""

    def __init__(self, physics_dt: float):
        """Set the step.

        Args:
            physics_dt: Physics step in s.
        """
        self.physics_dt = physics_dt

    def get_physics_dt(self) -> float:
        """Physics step in s."""
        return self.physics_dt

    def is_playing(self) -> bool:
        """True, so that the managers make their terms at once."""
        return True

    def has_gui(self) -> bool:
        """False."""
        return False

    def has_rtx_sensors(self) -> bool:
        """False."""
        return False

    def step(self, render: bool = False) -> None:
        """Let a physics step pass."""

    def forward(self) -> None:
        """Nothing to do: links follow the joints at once."""


class StillScene(Still, InteractiveScene):
    """The robot and the rigid objects of a scene's configuration. Everything else in it is left out."""

    def __init__(self, cfg: InteractiveSceneCfg, sim: StillSimulation):
        """Make the entities.

        Args:
            cfg: The configuration of the scene.
            sim: Where time passes.

        Raises:
            ValueError: If there is no environment, or the robot is not the Franka.
        """
        if cfg.num_envs < 1:
            raise ValueError(f"A test environment needs at least one row, got num_envs={cfg.num_envs}.")
        self.cfg = cfg
        self.sim = sim
        self._terrain = None
        self._articulations, self._rigid_objects = {}, {}
        self._deformable_objects, self._rigid_object_collections, self._surface_grippers = {}, {}, {}
        self._sensors, self._extras = _Sensors(), {}
        self._ALL_INDICES = torch.arange(cfg.num_envs)
        self._default_env_origins = _grid(cfg.num_envs, cfg.env_spacing)
        for name, entity in vars(cfg).items():
            if isinstance(entity, ArticulationCfg):
                self._articulations[name] = StillFranka(entity, self.env_origins)
            elif isinstance(entity, RigidObjectCfg):
                self._rigid_objects[name] = StillPart(entity, self.env_origins)

    @property
    def device(self) -> str:
        """Device of the tensors."""
        return self.sim.device

    @property
    def physics_dt(self) -> float:
        """Physics step in s."""
        return self.sim.physics_dt


class _Sensors(dict[str, Any]):
    """No sensors: what they would measure comes from physics."""

    def __missing__(self, name: str) -> Any:
        raise KeyError(f"There is no sensor '{name}' in a test environment: sensors need a simulator.")


def _grid(num_envs: int, spacing: float) -> torch.Tensor:
    """Origins of the environments in m, on the grid of Isaac Sim's cloner. Shape is (num_envs, 3)."""
    num_rows = math.ceil(num_envs / math.isqrt(num_envs))
    num_columns = math.ceil(num_envs / num_rows)
    ids = torch.arange(num_envs)
    x = 0.5 * (num_rows - 1) - torch.div(ids, num_columns, rounding_mode="floor")
    y = ids % num_columns - 0.5 * (num_columns - 1)
    return spacing * torch.stack((x, y, torch.zeros(num_envs)), dim=-1)
