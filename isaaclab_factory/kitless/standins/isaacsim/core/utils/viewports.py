# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Viewports."""

from isaaclab_factory.kitless.unsupported import unsupported

set_camera_view = unsupported("viewports", "set_camera_view")
