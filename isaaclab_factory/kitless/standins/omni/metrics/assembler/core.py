# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Checks the units of layers that are put together."""

from __future__ import annotations

import logging

from pxr import Sdf, UsdGeom

_logger = logging.getLogger(__name__)
_UNITS = {"metersPerUnit": 0.01, "kilogramsPerUnit": 1.0, "upAxis": UsdGeom.GetFallbackUpAxis()}


class MetricsAssembler:
    """Compares the units of layers."""

    def check_layers(self, stage_layer: str, layer: str, stage_id: int) -> dict[str, bool]:
        """Compare two layers.

        Returns:
            {"ret_val": True} if they agree. If not, the difference is logged as a warning: nothing is converted.
        """
        roots = [Sdf.Layer.FindOrOpen(identifier).pseudoRoot for identifier in (stage_layer, layer)]
        agree = True
        for unit, fallback in _UNITS.items():
            values = [root.GetInfo(unit) if root.HasInfo(unit) else fallback for root in roots]
            if roots[1].HasInfo(unit) and values[0] != values[1]:
                agree = False
                _logger.warning("'%s' has %s %s, the stage has %s", layer, unit, values[1], values[0])
        return {"ret_val": agree}


_assembler = MetricsAssembler()


def get_metrics_assembler_interface() -> MetricsAssembler:
    """The assembler of this process."""
    return _assembler
