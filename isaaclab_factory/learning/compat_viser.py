# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Mends Isaac Lab's Viser visualizer, which Isaac Lab 3.0.0 closes as soon as a browser opens its page.

It asks Newton's viewer to convert the pose of the ground plane with a method that the Newton which Isaac Lab pins no
longer has.
"""

from typing import Any


def mend_viser() -> None:
    """Adds the method, where it is missing."""
    import numpy as np
    from isaaclab_visualizers.viser.viser_visualizer import NewtonViewerViser

    def to_numpy(array: Any) -> np.ndarray | None:
        return array.numpy() if hasattr(array, "numpy") else None if array is None else np.asarray(array)

    if not hasattr(NewtonViewerViser, "_to_numpy"):
        NewtonViewerViser._to_numpy = staticmethod(to_numpy)
