# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Isaac Lab's own assets over tables of tensors instead of a simulator."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import SimpleNamespace
from unittest.mock import patch

import isaaclab.assets.articulation.articulation_data as articulation_data
import isaaclab.assets.rigid_object.rigid_object_data as rigid_object_data
import torch
from isaaclab.assets import (
    Articulation,
    ArticulationCfg,
    ArticulationData,
    RigidObject,
    RigidObjectCfg,
    RigidObjectData,
)

from isaaclab_factory.assets import part_of
from isaaclab_factory.controllers import franka_chain, solve_ik
from isaaclab_factory.controllers.rotations import pointing_down_quat

from .still import Still
from .views import FrankaView, part_view

Vector = Sequence[float] | torch.Tensor

ARM_JOINTS = "panda_joint[1-7]"
"""Names of the arm's joints, as a regular expression."""


class StillPart(Still, RigidObject):
    """A rigid part that stays where it is put. It starts at the default pose of its configuration, at rest.

    Mass, centre of mass, inertia and friction are those of the part that the configuration spawns. Of one whose
    dimensions are not known they are NaN, but for the centre of mass, which is then the origin of the part's frame.
    """

    def __init__(self, cfg: RigidObjectCfg, env_origins: torch.Tensor):
        """Make the part, one in each environment.

        Args:
            cfg: The configuration of the part.
            env_origins: Origins of the environments in m. Shape is (num_envs, 3).
        """
        _prepare(self, cfg, env_origins)
        self._root_physx_view = part_view(_prim_paths(cfg, len(env_origins)), *_properties(cfg))
        with _gravity_only():
            self._data = RigidObjectData(self._root_physx_view, self.device)
        self._create_buffers()
        self._process_cfg()
        _write_default_root_state(self)
        self.update(0.0)

    def place(
        self,
        pos: Vector,
        quat: Vector = (1.0, 0.0, 0.0, 0.0),
        env_ids: Sequence[int] | torch.Tensor | None = None,
    ) -> None:
        """Put the part somewhere, at rest.

        Args:
            pos: Position in m, in the frame of each environment. Shape is (3,) or (len(env_ids), 3).
            quat: Orientation (w, x, y, z). Shape is (4,) or (len(env_ids), 4).
            env_ids: Indices of the environments. Defaults to all.

        Raises:
            ValueError: If a shape is wrong.
        """
        rows = _rows(env_ids, self)
        pos = _per_row("pos", pos, 3, rows) + self._env_origins[rows]
        self.write_root_pose_to_sim(torch.cat((pos, _per_row("quat", quat, 4, rows)), dim=-1), env_ids=rows)
        self.write_root_velocity_to_sim(torch.zeros(len(rows), 6), env_ids=rows)


class StillFranka(Still, Articulation):
    """The Franka with its hand: links, Jacobians and mass matrices follow from the joint positions that are written.

    It starts at the default joint positions of its configuration, at rest. Nothing moves it but what is written:
    ``write_joint_state_to_sim``, as for any robot of Isaac Lab, or :meth:`place_fingertip`.
    """

    def __init__(self, cfg: ArticulationCfg, env_origins: torch.Tensor):
        """Make the robot, one in each environment.

        Args:
            cfg: The configuration of the robot.
            env_origins: Origins of the environments in m. Shape is (num_envs, 3).

        Raises:
            ValueError: If the configuration names joints that the Franka does not have.
        """
        _prepare(self, cfg, env_origins)
        self._root_physx_view = FrankaView(_prim_paths(cfg, len(env_origins)))
        with _gravity_only():
            self._data = ArticulationData(self._root_physx_view, self.device)
        self._create_buffers()
        self._process_cfg()
        self._process_actuators_cfg()
        self._process_tendons()
        self._validate_cfg()
        _write_default_root_state(self)
        self.write_joint_state_to_sim(self.data.default_joint_pos, self.data.default_joint_vel)
        self.update(0.0)
        self._chain = franka_chain()

    def place_fingertip(
        self, pos: Vector, quat: Vector | None = None, env_ids: Sequence[int] | torch.Tensor | None = None
    ) -> None:
        """Bring ``panda_fingertip_centered`` to a pose by inverse kinematics, at rest. The fingers stay as they are.

        Args:
            pos: Position in m, in the frame of each environment. Shape is (3,) or (len(env_ids), 3).
            quat: Orientation (w, x, y, z). Shape is (4,) or (len(env_ids), 4). Defaults to pointing straight down.
            env_ids: Indices of the environments. Defaults to all.

        Raises:
            ValueError: If a shape is wrong or the pose cannot be reached to within 0.1 mm and 0.1 mrad.
        """
        rows = _rows(env_ids, self)
        arm = self.find_joints(ARM_JOINTS)[0]
        if quat is None:
            quat = pointing_down_quat(torch.zeros(len(rows)))
        joint_pos = self.data.joint_pos[rows]
        joint_pos[:, arm], reached = solve_ik(
            self._chain,
            _per_row("pos", pos, 3, rows) - torch.tensor(self.cfg.init_state.pos),
            _per_row("quat", quat, 4, rows),
            self.data.default_joint_pos[rows][:, arm],
            self.data.joint_pos_limits[0, arm],
        )
        if not reached.all():
            raise ValueError(f"The fingertip cannot reach this pose in environments {rows[~reached].tolist()}.")
        self.write_joint_state_to_sim(joint_pos, torch.zeros_like(joint_pos), env_ids=rows)


