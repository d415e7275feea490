# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Checks the tasks on an NVIDIA GPU, and writes a report of what it measured; see docs/gpu.md."""

import sys
from pathlib import Path

from isaaclab_factory.learning.cli.script import run_script
from isaaclab_factory.learning.diagnostics.gpu_check import gpu_check

if __name__ == "__main__":
    sys.exit(run_script(lambda: gpu_check(sys.argv[1:], Path(__file__).parents[1])))
