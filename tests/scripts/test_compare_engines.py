# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Comparing the engines on a task, here with MuJoCo Warp on Warp's CPU device."""

import json

import pytest


@pytest.mark.slow
@pytest.mark.long
def test_both_engines_start_from_the_same_states_and_part_by_little(run) -> None:
    result = run("compare_engines.py", "--num_envs", "2", "--steps", "3", "--device", "cpu", "--json")
    assert result.returncode == 0, result.stderr
    apart = json.loads(result.stdout)
    assert (apart["task"], apart["device"]) == ("Isaac-Factory-PegInsert", "cpu")
    assert apart["start_um"] < 1.0
    for name in ("hand_um", "part_um"):
        assert 0.0 < apart[name]["max_first"] <= apart[name]["max"] < 1000.0


def test_an_engine_of_the_users_own_is_refused(run) -> None:
    result = run("compare_engines.py", "physics=newton_mujoco")
    assert result.returncode == 2
    assert result.stderr.startswith("error: physics= cannot be chosen")
