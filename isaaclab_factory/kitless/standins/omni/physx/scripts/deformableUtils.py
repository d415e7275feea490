# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Deformable bodies."""

from isaaclab_factory.kitless.unsupported import unsupported

add_physx_deformable_body = unsupported("deformable objects", "add_physx_deformable_body")
