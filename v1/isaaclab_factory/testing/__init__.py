# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Tests single MDP terms in milliseconds, on an environment of a few rows without a simulator."""

from .env import TermEnv, term_env

__all__ = ["TermEnv", "term_env"]
