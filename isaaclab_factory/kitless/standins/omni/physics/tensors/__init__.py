# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Views on the physics as tensors."""

from omni.physics.tensors import impl
from omni.physics.tensors.impl.api import create_simulation_view
