# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Tools that look at tasks and policies: soak tests, untrained agents, publishing."""
