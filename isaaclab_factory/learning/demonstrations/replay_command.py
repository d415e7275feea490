# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The command that replays recorded episodes and says how far they part from the recording."""

import itertools
import json
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from isaaclab_factory.learning import session
from isaaclab_factory.learning.cli.flags import MEASURED_ENVS, add_count, add_launcher_flags, add_plugin_flag
from isaaclab_factory.learning.cli.parser import OneLineParser, split_overrides, task_parser
from isaaclab_factory.learning.errors import UserError

if TYPE_CHECKING:
    import gymnasium

    from isaaclab_factory.learning.demonstrations.replaying import Replay


def replay_parser() -> OneLineParser:
    """Returns the parser of ``scripts/replay_demos.py``."""
    parser = task_parser(
        "Replay recorded episodes, from their initial states with their actions, and say how far observations and"
        " states part from the recorded ones. Task and overrides are those of the recording."
    )
    parser.add_argument("--file", type=Path, required=True, metavar="FILE.hdf5", help="what record_demos.py wrote")
    add_count(parser, "--num_envs", help=f"episodes at a time (default: all, at most {MEASURED_ENVS})")
    add_plugin_flag(parser)
    add_launcher_flags(parser)
    parser.set_defaults(seed=0)  # of what no recorded state restores: nothing, in the tasks of this package
    return parser


@dataclass(frozen=True)
class Recording:
    """The episodes of a file, and what it says of them."""

    file: Path
    task: str
    words: list[str]
    """Presets and overrides of the recording."""
    names: list[str]
    """Names of the episodes, in the order in which they were recorded."""


def replay_demos(argv: list[str]) -> None:
    """Replays the file of a command line and prints how far the episodes part from the recording.

    Raises:
        UserError: The command line is wrong, or the file is none of ``scripts/record_demos.py``.
    """
    args, words = split_overrides(replay_parser(), argv)
    recording = open_recording(args.file)
    args.task = recording.task
    session.find_task(args)
    changed = {word.partition("=")[0] for word in words}
    words = [*(word for word in recording.words if word.partition("=")[0] not in changed), *words]
    words = session.choose_engine(args, words)
    args.num_envs = args.num_envs or min(len(recording.names), MEASURED_ENVS)
    print(f"Replaying {args.file} in {shlex.join([args.task, *words])} ...", flush=True)
    from isaaclab_factory.learning.demonstrations.recording import share_one_place

    with session.environment(args, words, share_one_place) as env, session.warnings_shown():
        _print(list(_replay(recording, env)))


def open_recording(file: Path) -> Recording:
    """Reads what a file says of its episodes.

    Raises:
        UserError: There is no such file, or ``scripts/record_demos.py`` did not write it.
    """
    import h5py

    if not file.is_file():
        raise UserError(f"--file: {file} does not exist")
    try:
        with h5py.File(file, "r") as content:
            about = json.loads(content["data"].attrs["env_args"])
            names = sorted(content["data"], key=lambda name: int(name.removeprefix("demo_")))
        recording = Recording(file, about["env_name"], about["overrides"], names)
    except (OSError, KeyError, ValueError) as error:
        raise UserError(f"--file: {file} is no file of record_demos.py: {error}") from error
    if not names:
        raise UserError(f"--file: {file} has no episodes")
    return recording


def _replay(recording: Recording, env: "gymnasium.Env") -> "Iterator[Replay]":
    """Replays the episodes, as many at a time as there are environments."""
    from isaaclab.utils.datasets import HDF5DatasetFileHandler

    from isaaclab_factory.learning.demonstrations.replaying import replay

    handler = HDF5DatasetFileHandler()
    handler.open(str(recording.file))
    env.reset()
    for names in itertools.batched(recording.names, env.unwrapped.num_envs):
        yield replay(env, [handler.load_episode(name, "cpu") for name in names])
    handler.close()


def _print(replays: "Sequence[Replay]") -> None:
    """Prints the largest differences over all episodes, and how many of them were a success again."""
    import torch

    lengths, recorded = (torch.cat([getattr(part, name) for part in replays]) for name in ("lengths", "recorded"))
    episodes = len(lengths)
    print(f"{episodes} episodes, {int(lengths.sum())} steps")
    together = {path: torch.cat([part.differences[path] for part in replays]) for path in replays[0].differences}
    apart = {path: values for path, values in together.items() if values.any()}
    if apart:
        print("largest differences from the recording, in SI units:")
        for path, values in apart.items():
            print(f"  {path}: {values.max():.2g} ({int(values.bool().sum())} of {episodes} episodes differ)")
    else:
        print("observations and states are those of the recording, bit for bit")
    if replays[0].success is not None:
        again = int(torch.cat([part.success for part in replays]).sum())
        print(f"successes: {again} of {episodes}, in the recording {int(recorded.sum())}")
