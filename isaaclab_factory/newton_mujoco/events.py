# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What is reported about a world: that it became unstable, that a buffer is full, that the solver did not converge."""

from __future__ import annotations

import logging

import mujoco
import numpy as np

from .stepping import NOT_CONVERGED

logger = logging.getLogger(__name__)

_Warning = mujoco.mjtWarning

_PUT_BACK = "it was put back to where the physics step began, at rest"
_TEXTS = {
    int(_Warning.mjWARN_INERTIA): "the inertia matrix is close to singular",
    int(_Warning.mjWARN_CONTACTFULL): "its memory for contacts is full, some are not simulated",
    int(_Warning.mjWARN_CNSTRFULL): "its memory for constraints is full, some are not simulated",
    int(_Warning.mjWARN_BADQPOS): f"a position is not finite or huge; {_PUT_BACK}",
    int(_Warning.mjWARN_BADQVEL): f"a velocity is not finite or huge; {_PUT_BACK}",
    int(_Warning.mjWARN_BADQACC): f"an acceleration is not finite or huge; {_PUT_BACK}",
    int(_Warning.mjWARN_BADCTRL): "an actuator input is not finite or huge; all its inputs were taken as 0",
}

CONTACTS_NOT_REPORTED = NOT_CONVERGED + 1
"""Column of contacts that contact sensors missed: the buffer of ``nconmax`` contacts per environment was full."""

_TEXTS[NOT_CONVERGED] = "the solver was stopped before it converged, raise the solver cfg's iterations"
_TEXTS[CONTACTS_NOT_REPORTED] = "contact sensors miss contacts, raise the solver cfg's nconmax"

_UNSTABLE = [int(w) for w in (_Warning.mjWARN_BADQPOS, _Warning.mjWARN_BADQVEL, _Warning.mjWARN_BADQACC)]


class Events:
    """Counts MuJoCo's warnings by world and logs them.

    A world's warning is logged when its count reaches 1, 2, 4, 8 and so on, so that one that comes with every step
    does not fill the log.

    Args:
        num_worlds: Number of worlds.

    Attributes:
        new: Counts since the last report, written by the loops. One column per member of ``mujoco.mjtWarning``,
            then :data:`stepping.NOT_CONVERGED` and :data:`CONTACTS_NOT_REPORTED`. Shape is (num_worlds, len(_TEXTS)),
            int32.
        counts: Counts since the start. Same shape, int64.
    """

    def __init__(self, num_worlds: int):
        self.new = np.zeros((num_worlds, len(_TEXTS)), np.int32)
        self.counts = np.zeros((num_worlds, len(_TEXTS)), np.int64)

    @property
    def unstable(self) -> np.ndarray:
        """How often each world became unstable, shape (num_worlds,)."""
        return self.counts[:, _UNSTABLE].sum(axis=1)

    def report(self) -> None:
        """Log and count what is new."""
        if not np.count_nonzero(self.new):  # which is called in every step, and faster than any()
            return
        before, self.counts = self.counts, self.counts + self.new
        worlds, kinds = np.nonzero(_magnitude(self.counts) > _magnitude(before))
        for kind in np.unique(kinds):
            numbers = worlds[kinds == kind]
            shown = ", ".join(map(str, numbers[:8])) + (", ..." if len(numbers) > 8 else "")
            what = "environment" if len(numbers) == 1 else f"{len(numbers)} environments:"
            most = self.counts[numbers, kind].max()
            logger.warning("MuJoCo, %s %s: %s (%d so far).", what, shown, _TEXTS[int(kind)], most)
        self.new[:] = 0


def _magnitude(counts: np.ndarray) -> np.ndarray:
    """Number of binary digits of a count, 0 for 0."""
    return np.frexp(counts.astype(np.float64))[1]
