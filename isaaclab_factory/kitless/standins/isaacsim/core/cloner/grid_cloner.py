# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Copies environments onto a grid."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from pxr import Usd

from isaacsim.core.cloner.cloner import Cloner


class GridCloner(Cloner):
    """Copies prims and puts the copies on a grid in the x-y plane with its centre at the origin.

    Args:
        spacing: Distance between neighbours (m).
        num_per_row: Copies in a row; as many as make the grid square by default.
        stage: The stage; the current one by default.
    """

    def __init__(self, spacing: float, num_per_row: int = -1, stage: Usd.Stage | None = None):
        super().__init__(stage)
        self._spacing, self._num_per_row = spacing, num_per_row

    def get_clone_transforms(
        self,
        num_clones: int,
        position_offsets: np.ndarray | None = None,
        orientation_offsets: np.ndarray | None = None,
    ) -> tuple[list[list[float]], list[list[float]]]:
        """Poses of the copies.

        Args:
            num_clones: Number of copies N.
            position_offsets: Added to the positions (m). Shape is (N, 3).
            orientation_offsets: Orientations, (w, x, y, z); the identity by default. Shape is (N, 4).

        Returns:
            Positions (m), shape (N, 3), and orientations (w, x, y, z), shape (N, 4).
        """
        per_row = self._num_per_row if self._num_per_row > 0 else int(math.sqrt(num_clones))
        num_rows = math.ceil(num_clones / per_row)
        num_columns = math.ceil(num_clones / num_rows)
        row, column = np.divmod(np.arange(num_clones), num_columns)
        positions = np.zeros((num_clones, 3))
        positions[:, 0] = (0.5 * (num_rows - 1) - row) * self._spacing
        positions[:, 1] = (column - 0.5 * (num_columns - 1)) * self._spacing
        if position_offsets is not None:
            positions += np.asarray(position_offsets)
        orientations = np.tile([1.0, 0.0, 0.0, 0.0], (num_clones, 1))
        if orientation_offsets is not None:
            orientations = np.asarray(orientation_offsets, dtype=float)
        return positions.tolist(), orientations.tolist()

    def clone(
        self,
        source_prim_path: str,
        prim_paths: Sequence[str],
        position_offsets: np.ndarray | None = None,
        orientation_offsets: np.ndarray | None = None,
        **options: Any,
    ) -> list[list[float]]:
        """Copy a prim onto the grid; see :meth:`Cloner.clone` for the options.

        Returns:
            Positions of the copies (m). Shape is (N, 3).
        """
        positions, orientations = self.get_clone_transforms(len(prim_paths), position_offsets, orientation_offsets)
        super().clone(source_prim_path, prim_paths, positions=positions, orientations=orientations, **options)
        return positions
