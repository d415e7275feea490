# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Trains a task many times with other values each time, see docs/distributed.md."""

import sys

from isaaclab_factory.learning.cli.script import run_script

if __name__ == "__main__":
    sys.exit(run_script("isaaclab_factory.learning.sweep:sweep"))
