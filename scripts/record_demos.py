# PYTHON_ARGCOMPLETE_OK
# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Records successful episodes of a trained or scripted policy, for imitation learning."""

import sys

from isaaclab_factory.learning.cli.script import run_script

if __name__ == "__main__":
    sys.exit(run_script("isaaclab_factory.learning.demonstrations.record_command:record_demos"))
