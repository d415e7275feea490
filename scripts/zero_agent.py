# PYTHON_ARGCOMPLETE_OK
# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Steps a task with actions that are all zero: the arm should hold still."""

import sys

from isaaclab_factory.learning.cli.script import run_script

if __name__ == "__main__":
    sys.exit(run_script("isaaclab_factory.learning.diagnostics.untrained:run_zero_agent"))
