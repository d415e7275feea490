# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Time without physics, and what a still world answers when it is asked for something that it does not have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from isaaclab.markers.vis_marker_registry import VisMarkerRegistry
from isaaclab.sim import SimulationCfg
from isaaclab.utils import index_fill_
from isaaclab_newton.physics import NewtonCfg


class Still:
    """Base of the objects of a still world. Asked for what they lack they name what they have, and make nothing up."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        known = ", ".join(known for known in dir(self) if not known.startswith(("_", "set_", "write_")))
        raise AttributeError(
            f"{type(self).__name__}, a test double without a simulator, has no '{name}'; it has {known}."
        )


class StillPhysics(Still):
    """A physics manager of Newton's kind, without a solver."""

    _solver = None  # Isaac Lab's event terms ask for it

    def get_model(self) -> None:
        """None: the arrays are in the views."""

    def add_model_change(self, change: Any) -> None:
        """Nothing to do: there is no solver to notify."""


class StillWrench(Still):
    """A force and torque sensor that feels what the test writes.

    Attributes:
        cfg: The configuration of the sensor.
        smoothed_wrench_b: What it reads, in N and N m: zero from a reset until the test writes to it. Shape is
            (num_envs, 6).
    """

    def __init__(self, cfg: Any, num_envs: int):
        """Read zero.

        Args:
            cfg: The configuration of the sensor.
            num_envs: Number of environments.
        """
        self.cfg = cfg
        self.smoothed_wrench_b = torch.zeros(num_envs, 6)

    def update(self, dt: float, force_recompute: bool = False) -> None:
        """Nothing to do: nothing is felt but what the test writes."""

    def reset(self, env_ids: Sequence[int] | torch.Tensor | slice | None = None) -> None:
        """Read zero in some environments.

        Args:
            env_ids: Indices of the environments. Defaults to all.
        """
        index_fill_(self.smoothed_wrench_b, env_ids, 0.0)


class StillSimulation(Still):
    """Time without physics: in a step nothing moves, falls or touches."""

    device = "cpu"
    """Device of the tensors."""

    has_gui = False
    """There is no window."""

    is_rendering = False
    """Nothing is drawn."""

    def __init__(self, physics_dt: float):
        """Set the step.

        Args:
            physics_dt: Physics step in s.
        """
        self.cfg = SimulationCfg(device=self.device, dt=physics_dt, physics=NewtonCfg())
        self.physics_manager = StillPhysics()
        self.vis_marker_registry = VisMarkerRegistry()

    def get_physics_dt(self) -> float:
        """Physics step in s."""
        return self.cfg.dt

    def is_playing(self) -> bool:
        """True, so that the managers make their terms at once."""
        return True

    def consume_reset_request(self) -> bool:
        """False: there is no window with a button to reset."""
        return False

    def step(self, render: bool = False) -> None:
        """Let a physics step pass."""

    def forward(self) -> None:
        """Nothing to do: links follow the joints at once."""
