# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The force and torque sensor at the wrist."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from isaaclab.sensors import JointWrenchSensor
from isaaclab.utils import index_fill_
from isaaclab.utils.warp import ProxyArray

from .compensated_weight import CompensatedWeight

if TYPE_CHECKING:
    from isaaclab.sensors.joint_wrench import BaseJointWrenchSensor

    from .sensors_cfg import SmoothedJointWrenchSensorCfg


class SmoothedJointWrench:
    """What :func:`smoothed_joint_wrench_sensor` adds to Isaac Lab's joint wrench sensor of any physics backend.

    Attributes:
        smoothed_wrench_b: Force in N and torque in N m that the parent link exerts on the body through its incoming
            joint, along the axes of the child-side joint frame and about its origin, smoothed from physics step to
            physics step: ``w <- w + smoothing (wrench - w)``. Bodies without gravity weigh nothing, with every backend.
            Zero at a reset. Shape is (num_envs, 6).
    """

    cfg: SmoothedJointWrenchSensorCfg
    smoothed_wrench_b: torch.Tensor

    def update(self, dt: float, force_recompute: bool = False) -> None:
        """Read the wrench and smooth it. The scene calls it after every physics step.

        Args:
            dt: Length of the physics step in s.
            force_recompute: Not used: the smoothing needs every wrench.
        """
        super().update(dt, force_recompute=True)
        if self.is_initialized:
            wrench = torch.cat([part.torch[:, self._index] for part in (self.data.force, self.data.torque)], dim=-1)
            if self._weight:
                wrench += self._weight.wrench_b
            self.smoothed_wrench_b.lerp_(wrench, self.cfg.smoothing)

    def reset(self, env_ids: Sequence[int] | torch.Tensor | slice | None = None, env_mask: Any = None) -> None:
        """Forget the wrenches in some environments.

        Args:
            env_ids: Indices of the environments. Defaults to all.
            env_mask: Warp array that is True for the environments, instead of indices. Shape is (num_envs,).
        """
        super().reset(env_ids, env_mask)
        if env_mask is None:
            index_fill_(self.smoothed_wrench_b, env_ids, 0.0)
        else:
            self.smoothed_wrench_b.masked_fill_(ProxyArray(env_mask).torch.unsqueeze(-1), 0.0)

    def _initialize_impl(self) -> None:
        super()._initialize_impl()
        indices, names = self.find_bodies(self.cfg.body_name)
        if len(indices) > 1:
            raise ValueError(f"SmoothedJointWrenchSensorCfg.body_name must match one body, it matches {names}.")
        self._index = indices[0]
        self._weight = CompensatedWeight.on_joint_of(self.cfg.prim_path, self.cfg.body_name)
        self.smoothed_wrench_b = torch.zeros(self.num_instances, 6, device=self.device)


def smoothed_joint_wrench_sensor(cfg: SmoothedJointWrenchSensorCfg) -> BaseJointWrenchSensor:
    """Make the joint wrench sensor of the running physics backend, with the filter.

    Args:
        cfg: The configuration.

    Returns:
        A :class:`isaaclab.sensors.JointWrenchSensor` that is a :class:`SmoothedJointWrench` too.
    """
    return _with_filter(JointWrenchSensor.resolve_class(cfg))(cfg)


@functools.cache
def _with_filter(backend_class: type[BaseJointWrenchSensor]) -> type[BaseJointWrenchSensor]:
    """The class of a backend with the filter. Isaac Lab's class itself picks the backend and has no subclasses."""
    return type("SmoothedJointWrenchSensor", (SmoothedJointWrench, backend_class), {})
