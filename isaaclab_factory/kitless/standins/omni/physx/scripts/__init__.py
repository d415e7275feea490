# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Helpers that author physics on a stage."""

from omni.physx.scripts import deformableUtils, utils
