# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Overrides as nested mappings and as words, compared by what Hydra's own parser reads in the words."""

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser

from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.experiments.experiment_overrides import hydra_value, sections_of, words_of


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, False, 0, -3, 1.5, 1e-5, float("inf"), [], {}, [1, [2.0, "a b"], None], {"a": 1, "b": ["x"]}),
        *("elu", "null", "True", "5", "1e-3", "", " ", "a b", "a,b", "x=y", "[1]", "{}", "module:Class", "a/b", "/a/b"),
        *("it's", 'a"b', "back\\slash", "end\\", '\\"', '\\\\"', "\\\\", "{ENV_REGEX_NS}/Table", "${a}", "ü", "a\nb"),
    ],
)
def test_hydra_reads_the_value_that_was_meant(value: object) -> None:
    read = OverridesParser.create().parse_override(f"key={hydra_value(value)}").value()
    assert read == value
    assert type(read) is type(value)


def test_a_nested_mapping_is_one_word_for_every_end() -> None:
    values = {"rewards": {"reach": {"weight": 2.0}, "touch": None}, "episode_length_s": 5.0, "a.b": [1, 2]}
    assert words_of("env", values) == [
        "env.rewards.reach.weight=2.0",
        "env.rewards.touch=null",
        "env.episode_length_s=5.0",
        "env.a.b=[1,2]",
    ]


def test_a_plus_makes_a_key_and_what_is_below_it_new() -> None:
    values = {"params": {"+extra": {"a": 1, "++b": 2}, "old": 3}}
    assert words_of("agent", values) == ["+agent.params.extra.a=1", "++agent.params.extra.b=2", "agent.params.old=3"]


@pytest.mark.parametrize("key", ["a b", "panda_joint[1-4]", "", "a=1", "+", ".a", "a..b"])
def test_a_key_that_no_override_can_have_is_told(key: str) -> None:
    with pytest.raises(UserError, match=r"env\.sim\..* can be no override"):
        words_of("env", {"sim": {key: 1}})


def test_a_value_that_no_override_can_have_is_told() -> None:
    with pytest.raises(UserError, match="can be no override: values are null, true"):
        words_of("env", {"a": [object()]})
    with pytest.raises(UserError, match="'x y' can be no key in a list"):
        words_of("env", {"a": [{"x y": 1}]})


def test_words_become_sections_and_the_same_words_again() -> None:
    words = ["env.a.b=1", "+agent.params.new.c='x y'", "env.a.d=null", "agent.net.0.layers=[8,8]", "++agent.e=true"]
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
    assert sorted(again) == sorted(word.replace("'", '"') for word in words)


def test_a_mapping_as_a_value_is_set_again_also_where_there_was_nothing() -> None:
    sections = sections_of(["agent.agent.learning_rate_scheduler_kwargs={kl_threshold:0.01}"])
    assert words_of("agent", sections["agent"]) == ["++agent.agent.learning_rate_scheduler_kwargs.kl_threshold=0.01"]


def test_the_last_override_of_a_key_counts() -> None:
    assert sections_of(["env.a=1", "env.b=2", "env.a=3"]) == {"env": {"a": 3, "b": 2}}


def test_an_override_that_cannot_be_read_is_told() -> None:
    with pytest.raises(UserError, match=r"cannot read the override env\.a=\[1"):
        sections_of(["env.a=[1"])
