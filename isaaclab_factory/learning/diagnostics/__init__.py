# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Tools around tasks and policies: untrained agents, publishing, the table of results."""
