# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Everything that is not public API of MuJoCo, Newton and Warp and that the engine needs nevertheless.

Written for mujoco 3.12, newton 1.6 and warp 1.17. An update of one of them starts with this file.
"""

from __future__ import annotations

import ctypes
import weakref
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import llvmlite.binding
import mujoco
import numba
import numpy as np
import warp as wp
from isaaclab.utils.warp import ProxyArray
from isaaclab_newton.assets.articulation.articulation_data import ArticulationData
from isaaclab_newton.physics import NewtonManager
from newton import Control, Model, ModelFlags, State
from newton.selection import ArticulationView
from newton.solvers import SolverBase, SolverMuJoCo
from numba import types

from .recording import Recording, attributes


def _load_library(directory: Path, *names: str) -> None:
    """Make the functions of a C library visible to compiled code.

    Args:
        directory: Its folder.
        names: Its name on each system.

    Raises:
        RuntimeError: There is none.
    """
    found = [directory / name for name in names if (directory / name).exists()]
    if not found:
        raise RuntimeError(f"{directory} has no {' or '.join(names)}.")
    llvmlite.binding.load_library_permanently(str(found[0]))


_VERSION = mujoco.__version__
_load_library(Path(mujoco.__file__).parent, f"libmujoco.so.{_VERSION}", f"libmujoco.{_VERSION}.dylib")
_load_library(Path(wp.__file__).parent / "bin", "warp.so", "libwarp.dylib")

_pointer = types.uint64


def _c_function(name: str, *arguments) -> types.ExternalFunction:
    return types.ExternalFunction(name, types.void(*arguments))


# Functions of mujoco.h for compiled code: pointers are integers, the model comes first, then the data.
mj_step = _c_function("mj_step", _pointer, _pointer)
mj_step1 = _c_function("mj_step1", _pointer, _pointer)
mj_step2 = _c_function("mj_step2", _pointer, _pointer)
mj_forward = _c_function("mj_forward", _pointer, _pointer)
mj_setState = _c_function("mj_setState", _pointer, _pointer, _pointer, types.int32)
mj_getState = _c_function("mj_getState", _pointer, _pointer, _pointer, types.int32)
mj_resetData = _c_function("mj_resetData", _pointer, _pointer)
mj_kinematics = _c_function("mj_kinematics", _pointer, _pointer)
mj_comPos = _c_function("mj_comPos", _pointer, _pointer)
mj_makeM = _c_function("mj_makeM", _pointer, _pointer)
mj_fullM = _c_function("mj_fullM", _pointer, _pointer, _pointer)
mj_jacBody = _c_function("mj_jacBody", _pointer, _pointer, _pointer, _pointer, types.int32)
mj_jacBodyCom = _c_function("mj_jacBodyCom", _pointer, _pointer, _pointer, _pointer, types.int32)
mj_setConst = _c_function("mj_setConst", _pointer, _pointer)
mj_rnePostConstraint = _c_function("mj_rnePostConstraint", _pointer, _pointer)
mj_contactForce = _c_function("mj_contactForce", _pointer, _pointer, types.int32, _pointer)

replay_graph = types.ExternalFunction("wp_apic_cpu_replay_state", types.uint8(_pointer))
"""Runs the kernel launches behind a :func:`graph_address`. Returns 0 where that was not possible."""


def graph_address(graph: wp.Graph) -> int:
    """Return the address of recorded kernel launches of the CPU. The graph has to be kept as long as it is used."""
    return graph.apic_state


_SOURCES = tuple((p.name, p.stat().st_mtime_ns, p.stat().st_size) for p in sorted(Path(__file__).parent.glob("*.py")))


def compiled(loop: Callable) -> Callable:
    """Compile a function that holds no Python lock, and keep it on disk until a file of this package changes.

    A compiled function contains the constants and functions of other files, such as the order of
    :data:`native.ARRAYS`, but Numba looks only at the file of the function itself. With old constants it would write
    to wrong addresses.
    """
    try:
        dispatcher = numba.njit(nogil=True, cache=True)(loop)
    except RuntimeError:  # neither this folder nor the user's cache can be written: compiled in each process
        return numba.njit(nogil=True)(loop)
    dispatcher._cache._cache_file._source_stamp = (_VERSION, _SOURCES)
    return dispatcher


def struct_address(struct: mujoco.MjModel | mujoco.MjData) -> int:
    """Return the address of the C struct behind an MjModel or MjData."""
    return struct._address


def array_address(array: np.ndarray) -> int:
    """Return the address of the first element of an array, also of one without elements."""
    return array.__array_interface__["data"][0]


def warning_address(data: mujoco.MjData) -> int:
    """Return the address of ``mjData.warning``, pairs of int32 (last info, number) per kind of warning."""
    return array_address(data.warning.lastinfo)


def locate_contacts(model: mujoco.MjModel, data: mujoco.MjData) -> tuple[int, int, tuple[int, int, int, int]]:
    """Find where an MjData without contacts will have them. It is reset.

    Returns:
        Address of the first contact, which is always the start of the arena; address of the counts that follow the
        timers in mjdata.h, ``ncon, ne, nf, nl, nefc``, all int32; and the bytes of an mjContact, and where in it
        ``pos``, ``frame`` and ``geom`` begin.

    Raises:
        RuntimeError: MuJoCo keeps the counts elsewhere than MuJoCo 3.12.
    """
    mujoco.mj_addContact(model, data, mujoco.MjContact())
    contact, timer = data.contact, data.timer.duration
    start = array_address(contact.dist)
    offsets = [array_address(array) - start for array in (contact.pos, contact.frame, contact.geom)]
    counts = array_address(timer) + timer.strides[0] * len(timer)
    if list((ctypes.c_int32 * 2).from_address(counts)) != [1, 0]:
        raise RuntimeError(f"MuJoCo {mujoco.__version__} keeps ncon elsewhere than MuJoCo 3.12.")
    mujoco.mj_resetData(model, data)
    return start, counts, (contact.dist.strides[0], *offsets)


def mean_inertia(model: mujoco.MjModel) -> np.ndarray:
    """View ``mjModel.stat.meaninertia``, the first of mjStatistic's numbers (see mjmodel.h), as an array of one."""
    address = array_address(model.stat.center) - 4 * 8
    view = np.ctypeslib.as_array((ctypes.c_double * 1).from_address(address))
    if view[0] != model.stat.meaninertia:
        raise RuntimeError(f"MuJoCo {mujoco.__version__} keeps stat.meaninertia elsewhere than MuJoCo 3.12.")
    return view


