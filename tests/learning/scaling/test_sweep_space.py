# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What varies in a sweep."""

import math

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser
from ray.tune.search.variant_generator import generate_variants

from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.scaling.sweep_space import override_text, search_space


def trials(*overrides: str) -> list[dict]:
    """Returns the values of the trials that Ray makes of overrides."""
    space, _ = search_space(list(overrides))
    return [values for _, values in generate_variants(space)]


def test_lists_are_tried_in_every_combination() -> None:
    found = trials("agent.a=1,2", "agent.b=x,null,[3,4]", "env.c=range(0,4,2)")
    expected = [{"agent.a": a, "agent.b": b, "env.c": c} for a in (1, 2) for b in ("x", None, [3, 4]) for c in (0, 2)]
    assert sorted(found, key=str) == sorted(expected, key=str)


def test_intervals_are_drawn_from() -> None:
    drawn = [trials("agent.a=interval(0.5,2)")[0]["agent.a"] for _ in range(200)]
    assert all(0.5 <= value <= 2.0 for value in drawn)
    assert 0.35 < sum(value < 1.25 for value in drawn) / 200 < 0.65
    logarithmic = [trials("agent.a=tag(log,interval(1e-6,1.0))")[0]["agent.a"] for _ in range(200)]
    assert 0.35 < sum(value < 1e-3 for value in logarithmic) / 200 < 0.65
    whole = {trials("agent.a=int(interval(2,4))")[0]["agent.a"] for _ in range(100)}
    assert whole == {2, 3, 4}


def test_what_does_not_vary_is_left_to_the_training() -> None:
    space, fixed = search_space(
        ["env.episode_length_s=2.0", "agent.a=1,2", "env.rewards.success=null", "agent.b=[1,2]"]
    )
    assert list(space) == ["agent.a"]
    assert fixed == ["env.episode_length_s=2.0", "env.rewards.success=null", "agent.b=[1,2]"]


@pytest.mark.parametrize("value", [1, -2.5, 1e-05, True, None, [64, 64], [True, None], "elu"])
def test_hydra_reads_a_value_as_it_was(value: object) -> None:
    override = OverridesParser.create().parse_override(override_text("agent.a", value))
    assert override.key_or_group == "agent.a"
    assert override.value() == value or math.isclose(override.value(), value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("agent.a=glob(x*)", "cannot sweep over"),
        ("agent.a=interval(2,1)", "must go up"),
        ("agent.a=tag(log,interval(0,1))", "must go up, from above zero"),
        ("agent.a=choice(1", "cannot read"),
    ],
)
def test_a_mistake_is_told(text: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        search_space([text])
