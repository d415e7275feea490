# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Plays a trained policy, for somebody who looks on: the task steps with its deterministic actions.

``isaaclab play`` does so too. This finds policy, library, networks and presets from the run folder, ends by itself,
says how many episodes were a success, and exports.
"""

import shlex
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isaaclab_factory.learning import session
from isaaclab_factory.learning.cli.flags import add_count, add_environment_flags, add_finite_flag, add_video_flags
from isaaclab_factory.learning.cli.parser import OneLineParser, split_overrides, task_parser
from isaaclab_factory.learning.interrupts import INTERRUPTS
from isaaclab_factory.learning.policies.export import FILES, export_folder, export_opened, output_folder
from isaaclab_factory.learning.policies.source import SEED, add_policy_flags, find_source, open_policy
from isaaclab_factory.learning.runs.files import display_path, run_folder_of

if TYPE_CHECKING:
    import gymnasium

    from isaaclab_factory.learning.libraries.policy import Policy
    from isaaclab_factory.learning.runs.episodes import EpisodeStatistics

LINE_INTERVAL_S = 5.0
"""Interval of the lines where the output is no terminal."""


def play_parser() -> OneLineParser:
    """Returns the parser of ``scripts/play.py``."""
    parser = task_parser(
        "Play a trained policy: deterministic actions, by default one episode of every environment. --viz shows the"
        " task, until Ctrl-C."
    )
    add_policy_flags(parser, "play")
    add_environment_flags(parser, seed=SEED)
    add_finite_flag(parser)
    add_video_flags(parser)
    group = parser.add_argument_group("playing")
    length = group.add_mutually_exclusive_group()
    add_count(length, "--episodes", help="end after so many (default: one of every environment)")
    add_count(length, "--steps", help="end after so many steps instead")
    group.add_argument("--real-time", action="store_true", help="run no faster than real time")
    group.add_argument(
        "--train_env_cfg",
        action="store_true",
        help="play in the task as it is for training, without the changes of its play_mode()",
    )
    group.add_argument(
        "--export",
        type=output_folder,
        nargs="?",
        const=True,
        metavar="FOLDER",
        help=f"first write {', '.join(FILES)} to this folder (default: exported/ in the checkpoint's run folder)",
    )
    return parser


def play(argv: list[str]) -> None:
    """Plays the policy of a command line and says how many episodes were a success.

    Raises:
        UserError: The command line, a configuration key or the checkpoint is wrong.
    """
    args, words = split_overrides(play_parser(), argv)
    session.find_task(args)
    source = find_source(args, words)
    export_to = export_folder(None if args.export is True else args.export, source.checkpoint) if args.export else None
    words = source.words(words)
    print(f"Playing {display_path(source.checkpoint)} in {shlex.join([args.task, *words])}", flush=True)
    folder = run_folder_of(source.checkpoint) or Path.cwd()

    def record(env_cfg: Any) -> None:
        session.record_videos(env_cfg, args, folder, "play")

    with open_policy(source, args, words, play_mode=not args.train_env_cfg, adapt=record) as opened:
        if export_to:
            export_opened(opened, args.task, export_to)
        env = session.guarded(opened.env, args, folder)
        endless = args.steps or (args.visualizer and not args.video)
        episodes = args.episodes or (None if endless else env.unwrapped.num_envs)
        with INTERRUPTS, session.warnings_shown():
            finished = run_policy(env, opened.trainer.policy(), episodes, args.steps, args.real_time)
        print(f"{args.task}: {summary(finished)}", flush=True)
    if args.video:
        print(f"Videos: {display_path(folder / 'videos' / 'play')}")


def play_library(library: str, argv: list[str]) -> None:
    """Plays a policy of one library, see :func:`play`."""
    play(["--lib", library, *argv])


def run_policy(
    env: "gymnasium.Env",
    policy: "Policy",
    episodes: int | None = None,
    steps: int | None = None,
    real_time: bool = False,
) -> "EpisodeStatistics":
    """Steps an environment with a policy from a fresh reset, until Ctrl-C at the latest.

    Unlike an evaluation it counts every episode that ends, so that short ones weigh more if it ends before long ones
    could.

    Args:
        env: An Isaac Lab manager-based environment, bare or wrapped.
        policy: What acts.
        episodes: Ends when so many episodes are over, or would be if none lasted longer than ``max_episode_length``.
            Defaults to None, no such end.
        steps: Ends after so many steps. Defaults to None, no such end.
        real_time: Whether to wait so that the simulation runs no faster than real time.

    Returns:
        Sums over the episodes that ended.
    """
    import torch

    from isaaclab_factory.learning.runs.episodes import EpisodeRecorder, EpisodeStatistics

    recorder = EpisodeRecorder(env, spread=False)
    bare = env.unwrapped
    if steps is None and episodes is not None:
        steps = -(-episodes // bare.num_envs) * int(bare.max_episode_length)
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
                due = max(due + bare.step_dt, now)  # time lost, for instance in a pause, is not made up for
                if real_time:
                    time.sleep(due - now)
    except KeyboardInterrupt:
        INTERRUPTS.hold()
    line.clear()
    return finished


def summary(finished: "EpisodeStatistics") -> str:
    """Returns the outcome of episodes as a phrase."""
    means = finished.means()
    if not means:
        return "no episode ended"
    count = f"{finished.episodes} episode{'s' if finished.episodes > 1 else ''}"
    success = [f"{100.0 * means['success']:.1f} % success"] if "success" in means else []
    return ", ".join([count, *success, f"mean reward {means['reward']:.2f}"])


class LiveLine:
    """A line that is overwritten on a terminal; elsewhere (a pipe, a log file) one line every few seconds."""

    def __init__(self) -> None:
        self._terminal = sys.stdout.isatty()
        self._interval = 0.1 if self._terminal else LINE_INTERVAL_S
        self._last = time.monotonic()

    def show(self, text: str) -> None:
        """Shows a text, unless the last one was shown just now."""
        now = time.monotonic()
        if now - self._last >= self._interval:
            self._last = now
            print(f"\r\x1b[K{text}" if self._terminal else text, end="" if self._terminal else "\n", flush=True)

    def clear(self) -> None:
        """Clears the line on a terminal."""
        if self._terminal:
            print("\r\x1b[K", end="", flush=True)
