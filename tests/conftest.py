# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What all tests share."""

import torch

import isaaclab_factory  # noqa: F401  (makes Isaac Lab importable before any test imports it)

# The tests step small tensors beside MuJoCo's own threads: more threads of PyTorch would only wait in loops.
torch.set_num_threads(1)
