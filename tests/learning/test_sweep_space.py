# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What varies in a sweep."""

import math

import optuna
import pytest

from isaaclab_factory.learning.config.overrides import parse_value
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.sweep import combinations, override_value, search_space


def draws(override: str, count: int = 200) -> list:
    """Returns values that Optuna draws at random."""
    space, _ = search_space([override])
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    return [study.ask(space).params["agent.a"] for _ in range(count)]


def test_lists_are_tried_in_every_combination() -> None:
    space, _ = search_space(["agent.a=1,2", "agent.b=x,null,[3,4]", "env.c=range(0,4,2)"])
    expected = [
        {"agent.a": a, "agent.b": b, "env.c": c} for a in ("1", "2") for b in ("x", "null", "[3,4]") for c in ("0", "2")
    ]
    assert combinations(space) == expected


def test_intervals_are_drawn_from() -> None:
    drawn = draws("agent.a=interval(0.5,2)")
    assert all(0.5 <= value <= 2.0 for value in drawn)
    assert 0.35 < sum(value < 1.25 for value in drawn) / len(drawn) < 0.65
    logarithmic = draws("agent.a=tag(log,interval(1e-6,1.0))")
    assert 0.35 < sum(value < 1e-3 for value in logarithmic) / len(logarithmic) < 0.65
    assert set(draws("agent.a=int(interval(2,4))")) == {2, 3, 4}


def test_intervals_have_no_combinations() -> None:
    assert combinations(search_space(["agent.a=1,2", "agent.b=interval(0,1)"])[0]) is None


def test_what_does_not_vary_is_left_to_the_training() -> None:
    fixed = ["env.episode_length_s=2.0", "env.rewards.success=null", "agent.b=[1,2]", "presets=no_noise,aided"]
    space, rest = search_space([*fixed, "agent.a=1,2"])
    assert list(space) == ["agent.a"]
    assert rest == fixed


@pytest.mark.parametrize("value", [1, -2.5, 1e-05, True, None, [64, 64], "elu"])
def test_an_override_reads_a_value_as_it_was(value: object) -> None:
    read = parse_value(override_value(value))
    assert read == value or math.isclose(read, value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("agent.a=glob(x*)", "cannot sweep over"),
        ("agent.a=interval(2,1)", "must go up"),
        ("agent.a=tag(log,interval(0,1))", "must go up, from above zero"),
        ("agent.a=choice(1", "cannot read"),
    ],
)
def test_a_mistake_is_reported(text: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        search_space([text])
