# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Trains a task many times with other values each time, on this machine or a Ray cluster; see docs/distributed.md."""

import sys

from isaaclab_factory.learning.errors import run_script
from isaaclab_factory.learning.scaling.sweep import sweep

if __name__ == "__main__":
    sys.exit(run_script(lambda: sweep(sys.argv[1:])))
