# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Functions on prims."""

from omni.replicator.core.functional import modify
