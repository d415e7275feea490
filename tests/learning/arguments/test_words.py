# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Words are taken out of a command line with what belongs to them."""

import pytest

from isaaclab_factory.learning.arguments.words import without_options


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("--seed 3 --task T", "--task T"),
        ("--seed=3 --task T", "--task T"),
        ("--resume --task T", "--task T"),
        ("agent.gamma=0.9 agent.gammas=1", "agent.gammas=1"),
        ("--seeds 3 --task --seed", "--seeds 3 --task"),
    ],
)
def test_an_option_goes_with_its_values_and_an_override_by_its_key(typed: str, left: str) -> None:
    options = {"--seed": 1, "--resume": 0, "agent.gamma": 0}
    assert without_options(typed.split(), options) == left.split()
