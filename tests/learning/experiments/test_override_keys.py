# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""An override of a key that is not there is told with the keys that are."""

import pytest

from isaaclab_factory.learning.configs import load_configs
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.experiments.override_keys import missing_key

VALUES = {
    "env": {"rewards": {"reach": {"weight": 1.0}, "touch": None}, "episode_length_s": 5.0},
    "agent": {"network": [{"layers": [8, 8]}], "kwargs": None},
}


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("env.rewards.reech.weight=1", "env.rewards has no 'reech'; did you mean reach? there are reach, touch"),
        ("env.rewards.x=null", "env.rewards has no 'x'; there are reach, touch"),
        (
            "env.episode_length_s.x=1",
            "env.episode_length_s is 5.0, and nothing is below it; +env.episode_length_s.x adds",
        ),
        ("agent.kwargs.x=1", "agent.kwargs is null, and nothing is below it; +agent.kwargs.x adds"),
        ("agent.network.1.layers=[4]", "agent.network has no '1'; there are 0"),
        ("~agent.network.0.layer", "agent.network.0 has no 'layer'; did you mean layers? there are layers"),
    ],
)
def test_a_missing_key_is_told_with_those_that_are_there(override: str, said: str) -> None:
    assert missing_key(["env.episode_length_s=1", override], VALUES) == f"cannot apply {override}: {said}"


@pytest.mark.parametrize(
    "override",
    [
        "env.rewards.touch=null",
        "agent.network.0.layers=[1]",
        "+agent.new.x=1",
        "++agent.y=1",
        "env.rewards={reach:null}",
    ],
)
def test_nothing_is_said_of_keys_that_are_there_or_new(override: str) -> None:
    assert missing_key([override], VALUES) is None


def test_a_configuration_is_not_loaded_with_a_missing_key() -> None:
    with pytest.raises(
        UserError, match=r"cannot apply env\.rewards\.suces=null: .*; did you mean success\? there are "
    ):
        load_configs(
            "Isaac-Factory-PegInsert-v0", "rsl_rl_cfg_entry_point", ["env.episode_length_s=1", "env.rewards.suces=null"]
        )
