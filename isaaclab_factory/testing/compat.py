# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Isaac Lab's environment, scene and assets without a simulation.

Isaac Lab makes them with a simulation only. This file does what their constructors do after that, and is the only one
here that uses names that are private in Isaac Lab.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import torch
from isaaclab.assets import ArticulationCfg, RigidObjectCfg
from isaaclab.cloner import grid_transforms
from isaaclab.envs import ManagerBasedRLEnv, ManagerBasedRLEnvCfg
from isaaclab.managers import EventManager
from isaaclab.scene import InteractiveScene, InteractiveSceneCfg
from isaaclab_newton.assets import Articulation, ArticulationData, RigidObject, RigidObjectData
from isaaclab_newton.physics import NewtonManager
from isaaclab_newton.test.fixtures import MockNewtonModel

from .still import Still, StillSimulation
from .views import FixedBaseView, FreePartView, StillView


def _unreported() -> Any:
    """A context in which assets do not report what is written to the simulation that runs in this process, if any."""
    reports = {name: lambda *args, **kwargs: None for name in ("invalidate_fk", "add_model_change")}
    return patch.multiple(NewtonManager, **reports)


@contextmanager
def _model_of(view: StillView) -> Iterator[None]:
    """While it lasts, assets find a model of the size of a view."""
    model = MockNewtonModel(
        num_instances=view.count, num_bodies=view.link_count, num_joints=view.joint_dof_count, is_fixed_base=True
    )
    with _unreported(), patch.object(NewtonManager, "get_model", lambda: model):
        yield


class _Unreported:
    """Data of an asset that belongs to no simulation."""

    def _reset_pose(self, *args: Any, **kwargs: Any) -> None:
        with _unreported():
            super()._reset_pose(*args, **kwargs)

    def _reset_velocity(self, *args: Any, **kwargs: Any) -> None:
        with _unreported():
            super()._reset_velocity(*args, **kwargs)


class StillRigidObjectData(_Unreported, RigidObjectData):
    """Isaac Lab's data of a rigid object, over the tables of a :class:`~.views.FreePartView`."""


class StillArticulationData(_Unreported, ArticulationData):
    """Isaac Lab's data of an articulation, over the tables of a :class:`~.views.FixedBaseView`."""

    def _update_body_state(self) -> None:
        if self._body_state_dirty:
            self._root_view.forward()
            # the links were put there, they did not accelerate
            self._previous_body_com_vel.assign(self._sim_bind_body_com_vel_w)
            self._refresh_user_order_body_state()


class StillRigidObject(RigidObject):
    """Isaac Lab's rigid object, which stays where it is put. It starts at its default pose, at rest."""

    def __init__(self, cfg: RigidObjectCfg, view: FreePartView):
        """Make the object, one in each environment.

        Args:
            cfg: The configuration of the object.
            view: The tables.
        """
        _prepare(self, cfg, view)
        with _model_of(view):
            self._data = StillRigidObjectData(view, self.device)
        self._create_buffers()
        self._process_cfg()
        self.update(0.0)
        self._data.is_primed = True


class StillArticulation(Articulation):
    """Isaac Lab's articulation, whose links, Jacobians and mass matrices follow from the joint positions.

    It starts at its default joint positions, at rest. Nothing moves it but what is written.
    """

    def __init__(self, cfg: ArticulationCfg, view: FixedBaseView, physics_dt: float):
        """Make the articulation, one in each environment.

        Args:
            cfg: The configuration of the articulation.
            view: The tables.
            physics_dt: Physics step in s.

        Raises:
            ValueError: If the configuration names joints that the tables do not have.
        """
        _prepare(self, cfg, view)
        self._physics_dt = physics_dt
        with _model_of(view):
            view.model = NewtonManager.get_model()
            self._data = StillArticulationData(view, self.device)
            self._create_buffers()
            self._process_cfg()
            self._process_actuators_cfg()
            self._process_tendons()
            self._validate_cfg()
        self.write_joint_state_to_sim_index(
            position=self.data.default_joint_pos.torch, velocity=self.data.default_joint_vel.torch
        )
        self.update(0.0)
        self._data.is_primed = True

    def write_data_to_sim(self) -> None:
        """Turn the targets into joint efforts. External wrenches have nothing to act on."""
        self.actuators.compute(self._physics_dt)
        self.actuators.submit_commands()


def _prepare(asset: RigidObject | Articulation, cfg: RigidObjectCfg | ArticulationCfg, view: Any) -> None:
    """Set what Isaac Lab's base classes set when they spawn an asset: without stage and callbacks."""
    asset.cfg = cfg.copy()
    asset._device = "cpu"
    asset._root_view = view
    asset._is_initialized = True
    asset._initialize_handle = asset._invalidate_initialize_handle = None
    asset._prim_deletion_handle = asset._debug_vis_handle = None
    asset._sim_cfg = asset._fixed_tendon_control = None
    asset._fixed_tendon_target_dirty = False
    asset._ordering_convention_name_cache = {}


class StillScene(Still, InteractiveScene):
    """Isaac Lab's scene with the robot and the parts of a configuration. Everything else is left out."""

    def __init__(self, cfg: InteractiveSceneCfg, sim: StillSimulation):
        """Start without entities.

        Args:
            cfg: The configuration of the scene.
            sim: Where time passes.
        """
        self.cfg = cfg
        self.sim = sim
        self._terrain = None
        self._articulations, self._rigid_objects, self._sensors = {}, {}, _Sensors()
        self._cable_objects, self._deformable_objects, self._rigid_object_collections = {}, {}, {}
        self._surface_grippers, self._visual_materials, self._extras = {}, {}, {}
        self._ALL_INDICES = torch.arange(cfg.num_envs)
        self._env_origins = torch.from_numpy(grid_transforms(cfg.num_envs, cfg.env_spacing)[0])

    @property
    def device(self) -> str:
        """Device of the tensors."""
        return self.sim.device

    @property
    def physics_dt(self) -> float:
        """Physics step in s."""
        return self.sim.get_physics_dt()

    @property
    def env_origins(self) -> torch.Tensor:
        """Origins of the environments in m, on Isaac Lab's grid. Shape is (num_envs, 3)."""
        return self._env_origins


class _Sensors(dict[str, Any]):
    """No sensors but those that the test sets: what they would measure comes from physics."""

    def __missing__(self, name: str) -> Any:
        raise KeyError(f"There is no sensor '{name}' in a test environment: sensors need a simulator.")


class StillEnv(Still, ManagerBasedRLEnv):
    """Isaac Lab's environment with its managers, over a scene that stands still."""

    def __init__(self, cfg: ManagerBasedRLEnvCfg, scene: StillScene):
        """Make the managers and their terms.

        Args:
            cfg: The configuration of the environment.
            scene: The scene.
        """
        self.cfg = cfg
        self.sim, self.scene = scene.sim, scene
        self.render_mode, self.render_enabled, self.has_rtx_sensors = None, False, False
        self.extras: dict[str, Any] = {}
        self.obs_buf: dict[str, Any] = {}
        self.video_recorders: list[Any] = []
        self.common_step_counter = self._sim_step_counter = 0
        self._physics_handles_decimation = False
        self._is_closed = True  # there is no simulator to stop
        self.episode_length_buf = torch.zeros(self.num_envs, dtype=torch.long)
        self.reset_buf = torch.zeros(self.num_envs, dtype=torch.bool)
        self.event_manager = EventManager(cfg.events, self)
        self.load_managers()
        self.command_manager.reset(slice(None))
