# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Measures policies: success rates, their intervals, and how they depend on the start of an episode."""
