# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Wrappers of shapes. Isaac Lab has its own spawners."""

from isaaclab_factory.kitless.unsupported import unsupported

DynamicSphere = unsupported("isaacsim.core.api.objects.DynamicSphere", "DynamicSphere")
