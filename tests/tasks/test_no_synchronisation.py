# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""On a GPU a step of an environment must not wait for the device: no term of ours reads numbers of it."""

from pathlib import Path

import pytest
import torch
import warp as wp

from tests.tasks.synchronisation import HostSynchronisations
from tests.tasks.task_env import open_env

HERE = Path(__file__).parent


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("item", lambda: torch.ones(1).item()),
        ("cpu", lambda: torch.ones(1).cpu()),
        ("to", lambda: torch.ones(1).to("cpu")),
        ("to", lambda: torch.ones(1).to(device="cpu")),
        ("numpy", lambda: torch.ones(1).numpy()),
        ("tolist", lambda: torch.ones(1).tolist()),
        ("__bool__", lambda: bool(torch.ones(1))),
        ("__bool__", lambda: 1 if torch.ones(1) > 0 else 2),
        ("__float__", lambda: float(torch.ones(1))),
        ("__int__", lambda: int(torch.ones(1))),
        ("__index__", lambda: range(torch.ones(1, dtype=torch.long))),
        ("nonzero", lambda: torch.ones(1).nonzero()),
        ("__getitem__", lambda: torch.ones(3)[torch.ones(3) > 0]),
        ("__getitem__", lambda: torch.ones(3)[[0, 2]]),
        ("__getitem__", lambda: torch.ones(3, 3)[:, [0, 2]]),
        ("__setitem__", lambda: torch.ones(3).__setitem__(torch.tensor(1, dtype=torch.long), 0.0)),
        ("tensor", lambda: torch.tensor([1.0])),
        ("warp numpy", lambda: wp.zeros(1, dtype=float, device="cpu").numpy()),
    ],
)
def test_calls_that_wait_for_a_gpu_are_found(name, call) -> None:
    with HostSynchronisations(HERE) as watch:
        call()
    assert name in [line.partition(":")[0] for line in watch.found]
    assert Path(__file__).name in watch.found[0]


def test_calls_that_do_not_wait_and_calls_of_other_code_are_not_found() -> None:
    values = torch.ones(3, 3)
    with HostSynchronisations(HERE) as watch:
        values[:, 1:] *= 2.0
        values[values.argmax(dim=0)] + torch.where(values > 0, values, 0.0).to(torch.float64).sum()
        len(values)
    assert watch.found == []
    with HostSynchronisations() as watch:
        values.sum().item()
    assert watch.found == []


@pytest.mark.slow  # Warp compiles MuJoCo Warp for minutes when that is not in its cache
def test_nothing_of_ours_waits_for_the_device_in_a_step() -> None:
    with open_env("PegInsert", 2, physics="newton_mjwarp", seed=0) as env, torch.inference_mode():
        env.reset()
        actions = torch.zeros(2, 6)
        env.step(actions)  # what is made in the first step is kept
        with HostSynchronisations() as watch:
            for _ in range(2):
                env.step(actions)
    assert watch.found == []
    assert env.episode_length_buf.tolist() == [3, 3]  # no reset


@pytest.mark.parametrize(
    ("task", "preset"),
    [
        ("PegInsert", "search_motion"),
        pytest.param("GearMesh", "search", marks=pytest.mark.slow),
        pytest.param("NutThread", "search", marks=pytest.mark.slow),
        ("Isaac-Forge-PegInsert", None),
    ],
)
def test_nor_do_the_terms_of_the_other_tasks_and_variants(task, preset) -> None:
    """On the CPU engine, which serves mass matrices and Jacobians by NumPy: its own calls are not counted."""
    with open_env(task, 2, preset, seed=0) as env, torch.inference_mode():
        env.reset()
        actions = torch.zeros(2, env.action_manager.total_action_dim)
        env.step(actions)
        with HostSynchronisations() as watch:
            env.step(actions)
    assert watch.found == []
