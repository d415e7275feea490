# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The guard finds where NaN and infinity began, saves the last steps, and changes nothing otherwise."""

from pathlib import Path
from types import SimpleNamespace

import gymnasium
import numpy as np
import pytest
import torch

from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.nan_guard import NanGuard

NUM_ENVS = 3


class Manager:
    """A manager with one term for which a value can be set."""

    def __init__(self, term: str, shape: tuple[int, ...]) -> None:
        self.term = term
        self.values = torch.zeros(shape)

    def compute(self, **kwargs: float) -> torch.Tensor:
        return self.values.clone()

    def get_active_iterable_terms(self, env_idx: int) -> list[tuple[str, list[float]]]:
        return [("fine", [0.0]), (self.term, self.values[env_idx].flatten().tolist())]


class ManagedEnv(gymnasium.Env):
    """As much of a manager-based environment as the guard looks at."""

    num_envs = NUM_ENVS

    def __init__(self) -> None:
        self.termination_manager = Manager("time_out", (NUM_ENVS,))
        self.reward_manager = Manager("faulty_reward", (NUM_ENVS,))
        self.observation_manager = Manager("policy-faulty_observation", (NUM_ENVS, 2))
        self.joint_pos = torch.zeros(NUM_ENVS, 2)
        self.unstable = np.zeros(NUM_ENVS, np.int64)
        data = SimpleNamespace(
            joint_pos=self._proxy("joint_pos"), joint_vel=SimpleNamespace(torch=torch.zeros(NUM_ENVS, 2))
        )
        self.scene = SimpleNamespace(rigid_objects={}, articulations={"robot": SimpleNamespace(data=data)})
        self.sim = SimpleNamespace(physics_manager=SimpleNamespace(unstable_counts=lambda: self.unstable))

    def _proxy(self, name: str) -> SimpleNamespace:
        return SimpleNamespace(torch=getattr(self, name))

    def reset(self, **kwargs):
        return {"policy": self.observation_manager.compute()}, {}

    def step(self, action):
        self.joint_pos += action[:, :2]
        self.termination_manager.compute()
        reward = self.reward_manager.compute(dt=1.0)
        done = torch.zeros(NUM_ENVS, dtype=torch.bool)
        return {"policy": self.observation_manager.compute()}, reward, done, done, {}


def guarded(folder: Path) -> tuple[ManagedEnv, NanGuard]:
    bare = ManagedEnv()
    guard = NanGuard(bare, folder, length=4)
    guard.reset()
    return bare, guard


def step(env: NanGuard, times: int = 1, action: float = 0.0) -> None:
    for _ in range(times):
        actions = torch.zeros(NUM_ENVS, 2)
        actions[1] = action
        env.step(actions)


@pytest.mark.parametrize(
    ("manager", "value", "cause"),
    [
        ("reward_manager", torch.nan, "the reward term 'faulty_reward' is nan"),
        ("reward_manager", torch.inf, "the reward term 'faulty_reward' is inf"),
        ("observation_manager", -torch.inf, "the observation term 'policy-faulty_observation' is -inf"),
    ],
)
def test_the_term_is_named_and_the_last_steps_are_saved(manager: str, value: float, cause: str, tmp_path: Path) -> None:
    bare, env = guarded(tmp_path)
    step(env, 6)
    getattr(bare, manager).values[1] = value
    with pytest.raises(UserError) as error:
        step(env)
    file = tmp_path / "step_7_environment_1.npz"
    assert str(error.value) == f"not finite in environment 1 at step 7: {cause}; its last 4 steps are in {file}"
    saved = np.load(file, allow_pickle=False)
    assert str(saved["cause"]) == f"not finite in environment 1 at step 7: {cause}"
    assert saved["robot.joint_pos"].shape == (4, 2)
    assert np.isfinite(saved["observation.policy"][:3]).all()


def test_what_is_saved_is_of_the_environment_and_in_order(tmp_path: Path) -> None:
    _, env = guarded(tmp_path)
    for number in range(5):
        step(env, action=0.1 * number)
    with pytest.raises(UserError, match=r"at step 6: the policy's action is nan"):
        step(env, action=torch.nan)
    saved = np.load(tmp_path / "step_6_environment_1.npz", allow_pickle=False)
    np.testing.assert_allclose(saved["action"][:3, 0], [0.2, 0.3, 0.4], rtol=1e-6)
    np.testing.assert_allclose(saved["robot.joint_pos"][:3, 0], [0.1, 0.3, 0.6], rtol=1e-6)
    assert np.isnan(saved["action"][3]).all()


def test_a_state_that_is_not_finite_is_found_before_what_is_computed_from_it(tmp_path: Path) -> None:
    bare, env = guarded(tmp_path)
    bare.joint_pos[0, 1] = torch.inf
    bare.reward_manager.values[0] = torch.nan
    with pytest.raises(UserError, match=r"environment 0 at step 1: the physics: robot\.joint_pos is inf"):
        step(env)


def test_an_environment_that_the_engine_put_back_is_reported(tmp_path: Path) -> None:
    bare, env = guarded(tmp_path)
    step(env)
    bare.unstable[2] += 1
    with pytest.raises(UserError, match=r"environment 2 at step 2: the physics: the engine became unstable"):
        step(env)
    env.reset()
    step(env)


def test_an_engine_that_counts_nothing_is_fine(tmp_path: Path) -> None:
    bare = ManagedEnv()
    del bare.sim.physics_manager
    env = NanGuard(bare, tmp_path)
    env.reset()
    step(env, 2)


def test_a_task_without_managers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="--check_finite: this is no manager-based task"):
        NanGuard(gymnasium.make("CartPole-v1"), tmp_path)
