# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""An environment in which something goes wrong: the others do not notice, and it is well again after its reset."""

import logging
from collections.abc import Callable, Iterator

import pytest
import torch
from isaaclab.envs import ManagerBasedRLEnv

from tests.tasks.task_env import engine_state, open_env

pytestmark = pytest.mark.slow

NUM_ENVS, STEPS, FAULTY = 4, 8, 1
OTHERS = [number for number in range(NUM_ENVS) if number != FAULTY]

Fault = Callable[[ManagerBasedRLEnv, torch.Tensor], None]
"""Changes the faulty environment, or its row of the actions, before a step."""


def action(value: float) -> Fault:
    """Returns the fault of an action of this value."""

    def act(env: ManagerBasedRLEnv, actions: torch.Tensor) -> None:
        actions[FAULTY] = value

    return act


def thrown(speed: float) -> Fault:
    """Returns the fault of the held part being put inside the fixed one, with a speed downwards in m/s."""

    def act(env: ManagerBasedRLEnv, actions: torch.Tensor) -> None:
        pose = env.scene["fixed_asset"].data.root_link_pose_w.torch[[FAULTY]].clone()
        velocity = torch.tensor([[0.0, 0.0, -speed, 0.0, 0.0, 0.0]])
        ids = torch.tensor([FAULTY])
        env.scene["held_asset"].write_root_pose_to_sim_index(root_pose=pose, env_ids=ids)
        env.scene["held_asset"].write_root_velocity_to_sim_index(root_velocity=velocity, env_ids=ids)

    return act


FAULTS = {f"action {value:g}": action(value) for value in (1e30, -1e30, float("nan"), float("inf"))}
FAULTS |= {f"{speed:g} m/s": thrown(speed) for speed in (1.0, 1e2, 1e4, 1e6, 1e12, float("nan"))}
PUT_BACK = {"1e+12 m/s", "nan m/s"}
"""Faults after which MuJoCo cannot go on."""


def run(env: ManagerBasedRLEnv, fault: Fault | None = None) -> list[dict[str, torch.Tensor]]:
    """Returns what there is after each step of an episode, in the third of which the fault happens."""
    env.reset(seed=3)
    numbers = torch.Generator().manual_seed(0)
    steps = []
    for step in range(STEPS):
        actions = torch.rand(NUM_ENVS, 6, generator=numbers) * 2.0 - 1.0
        if fault and step == 2:
            fault(env, actions)
        obs, reward, *_ = env.step(actions)
        steps.append(
            engine_state(env) | {key: value.clone() for key, value in obs.items()} | {"reward": reward.clone()}
        )
    return steps


@pytest.fixture(scope="module")
def env() -> Iterator[ManagerBasedRLEnv]:
    with open_env("PegInsert", NUM_ENVS, "no_noise", seed=3) as env:
        yield env


@pytest.fixture(scope="module")
def healthy(env: ManagerBasedRLEnv) -> list[dict[str, torch.Tensor]]:
    return run(env)


@pytest.mark.parametrize("name", FAULTS)
def test_the_others_do_not_notice_and_a_reset_mends_it(
    env: ManagerBasedRLEnv, healthy: list[dict[str, torch.Tensor]], name: str, figures, caplog
) -> None:
    before = env.sim.physics_manager.unstable_counts()
    with caplog.at_level(logging.WARNING, "isaaclab_factory"):
        faulty = run(env, FAULTS[name])
    for undisturbed, disturbed in zip(healthy, faulty, strict=True):
        for key, values in undisturbed.items():
            torch.testing.assert_close(disturbed[key][OTHERS], values[OTHERS], rtol=0.0, atol=0.0)
    assert any(not torch.equal(faulty[-1][key][FAULTY], values[FAULTY]) for key, values in healthy[-1].items())

    counts = (env.sim.physics_manager.unstable_counts() - before).tolist()
    reported = [record.getMessage() for record in caplog.records if record.name.startswith("isaaclab_factory")]
    assert [count > 0 for count in counts] == [number == FAULTY and name in PUT_BACK for number in range(NUM_ENVS)]
    assert all(text.startswith(f"MuJoCo, environment {FAULTY}: ") for text in reported)
    if name.startswith("action"):
        # the smoothed action, which is observed, keeps a number that is not finite until the reset
        allowed = set() if torch.isfinite(torch.tensor(float(name.split()[1]))) else {"actions", "policy", "critic"}
    else:
        allowed = set()
    bad = {key for step in faulty for key, values in step.items() if not torch.isfinite(values[FAULTY]).all()}
    assert bad <= allowed
    for first, again in zip(healthy, run(env), strict=True):
        for key, values in first.items():
            torch.testing.assert_close(again[key], values, rtol=0.0, atol=0.0)
    end = ", ".join(sorted(bad)) or "nothing"
    figures("Faulty environment", f"{name}: put back {counts[FAULTY]} times; not finite: {end}")
