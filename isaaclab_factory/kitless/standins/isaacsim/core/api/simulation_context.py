# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The simulation context: plays, steps and stops the simulation of a stage."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any

import carb
import omni.kit.app
import omni.timeline
import omni.usd
from omni.timeline import TimelineEventType
from pxr import Sdf, Usd, UsdGeom, UsdPhysics

from isaaclab_factory import kitless
from isaacsim.core.api.physics_context import PhysicsContext
from isaacsim.core.simulation_manager import SimulationManager
from isaacsim.core.utils.stage import get_current_stage


class SimulationContext:
    """Plays, steps and stops the simulation. There is one at a time.

    Args:
        physics_dt: Physics step (s).
        rendering_dt: Time between renderings (s).
        stage_units_in_meters: Length unit of the stage (m).
        physics_prim_path: Path of the physics scene.
        sim_params: Parameters of the physics scene by name.
        set_defaults: Whether to author defaults that are not given; the schema's fallback values are the defaults.
        backend: Kind of tensors; "torch".
        device: Device of the tensors.
        stage: The stage; the current one by default.
    """

    _instance: SimulationContext | None = None
    _sim_context_initialized = False

    def __new__(cls, *args: Any, **kwargs: Any) -> SimulationContext:
        """Return the context that there is, or make one."""
        if SimulationContext._instance is None:
            SimulationContext._instance = object.__new__(cls)
        return SimulationContext._instance

    def __init__(
        self,
        physics_dt: float | None = None,
        rendering_dt: float | None = None,
        stage_units_in_meters: float | None = None,
        physics_prim_path: str = "/physicsScene",
        sim_params: dict[str, Any] | None = None,
        set_defaults: bool = True,
        backend: str = "torch",
        device: str | None = None,
        stage: Usd.Stage | None = None,
    ):
        if SimulationContext._sim_context_initialized:
            return
        SimulationContext._sim_context_initialized = True
        SimulationManager.set_backend(backend)
        if device is not None:
            SimulationManager.set_physics_sim_device(device)
        self._app = omni.kit.app.get_app()
        self._settings = carb.settings.get_settings()
        self._timeline = omni.timeline.get_timeline_interface()
        self._stage = get_current_stage() if stage is None else stage
        self._physics_callbacks: dict[str, Callable[[float], None]] = {}
        self._render_callbacks: dict[str, Any] = {}
        self._stage_callbacks: dict[str, Any] = {}
        self._timeline_callbacks: dict[str, Any] = {}
        # Isaac Lab waits at order 15 for a user who presses "play" again; there is no window to press it in.
        self._stop_subscription = self._timeline.get_timeline_event_stream().create_subscription_to_pop_by_type(
            TimelineEventType.STOP, lambda event: setattr(self, "_disable_app_control_on_stop_handle", True), order=14
        )
        # A context belongs to its stage.
        stage_events = omni.usd.get_context().get_stage_event_stream()
        self._open_subscription = stage_events.create_subscription_to_pop_by_type(
            omni.usd.StageEventType.OPENED, lambda event: type(self).clear_instance(), order=0
        )
        builtins.ISAAC_LAUNCHED_FROM_TERMINAL = False
        kitless.restore_signals()
        self._init_stage(
            physics_dt=physics_dt,
            rendering_dt=rendering_dt,
            stage_units_in_meters=stage_units_in_meters,
            physics_prim_path=physics_prim_path,
            sim_params=sim_params,
        )

    def _init_stage(
        self,
        physics_dt: float | None = None,
        rendering_dt: float | None = None,
        stage_units_in_meters: float | None = None,
        physics_prim_path: str = "/physicsScene",
        sim_params: dict[str, Any] | None = None,
    ) -> Usd.Stage:
        """Author units and physics scene."""
        self._physics_dt = 1.0 / 60.0 if physics_dt is None else physics_dt
        self._rendering_dt = self._physics_dt if rendering_dt is None else rendering_dt
        SimulationManager.set_physics_dt(self._physics_dt)
        self._app.set_step_size(self._rendering_dt)
        UsdGeom.SetStageUpAxis(self._stage, UsdGeom.Tokens.z)
        UsdGeom.SetStageMetersPerUnit(self._stage, stage_units_in_meters or 1.0)
        UsdPhysics.SetStageKilogramsPerUnit(self._stage, 1.0)
        self._physics_context = PhysicsContext(
            self._stage,
            physics_prim_path,
            self._physics_dt,
            sim_params or {},
            SimulationManager.get_physics_sim_device(),
        )
        return self._stage

    @classmethod
    def instance(cls) -> SimulationContext | None:
        """The context that there is."""
        return SimulationContext._instance

    @classmethod
    def clear_instance(cls) -> None:
        """End the simulation and forget the context, so that another can be made."""
        instance = SimulationContext._instance
        if instance is not None and SimulationContext._sim_context_initialized:
            SimulationManager.close()
            SimulationManager.detach_stage()
            instance.clear_all_callbacks()
            instance._stop_subscription.unsubscribe()
            instance._open_subscription.unsubscribe()
        SimulationContext._instance = None
        SimulationContext._sim_context_initialized = False

    @property
    def app(self) -> omni.kit.app.IApp:
        """The application."""
        return self._app

    @property
    def stage(self) -> Usd.Stage:
        """The stage."""
        return self._stage

    @property
    def backend(self) -> str:
        """Kind of the tensors."""
        return SimulationManager.get_backend()

    @property
    def device(self) -> str:
        """Device of the tensors."""
        return SimulationManager.get_physics_sim_device()

    @property
    def physics_sim_view(self) -> Any:
        """View of the engine; None while the timeline is stopped."""
        return SimulationManager.get_physics_sim_view()

    @property
    def current_time(self) -> float:
        """Time since the start (s)."""
        return SimulationManager.get_simulation_time()

    @property
    def current_time_step_index(self) -> int:
        """Physics steps since the start."""
        return SimulationManager.get_num_physics_steps()

    def get_physics_context(self) -> PhysicsContext:
        """The physics scene."""
        return self._physics_context

    def get_physics_dt(self) -> float:
        """Physics step (s)."""
        return self._physics_dt

    def get_rendering_dt(self) -> float:
        """Time between renderings (s)."""
        return self._rendering_dt

    def is_playing(self) -> bool:
        """Whether the timeline plays."""
        return self._timeline.is_playing()

    def is_stopped(self) -> bool:
        """Whether the timeline is stopped."""
        return self._timeline.is_stopped()

    def is_simulating(self) -> bool:
        """Whether there is an engine: from play to stop."""
        return SimulationManager.get_engine() is not None

    def play(self) -> None:
        """Play the timeline; from a stop this builds the engine from the stage."""
        self._timeline.play()

    def pause(self) -> None:
        """Pause the timeline."""
        self._timeline.pause()

    def stop(self) -> None:
        """Stop the timeline; the engine is closed."""
        self._timeline.stop()

    def initialize_physics(self) -> None:
        """Play the timeline, if it does not play yet."""
        self.play()

    def reset(self, soft: bool = False) -> None:
        """Start over.

        Args:
            soft: Whether to keep the engine as it is. If not, it is built anew from the stage.
        """
        if not soft:
            self.stop()
            self.play()

    def step(self, render: bool = True) -> None:
        """Advance the physics by one step; when rendering, by as many as fit into the time between renderings.

        Args:
            render: Whether to call who subscribed to renderings afterwards.
        """
        num_steps = max(1, round(self._rendering_dt / self._physics_dt)) if render else 1
        if self.is_playing():
            for _ in range(num_steps):
                for callback in list(self._physics_callbacks.values()):
                    callback(self._physics_dt)
                SimulationManager.step(self._physics_dt)
        if render:
            self.render()

    def render(self) -> None:
        """Call who subscribed to renderings; there is nothing to render."""
        self._app.update()

    def clear(self) -> None:
        """Remove all prims but the physics scene from the current stage."""
        stage, keep = get_current_stage(), Sdf.Path(self._physics_context.prim_path)
        for prim in stage.GetPseudoRoot().GetChildren():
            if not keep.HasPrefix(prim.GetPath()):
                omni.usd.announce_deletion(str(prim.GetPath()))
                stage.RemovePrim(prim.GetPath())

    def skip_next_stage_open_callback(self) -> None:
        """Attaching a stage never ends the physics, so there is nothing to skip."""

    def add_physics_callback(self, callback_name: str, callback_fn: Callable[[float], None]) -> None:
        """Call a function with the step size (s) before every physics step."""
        self._physics_callbacks[callback_name] = callback_fn

    def remove_physics_callback(self, callback_name: str) -> None:
        """Forget a function called at physics steps."""
        self._physics_callbacks.pop(callback_name, None)

    def physics_callback_exists(self, callback_name: str) -> bool:
        """Whether a function of this name is called at physics steps."""
        return callback_name in self._physics_callbacks

    def clear_physics_callbacks(self) -> None:
        """Forget all functions called at physics steps."""
        self._physics_callbacks.clear()

    def add_render_callback(self, callback_name: str, callback_fn: Callable[[Any], None]) -> None:
        """Call a function with an event after every update of the application."""
        stream = self._app.get_post_update_event_stream()
        self._render_callbacks[callback_name] = stream.create_subscription_to_pop(callback_fn)

    def remove_render_callback(self, callback_name: str) -> None:
        """Forget a function called at renderings."""
        self._render_callbacks.pop(callback_name, None)

    def render_callback_exists(self, callback_name: str) -> bool:
        """Whether a function of this name is called at renderings."""
        return callback_name in self._render_callbacks

    def clear_render_callbacks(self) -> None:
        """Forget all functions called at renderings."""
        self._render_callbacks.clear()

    def add_stage_callback(self, callback_name: str, callback_fn: Callable) -> None:
        """Call a function at events of the stage."""
        stream = omni.usd.get_context().get_stage_event_stream()
        self._stage_callbacks[callback_name] = stream.create_subscription_to_pop(callback_fn)

    def remove_stage_callback(self, callback_name: str) -> None:
        """Forget a function called at events of the stage."""
        self._stage_callbacks.pop(callback_name, None)

    def stage_callback_exists(self, callback_name: str) -> bool:
        """Whether a function of this name is called at events of the stage."""
        return callback_name in self._stage_callbacks

    def clear_stage_callbacks(self) -> None:
        """Forget all functions called at events of the stage."""
        self._stage_callbacks.clear()

    def add_timeline_callback(self, callback_name: str, callback_fn: Callable) -> None:
        """Call a function at events of the timeline."""
        stream = self._timeline.get_timeline_event_stream()
        self._timeline_callbacks[callback_name] = stream.create_subscription_to_pop(callback_fn)

    def remove_timeline_callback(self, callback_name: str) -> None:
        """Forget a function called at events of the timeline."""
        self._timeline_callbacks.pop(callback_name, None)

    def timeline_callback_exists(self, callback_name: str) -> bool:
        """Whether a function of this name is called at events of the timeline."""
        return callback_name in self._timeline_callbacks

    def clear_timeline_callbacks(self) -> None:
        """Forget all functions called at events of the timeline."""
        self._timeline_callbacks.clear()

    def clear_all_callbacks(self) -> None:
        """Forget all functions."""
        self.clear_physics_callbacks()
        self.clear_render_callbacks()
        self.clear_stage_callbacks()
        self.clear_timeline_callbacks()
