# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Runs a task with actions that nobody learned."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from isaaclab_factory.learning import session
from isaaclab_factory.learning.cli.flags import add_count, add_environment_flags, add_finite_flag
from isaaclab_factory.learning.cli.parser import split_overrides, task_parser

if TYPE_CHECKING:
    import torch

SEED = 42


def run_zero_agent(argv: list[str]) -> None:
    """Steps a task with actions that are all zero."""
    _run_untrained("Step a task with actions that are all zero: the arm should hold still.", argv, lambda zeros: zeros)


def run_random_agent(argv: list[str]) -> None:
    """Steps a task with actions drawn evenly from -1 to 1."""
    description = "Step a task with actions drawn evenly from -1 to 1."
    _run_untrained(description, argv, lambda zeros: 2.0 * zeros.new_empty(zeros.shape).uniform_() - 1.0)


def _run_untrained(description: str, argv: list[str], act: "Callable[[torch.Tensor], torch.Tensor]") -> None:
    """Steps a task and prints the means over the episodes that finished.

    What acts is given zeros of the actions' shape, (num_envs, action_dim).

    Raises:
        UserError: The command line is wrong.
    """
    parser = task_parser(description)
    add_environment_flags(parser, seed=SEED)
    add_finite_flag(parser)
    add_count(parser, "--steps", "--max_steps", default=200, help="steps")
    args, words = split_overrides(parser, argv)
    session.find_task(args)
    with session.environment(args, words) as env, session.warnings_shown():
        _run(session.guarded(env, args, None), args.steps, act)


def _run(env, steps: int, act: "Callable[[torch.Tensor], torch.Tensor]") -> None:
    import torch

    from isaaclab_factory.learning.runs.episodes import EpisodeRecorder

    recorder = EpisodeRecorder(env, spread=False)
    zeros = torch.zeros(env.unwrapped.action_space.shape, device=env.unwrapped.device)
    with torch.inference_mode():
        recorder.reset()
        start = time.monotonic()
        for _ in range(steps):
            recorder.step(act(zeros))
        seconds = time.monotonic() - start
    finished = recorder.drain()
    print(
        f"{recorder.env_steps:,} environment steps in {seconds:.1f} s ({recorder.env_steps / seconds:,.0f} per second)"
    )
    print(f"{finished.episodes} episodes finished")
    for name, value in finished.means().items():
        print(f"  {name}: {value:.4g}")
