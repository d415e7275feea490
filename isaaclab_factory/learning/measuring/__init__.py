# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""How good a policy is and whether the physics is sound: episodes counted, tables, long runs."""
