# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Runs the physics engine: from play to stop, for one stage."""

from __future__ import annotations

import enum
import itertools
from collections.abc import Callable
from typing import Any

import carb.settings
import omni.timeline
from carb.events import IEvent
from pxr import Usd, UsdPhysics, UsdUtils

from isaaclab_factory import kitless


class IsaacEvents(enum.Enum):
    """What :class:`SimulationManager` tells."""

    PHYSICS_WARMUP = "isaac.physics_warmup"
    SIMULATION_VIEW_CREATED = "isaac.simulation_view_created"
    PHYSICS_READY = "isaac.physics_ready"
    POST_RESET = "isaac.post_reset"
    PRIM_DELETION = "isaac.prim_deletion"
    PRE_PHYSICS_STEP = "isaac.pre_physics_step"
    POST_PHYSICS_STEP = "isaac.post_physics_step"
    TIMELINE_STOP = "isaac.timeline_stop"


class SimulationManager:
    """Creates the engine and its views when the timeline plays, and closes them when it stops.

    Like in Isaac Sim there is one for the process: all methods are class methods.
    """

    _device = "cpu"
    _dt: float | None = None
    _attached_stage: Usd.Stage | None = None
    _engine: Any = None
    _view: Any = None
    _simulation_time = 0.0
    _num_physics_steps = 0
    _ids = itertools.count(1)
    _callbacks: dict[int, tuple[int, IsaacEvents, Callable]] = {}  # noqa: RUF012

    @classmethod
    def set_physics_sim_device(cls, device: str) -> None:
        """Set the device of the tensors; "cuda" is the first GPU."""
        cls._device = "cuda:0" if device == "cuda" else device

    @classmethod
    def get_physics_sim_device(cls) -> str:
        """Device of the tensors."""
        return cls._device

    @classmethod
    def get_backend(cls) -> str:
        """Kind of the tensors."""
        return "torch"

    @classmethod
    def set_backend(cls, backend: str) -> None:
        """Set the kind of the tensors.

        Raises:
            ValueError: If it is not "torch".
        """
        if backend != "torch":
            raise ValueError(f"the views exchange torch tensors, not '{backend}'")

    @classmethod
    def set_physics_dt(cls, dt: float) -> None:
        """Set the physics step (s)."""
        cls._dt = dt

    @classmethod
    def get_physics_dt(cls) -> float:
        """Physics step (s): what was set, or what the physics scene of the stage says."""
        if cls._dt is not None:
            return cls._dt
        for prim in cls._stage().Traverse():
            if prim.IsA(UsdPhysics.Scene) and prim.HasAttribute("physxScene:timeStepsPerSecond"):
                return 1.0 / prim.GetAttribute("physxScene:timeStepsPerSecond").Get()
        return 1.0 / 60.0

    @classmethod
    def get_simulation_time(cls) -> float:
        """Time since the start (s)."""
        return cls._simulation_time

    @classmethod
    def get_num_physics_steps(cls) -> int:
        """Physics steps since the start."""
        return cls._num_physics_steps

    @classmethod
    def get_physics_sim_view(cls) -> Any:
        """View of the engine; None while the timeline is stopped."""
        return cls._view

    @classmethod
    def get_engine(cls) -> Any:
        """The engine; None while the timeline is stopped."""
        return cls._engine

    @classmethod
    def assets_loading(cls) -> bool:
        """Whether files are still being loaded: loading is done when a call returns."""
        return False

    @classmethod
    def enable_stage_open_callback(cls, enable: bool) -> None:
        """Whether to end the physics when another stage is opened; attaching a stage never does."""

    @classmethod
    def register_callback(
        cls, callback: Callable[[Any], None], event: IsaacEvents, order: int = 0, name: str | None = None
    ) -> int:
        """Call a function at an event, lower order first.

        Returns:
            An id for :meth:`deregister_callback`.
        """
        callback_id = next(cls._ids)
        cls._callbacks[callback_id] = (order, event, callback)
        return callback_id

    @classmethod
    def deregister_callback(cls, callback_id: int) -> None:
        """Forget a callback."""
        cls._callbacks.pop(callback_id, None)

    @classmethod
    def dispatch(cls, event: IsaacEvents, payload: Any = None) -> None:
        """Call who registered for an event. Whoever deregisters meanwhile is not called any more."""
        for callback_id, (_, wanted, callback) in sorted(
            cls._callbacks.items(), key=lambda item: (item[1][0], item[0])
        ):
            if wanted is event and callback_id in cls._callbacks:
                callback(payload)

    @classmethod
    def attach_stage(cls, stage_id: int) -> None:
        """Simulate a stage of USD's stage cache instead of the current one."""
        cls._attached_stage = UsdUtils.StageCache.Get().Find(Usd.StageCache.Id.FromLongInt(stage_id))

    @classmethod
    def detach_stage(cls) -> None:
        """Simulate the current stage again."""
        cls.close()
        cls._attached_stage = None

    @classmethod
    def _stage(cls) -> Usd.Stage:
        from isaacsim.core.utils.stage import get_current_stage

        return cls._attached_stage or get_current_stage()

    @classmethod
    def initialize_physics(cls) -> None:
        """Build the engine and its view from the stage, if there is none yet."""
        if cls._engine is not None:
            return
        from isaaclab_factory.kitless.views import SimulationView

        cls._simulation_time, cls._num_physics_steps = 0.0, 0
        cls._engine = kitless.engine_factory(cls._stage(), cls._device, cls.get_physics_dt())
        silent = carb.settings.get_settings().get("/physics/disableContactProcessing")
        cls._view = SimulationView(cls._engine, report_contacts=not silent)
        for event in (IsaacEvents.PHYSICS_WARMUP, IsaacEvents.SIMULATION_VIEW_CREATED, IsaacEvents.PHYSICS_READY):
            cls.dispatch(event)

    @classmethod
    def step(cls, dt: float | None = None) -> None:
        """Advance the physics.

        Args:
            dt: Time (s); the physics step by default.

        Raises:
            RuntimeError: If the timeline was never played.
        """
        if cls._engine is None:
            raise RuntimeError("there is no physics to step: play the timeline first")
        dt = cls.get_physics_dt() if dt is None else dt
        cls.dispatch(IsaacEvents.PRE_PHYSICS_STEP, dt)
        cls._engine.step(dt)
        cls._simulation_time += dt
        cls._num_physics_steps += 1
        cls.dispatch(IsaacEvents.POST_PHYSICS_STEP, dt)

    @classmethod
    def close(cls) -> None:
        """Stop the timeline and close the engine."""
        omni.timeline.get_timeline_interface().stop()
        if cls._engine is not None:
            engine, cls._engine, cls._view = cls._engine, None, None
            engine.close()


def _on_stop(event: IEvent) -> None:
    SimulationManager.dispatch(IsaacEvents.TIMELINE_STOP)
    SimulationManager.close()


# Isaac Lab's assets and sensors initialize at order 10 and its managers at 20: the views are there before. They let go
# of the views at order 10 when the timeline stops: the engine is closed after.
_timeline_events = omni.timeline.get_timeline_interface().get_timeline_event_stream()
_play_subscription = _timeline_events.create_subscription_to_pop_by_type(
    omni.timeline.TimelineEventType.PLAY, lambda event: SimulationManager.initialize_physics(), order=0
)
_stop_subscription = _timeline_events.create_subscription_to_pop_by_type(
    omni.timeline.TimelineEventType.STOP, _on_stop, order=30
)
