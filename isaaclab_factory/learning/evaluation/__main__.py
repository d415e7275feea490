# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""``python -m isaaclab_factory.learning.evaluation`` is ``scripts/evaluate.py`` without a repository."""

import sys

from isaaclab_factory.learning.cli.script import run_script

if __name__ == "__main__":
    sys.exit(run_script(f"{__package__}.command:evaluate_policy"))
