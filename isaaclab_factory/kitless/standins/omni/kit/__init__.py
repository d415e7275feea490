# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Kit: the application and its commands."""

from omni.kit import app, commands, viewport
