# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The experiment file of a run stands for the command line that the run had."""

from pathlib import Path

import pytest

from isaaclab_factory.learning.arguments import split_overrides, training_parser
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.experiments.experiment import expand_experiment, read_experiment
from isaaclab_factory.learning.experiments.experiment_record import FILE, given_arguments, given_words, write_experiment
from isaaclab_factory.learning.scaling import distributed

TYPED = [
    *("--task", "Isaac-Factory-PegInsert-v0", "--agent", "skrl_gru_cfg_entry_point", "--plugin", "a", "--plugin", "b"),
    *("--video", "--eval_interval", "5", "--log_root", "my runs"),
    *("env.rewards.keypoint_coarse=null", "agent.agent.kl_threshold=0.001", "+agent.extra={a:[1,'x y']}"),
]


def record(folder: Path, typed: list[str], **settled: object) -> Path:
    parser = training_parser("skrl")
    write_experiment(folder, parser, *split_overrides(parser, typed), **settled)
    return folder / FILE


def test_it_stands_for_the_command_line_of_the_run(tmp_path: Path) -> None:
    file = record(tmp_path, TYPED, lib="skrl", entry_point="skrl_gru_cfg_entry_point")
    args, overrides = split_overrides(training_parser(), expand_experiment(training_parser(), [f"--config={file}"]))
    expected, said = split_overrides(training_parser(), ["--lib", "skrl", *TYPED])
    assert args == expected
    assert overrides == [*said[:2], '++agent.extra.a=[1,"x y"]']


def test_what_was_settled_in_the_run_goes_before_what_was_asked_for(tmp_path: Path) -> None:
    typed = ["--seed", "-1", "--resume", "--checkpoint", "logs/skrl"]
    values = read_experiment(
        record(tmp_path, typed, lib="skrl", seed=77, resume=None, checkpoint="/runs/agent_1.pt", num_envs=8)
    )
    assert values == {"lib": "skrl", "seed": 77, "checkpoint": "/runs/agent_1.pt", "num_envs": 8}
    assert "checkpoint" not in read_experiment(record(tmp_path, typed, checkpoint=None))


def test_its_own_experiment_file_is_not_part_of_it(tmp_path: Path) -> None:
    file = record(tmp_path, ["--seed", "1"], lib="skrl")
    words = expand_experiment(training_parser("skrl"), [f"--config={file}"], "skrl")
    again = record(tmp_path / "again", words, lib="skrl")
    assert again.read_text() == file.read_text()


def test_arguments_are_typed_again_as_they_were_given() -> None:
    parser = training_parser("skrl")
    typed = [*TYPED[:-3], "--device", "cpu", "--sim", "mujoco", "--headless", "--disable_fabric", "--check_finite"]
    typed += ["--wandb-name", "my run", "--kit_args", "--a --b", "--livestream", "0", "--track", "--distributed"]
    args, _ = split_overrides(parser, typed)
    words = given_words(parser, given_arguments(parser, args))
    assert split_overrides(parser, [*words, "agent.a=1"]) == (args, ["agent.a=1"])
    assert given_words(parser, {"seed": 3, "max_iterations": 2, "sim": "mujoco"}, leave_out=["sim"]) == [
        "--seed=3",
        "--max_iterations=2",
    ]


def test_its_first_line_is_the_command_that_repeats_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def first_line(name: str) -> str:
        return record(tmp_path / name, []).read_text().splitlines()[0]

    assert first_line("alone") == "# Repeats this run: .venv/bin/python scripts/train.py --config <this file>"
    monkeypatch.setattr(distributed, "_place", distributed.Place(rank=0, local_rank=0, size=2))
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "2")
    torchrun = ".venv/bin/torchrun --nproc_per_node=2"
    assert first_line("together") == f"# Repeats this run: {torchrun} scripts/train.py --config <this file>"


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(UserError, match=r"cannot write .*experiment\.yaml"):
        record(tmp_path, [])
