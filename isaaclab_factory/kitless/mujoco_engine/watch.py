# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Reports what went wrong in single worlds: solver warnings, NaN, explosions. No world takes another one with it."""

from __future__ import annotations

import logging
from collections import Counter, deque

import mujoco
import numpy as np
import torch

from .simulation import Simulation

logger = logging.getLogger("isaaclab_factory.kitless")

EXPLOSION = "unphysical speed"

_KEPT_EVENTS = 100

_MEANING = {
    mujoco.mjtWarning.mjWARN_INERTIA: "singular inertia matrix",
    mujoco.mjtWarning.mjWARN_CONTACTFULL: "too many contacts",
    mujoco.mjtWarning.mjWARN_CNSTRFULL: "too many constraints",
    mujoco.mjtWarning.mjWARN_BADQPOS: "NaN or huge position",
    mujoco.mjtWarning.mjWARN_BADQVEL: "NaN or huge velocity",
    mujoco.mjtWarning.mjWARN_BADQACC: "NaN or huge acceleration",
    mujoco.mjtWarning.mjWARN_BADCTRL: "NaN in a drive target",
}

_RESET_BY_MUJOCO = [
    int(kind)
    for kind in (mujoco.mjtWarning.mjWARN_BADQPOS, mujoco.mjtWarning.mjWARN_BADQVEL, mujoco.mjtWarning.mjWARN_BADQACC)
]


class Watch:
    """Watches the warning counters of all worlds.

    Attributes:
        counts: How often each kind of trouble was seen, over all worlds.
        events: The latest troubles, each the world and the kind, for whoever looks at them and clears them.
    """

    def __init__(self, sim: Simulation):
        self._sim = sim
        self._start = sim.state[:, sim.columns]
        # MuJoCo would print every warning, without the environment, and write a log file where the program was started
        mujoco.set_mju_user_warning(_ignore)
        self.counts: Counter[str] = Counter()
        self.events: deque[tuple[int, str]] = deque(maxlen=_KEPT_EVENTS)

    def check(self, exploded: torch.Tensor | None) -> None:
        """Report what happened in the last step.

        Args:
            exploded: Worlds with an unphysical speed, None for none.
        """
        # a world that MuJoCo resets starts to count anew, so the counters are emptied whenever they were read
        new = self._sim.batch.warning[:, :, 1]
        if new.any():
            self._report_warnings(new.copy())
            self._sim.batch.warning[:] = 0
        if exploded is not None:
            for world in exploded.tolist():
                self._report(world, EXPLOSION, "left as it is")

    def _report_warnings(self, new: np.ndarray) -> None:
        for world, kind in zip(*np.nonzero(new), strict=True):
            broken = kind in _RESET_BY_MUJOCO
            consequence = "the environment returned to its start state" if broken else "the simulation goes on"
            self._report(int(world), _MEANING[mujoco.mjtWarning(int(kind))], consequence)
        broken = torch.from_numpy(np.flatnonzero(new[:, _RESET_BY_MUJOCO].any(axis=1)))
        if len(broken):
            # MuJoCo has put these worlds to the model's defaults, which do not know where each world's parts stand
            self._sim.state[broken[:, None], self._sim.columns] = self._start[broken]
            self._sim.touch(broken)

    def _report(self, world: int, kind: str, consequence: str) -> None:
        """Log the first ten of a kind, then every tenth, hundredth, ..."""
        self.counts[kind] += 1
        self.events.append((world, kind))
        count = self.counts[kind]
        if count <= 10 or count % 10 ** (len(str(count)) - 1) == 0:
            logger.warning("environment %d: %s (%d so far); %s", world, kind, count, consequence)


def _ignore(message: str) -> None:
    """The counters tell the same, and in which world."""
