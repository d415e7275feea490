# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Members of a population compare themselves, and one that is behind is replaced by one that goes on from a leader."""

from pathlib import Path
from typing import Any

import pytest
import torch
import yaml

from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.scaling.population import Replaced, population_root
from tests.learning.learners import agent_cfg, make_trainer, train

RATE = "agent.params.config.learning_rate"
ITERATIONS = 6


def member(index: int, **changes: Any) -> list[str]:
    """Returns the overrides of one of two members, which compare themselves every second iteration."""
    settings = {"enabled": True, "num_policies": 2, "policy_idx": index, "interval_steps": 16 * 32 * 2}
    settings |= {"mutation": {RATE: "mutate_float"}, "mutation_rate": 1.0} | changes
    return [f"pbt.{key}={value!r}" for key, value in settings.items()]


def train_member(root: Path, index: int, **changes: Any) -> None:
    """Trains a member until its end, or until it is replaced."""
    train(make_trainer("rl_games", root, ITERATIONS, *member(index, **changes), num_envs=16))


@pytest.mark.slow
def test_one_that_is_behind_is_replaced_by_the_leader_with_another_value(tmp_path: Path) -> None:
    train_member(tmp_path, 1)
    workspace = tmp_path / "rl_games" / "point" / "pbt_workspace"
    notes = sorted((workspace / "001").glob("*.yaml"))
    assert len(notes) == 2  # of iterations 3 and 5; the first comparison begins to count
    for note in notes:
        content = yaml.safe_load(note.read_text())
        assert 0.0 <= content["true_objective"] <= 1.0
        note.write_text(yaml.safe_dump(content | {"true_objective": 2.0}))

    with pytest.raises(Replaced) as replaced:
        train_member(tmp_path, 0)
    successor = replaced.value.successor
    leader = yaml.safe_load(notes[0].read_text())
    assert successor.checkpoint == Path(leader["checkpoint"])
    epoch = torch.load(leader["checkpoint"], weights_only=True)["epoch"]
    assert successor.max_iterations == ITERATIONS - epoch
    assert successor.seed >= 0
    assert list(successor.values) == [RATE]
    factor = successor.values[RATE] / leader["params"][RATE]
    assert 1.1 <= max(factor, 1.0 / factor) <= 2.0


@pytest.mark.slow
def test_an_objective_that_the_task_does_not_log_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"'episode.succes' is none of .*episode.Metrics/assembly_goal/success"):
        train_member(tmp_path, 0, objective="episode.succes")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"policy_idx": 2}, "policy_idx must be from 0 to 1, not 2"),
        ({"interval_steps": 0}, "interval_steps must be above zero"),
        ({"mutation": {}}, "mutation is empty"),
        ({"mutation": {"agent.params.config.learning_rat": "mutate_float"}}, "learning_rat is no number"),
        ({"mutation": {RATE: "mutate_flat"}}, "by mutate_float, mutate_discount, not by 'mutate_flat'"),
    ],
)
def test_a_population_that_cannot_be_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        population_root(agent_cfg("rl_games", 1, *member(0, **changes)), "logs", processes=1)


def test_members_train_in_one_process_each() -> None:
    with pytest.raises(UserError, match="without --distributed"):
        population_root(agent_cfg("rl_games", 1, *member(0)), "logs", processes=2)


@pytest.mark.parametrize(("directory", "root"), [("/shared", "/shared/logs"), ("shared", "shared/logs"), (".", "logs")])
def test_members_meet_below_their_directory(directory: str, root: str) -> None:
    cfg = agent_cfg("rl_games", 1, *member(0, directory=directory))
    assert population_root(cfg, "logs", processes=1) == root


@pytest.mark.parametrize("library", ["rl_games", "rsl_rl", "skrl"])
def test_a_training_of_no_population_keeps_its_folder(library: str) -> None:
    assert population_root(agent_cfg(library, 1), "logs", processes=2) == "logs"
