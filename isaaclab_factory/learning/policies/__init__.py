# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Trained policies: which checkpoint a command line means, how it is opened, and how it is exported."""
