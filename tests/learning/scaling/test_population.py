# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Members of a population compare themselves, and one that is behind begins anew from one that leads."""

import argparse
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml

from isaaclab_factory.learning.episodes import EpisodeRecorder
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.libraries import trainer_class
from isaaclab_factory.learning.run_folder.interrupts import StopTraining
from isaaclab_factory.learning.run_folder.progress import TrainingLog
from isaaclab_factory.learning.run_folder.runs import create_run_folder
from isaaclab_factory.learning.scaling import population
from isaaclab_factory.learning.scaling.population import prepare_population, successors_arguments
from tests.learning.point_env import PointEnv
from tests.learning.test_libraries import agent_cfg

RATE = "agent.params.config.learning_rate"
ARGS = argparse.Namespace(log_root="logs")


def member_cfg(index: int, iterations: int = 6, **changes: Any) -> dict[str, Any]:
    """Returns the configuration of one of two members, which compare themselves every second iteration."""
    cfg = agent_cfg("rl_games", iterations)
    cfg["pbt"] |= {"enabled": True, "num_policies": 2, "policy_idx": index, "interval_steps": 16 * 32 * 2}
    cfg["pbt"] |= {"mutation": {RATE: "mutate_float"}, "mutation_rate": 1.0} | changes
    return cfg


def train(root: Path, index: int, **changes: Any) -> None:
    """Trains a member until its end, or until it is to begin anew."""
    cfg = member_cfg(index, **changes)
    prepare_population(cfg, ARGS)
    folder = create_run_folder(root, "rl_games", "peg_insert")
    recorder = EpisodeRecorder(PointEnv(16))
    trainer = trainer_class("rl_games")(recorder, cfg, folder, "cpu")
    with TrainingLog(folder, recorder, 6) as log:
        trainer.train(log)


@pytest.mark.slow
def test_one_that_is_behind_begins_anew_from_the_leader_with_another_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(population, "_successor", None)
    train(tmp_path, 1)
    assert population._successor is None
    workspace = tmp_path / "rl_games" / "peg_insert" / "pbt_workspace"
    notes = sorted((workspace / "001").glob("*.yaml"))
    assert len(notes) == 2  # of iterations 3 and 5, the first being where it begins to count
    for note in notes:
        content = yaml.safe_load(note.read_text())
        assert 0.0 <= content["true_objective"] <= 1.0
        note.write_text(yaml.safe_dump(content | {"true_objective": 2.0}))

    with pytest.raises(StopTraining):
        train(tmp_path, 0)
    leaders = yaml.safe_load(notes[0].read_text())
    checkpoint, iterations, seed, override = population._successor
    assert checkpoint == f"--checkpoint={leaders['checkpoint']}"
    epoch = torch.load(leaders["checkpoint"], weights_only=True)["epoch"]
    assert iterations == f"--max_iterations={6 - epoch}"
    assert int(seed.removeprefix("--seed=")) >= 0
    factor = float(override.removeprefix(f"{RATE}=")) / leaders["params"][RATE]
    assert 1.1 <= max(factor, 1.0 / factor) <= 2.0


@pytest.mark.slow
def test_an_objective_that_the_task_does_not_tell_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"'episode.succes' is none of .*episode.Metrics/assembly_goal/success"):
        train(tmp_path, 0, objective="episode.succes")


def test_a_successor_keeps_what_it_is_not_told_otherwise() -> None:
    argv = ["--task", "T", "--checkpoint", "old", "--resume", "--max_iterations=9", "--seed", "3", "--num_envs", "4"]
    argv += [f"{RATE}=1", "agent.params.config.gamma=0.9"]
    words = ["--checkpoint=new", "--max_iterations=5", f"{RATE}=2"]
    expected = ["--task", "T", "--num_envs", "4", "agent.params.config.gamma=0.9", *words]
    assert successors_arguments(argv, words) == expected
    assert successors_arguments(expected, words) == expected


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"policy_idx": 2}, "policy_idx must be from 0 to 1, not 2"),
        ({"interval_steps": 0}, "interval_steps must be above zero"),
        ({"mutation": {}}, "nothing that is to be varied"),
        ({"mutation": {"agent.params.config.learning_rat": "mutate_float"}}, "learning_rat is no number"),
        ({"mutation": {RATE: "mutate_flat"}}, "by mutate_float, mutate_discount, not by 'mutate_flat'"),
    ],
)
def test_a_population_that_makes_no_sense_is_told(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(UserError, match=said):
        prepare_population(member_cfg(0, **changes), ARGS)


@pytest.mark.parametrize(("directory", "root"), [("/shared", "/shared/logs"), ("shared", "shared/logs"), (".", "logs")])
def test_members_meet_below_their_directory_also_when_they_begin_again(directory: str, root: str) -> None:
    args = argparse.Namespace(log_root="logs")
    cfg = member_cfg(0, directory=directory)
    assert [prepare_population(cfg, args) for _ in range(2)] == [root, root]
    assert args.log_root == "logs"  # of which the file and the command are made that begin it again
    assert prepare_population(agent_cfg("rl_games", 1), args) == "logs"
