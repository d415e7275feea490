# PYTHON_ARGCOMPLETE_OK
# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Steps a task with actions that are all zero: the arm should hold still."""

import sys
from typing import TYPE_CHECKING

from isaaclab_factory.learning.errors import run_script
from isaaclab_factory.learning.measuring.untrained import run_untrained

if TYPE_CHECKING:
    import torch


def act(zeros: "torch.Tensor") -> "torch.Tensor":
    """Returns the next actions, of the shape of ``zeros``."""
    return zeros


if __name__ == "__main__":
    sys.exit(run_script(lambda: run_untrained(__doc__, sys.argv[1:], act)))
