# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Wrappers of materials. Isaac Lab has its own spawners."""

from isaaclab_factory.kitless.unsupported import unsupported

PhysicsMaterial = unsupported("isaacsim.core.api.materials.PhysicsMaterial", "PhysicsMaterial")
PreviewSurface = unsupported("isaacsim.core.api.materials.PreviewSurface", "PreviewSurface")
