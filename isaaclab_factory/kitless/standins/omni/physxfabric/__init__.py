# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Fabric, the copy of the stage for the renderer. Nothing renders, so there is nothing to update."""


class PhysxFabricInterface:
    """Writes physics results to Fabric."""

    def force_update(self, current_time: float, elapsed_time: float) -> None:
        """There is no Fabric to write to."""

    update = force_update


_fabric = PhysxFabricInterface()


def get_physx_fabric_interface() -> PhysxFabricInterface:
    """The interface of this process."""
    return _fabric
