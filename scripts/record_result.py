# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Keeps the result of a training in docs/results/, and writes the table of all results in docs/training.md."""

import sys
from pathlib import Path

from isaaclab_factory.learning.cli.script import run_script
from isaaclab_factory.learning.diagnostics.results import record_result

if __name__ == "__main__":
    sys.exit(run_script(lambda: record_result(sys.argv[1:], Path(__file__).parents[1] / "docs")))
