# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What a run leaves behind, and how another goes on from it: checkpoints, records, curves."""
