# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The watch on NaN and infinity finds where they began, keeps what led there, and costs nothing when it is off."""

from argparse import Namespace
from pathlib import Path

import gymnasium as gym
import numpy as np
import pytest
import torch
from isaaclab.managers import ObservationTermCfg, RewardTermCfg

from isaaclab_factory.app import launch, running_engine
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.measuring.finite import with_finite_watch
from isaaclab_factory.learning.measuring.finite_watch import FiniteWatch

NUM_ENVS = 3
TASK = "Isaac-Factory-PegInsert-v0"

poison: dict[str, float] = {}
"""What the terms below give in environment 1."""


def faulty(env, name: str) -> torch.Tensor:
    """A term that is zero but for what it is poisoned with."""
    values = torch.zeros(env.num_envs, device=env.device)
    values[1] = poison.get(name, 0.0)
    return values if name == "reward" else values[:, None]


@pytest.fixture(scope="module")
def bare():
    """Three environments of peg insertion with two terms that can be made to fail."""
    launch(headless=True)
    from isaaclab.sim.utils import create_new_stage
    from isaaclab_tasks.utils import parse_env_cfg

    create_new_stage()
    cfg = parse_env_cfg(TASK, device="cpu", num_envs=NUM_ENVS)
    cfg.rewards.faulty_reward = RewardTermCfg(func=faulty, weight=1.0, params={"name": "reward"})
    cfg.observations.critic.faulty_observation = ObservationTermCfg(func=faulty, params={"name": "observation"})
    env = gym.make(TASK, cfg=cfg).unwrapped
    yield env
    env.close()


@pytest.fixture
def env(bare, tmp_path: Path):
    """The environments, watched and reset; nothing is poisoned."""
    poison.clear()
    with torch.inference_mode():
        watched = FiniteWatch(bare, tmp_path, running_engine(), length=4)
        watched.reset(seed=0)
        yield watched
    unwatch(bare)


def unwatch(bare) -> None:
    """Takes away what the watch put on the managers."""
    for manager in (bare.termination_manager, bare.reward_manager):
        vars(manager).pop("compute", None)


def step(env, times: int = 1, action: float = 0.0) -> None:
    for _ in range(times):
        actions = torch.zeros(NUM_ENVS, 6)
        actions[1] = action
        env.step(actions)


@pytest.mark.parametrize(
    ("name", "value", "cause"),
    [
        ("reward", torch.nan, "the reward term 'faulty_reward' is nan"),
        ("reward", torch.inf, "the reward term 'faulty_reward' is inf"),
        ("observation", -torch.inf, "the observation term 'critic-faulty_observation' is -inf"),
    ],
)
def test_the_term_is_named_and_the_last_steps_are_kept(
    env, tmp_path: Path, name: str, value: float, cause: str
) -> None:
    step(env, 6)
    poison[name] = value
    with pytest.raises(UserError) as error:
        step(env)
    file = tmp_path / "step_7_environment_1.npz"
    assert str(error.value) == f"not finite in environment 1 at step 7: {cause}; its last 4 steps are in {file}"
    assert list(tmp_path.iterdir()) == [file]
    kept = np.load(file, allow_pickle=False)
    assert str(kept["cause"]) == f"not finite in environment 1 at step 7: {cause}"
    assert kept["robot.joint_pos"].shape == (4, 9)
    assert kept["held_asset.root_state_w"].shape == (4, 13)
    assert kept["action"].shape == (4, 6)
    assert np.isfinite(kept["observation.policy"][:3]).all()
    assert np.isfinite(kept["reward"]).tolist() == [True] * 3 + [name != "reward"]


def test_what_was_kept_is_of_the_environment_and_in_order(env, bare, tmp_path: Path) -> None:
    states = []
    for number in range(5):
        states.append(bare.scene["robot"].data.joint_pos[1].clone())
        step(env, action=0.1 * number)
    with pytest.raises(UserError, match=r"at step 6: the policy's action is nan"):
        step(env, action=torch.nan)
    kept = np.load(tmp_path / "step_6_environment_1.npz", allow_pickle=False)
    np.testing.assert_array_equal(kept["robot.joint_pos"][:3], torch.stack(states[2:]).numpy())
    np.testing.assert_allclose(kept["action"][:3, 0], [0.2, 0.3, 0.4], rtol=1e-6)
    assert np.isnan(kept["action"][3]).all()


def test_physics_that_the_engine_puts_right_is_told_all_the_same(env, bare) -> None:
    step(env)
    velocity = torch.full((1, 6), torch.nan)
    bare.scene["held_asset"].write_root_velocity_to_sim(velocity, env_ids=torch.tensor([2]))
    with pytest.raises(UserError, match=r"environment 2 at step 2: the physics: NaN or huge \w+; its last 2 steps"):
        step(env)
    env.reset()
    step(env, 2)


def test_physics_of_which_no_engine_tells_is_named(bare, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with torch.inference_mode():
        bare.reset(seed=0)
    env = FiniteWatch(bare, tmp_path)
    joint_vel = torch.zeros(NUM_ENVS, 9)
    joint_vel[0, 3] = torch.inf
    monkeypatch.setattr(type(bare.scene["robot"].data), "joint_vel", property(lambda self: joint_vel))
    with (
        pytest.raises(UserError, match=r"environment 0 at step 1: the physics: robot\.joint_vel is inf"),
        torch.inference_mode(),
    ):
        step(env)
    unwatch(bare)


def test_a_task_without_managers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"--check_finite: Pole is no manager-based task, and has no terms to watch"):
        with_finite_watch(gym.make("CartPole-v1"), Namespace(check_finite=True, task="Pole"), tmp_path)


def test_nothing_is_touched_when_it_is_off(bare, tmp_path: Path) -> None:
    assert with_finite_watch(bare, Namespace(check_finite=False), tmp_path) is bare
    assert "compute" not in vars(bare.reward_manager)
    assert "compute" not in vars(bare.termination_manager)


def test_the_watch_changes_no_number(env, bare) -> None:
    def run(environment) -> torch.Tensor:
        environment.reset(seed=3)
        actions = torch.linspace(-1.0, 1.0, 5 * NUM_ENVS * 6).view(5, NUM_ENVS, 6)
        return torch.stack([environment.step(action)[0]["critic"] for action in actions])

    watched = run(env)
    unwatch(bare)
    assert torch.equal(run(bare), watched)
