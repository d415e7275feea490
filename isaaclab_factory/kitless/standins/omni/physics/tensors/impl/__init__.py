# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Views on the physics as tensors."""

from omni.physics.tensors.impl import api
