# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Runs a task with actions that nobody learned, and reports what its episodes came to."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from isaaclab_factory.learning import arguments, session

if TYPE_CHECKING:
    import torch


def run_untrained(description: str, argv: list[str], act: "Callable[[torch.Tensor], torch.Tensor]") -> None:
    """Steps a task and prints the means over the episodes that finished.

    Args:
        description: What ``--help`` says the script does.
        argv: Arguments after the script's name.
        act: Makes the next actions, given a zero tensor of their shape (num_envs, action_dim) on their device.

    Raises:
        UserError: The command line is wrong.
    """
    parser = arguments.OneLineParser(description=description)
    arguments.add_environment_arguments(parser)
    parser.add_argument("--steps", type=arguments.positive_int, default=200, help="steps to do (default: %(default)s)")
    args = parser.parse_args(argv)
    session.find_task(args)
    session.start_app(args)

    import torch

    from isaaclab_factory.learning.episodes import EpisodeRecorder

    env = EpisodeRecorder(session.open_environment(args), spread=False)
    zeros = torch.zeros(env.action_space.shape, device=env.unwrapped.device)
    with torch.inference_mode():
        env.reset()
        start = time.monotonic()
        for _ in range(args.steps):
            env.step(act(zeros))
        seconds = time.monotonic() - start
    finished = env.drain()
    print(f"{env.env_steps:,} environment steps in {seconds:.1f} s ({env.env_steps / seconds:,.0f} per second)")
    print(f"{finished.episodes} episodes finished")
    for name, value in finished.means().items():
        print(f"  {name}: {value:.4g}")
    env.close()
