# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Makes a row of the table in docs/training.md: trains as experiment files say, measures, and keeps the result."""

import sys
from pathlib import Path

from isaaclab_factory.learning.cli.script import run_script
from isaaclab_factory.learning.diagnostics.reproduction import reproduce

if __name__ == "__main__":
    sys.exit(run_script(lambda: reproduce(sys.argv[1:], Path(__file__).parents[1] / "docs")))
