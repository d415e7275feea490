# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""From a USD stage to the plain data that a physics engine needs."""
