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

from isaaclab_factory.learning.arguments import LIBRARIES
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.scaling import distributed
from isaaclab_factory.learning.scaling.distributed import launcher, own_device, take_place
from tests.learning import distributed_worker

ROOT = Path(__file__).parents[3]
ENVIRONMENT = {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What two processes came to, see :mod:`tests.learning.distributed_worker`."""
    folder = tmp_path_factory.mktemp("distributed")
    command = [sys.executable, "-m", "torch.distributed.run", "--nproc_per_node=2", "--standalone"]
    command += [distributed_worker.__file__, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, env=os.environ | ENVIRONMENT)
    assert done.returncode == 0, done.stderr[-3000:]
    return [torch.load(folder / f"{rank}.pt") for rank in range(2)]


def assert_same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> None:
    assert one.keys() == other.keys()
    assert [key for key in one if not torch.equal(one[key], other[key])] == []


@pytest.mark.slow
@pytest.mark.parametrize("library", LIBRARIES)
def test_networks_and_normalisers_stay_the_same_in_both_processes_though_they_see_other_things(
    results: list[dict[str, Any]], library: str
) -> None:
    first, second = (result["own"][library] for result in results)
    assert not torch.equal(first["observations"], second["observations"])
    assert_same(first["before"], second["before"])
    assert_same(first["after"], second["after"])
    learned = [key for key in first["after"] if not torch.equal(first["before"][key], first["after"][key])]
    assert any(key.endswith("weight") for key in learned)


@pytest.mark.slow
@pytest.mark.parametrize("library", LIBRARIES)
def test_a_training_that_is_stopped_ends_with_the_same_normalisers_in_both_processes(
    results: list[dict[str, Any]], library: str
) -> None:
    first, second = (result["stopped"][library] for result in results)
    assert len(first["progress"]) == 2  # the header and one iteration
    assert not torch.equal(first["observations"], second["observations"])
    assert_same(first["after"], second["after"])


@pytest.mark.slow
@pytest.mark.parametrize("library", LIBRARIES)
def test_processes_that_see_the_same_learn_what_one_alone_learns(
    results: list[dict[str, Any]], library: str, tmp_path: Path
) -> None:
    alone = distributed_worker.train(library, tmp_path, 7, group=None)
    for result in results:  # rl_games tells the others its learning rate in single precision
        for what in ("observations", "after"):
            torch.testing.assert_close(result["same"][library][what], alone[what], rtol=1e-5, atol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("library", LIBRARIES)
def test_reports_steps_and_episodes_of_both_processes(results: list[dict[str, Any]], library: str) -> None:
    header, *rows = (line.split(",") for line in results[0]["own"][library]["progress"])
    last = dict(zip(header, rows[-1], strict=True))
    assert last["iteration"] == str(distributed_worker.ITERATIONS)
    steps = int(last["env_steps"])
    assert steps == 2 * distributed_worker.NUM_ENVS * 32 * distributed_worker.ITERATIONS
    assert float(last["env_steps_per_second"]) > 0
    assert sum(int(dict(zip(header, row, strict=True))["episodes"]) for row in rows) >= steps // 20 - 32


@pytest.mark.slow
def test_merged_moments_are_those_of_all_values_together(results: list[dict[str, Any]]) -> None:
    values = torch.cat([result["moments"]["values"] for result in results])
    for result in results:
        torch.testing.assert_close(result["moments"]["mean"], values.mean(dim=0))
        torch.testing.assert_close(result["moments"]["std"], values.std(dim=0, correction=0))


@pytest.mark.slow
def test_a_process_that_has_ended_is_told_by_the_first(results: list[dict[str, Any]]) -> None:
    assert results[0]["loss"] == "another of the 2 processes has ended, so that all end"


def test_asks_for_torchrun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    with pytest.raises(UserError, match=r"torchrun --nproc_per_node=2 scripts/train.py --distributed"):
        take_place(argparse.Namespace(distributed=True))


def test_does_not_let_the_processes_of_torchrun_train_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("RANK", "1"), ("LOCAL_RANK", "1"), ("WORLD_SIZE", "2")):
        monkeypatch.setenv(name, value)
    with pytest.raises(UserError, match="torchrun started 2 processes; --distributed"):
        take_place(argparse.Namespace(distributed=False))


@pytest.mark.parametrize("size", [1, 2])
def test_a_command_begins_with_torchrun_for_one_process_too(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(distributed, "_place", None)  # put back afterwards
    for name, value in (("RANK", 0), ("LOCAL_RANK", 0), ("WORLD_SIZE", size), ("LOCAL_WORLD_SIZE", size)):
        monkeypatch.setenv(name, str(value))
    take_place(argparse.Namespace(distributed=True))
    assert launcher() == [".venv/bin/torchrun", f"--nproc_per_node={size}"]


@pytest.mark.parametrize(("device", "own"), [("cuda:0", "cuda:3"), ("cpu", "cpu")])
def test_each_process_takes_its_own_gpu(monkeypatch: pytest.MonkeyPatch, device: str, own: str) -> None:
    monkeypatch.setattr(distributed, "_place", None)  # put back afterwards
    assert own_device(device) == device
    for name, value in (("RANK", "11"), ("LOCAL_RANK", "3"), ("WORLD_SIZE", "16")):
        monkeypatch.setenv(name, value)
    take_place(argparse.Namespace(distributed=True))
    assert own_device(device) == own