class NewtonMuJoCoAdapter(SolverMuJoCo, ABC):
    """Newton's conversion between its model, state and control and MuJoCo's, under public names.

    The arrays of ``mjw_model`` and ``mjw_data`` are the interface: Newton reads and writes them, and MuJoCo Warp
    never runs. Where Newton asks it for a model's derived constants, :meth:`compute_constants` is called instead.

    Attributes:
        model_arrays: The model's arrays when it last changed.
    """

    def __init__(self, model: Model, **kwargs):
        # Newton would run MuJoCo Warp, which takes 0.1 s per call on a CPU and compiles for a minute at first.
        self._mujoco_warp = SimpleNamespace(
            set_const_fixed=lambda model, data: None,  # part of set_const_0 below
            set_const_0=lambda model, data: self.compute_constants(),
            set_length_range=lambda model, data: None,  # only muscles need it
        )
        self._recordings = {"control": Recording(), "state": Recording()}
        self.model_arrays: tuple[wp.array, ...] = ()
        super().__init__(model, **kwargs)

    @abstractmethod
    def compute_constants(self) -> None:
        """Compute the constants that MuJoCo derives from a model, for all worlds."""

    def notify_model_changed(self, flags: ModelFlags | int) -> None:
        """Take over changes of the Newton model."""
        super().notify_model_changed(flags)
        owners = self.model, self.mjw_model, self
        self.model_arrays = tuple(a for owner in owners for a in attributes(owner) if isinstance(a, wp.array))

    def write_control(self, state: State, control: Control) -> None:
        """Convert joint targets, joint forces and body forces to MuJoCo's inputs in ``mjw_data``."""
        self._replay("control", self._apply_mjc_control, self.model, state, control, self.mjw_data)

    def write_coordinates(self, state: State) -> None:
        """Convert joint coordinates to ``qpos`` and ``qvel`` of ``mjw_data``."""
        self._update_mjc_data(self.mjw_data, self.model, state)

    def read_state(self, state: State, state_before: State) -> None:
        """Convert ``mjw_data`` to joint coordinates and what follows from them."""
        self._replay("state", self._update_newton_state, self.model, state, self.mjw_data, state_before)

    def _replay(self, name: str, conversion: Callable, *args) -> None:
        """Run one of Newton's conversions from a recording of its kernel launches."""
        arrays = (array for arg in args if isinstance(arg, State | Control) for array in attributes(arg))
        self._recordings[name].replay((*self.model_arrays, *arrays), partial(conversion, *args))


def running_solver() -> SolverBase | None:
    """Return the solver of the simulation that runs on Isaac Lab's Newton backend, None if none does."""
    return NewtonManager._solver


def apply_model_changes(solver: SolverMuJoCo) -> None:
    """Let the solver take over the changes of the model that Isaac Lab keeps for the next physics step."""
    for change in NewtonManager._model_changes:
        solver.notify_model_changed(change)
    NewtonManager._model_changes = set()


_NEWTONS = {
    name: getattr(ArticulationData, name) for name in ("body_link_jacobian_w", "body_com_jacobian_w", "mass_matrix")
}
"""Isaac Lab's properties that Newton's kernels serve."""


def serve_dynamics(make: Callable[[ArticulationView, np.ndarray, np.ndarray], Mapping | None]) -> None:
    """Let somebody else serve the Jacobians and mass matrices of Isaac Lab's articulation data.

    Newton's kernels take a quarter of a physics step on a CPU. Isaac Lab offers no other way around them than to
    replace the properties of its class, until :func:`stop_serving_dynamics`.

    Args:
        make: Called once per articulation with its view and the links and DOFs of its Jacobian, numbered as in the
            Newton model. Returns a function per property, or None where Newton's kernels shall serve.
    """
    served: weakref.WeakKeyDictionary[ArticulationData, Mapping | None] = weakref.WeakKeyDictionary()

    def functions_of(data: ArticulationData) -> Mapping | None:
        if data not in served:
            joints = np.arange(data._num_joints)
            if data.joint_ordering is not None:
                joints = data.joint_ordering.user_to_backend.numpy()
            dofs = np.concatenate((np.arange(data._num_base_dofs), data._num_base_dofs + joints))
            served[data] = make(data._root_view, data._jacobian_body_user_to_backend.numpy(), dofs)
        return served[data]

    def serve(name: str, newtons: property) -> property:
        def read(self: ArticulationData) -> ProxyArray:
            functions = functions_of(self)
            return newtons.fget(self) if functions is None else functions[name]()

        return property(read, doc=newtons.__doc__)

    for name, newtons in _NEWTONS.items():
        setattr(ArticulationData, name, serve(name, newtons))


def stop_serving_dynamics() -> None:
    """Give the Jacobians and mass matrices back to Newton's kernels."""
    for name, newtons in _NEWTONS.items():
        setattr(ArticulationData, name, newtons)
