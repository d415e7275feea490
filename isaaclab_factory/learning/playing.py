# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Plays a trained policy: the task steps with its deterministic actions, for whoever looks on."""

import argparse
import sys
import time
from datetime import datetime
from typing import TYPE_CHECKING

from isaaclab_factory.learning import arguments, session
from isaaclab_factory.learning.export.command import add_export_argument, export_folder, export_opened
from isaaclab_factory.learning.run_folder.checkpoints import SEED, add_policy_arguments, find_source, open_policy
from isaaclab_factory.learning.videos import check_video, videos_folder, with_video
from isaaclab_factory.learning.watching import add_viewer_arguments, check_viewer, open_viewer

if TYPE_CHECKING:
    import gymnasium

    from isaaclab_factory.learning.episodes import EpisodeStatistics
    from isaaclab_factory.learning.measuring.evaluation import Policy
    from isaaclab_factory.learning.run_folder.checkpoints import Source

LINE_INTERVAL_S = 5.0
"""Where the output is no terminal, a line is printed this often."""


def parser() -> arguments.OneLineParser:
    """Returns the parser of ``scripts/play.py``."""
    parser = arguments.OneLineParser(
        description="Play a trained policy: deterministic actions, one episode of every environment unless told"
        " otherwise. Ctrl-C ends it.",
        usage=arguments.USAGE,
        epilog="Further arguments override configuration values the Hydra way, see train.py.",
    )
    add_policy_arguments(parser, "play")
    group = parser.add_argument_group("playing")
    length = group.add_mutually_exclusive_group()
    length.add_argument(
        "--episodes",
        type=arguments.positive_int,
        metavar="N",
        help="end after so many (default: one for every environment)",
    )
    length.add_argument("--steps", type=arguments.positive_int, metavar="N", help="end after so many steps instead")
    group.add_argument("--real-time", action="store_true", help="run no faster than real time")
    add_viewer_arguments(group)
    add_export_argument(group)
    arguments.add_video_arguments(parser)
    arguments.add_environment_arguments(parser, seed=SEED)
    return parser


def play(argv: list[str]) -> None:
    """Plays the policy of a command line and says how many episodes were a success.

    Args:
        argv: Arguments after the script's name.

    Raises:
        UserError: The command line, a configuration key or the checkpoint is wrong.
    """
    args, overrides = arguments.split_overrides(parser(), argv)
    session.find_task(args)
    check_viewer(args)
    source = find_source(args)
    export_to = export_folder(args, source)
    session.start_app(args)
    check_video(args)
    with open_policy(source, args, overrides) as opened:
        if export_to:
            export_opened(opened, source, args, export_to)
        env = _look_on(opened.env, args, source)
        print(f"Playing {session.display_path(source.checkpoint)} ({source.library}) in {args.task}", flush=True)
        try:
            with session.warnings_shown():
                finished = run_policy(env, opened.trainer.policy(), _episodes(env, args), args.steps, args.real_time)
        finally:
            env.close()
    print(f"{args.task}: {summary(finished)}")
    if args.video:
        print(f"Videos: {session.display_path(videos_folder(source.checkpoint))}")


def _look_on(env: "gymnasium.Env", args: argparse.Namespace, source: "Source") -> "gymnasium.Env":
    """Wraps an environment into whatever is to look on."""
    name = f"play-{datetime.now():%Y-%m-%d_%H-%M-%S}"
    return open_viewer(with_video(env, args, videos_folder(source.checkpoint), name), args)


def _episodes(env: "gymnasium.Env", args: argparse.Namespace) -> int | None:
    """Returns how many episodes to play, None for no such end."""
    return args.episodes or (None if args.steps or args.viewer else env.unwrapped.num_envs)


def run_policy(
    env: "gymnasium.Env",
    policy: "Policy",
    episodes: int | None = None,
    steps: int | None = None,
    real_time: bool = False,
) -> "EpisodeStatistics":
    """Steps an environment with a policy from a fresh reset, until Ctrl-C at the latest.

    Unlike an evaluation it counts every episode that ends, so that short ones weigh more if it is ended before long
    ones could.

    Args:
        env: An Isaac Lab manager-based environment, bare or wrapped.
        policy: What acts.
        episodes: Ends when so many episodes are over, None for no such end.
        steps: Ends after so many steps, None for no such end.
        real_time: Whether to wait so that the simulation runs no faster than real time.

    Returns:
        Sums over the episodes that ended.
    """
    import torch

    from isaaclab_factory.learning.episodes import EpisodeRecorder, EpisodeStatistics

    recorder = EpisodeRecorder(env, spread=False)
    bare = env.unwrapped
    finished = EpisodeStatistics()
    line = LiveLine()
    # rsl_rl collects experience in inference mode, and PyTorch forbids changing its tensors in place outside of it.
    try:
        with torch.inference_mode():
            obs, _ = recorder.reset()
            policy.reset(torch.ones(bare.num_envs, dtype=torch.bool, device=bare.device))
            step, due = 0, time.monotonic()
            while (episodes is None or finished.episodes < episodes) and (steps is None or step < steps):
                obs, _, terminated, truncated, _ = recorder.step(policy.act(obs))
                policy.reset(terminated | truncated)
                step += 1
                finished.add(recorder.drain())
                line.show(f"{step * bare.step_dt:.1f} s simulated, {summary(finished)}")
                now = time.monotonic()
                due = max(due + bare.step_dt, now)  # time lost, in a pause for instance, is not made up for
                if real_time:
                    time.sleep(due - now)
    except KeyboardInterrupt:
        pass
    line.clear()
    return finished


def summary(finished: "EpisodeStatistics") -> str:
    """Returns how episodes went, as a phrase."""
    means = finished.means()
    if not means:
        return "no episode over"
    count = f"{finished.episodes} episode{'s' if finished.episodes > 1 else ''}"
    success = [f"{100.0 * means['success']:.1f} % success"] if "success" in means else []
    return ", ".join([count, *success, f"mean reward {means['reward']:.2f}"])


class LiveLine:
    """A line that is written over on a terminal; elsewhere (a pipe, a log file) one line every few seconds."""

    def __init__(self) -> None:
        """Writes nothing yet."""
        self._terminal = sys.stdout.isatty()
        self._interval = 0.1 if self._terminal else LINE_INTERVAL_S
        self._last = time.monotonic()

    def show(self, text: str) -> None:
        """Shows a text, unless the last was shown just now."""
        now = time.monotonic()
        if now - self._last >= self._interval:
            self._last = now
            print(f"\r\x1b[K{text}" if self._terminal else text, end="" if self._terminal else "\n", flush=True)

    def clear(self) -> None:
        """Clears the line on a terminal."""
        if self._terminal:
            print("\r\x1b[K", end="", flush=True)
