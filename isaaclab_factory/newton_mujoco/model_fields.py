# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Fields of the MuJoCo model that may differ between worlds: masses, friction, gains, gravity and so on.

Newton writes them, one row per world, to the arrays of ``mjw_model``. A field that is the same in all worlds is
written to the threads' models once. One that differs is kept world by world, and a thread copies a world's row into
its model before it touches the world, which costs a fraction of a microsecond.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from operator import attrgetter

import mujoco
import numpy as np
from newton import ModelFlags

from . import bounding_volumes, compat, native
from .compat import compiled
from .worlds import Worlds

CONSTANTS = (
    "body_subtreemass",
    "body_invweight0",
    "dof_invweight0",
    "tendon_length0",
    "tendon_invweight0",
    "actuator_acc0",
    "actuator_biasprm",
    "eq_data",
    "stat.meaninertia",
)
"""Fields that MuJoCo derives from others (mj_setConst)."""

_BODY_INERTIA = ("body_mass", "body_ipos", "body_inertia", "body_iquat", "body_gravcomp")
_DOF = ("dof_armature", "dof_frictionloss", "dof_damping", "dof_solimp", "dof_solref", "qpos0", "qpos_spring")
_JOINT = ("jnt_solimp", "jnt_stiffness", "jnt_margin", "jnt_range", "jnt_actfrcrange")
_GEOM = ("friction", "solref", "solimp", "solmix", "size", "pos", "quat", "gap", "margin")
_PAIR = ("solref", "solreffriction", "solimp", "margin", "gap", "friction")
_TENDON = ("solref_lim", "solimp_lim", "solref_fri", "solimp_fri", "range", "actfrcrange", "margin")
_TENDON += ("stiffness", "damping", "armature", "frictionloss", "lengthspring")
_ACTUATOR = ("gainprm", "biasprm", "dynprm", "ctrlrange", "forcerange", "actrange", "gear", "cranklength")

FIELDS_BY_FLAG = {
    ModelFlags.JOINT_PROPERTIES: ("jnt_pos", "jnt_axis", "body_pos", "body_quat"),
    ModelFlags.JOINT_DOF_PROPERTIES: (*_DOF, *_JOINT, "actuator_gainprm"),
    ModelFlags.BODY_PROPERTIES: ("dof_armature",),
    ModelFlags.BODY_INERTIAL_PROPERTIES: _BODY_INERTIA,
    ModelFlags.SHAPE_PROPERTIES: (
        *(f"geom_{name}" for name in _GEOM),
        *(f"pair_{name}" for name in _PAIR),
        "site_pos",
        "site_quat",
    ),
    ModelFlags.MODEL_PROPERTIES: ("opt.gravity",),
    ModelFlags.CONSTRAINT_PROPERTIES: ("eq_solref", "eq_solimp"),
    ModelFlags.TENDON_PROPERTIES: tuple(f"tendon_{name}" for name in _TENDON),
    ModelFlags.ACTUATOR_PROPERTIES: tuple(f"actuator_{name}" for name in _ACTUATOR),
}
"""Fields that Newton writes for each kind of change."""

_ALL = tuple(name for names in FIELDS_BY_FLAG.values() for name in names)

_GEOMETRY = ("body_ipos", "body_iquat", "geom_pos", "geom_quat", "geom_size", "geom_margin", "geom_gap")
"""Fields that bounding volumes follow from."""

_mj_set_const = compat.mj_setConst
_load = native.load
_read = native.read


@compiled
def _compute_constants(table, thread, first, last, sources, constants):
    """Run mj_setConst for worlds and read what it computed.

    Args:
        table: Table of worlds.
        thread: Number of this thread.
        first: First world.
        last: World after the last one.
        sources: Addresses of the fields in each thread's model. Shape is (num_threads, len(constants)).
        constants: Tuple of float32 arrays, one per field. Shape is (num_worlds, size).
    """
    for world in range(first, last):
        model, data = _load(table, thread, world)
        _mj_set_const(model, data)
        for k in range(len(constants)):
            _read(sources[thread, k], constants[k][world])


