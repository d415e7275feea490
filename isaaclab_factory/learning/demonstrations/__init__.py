# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Demonstrations: successful episodes in an HDF5 file for imitation learning, and their replay."""
