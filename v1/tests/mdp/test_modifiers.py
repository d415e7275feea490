# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Modifiers of observations."""

import math

import torch

from isaaclab_factory import mdp


def test_saturate_is_linear_near_zero_and_bounded():
    data = torch.tensor([[0.0, 1e-5, -0.002], [0.002, -0.5, 0.5]])
    seen = mdp.saturate(data, distance=0.002)
    tanh = (math.e - 1.0 / math.e) / (math.e + 1.0 / math.e)
    expected = torch.tensor([[0.0, 0.005, -tanh], [tanh, -1.0, 1.0]])
    torch.testing.assert_close(seen, expected, atol=1e-6, rtol=1e-4)