class ModelFields:
    """Carries the model's numbers from Newton's arrays to the worlds.

    Args:
        model: Model as Newton compiled it. Where its float64 numbers equal Newton's float32 ones, they are used.
        warp_model: Newton's ``mjw_model``.
        worlds: Worlds to update.
    """

    def __init__(self, model: mujoco.MjModel, warp_model, worlds: Worlds):
        self._compiled = copy.copy(model)
        self._warp_model = warp_model
        self._worlds = worlds
        # values that differ between worlds, by field and index of the first value
        self._differing: dict[tuple[str, int], np.ndarray] = {}
        self._volumes = bounding_volumes.BoundingVolumes(self._compiled)
        self._update(_ALL)

    def update(self, flags: ModelFlags | int) -> None:
        """Take over what Newton wrote.

        Args:
            flags: Kinds of changes, as in :meth:`newton.solvers.SolverBase.notify_model_changed`.
        """
        names = [name for flag, names in FIELDS_BY_FLAG.items() if flags & flag for name in names]
        self._update([*names, "jnt_solref", "eq_data"])  # the last two follow from the constants

    def of_world(self, name: str, world: int) -> np.ndarray:
        """Return the numbers of a field in a world.

        Args:
            name: Name in MjModel, such as ``body_mass`` or ``opt.gravity``.
            world: World.
        """
        values = self._present(name)
        return values[world if values.shape[0] > 1 else 0].copy()

    def compute_constants(self) -> None:
        """Let MuJoCo derive :data:`CONSTANTS` of all worlds from the other fields, into Newton's arrays."""
        self._update(_ALL)
        models = self._worlds.models
        sources = [[_address(model, name) for name in CONSTANTS] for model in models]
        constants = tuple(self._newton_rows(name) for name in CONSTANTS)
        self._worlds.run((_compute_constants, np.array(sources, np.uint64), constants))
        self._count_gravity_compensation()
        self._update([*CONSTANTS, "body_gravcomp"])

    def _count_gravity_compensation(self) -> None:
        """Switch gravity compensation on in all models if any world has it: MuJoCo skips it at a count of 0."""
        gravcomp = self._newton_rows("body_gravcomp")
        world = np.count_nonzero(gravcomp, axis=1).argmax()
        for model, data in zip(self._worlds.models, self._worlds.datas, strict=True):
            model.body_gravcomp[:] = gravcomp[world]
            mujoco.mj_setConst(model, data)

    def _update(self, names: Iterable[str]) -> None:
        """Take over fields from Newton's arrays."""
        changed = [name for name in dict.fromkeys(names) if self._set(name, 0, self._values(name))]
        if not changed:
            return
        if not set(changed).isdisjoint(_GEOMETRY):
            self._update_volumes()
        self._update_frames()
        self._publish()

    def _update_frames(self) -> None:
        """Tell MuJoCo which frames coincide, so that it takes no shortcut where they do not in some world."""
        compiled, present = self._compiled, self._present
        bodies = _differ(present("body_ipos"), compiled.body_ipos) | _differ(present("body_iquat"), compiled.body_iquat)
        geoms = _differ(present("geom_pos"), compiled.geom_pos) | _differ(present("geom_quat"), compiled.geom_quat)
        sites = _differ(present("site_pos"), compiled.site_pos) | _differ(present("site_quat"), compiled.site_quat)
        moved = {
            "body_sameframe": bodies,
            "body_simple": bodies,
            "geom_sameframe": geoms | bodies[compiled.geom_bodyid],
            "site_sameframe": sites | bodies[compiled.site_bodyid],
            "dof_simplenum": np.full(compiled.nv, bodies.any()),
        }
        for model in self._worlds.models:
            for name, where in moved.items():
                getattr(model, name)[:] = np.where(where, 0, getattr(compiled, name))

    def _update_volumes(self) -> None:
        """Compute the bounding volumes of the geoms as they are now."""
        ipos, iquat, pos, quat, size, margin, gap = (self._present(name) for name in _GEOMETRY)
        geometry = bounding_volumes.Geometry(ipos, iquat, pos, quat, size, margin + gap)
        for name, start, values in self._volumes.compute(geometry):
            self._set(name, start, values)

    def _set(self, name: str, start: int, values: np.ndarray) -> bool:
        """Set a field, or a part of it, and return whether that changed it.

        Args:
            name: Name of the field.
            start: Index of the first value.
            values: Shape is (num_worlds, size), or (1, size) if all worlds have the same.
        """
        key = name, start
        if values.shape[0] > 1:
            if np.array_equal(self._differing.get(key), values):
                return False
            self._differing[key] = np.ascontiguousarray(values)
            return True
        changed = self._differing.pop(key, None) is not None
        for model in self._worlds.models:
            present = _flat(model, name)[start : start + values.shape[1]]
            changed = changed or not np.array_equal(present, values[0])
            present[:] = values[0]
        return changed

    def _publish(self) -> None:
        """Tell the worlds which fields differ between them."""
        targets = [[_address(m, name) + 8 * start for name, start in self._differing] for m in self._worlds.models]
        values = list(self._differing.values())
        self._worlds.set_fields(
            np.array(targets, np.uint64).reshape(len(self._worlds.models), len(values)),
            np.array([compat.array_address(v) for v in values], np.uint64),
            np.array([v.shape[1] for v in values], np.int64),
        )

    def _newton_rows(self, name: str) -> np.ndarray:
        """Newton's numbers of a field, float32 with shape (num_worlds, size)."""
        return native.as_rows(attrgetter(name)(self._warp_model))

    def _values(self, name: str) -> np.ndarray:
        """Numbers of a field for MuJoCo, float64 with shape (num_worlds, size), or (1, size) if they are the same."""
        rows = self._newton_rows(name)
        if (rows == rows[:1]).all():
            rows = rows[:1]
        compiled = _flat(self._compiled, name)
        return np.where(rows == compiled.astype(np.float32), compiled, rows)

    def _present(self, name: str) -> np.ndarray:
        """Present numbers of a field, shape (num_worlds or 1, *shape in MjModel)."""
        array = attrgetter(name)(self._worlds.models[0])
        values = self._differing.get((name, 0))
        return array[None].copy() if values is None else values.reshape(-1, *array.shape)


def _flat(model: mujoco.MjModel, name: str) -> np.ndarray:
    """View a field of a model as one row of float64 numbers."""
    if name == "stat.meaninertia":
        return compat.mean_inertia(model)
    return attrgetter(name)(model).reshape(-1)


def _address(model: mujoco.MjModel, name: str) -> int:
    return compat.array_address(_flat(model, name))


def _differ(values: np.ndarray, compiled: np.ndarray) -> np.ndarray:
    """Whether any world's vector differs from the compiled one, shape (count,)."""
    return (values != compiled).any(axis=(0, 2))
