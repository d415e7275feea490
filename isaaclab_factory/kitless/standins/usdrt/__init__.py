# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""USD on Fabric. Isaac Lab uses it only where the setting ``/physics/fabricEnabled`` is on, and it is off."""

from isaaclab_factory.kitless.unsupported import unsupported

Rt = unsupported("Fabric", "usdrt.Rt")
Sdf = unsupported("Fabric", "usdrt.Sdf")
Usd = unsupported("Fabric", "usdrt.Usd")
hierarchy = unsupported("Fabric", "usdrt.hierarchy")
