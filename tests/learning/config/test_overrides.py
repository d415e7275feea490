# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Overrides as nested mappings and as words."""

import pytest

from isaaclab_factory.learning.config.overrides import parse_value, sections_of, value_text, words_of
from isaaclab_factory.learning.errors import UserError


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, False, 0, -3, 1.5, 1e-5, float("inf"), [], {}, [1, [2.0, "a b"], None], {"a": 1, "b": ["x"]}),
        *("elu", "null", "True", "5", "1e-3", "", " ", "a b", "a,b", "x=y", "[1]", "{}", "module:Class", "a/b", "None"),
        *("it's", 'a"b', "back\\slash", "end\\", "{ENV_REGEX_NS}/Table", "${a}", "ü", "a\nb", "inf"),
    ],
)
def test_a_value_is_read_as_it_was_meant(value: object) -> None:
    read = parse_value(value_text(value))
    assert read == value
    assert type(read) is type(value)


def test_a_nested_mapping_is_one_word_for_every_end() -> None:
    values = {"rewards": {"reach": {"weight": 2.0}, "touch": None}, "episode_length_s": 5.0, "a.b": [1, 2]}
    assert words_of("env", values) == [
        "env.rewards.reach.weight=2.0",
        "env.rewards.touch=null",
        "env.episode_length_s=5.0",
        "env.a.b=[1, 2]",
    ]


def test_a_plus_makes_a_key_and_what_is_below_it_new() -> None:
    values = {"params": {"+extra": {"a": 1, "++b": 2}, "old": 3}}
    assert words_of("agent", values) == ["+agent.params.extra.a=1", "++agent.params.extra.b=2", "agent.params.old=3"]


@pytest.mark.parametrize("key", ["a b", "panda_joint[1-4]", "", "a=1", "+", ".a", "a..b"])
def test_a_key_that_no_override_can_have_is_refused(key: str) -> None:
    with pytest.raises(UserError, match=r"env\.sim\..* cannot be overridden"):
        words_of("env", {"sim": {key: 1}})


def test_a_value_that_no_override_can_have_is_refused() -> None:
    with pytest.raises(UserError, match="cannot be in an override: null, booleans"):
        words_of("env", {"a": [object()]})


def test_words_become_sections_and_the_same_words_again() -> None:
    words = ["env.a.b=1", "+agent.params.new.c='x y'", "env.a.d=null", "agent.net.0.layers=[8, 8]", "++agent.e=true"]
    words.append("~agent.a.gone")
    sections = sections_of(words)
    assert sections == {
        "env": {"a": {"b": 1, "d": None}},
        "agent": {
            "params": {"new": {"+c": "x y"}},
            "net": {"0": {"layers": [8, 8]}},
            "++e": True,
            "a": {"~gone": None},
        },
    }
    again = [word for section, values in sections.items() for word in words_of(section, values)]
    assert sorted(again) == sorted(words)


def test_presets_are_kept_by_their_selectors() -> None:
    words = ["presets=a,b", "env.x=1", "physics=newton_mjwarp", "presets=c"]
    assert sections_of(words) == {"presets": "a,b,c", "physics": "newton_mjwarp", "env": {"x": 1}}


def test_a_mapping_as_a_value_is_set_again_also_where_there_was_nothing() -> None:
    sections = sections_of(["agent.agent.learning_rate_scheduler_kwargs={'kl_threshold': 0.01}"])
    assert words_of("agent", sections["agent"]) == ["+agent.agent.learning_rate_scheduler_kwargs.kl_threshold=0.01"]


def test_the_last_override_of_a_key_counts() -> None:
    assert sections_of(["env.a=1", "env.b=2", "env.a=3"]) == {"env": {"a": 3, "b": 2}}
