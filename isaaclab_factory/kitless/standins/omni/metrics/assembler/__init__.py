# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Checks the units of layers that are put together."""

from omni.metrics.assembler import core
