# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Two processes train one policy."""

import argparse
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from isaaclab_factory.learning.cli.tasks import LIBRARIES
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.scaling.distributed import join_group, take_cores, torchrun_command
from tests.learning.scaling import distributed_worker

ROOT = Path(__file__).parents[3]
ENVIRONMENT = {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What two processes have in the end, see :mod:`tests.learning.scaling.distributed_worker`."""
    folder = tmp_path_factory.mktemp("distributed")
    command = [sys.executable, "-m", "torch.distributed.run", "--nproc_per_node=2", "--standalone"]
    command += [distributed_worker.__file__, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, env=os.environ | ENVIRONMENT)
    assert done.returncode == 0, done.stderr[-3000:]
    return [torch.load(folder / f"{rank}.pt") for rank in range(2)]


def assert_same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> None:
    assert one.keys() == other.keys()
    assert [key for key in one if not torch.equal(one[key], other[key])] == []


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("library", LIBRARIES)
def test_networks_and_normalisers_stay_the_same_though_the_processes_see_different_things(
    results: list[dict[str, Any]], library: str
) -> None:
    first, second = (result["own"][library] for result in results)
    assert not torch.equal(first["observations"], second["observations"])
    assert_same(first["before"], second["before"])
    assert_same(first["after"], second["after"])
    learned = [key for key in first["after"] if not torch.equal(first["before"][key], first["after"][key])]
    assert any(key.endswith("weight") for key in learned)


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("library", LIBRARIES)
def test_a_training_that_is_stopped_ends_with_the_same_normalisers(results: list[dict[str, Any]], library: str) -> None:
    first, second = (result["stopped"][library] for result in results)
    assert len(first["progress"]) == 2  # the header and one iteration
    assert not torch.equal(first["observations"], second["observations"])
    assert_same(first["after"], second["after"])


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("library", LIBRARIES)
def test_processes_that_see_the_same_learn_what_one_alone_learns(
    results: list[dict[str, Any]], library: str, tmp_path: Path
) -> None:
    alone = distributed_worker.train(library, tmp_path, 7, group=None)
    for result in results:
        learned = dict(result["same"][library]["after"])
        for key in learned:
            if library == "rsl_rl" and key.endswith("normalizer.count"):
                learned[key] = learned[key] // 2  # it counts what both have seen
        # rl_games passes on its learning rate in single precision
        torch.testing.assert_close(learned, alone["after"], rtol=1e-5, atol=1e-5)
        torch.testing.assert_close(result["same"][library]["observations"], alone["observations"], rtol=1e-5, atol=1e-5)


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("library", LIBRARIES)
def test_steps_and_episodes_of_both_processes_are_reported(results: list[dict[str, Any]], library: str) -> None:
    header, *rows = (line.split(",") for line in results[0]["own"][library]["progress"])
    table = [dict(zip(header, row, strict=True)) for row in rows]
    steps = 2 * distributed_worker.NUM_ENVS * distributed_worker.STEPS
    assert [int(row["env_steps"]) for row in table] == [steps, 2 * steps]
    episodes_of_20_steps = 2 * steps // 20
    assert sum(int(row["episodes"]) for row in table) >= episodes_of_20_steps - 2 * distributed_worker.NUM_ENVS


@pytest.mark.slow
@pytest.mark.long
def test_merged_moments_are_those_of_all_values_together(results: list[dict[str, Any]]) -> None:
    values = torch.cat([result["moments"]["values"] for result in results])
    for result in results:
        torch.testing.assert_close(result["moments"]["mean"], values.mean(dim=0))
        torch.testing.assert_close(result["moments"]["variance"], values.var(dim=0, correction=0))


@pytest.mark.slow
@pytest.mark.long
def test_the_first_process_reports_that_another_has_ended(results: list[dict[str, Any]]) -> None:
    assert results[0]["loss"] == "another of the 2 processes has ended, so that all end"


def test_asks_for_torchrun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    with pytest.raises(UserError, match=r"torchrun --nproc_per_node=2 scripts/train.py --distributed"):
        join_group(argparse.Namespace(distributed=True), "skrl")


def test_does_not_let_the_processes_of_torchrun_train_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(UserError, match="torchrun started 2 processes; --distributed"):
        join_group(argparse.Namespace(distributed=False), "skrl")


def test_several_gpus_are_left_to_isaac_lab(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    args = argparse.Namespace(distributed=True, device="cuda:0", task="My-Task")
    with pytest.raises(UserError, match="isaaclab train_multigpu --num_gpus 2 --rl_library skrl --task My-Task"):
        join_group(args, "skrl")


@pytest.mark.parametrize(
    ("machines", "launcher", "command"),
    [
        (1, "/venv/bin/python3.12", ["--nproc_per_node=4"]),
        (3, "python", ["--nnodes=3", "--nproc_per_node=4"]),
        (1, "isaaclab-factory", ["--nproc_per_node=4", "--no-python", "isaaclab-factory"]),
    ],
)
def test_a_command_starts_as_many_processes_as_there_are(
    monkeypatch: pytest.MonkeyPatch, machines: int, launcher: str, command: list[str]
) -> None:
    monkeypatch.setenv("GROUP_WORLD_SIZE", str(machines))
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "4")
    torchrun, *words = torchrun_command([launcher])
    assert Path(torchrun).name == "torchrun"
    assert words == command


@pytest.mark.parametrize("sharing", [2, 3])
def test_processes_share_the_cores(sharing: int) -> None:
    everything = os.sched_getaffinity(0)
    shares = []
    try:
        for index in range(sharing):
            take_cores(0, index, sharing)
            shares.append(os.sched_getaffinity(0))
            os.sched_setaffinity(0, everything)
    finally:
        os.sched_setaffinity(0, everything)
    assert set.union(*shares) == everything
    assert {len(share) for share in shares} <= {max(1, len(everything) // sharing), -(-len(everything) // sharing)}