def _prepare(asset: StillPart | StillFranka, cfg: RigidObjectCfg | ArticulationCfg, env_origins: torch.Tensor) -> None:
    """Set what Isaac Lab's base class sets when it spawns and starts an asset: without stage and callbacks."""
    asset.cfg = cfg.copy()
    asset._device = "cpu"
    asset._is_initialized = True
    asset._env_origins = env_origins
    asset._prim_deletion_callback_id = None
    asset._initialize_handle = asset._invalidate_initialize_handle = asset._debug_vis_handle = None


@contextmanager
def _gravity_only() -> Iterator[None]:
    """While it lasts, Isaac Lab's data containers find gravity where they look for a simulation."""
    simulation = SimpleNamespace(
        get_gravity=lambda: (0.0, 0.0, -9.81),
        set_subspace_roots=lambda pattern: True,
        update_articulations_kinematic=lambda: True,
    )
    manager = SimpleNamespace(get_physics_sim_view=lambda: simulation)
    physx = SimpleNamespace(create_simulation_view=lambda backend, stage_id: simulation)
    with (
        patch.object(articulation_data, "SimulationManager", manager),
        patch.object(rigid_object_data, "physx", physx),
        patch.object(rigid_object_data, "get_current_stage_id", lambda: 0),
    ):
        yield


def _properties(cfg: RigidObjectCfg) -> tuple[float, Sequence[float], Sequence[float], float]:
    """Mass, centre of mass, inertia and friction."""
    try:
        part = part_of(cfg)
    except ValueError:
        return math.nan, (0.0, 0.0, 0.0), (math.nan,) * 9, math.nan
    body = part.mass_properties
    return body.mass, body.com.tolist(), body.inertia.flatten().tolist(), part.friction


def _write_default_root_state(asset: StillPart | StillFranka) -> None:
    state = asset.data.default_root_state.clone()
    state[:, :3] += asset._env_origins
    asset.write_root_state_to_sim(state)


def _prim_paths(cfg: RigidObjectCfg | ArticulationCfg, num_envs: int) -> list[str]:
    return [cfg.prim_path.format(ENV_REGEX_NS=f"/World/envs/env_{env_id}") for env_id in range(num_envs)]


def _rows(env_ids: Sequence[int] | torch.Tensor | None, asset: StillPart | StillFranka) -> torch.Tensor:
    if env_ids is None:
        return torch.arange(asset.num_instances)
    return torch.as_tensor(env_ids)


def _per_row(name: str, value: Vector, size: int, rows: torch.Tensor) -> torch.Tensor:
    """A vector for each of the rows. Shape is (len(rows), size)."""
    tensor = torch.as_tensor(value, dtype=torch.float32)
    if tensor.shape not in ((size,), (len(rows), size)):
        raise ValueError(
            f"{name} must have the shape ({size},) or ({len(rows)}, {size}) for {len(rows)} environments, got"
            f" {tuple(tensor.shape)}."
        )
    return tensor.expand(len(rows), size)
