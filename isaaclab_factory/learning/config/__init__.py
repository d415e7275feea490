# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Configurations of a task and its agent, from the registry, overrides, plugins and experiment files."""
