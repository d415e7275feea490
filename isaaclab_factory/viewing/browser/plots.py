# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Curves of the last steps."""

from collections import deque
from collections.abc import Sequence

import numpy as np
import viser

COLORS = ("#4c78a8", "#f58518", "#54a24b", "#e45756", "#72b7b2", "#b279a2", "#9d755d", "#bab0ac")


class LivePlot:
    """A plot of some quantities over the time simulated, of the last steps only."""

    def __init__(
        self,
        server: viser.ViserServer,
        names: Sequence[str],
        length: int = 300,
        limits: tuple[float, float] | None = None,
    ) -> None:
        """Args:
        server: The web server; the plot goes where its next control would go.
        names: Names of the quantities.
        length: Number of steps shown.
        limits: Ends of the vertical axis, None for those of the values.
        """
        self._rows: deque[tuple[float, ...]] = deque(maxlen=length)
        # The page loses its time axis where there is no step at all.
        self._nothing = (0.0, *(float("nan") for _ in names))
        series = [{"label": "s"}]
        series += [
            {"label": name, "stroke": COLORS[index % len(COLORS)], "width": 2} for index, name in enumerate(names)
        ]
        scales = {"x": {"time": False}}
        if limits is not None:
            scales["y"] = {"range": limits}
        self._handle = server.gui.add_uplot(
            self._columns(), tuple(series), scales=scales, legend={"show": True}, height=180
        )

    def append(self, time: float, values: Sequence[float]) -> None:
        """Notes the values of a step.

        Args:
            time: Time simulated in s.
            values: The quantities in the order of their names.
        """
        self._rows.append((time, *values))

    def clear(self) -> None:
        """Forgets the steps so far."""
        self._rows.clear()

    def show(self) -> None:
        """Sends the curves to the browser."""
        self._handle.data = self._columns()

    def _columns(self) -> tuple[np.ndarray, ...]:
        rows = np.array(self._rows or [self._nothing])
        return tuple(np.ascontiguousarray(column) for column in rows.T)
