# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Ships a policy with the package, from a checkpoint in its run folder and an evaluation of it."""

import sys

from isaaclab_factory.learning.cli.script import run_script

if __name__ == "__main__":
    sys.exit(run_script("isaaclab_factory.learning.diagnostics.publishing:publish_policy"))
