# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Replicator: nothing renders, but seeds are set and prims get semantic labels."""
