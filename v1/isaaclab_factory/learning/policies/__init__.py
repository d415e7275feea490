# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Trained policies: opening a checkpoint, export, and the policies that come with the package."""
