# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Which policy a command line means, and with which hyperparameters and presets."""

import argparse
import json
from pathlib import Path

import pytest

from isaaclab_factory.learning.cli.flags import add_environment_flags
from isaaclab_factory.learning.cli.parser import OneLineParser, split_overrides
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.policies import pretrained
from isaaclab_factory.learning.policies.source import Source, add_policy_flags, find_source
from isaaclab_factory.learning.session import find_task

TASK = "Isaac-Factory-PegInsert"
LSTM = "rl_games_lstm_cfg_entry_point"


def source_of(*argv: str) -> Source:
    """Returns the source of a command line."""
    parser = OneLineParser()
    add_environment_flags(parser)
    add_policy_flags(parser, "play")
    args, words = split_overrides(parser, list(argv))
    find_task(args)
    return find_source(args, words)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run of rl_games with the LSTM network, on a variant of the task."""
    run = tmp_path / "logs" / "rl_games" / "peg_insert_lstm" / "2026-01-01_00-00-00"
    (run / "nn").mkdir(parents=True)
    (run / "nn" / "peg_insert_ep_3.pth").touch()
    (run / "params").mkdir()
    (run / "params" / "agent.yaml").touch()
    command = ".venv/bin/python scripts/train.py --lib rl_games presets=search,tight env.decimation=8"
    record = {"library": "rl_games", "task": TASK, "agent": LSTM, "command": command}
    (run / "run.json").write_text(json.dumps(record))
    return run


def test_a_checkpoint_has_library_hyperparameters_and_presets_of_its_run(run: Path) -> None:
    source = source_of("--checkpoint", str(run))
    assert source == Source(
        "rl_games",
        LSTM,
        run / "nn" / "peg_insert_ep_3.pth",
        run / "params" / "agent.yaml",
        presets=("search", "tight"),
        task=TASK,
    )
    assert source_of("--log_root", str(run.parents[2])) == source


def test_presets_of_the_run_are_used_unless_others_are_given(run: Path) -> None:
    source = source_of("--checkpoint", str(run))
    assert source.words(["env.decimation=4"]) == ["presets=search,tight", "env.decimation=4"]
    assert source.words(["presets=aided"]) == ["presets=aided"]


def test_another_task_gets_no_presets_of_the_run(run: Path) -> None:
    source = source_of("--checkpoint", str(run), "--task", "Isaac-Factory-GearMesh")
    assert source.words(["env.decimation=4"]) == ["env.decimation=4"]
    assert source.task == TASK


def test_other_hyperparameters_are_taken_as_they_are_registered(run: Path) -> None:
    source = source_of("--checkpoint", str(run), "--agent", "rl_games_cfg_entry_point")
    assert (source.agent_key, source.agent_file) == ("rl_games_cfg_entry_point", None)


def test_a_checkpoint_of_no_run_has_the_tasks_own_hyperparameters(run: Path, tmp_path: Path) -> None:
    lonely = tmp_path / "policy.pth"
    lonely.touch()
    source = source_of("--checkpoint", str(lonely), "--lib", "rl_games")
    assert source == Source("rl_games", "rl_games_cfg_entry_point", lonely)


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (("--log_root", "nowhere"), f"no run of {TASK} has a checkpoint in nowhere"),
        (("--log_root", "nowhere", "--lib", "skrl"), f"no run of {TASK} with skrl has"),
        (("--checkpoint", "a.pt", "--use_last_checkpoint"), "not allowed with argument --checkpoint"),
        (("--checkpoint", "nowhere.pt"), "checkpoint nowhere.pt does not exist"),
    ],
)
def test_a_checkpoint_that_is_not_there_is_reported(argv: tuple[str, ...], message: str) -> None:
    with pytest.raises(UserError, match=message):
        source_of(*argv)


def test_an_agent_of_another_library_is_reported(run: Path) -> None:
    with pytest.raises(UserError, match="has no 'skrl_cfg_entry_point' for rl_games"):
        source_of("--checkpoint", str(run), "--agent", "skrl_cfg_entry_point")


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in place of the package's shipped policies, with one for a variant of PegInsert."""
    monkeypatch.setattr(pretrained, "FOLDER", tmp_path / "pretrained")
    return ship("peg_insert_search", "search", success_rate=0.9)


def ship(name: str, preset: str, success_rate: float) -> Path:
    """Puts a policy for a variant of PegInsert on the shelf and returns its folder."""
    folder = pretrained.FOLDER / name
    folder.mkdir(parents=True)
    (folder / "policy.pt").touch()
    (folder / "agent.yaml").touch()
    record = {"task": TASK, "presets": [preset], "library": "rsl_rl", "agent": "rsl_rl_gru_cfg_entry_point"}
    (folder / "policy.json").write_text(json.dumps(record | {"evaluation": {"success_rate": success_rate}}))
    return folder


@pytest.mark.parametrize("flag", [("--use_pretrained_checkpoint",), ("--checkpoint", "pretrained")])
@pytest.mark.parametrize("words", [(), ("presets=search",)])
def test_the_shipped_policy_comes_with_its_presets(shelf: Path, flag: tuple, words: tuple) -> None:
    source = source_of(*flag, *words)
    assert (source.library, source.agent_key) == ("rsl_rl", "rsl_rl_gru_cfg_entry_point")
    assert (source.checkpoint, source.agent_file) == (shelf / "policy.pt", shelf / "agent.yaml")
    assert source.words([]) == ["presets=search"]


@pytest.mark.parametrize("success_rate", [0.8, 0.95])
def test_of_several_policies_the_best_one_is_taken(shelf: Path, success_rate: float) -> None:
    other = ship("peg_insert_aided", "aided", success_rate)
    best = other if success_rate > 0.9 else shelf
    assert source_of("--checkpoint", "pretrained").checkpoint == best / "policy.pt"
    assert source_of("--checkpoint", "pretrained", "presets=aided").checkpoint == other / "policy.pt"


@pytest.mark.parametrize(
    "argv", [("--lib", "skrl"), ("presets=aided",), ("--task", "Isaac-Factory-GearMesh")], ids=" ".join
)
def test_a_policy_that_is_not_shipped_is_reported_with_those_that_are(shelf: Path, argv: tuple[str, ...]) -> None:
    with pytest.raises(UserError, match=f"no policy is shipped for .*; there are {TASK} presets=search rsl_rl"):
        source_of("--checkpoint", "pretrained", *argv)


def test_the_shipped_policies_are_complete() -> None:
    for policy in pretrained.shipped_policies():
        assert policy.checkpoint.is_file(), policy
        assert policy.agent_file.is_file(), policy
        assert {"task", "presets", "library", "agent"} <= policy.record.keys(), policy


def test_the_seed_is_the_same_for_all_policies() -> None:
    parser = OneLineParser()
    add_environment_flags(parser, seed=None)
    add_policy_flags(parser, "play")
    args: argparse.Namespace = parser.parse_args([])
    assert args.seed == 42
