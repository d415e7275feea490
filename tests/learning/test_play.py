# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Playing trained policies: with which networks, for how long, and what is printed."""

import json
import time
from pathlib import Path

import gymnasium
import pytest
import torch

from isaaclab_factory.learning.cli.tasks import LIBRARIES
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.libraries.policy import Policy
from isaaclab_factory.learning.play import play, play_parser, run_policy
from isaaclab_factory.learning.runs.checkpoints import find_checkpoint
from tests.learning.point_env import EPISODE_STEPS, PointEnv
from tests.learning.policies.untrained_runs import TASK, untrained_run

SMALL = {
    "rsl_rl": ["actor.hidden_dims=[8]"],
    "rl_games": ["params.network.mlp.units=[8]"],
    "skrl": ["models.policy.network.0.layers=[8]"],
}
"""Overrides of the runs, so that the task's own hyperparameters do not fit them."""


class Still:
    """A policy that does nothing, and counts the environments that it is told to reset."""

    def __init__(self, num_envs: int) -> None:
        """Act in so many environments."""
        self.zeros = torch.zeros(num_envs, 2)
        self.resets: list[int] = []
        self.policy = Policy(lambda obs: self.zeros, lambda done: self.resets.append(int(done.sum())))


@pytest.mark.slow
@pytest.mark.parametrize("library", LIBRARIES)
def test_a_run_is_played_with_its_own_networks_and_presets(
    library: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = untrained_run(tmp_path, library, *SMALL[library], presets="tight")
    capsys.readouterr()  # what the library printed when it built the networks
    export = ["--export"] if library == "rl_games" else []
    play(["--checkpoint", str(run), "--num_envs", "2", "env.episode_length_s=0.2", *export])
    first, *others, last = capsys.readouterr().out.splitlines()
    assert first == f"Playing {find_checkpoint(run, library)} in {TASK} presets=tight env.episode_length_s=0.2"
    assert last.startswith(f"{TASK}: 2 episodes, 0.0 % success, mean reward ")
    if export:
        assert others == [f"Exported policy.pt, policy.onnx, policy.json to {run / 'exported'}"]
        description = json.loads((run / "exported" / "policy.json").read_text())
        assert (description["task"], description["library"]) == (TASK, library)
        assert description["overrides"] == ["presets=tight", "env.episode_length_s=0.2", "physics=newton_mujoco"]
        assert description["training"]["command"].endswith("presets=tight")
        assert description["episode"] == {"length_s": 0.2, "steps": 3}


@pytest.mark.slow
def test_a_checkpoint_that_does_not_fit_is_reported(tmp_path: Path) -> None:
    run = untrained_run(tmp_path, "rsl_rl", *SMALL["rsl_rl"])
    with pytest.raises(UserError, match=r"task and agent \(it was trained in \S+PegInsert\): .*size mismatch"):
        play(["--checkpoint", str(run), "--num_envs", "1", "agent.actor.hidden_dims=[16]"])


def test_it_ends_after_the_episodes_and_resets_the_policy_where_they_end() -> None:
    still = Still(4)
    finished = run_policy(PointEnv(4), still.policy, episodes=8)
    assert finished.episodes == 8
    assert still.resets == [4, *(2 * [*(EPISODE_STEPS - 1) * [0], 4])]


def test_it_ends_after_the_steps() -> None:
    still = Still(4)
    assert run_policy(PointEnv(4), still.policy, steps=EPISODE_STEPS + 3).episodes == 4
    assert len(still.resets) == 1 + EPISODE_STEPS + 3


def test_it_ends_where_no_episode_does() -> None:
    class Endless(PointEnv):
        def step(self, action: torch.Tensor):
            self.episode_length_buf.zero_()
            return super().step(action)

    still = Still(4)
    assert run_policy(Endless(4), still.policy, episodes=6).episodes == 0
    assert len(still.resets) == 1 + 2 * EPISODE_STEPS


def test_ctrl_c_ends_it_with_the_episodes_that_have_ended() -> None:
    class Impatient(gymnasium.Wrapper):
        steps = 0

        def step(self, action: torch.Tensor):
            self.steps += 1
            if self.steps == 2 * EPISODE_STEPS + 5:
                raise KeyboardInterrupt
            return super().step(action)

    assert run_policy(Impatient(PointEnv(4)), Still(4).policy).episodes == 8


@pytest.mark.parametrize("real_time", [True, False])
def test_real_time_is_a_limit_and_a_pause_is_not_made_up_for(real_time: bool) -> None:
    class Paused(gymnasium.Wrapper):
        def step(self, action: torch.Tensor):
            if self.unwrapped.episode_length_buf[0] == 2:
                time.sleep(0.2)
            return super().step(action)

    env = PointEnv(1)
    env.cfg.sim.dt = 0.1
    start = time.monotonic()
    run_policy(Paused(env), Still(1).policy, steps=5, real_time=real_time)
    seconds = time.monotonic() - start
    # the step with the pause is as long as the pause; the other four last a tenth of a second each
    assert seconds >= 0.6 if real_time else seconds < 0.5


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--export", "env.decimation=4"], "is an override and no folder"),
        (["--steps", "3", "--episodes", "2"], "not allowed with argument"),
        (["--episodes", "0"], "not a whole number of 1 or more"),
    ],
)
def test_a_mistaken_command_line_is_reported(argv: list[str], message: str) -> None:
    with pytest.raises(UserError, match=message):
        play_parser().parse_args(argv)
