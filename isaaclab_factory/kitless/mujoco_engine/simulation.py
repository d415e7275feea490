# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""All worlds as one MuJoCo batch: its arrays as tensors, and which of them are current.

State arrays (``qpos``, ...) can be written at any time; derived arrays (``xpos``, ``cvel``, ...) follow at the
next step, or at :meth:`Simulation.refresh` for the worlds that were written to.
"""

from __future__ import annotations

import os
import warnings
from operator import attrgetter
from typing import Any

import mujoco
import numpy as np
import torch
from mujoco.batch import Batch

from ..scene.description import Pose
from .quaternions import XYZW_FROM_WXYZ

STATE_FIELDS = ("qpos", "qvel", "ctrl", "qfrc_applied", "xfrc_applied", "mocap_pos", "mocap_quat")
"""State arrays that the engine reads and writes."""

DERIVED_FIELDS = ("xpos", "xquat", "xipos", "cvel", "subtree_com", "xanchor", "xaxis", "M", "qfrc_bias", "sensordata")
"""Derived arrays that the engine reads."""

_BEFORE_HISTORY = sum(int(getattr(mujoco.mjtState, f"mjSTATE_{name}")) for name in ("TIME", "QPOS", "QVEL", "ACT"))
"""What comes before the history of sensors in the state."""

VELOCITY_FIELDS = ("cvel", "xipos", "subtree_com")
"""Derived arrays that the velocities of all bodies follow from."""


class Simulation:
    """A batch of worlds of one model.

    Args:
        spec: Specification of the model.
        num_worlds: Number of worlds.
        frames: Pose of a prim's frame in the frame of its MuJoCo body, by body name; none for where they agree.
        num_threads: Threads that step the worlds; 0 takes all cores.

    Attributes:
        model: The compiled model.
        batch: The batch. It is replaced by :meth:`rebuild`.
        version: Rises whenever the state changes.
        frame_pos: Position of the prim's frame in the frame of its MuJoCo body (m). Shape is (num_bodies, 3).
        frame_quat: Its orientation (x, y, z, w). Shape is (num_bodies, 4).
        generation: Rises whenever the model was compiled again.
        property_version: Rises whenever a parameter of a world's model changes.
        columns: Columns of the state but for the history of sensors, which changes its size when sensors are added.
        sensor_mean: Mean over the last step of the sensors that keep a history; None until :meth:`average_sensors`
            was called. The others are zero.
        before_step: The arrays :data:`VELOCITY_FIELDS` as they were before the last step.
    """

    def __init__(self, spec: mujoco.MjSpec, num_worlds: int, frames: dict[str, Pose], num_threads: int = 0):
        self.spec = spec
        self.num_worlds = num_worlds
        self.num_threads = min(num_threads or _available_cores(), num_worlds)
        self.version = 0
        self.property_version = 0
        self.generation = 0
        self.sensor_mean: torch.Tensor | None = None
        self._dirty = np.ones(num_worlds, dtype=bool)
        self._any_dirty = True
        self._constants_dirty = np.zeros(num_worlds, dtype=bool)
        self._tensors: dict[str, torch.Tensor] = {}
        self._parameters: dict[str, torch.Tensor] = {}
        self._lasting: list[tuple[torch.Tensor, str, torch.Tensor, torch.Tensor]] = []
        self._build()
        self.before_step = {name: self.derived(name).clone() for name in VELOCITY_FIELDS}
        self.frame_pos = torch.zeros(self.model.nbody, 3, dtype=torch.float64)
        self.frame_quat = torch.tensor([0.0, 0.0, 0.0, 1.0], dtype=torch.float64).repeat(self.model.nbody, 1)
        for name, pose in frames.items():
            body = self.model.body(name).id
            self.frame_pos[body] = torch.as_tensor(pose.pos)
            self.frame_quat[body] = torch.as_tensor(pose.quat)[[*XYZW_FROM_WXYZ]]

    def _build(self) -> None:
        self.model = self.spec.compile()
        self.batch = Batch(self.model, self.num_worlds, nthread=self.num_threads, persistent=True)
        self._tensors = {name: _as_tensor(self.batch.bind(name)) for name in DERIVED_FIELDS}
        self.state = torch.from_numpy(self.batch.state)
        self._offsets = {name: self._state_offset(name) for name in STATE_FIELDS}
        columns = torch.arange(self.state.shape[1])
        history = mujoco.mj_stateSize(self.model, _BEFORE_HISTORY)
        self.columns = torch.cat((columns[:history], columns[history + self.model.nhistory :]))

    def rebuild(self) -> None:
        """Compile the specification again after objects without state (sensors, pairs) were added to it.

        The state of every world and all per-world parameters are kept.
        """
        state, parameters = self.state[:, self.columns], {n: p.clone() for n, p in self._parameters.items()}
        self.batch = None
        self._build()
        self.state[:, self.columns] = state
        for index, *entries in self._lasting:
            index.copy_(self.state_index(*entries))
        self._parameters = {}
        for name, values in parameters.items():
            self.parameter(name).copy_(values)
        self._constants_dirty[:] = bool(parameters)
        self.generation += 1
        if self.sensor_mean is not None:
            self.average_sensors()
        self.touch_all()

    def free_inertial_frames(self, bodies: torch.Tensor) -> None:
        """Let the inertial frames of some bodies move: MuJoCo simplifies bodies whose frame is at their start."""
        simple = [body for body in bodies.unique().tolist() if self.model.body_simple[body]]
        if not simple:
            return
        for body in simple:
            self.spec.body(self.model.body(body).name).simple = 0
        self.rebuild()

    # -- state

    def _state_offset(self, name: str) -> int:
        view = self.batch.bind(name)
        if view.size == 0:
            return 0
        return (view.__array_interface__["data"][0] - self.batch.state.__array_interface__["data"][0]) // 8

    def state_index(self, name: str, worlds: torch.Tensor, addresses: torch.Tensor) -> torch.Tensor:
        """Positions of entries of a state array in the flat state.

        Args:
            name: One of :data:`STATE_FIELDS`.
            worlds: World per entry.
            addresses: Position in the world's flattened array per entry. Broadcasts with worlds.
        """
        return worlds * self.state.shape[1] + self._offsets[name] + addresses

    def lasting_index(self, name: str, worlds: torch.Tensor, addresses: torch.Tensor) -> torch.Tensor:
        """The same as :meth:`state_index`, in a tensor that is brought up to date when the model is compiled again."""
        index = self.state_index(name, worlds, addresses)
        self._lasting.append((index, name, worlds, addresses))
        return index

    @property
    def flat_state(self) -> torch.Tensor:
        """The state of all worlds in one row. Shape is (num_worlds * state size,)."""
        return self.state.view(-1)

    def derived(self, name: str) -> torch.Tensor:
        """A derived array, float64. Shape is (num_worlds, ...). Call :meth:`refresh` first."""
        return self._tensors[name]

    def bind(self, name: str) -> torch.Tensor:
        """A state array of all worlds, a strided view. Shape is (num_worlds, ...)."""
        return torch.from_numpy(self.batch.bind(name))

    def bound(self, name: str) -> torch.Tensor:
        """Any derived array, also one that is seldom read; it is filled by the next call on the batch."""
        if name not in self._tensors:
            self._tensors[name] = _as_tensor(self.batch.bind(name))
        return self._tensors[name]

    def compute_forces(self) -> None:
        """Compute accelerations and forces of the present state, which a step does for the state before it."""
        self._update_constants()
        state = self.state.clone()
        self.batch.forward()
        self.state.copy_(state)
        self.touch_all()

    def state_dict(self) -> dict[str, Any]:
        """Everything from which the worlds go on, to be put into another batch of the same model."""
        averages = {} if self.sensor_mean is None else {"sensor_mean": self.sensor_mean}
        return {
            "state": self.state,
            "parameters": self._parameters,
            "before_step": self.before_step,
            "versions": [self.version, self.property_version],
            **averages,
        }

    def load_state_dict(self, content: dict[str, Any]) -> None:
        """Let the worlds go on from where others were.

        Args:
            content: What :meth:`state_dict` returned there.

        Raises:
            ValueError: The model is another one.
        """
        if content["state"].shape != self.state.shape:
            raise ValueError("the simulated worlds differ")
        self.state.copy_(content["state"])
        for name, values in content["parameters"].items():
            if not torch.equal(self.read_parameter(name), values):
                self.parameter(name).copy_(values)
                self._constants_dirty[:] = True
        for name, values in content["before_step"].items():
            self.before_step[name].copy_(values)
        if self.sensor_mean is not None:
            self.sensor_mean.copy_(content["sensor_mean"])
        # whoever keeps something for a version must compute it again
        self.version, self.property_version = (version + 1 for version in content["versions"])
        self.touch_all()

    def touch(self, worlds: torch.Tensor) -> None:
        """Note that the state of some worlds was written.

        The solver starts anew there: its forces of the last step belong to the state that was left, and would let a new
        episode depend on the one before.
        """
        self.bind("qacc_warmstart")[worlds] = 0.0
        self._mark_dirty(worlds)

    def _mark_dirty(self, worlds: torch.Tensor) -> None:
        self._dirty[worlds.numpy()] = True
        self._any_dirty = True
        self.version += 1

    def touch_all(self) -> None:
        """Note that the state of all worlds was written."""
        self._dirty[:] = True
        self._any_dirty = True
        self.version += 1

    def refresh(self) -> None:
        """Bring the derived arrays of the written worlds up to date; the other worlds are not touched."""
        self._update_constants()
        if self._any_dirty:
            self.batch.forward(ids=self._dirty, stage=mujoco.mjtStage.mjSTAGE_VEL)
            self._dirty[:] = False
            self._any_dirty = False

    def step(self, num_steps: int) -> None:
        """Advance all worlds by a number of engine steps; the derived arrays are current afterwards."""
        self._update_constants()
        self.keep_velocities()
        self.advance(num_steps)
        if self.sensor_mean is not None:
            self.sensor_mean[:, self._averaged] = self.bound("history")[:, self._samples].mean(dim=-1)

    def advance(self, num_steps: int) -> None:
        """Only let MuJoCo step."""
        self.batch.step(nstep=num_steps, stage=mujoco.mjtStage.mjSTAGE_VEL)
        self._dirty[:] = False
        self._any_dirty = False
        self.version += 1

    def average_sensors(self) -> None:
        """Keep, from now on, the mean over the engine steps of each step of the sensors that have a history as long."""
        self.sensor_mean = torch.zeros_like(self.derived("sensordata"))
        model = self.model
        sensors = np.flatnonzero(model.sensor_history[:, 0])
        entries = [(sensor, entry) for sensor in sensors for entry in range(model.sensor_dim[sensor])]
        self._averaged = torch.tensor([model.sensor_adr[sensor] + entry for sensor, entry in entries])
        self._samples = torch.stack([self._history_of(sensor, entry) for sensor, entry in entries])

    def _history_of(self, sensor: int, entry: int) -> torch.Tensor:
        """Where the samples of one entry of a sensor are in MuJoCo's history, in any order."""
        samples = torch.arange(int(self.model.sensor_history[sensor, 0]))
        # before the samples are two numbers of MuJoCo's own and the time of each sample
        start = int(self.model.sensor_historyadr[sensor]) + 2 + len(samples)
        return start + samples * int(self.model.sensor_dim[sensor]) + entry

    def keep_velocities(self) -> None:
        """Copy what velocities follow from: bodies may be asked for their acceleration after the step."""
        self.refresh()
        for name, values in self.before_step.items():
            values.copy_(self.derived(name))

    # -- parameters of the model that can differ from world to world

    def parameter(self, name: str) -> torch.Tensor:
        """A field of the model with values per world, made writable. Shape is (num_worlds, ...)."""
        if name not in self._parameters:
            self._parameters[name] = torch.from_numpy(self.batch.expand(name))
        return self._parameters[name]

    def drop_parameter(self, name: str) -> None:
        """Return to one value for all worlds at the next :meth:`rebuild`."""
        self._parameters.pop(name, None)

    def read_parameter(self, name: str) -> torch.Tensor:
        """A field of the model, to read only. Shape is (num_worlds, ...)."""
        if name in self._parameters:
            return self._parameters[name]
        values = torch.from_numpy(np.array(attrgetter(name)(self.model)))
        return values.expand(self.num_worlds, *values.shape)

    def touch_parameters(self, worlds: torch.Tensor, constants: bool) -> None:
        """Note that parameters of some worlds were written.

        Args:
            worlds: The worlds.
            constants: True where MuJoCo derives constants from the parameter (masses, inertias, ...).
        """
        self.property_version += 1
        if constants:
            self._constants_dirty[worlds.numpy()] = True
        self._mark_dirty(worlds)

    def _update_constants(self) -> None:
        if self._constants_dirty.any():
            self.batch.set_const(ids=np.flatnonzero(self._constants_dirty).astype(np.int32))
            self._constants_dirty[:] = False


def _available_cores() -> int:
    """Returns the cores that this process may use: its share, where torchrun has started several on this machine."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, cores // int(os.environ.get("LOCAL_WORLD_SIZE", "1")))


def _as_tensor(array: np.ndarray) -> torch.Tensor:
    """Tensor over an array that is read-only for Python. It must not be written."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The given NumPy array is not writ")
        return torch.from_numpy(array)
