# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The USD stage of the application, and helpers for stages."""

from __future__ import annotations

import enum
import os
from collections.abc import Callable
from typing import Any

from carb.events import IEventStream
from isaacsim.core.simulation_manager import IsaacEvents, SimulationManager
from pxr import Gf, Sdf, Usd, UsdGeom, UsdUtils

from omni.usd import commands


class StageEventType(enum.IntEnum):
    """What happened to the stage."""

    OPENED = 2
    CLOSED = 6


class UsdContext:
    """Holds the stage of the application."""

    def __init__(self) -> None:
        self._stage: Usd.Stage | None = None
        self._was_opened = False
        self._stage_events = IEventStream()

    def get_stage(self) -> Usd.Stage | None:
        """The stage; the first call opens an empty one, as the application does when it starts."""
        if not self._was_opened:
            self.new_stage()
        return self._stage

    def get_stage_id(self) -> int:
        """Id of the stage in USD's stage cache."""
        cache = UsdUtils.StageCache.Get()
        stage_id = cache.GetId(self.get_stage())
        return (stage_id if stage_id.IsValid() else cache.Insert(self.get_stage())).ToLongInt()

    def new_stage(self) -> bool:
        """Open an empty stage in metres with the z axis up."""
        stage = Usd.Stage.CreateInMemory()
        UsdGeom.SetStageUpAxis(stage, UsdGeom.Tokens.z)
        UsdGeom.SetStageMetersPerUnit(stage, 1.0)
        return self._replace(stage)

    def open_stage(self, url: str) -> bool:
        """Open a stage from a file."""
        return self._replace(Usd.Stage.Open(url))

    def close_stage(self) -> bool:
        """Close the stage."""
        return self._replace(None)

    def close_stage_with_callback(self, on_finish_fn: Callable[[bool, str], None]) -> bool:
        """Close the stage and report it."""
        done = self.close_stage()
        on_finish_fn(done, "")
        return done

    def attach_stage_with_callback(
        self, stage_id: int, on_finish_fn: Callable[[bool, str], None] | None = None
    ) -> bool:
        """Make a stage from the stage cache the stage of the application."""
        stage = UsdUtils.StageCache.Get().Find(Usd.StageCache.Id.FromLongInt(stage_id))
        done = self._replace(stage, is_attached=True)
        if on_finish_fn is not None:
            on_finish_fn(done, "")
        return done

    def _replace(self, stage: Usd.Stage | None, is_attached: bool = False) -> bool:
        """Take another stage; the physics of the old one, and who watches its prims, end with it.

        Args:
            stage: The stage.
            is_attached: Whether it is simulated already.
        """
        cache, old = UsdUtils.StageCache.Get(), self._stage
        if old is not None and not is_attached:
            SimulationManager.close()
            announce_deletion("/")
        self._stage, self._was_opened = stage, True
        if old is not None and old is not stage and cache.Contains(old):
            cache.Erase(old)
        if not is_attached:
            self._stage_events.dispatch(StageEventType.CLOSED if stage is None else StageEventType.OPENED)
        return True

    def get_stage_loading_status(self) -> tuple[str, int, int]:
        """Message, files loaded and files to load. Loading is done when a call returns."""
        return "", 0, 0

    def get_stage_event_stream(self) -> IEventStream:
        """Events of the stage."""
        return self._stage_events

    def disable_save_to_recent_files(self) -> None:
        """There is no list of recent files."""

    enable_save_to_recent_files = disable_save_to_recent_files


_context = UsdContext()


def get_context(name: str = "") -> UsdContext:
    """The context of the application."""
    return _context


def announce_deletion(path: str) -> None:
    """Tell who watches prims that one is removed; "/" for all of them."""
    SimulationManager.dispatch(IsaacEvents.PRIM_DELETION, path)


def get_world_transform_matrix(prim: Usd.Prim, time_code: Usd.TimeCode | None = None) -> Gf.Matrix4d:
    """World transform of a prim (USD convention: row vectors)."""
    return UsdGeom.Xformable(prim).ComputeLocalToWorldTransform(time_code or Usd.TimeCode.Default())


def get_stage_next_free_path(stage: Usd.Stage, path: str, prepend_default_prim: bool = True) -> str:
    """First free path of the form path, path_01, path_02, ...

    Args:
        stage: The stage.
        path: The wanted path.
        prepend_default_prim: Whether to put the path below the default prim, if there is one.
    """
    base = Sdf.Path(str(path)).MakeAbsolutePath(Sdf.Path.absoluteRootPath).pathString
    default = stage.GetDefaultPrim()
    if prepend_default_prim and default and not Sdf.Path(base).HasPrefix(default.GetPath()):
        base = f"{default.GetPath()}{base}"
    stem, digits = base.rstrip("0123456789"), base[len(base.rstrip("0123456789")) :]
    if stem.endswith("_") and digits:
        stem, number = stem[:-1], int(digits)
    else:
        stem, number = base, 0
    free = base
    while stage.GetPrimAtPath(free):
        number += 1
        free = f"{stem}_{number:02d}"
    return free


def resolve_paths(source_layer_id: str, target_layer_id: str) -> None:
    """Rewrite the relative asset paths of a layer that was copied from another so that they lead to the same files."""
    source, target = (Sdf.Layer.FindOrOpen(identifier) for identifier in (source_layer_id, target_layer_id))
    if source.anonymous:
        return
    folder = os.path.dirname(target.realPath)

    def rewrite(path: str) -> str:
        return path if not path or os.path.isabs(path) else os.path.relpath(source.ComputeAbsolutePath(path), folder)

    UsdUtils.ModifyAssetPaths(target, rewrite)


def check_ancestral(prim: Usd.Prim) -> bool:
    """Whether a prim comes from a reference or payload of an ancestor, so that it cannot be deleted by itself."""
    query_filter = Usd.PrimCompositionQuery.Filter()
    query_filter.dependencyTypeFilter = Usd.PrimCompositionQuery.DependencyTypeFilter.Ancestral
    return len(Usd.PrimCompositionQuery(prim, query_filter).GetCompositionArcs()) > 0


def set_prop_val(prop: Usd.Attribute, val: Any, timecode: Usd.TimeCode | None = None) -> None:
    """Set an attribute."""
    prop.Set(val, timecode or Usd.TimeCode.Default())


def get_prop_val(prop: Usd.Attribute, timecode: Usd.TimeCode | None = None) -> Any:
    """Value of an attribute."""
    return prop.Get(timecode or Usd.TimeCode.Default())
