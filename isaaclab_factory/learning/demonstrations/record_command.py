# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The command that records successful episodes of a policy in an HDF5 file."""

import argparse
import math
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isaaclab_factory.learning import session
from isaaclab_factory.learning.cli.flags import MEASURED_ENVS, add_count, add_environment_flags
from isaaclab_factory.learning.cli.parser import OneLineParser, split_overrides, task_parser
from isaaclab_factory.learning.cli.tasks import scripted_agent
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.policies.source import SEED, add_policy_flags, find_source, open_policy
from isaaclab_factory.learning.runs.files import display_path
from isaaclab_factory.learning.runs.record import versions

if TYPE_CHECKING:
    import gymnasium

    from isaaclab_factory.learning.demonstrations.recording import DemonstrationRecorder
    from isaaclab_factory.learning.libraries.policy import Policy

SUFFIX = ".hdf5"

PATIENCE = 10
"""Episodes that are played for each one that is asked for, at most, where the command line says nothing else."""


def recording_parser() -> OneLineParser:
    """Returns the parser of ``scripts/record_demos.py``."""
    parser = task_parser(
        "Record successful episodes of a policy in an HDF5 file: observations, actions, states, rewards and success."
        " docs/demonstrations.md describes the file."
    )
    add_policy_flags(parser, "record", scripted=True)
    add_environment_flags(parser, seed=SEED)
    group = parser.add_argument_group("recording")
    group.add_argument(
        "--file", type=Path, required=True, metavar=f"FILE{SUFFIX}", help="file to write, which must be new"
    )
    add_count(group, "--episodes", default=100, help="successful episodes")
    add_count(group, "--max_episodes", help=f"give up after so many episodes (default: {PATIENCE} times --episodes)")
    group.add_argument("--keep_failures", action="store_true", help="also write the episodes without success")
    return parser


def record_demos(argv: list[str]) -> None:
    """Records the policy of a command line and prints how many of its episodes were a success.

    Raises:
        UserError: The command line, a configuration key or the checkpoint is wrong, the file exists or cannot be
            written, or too few episodes were a success. What was recorded stays.
        KeyboardInterrupt: Ctrl-C. The episodes that had ended stay.
    """
    args, words = split_overrides(recording_parser(), argv)
    _check_file(args.file)
    args.max_episodes = args.max_episodes or PATIENCE * args.episodes
    args.num_envs = args.num_envs or min(args.episodes, MEASURED_ENVS)
    session.find_task(args)
    with _open(args, words) as (env, policy, about):
        recorder = _recorder(args, env.unwrapped, about)
        try:
            _record(env, policy, recorder, about["seed"])
        finally:
            _report(args, recorder)
    if recorder.successes < args.episodes:
        raise UserError(
            f"only {recorder.successes} of {args.episodes} episodes were recorded: --max_episodes"
            f" {args.max_episodes} ended it"
        )


def _check_file(file: Path) -> None:
    """Raises UserError if a file cannot be written, before anything heavy is imported."""
    if file.suffix != SUFFIX:
        raise UserError(f"--file: {file} must end with {SUFFIX}")
    if file.exists():
        raise UserError(f"--file: {file} exists, and is not overwritten")


@contextmanager
def _open(args: argparse.Namespace, words: list[str]) -> "Iterator[tuple[gymnasium.Env, Policy, dict[str, Any]]]":
    """Makes the task and the policy, and yields them with what the file says about them."""
    agent = scripted_agent(args.task) if args.scripted else None
    source = None if agent else find_source(args, words)
    words = session.choose_engine(args, source.words(words) if source else words)
    name = display_path(source.checkpoint) if source else "the scripted agent"
    about = {"env_name": args.task, "overrides": words, "policy": name, "seed": args.seed}
    about["versions"] = versions(source.library if source else None)
    print(f"Recording {name} in {shlex.join([args.task, *words])} ...", flush=True)

    from isaaclab_factory.learning.demonstrations.recording import share_one_place
    from isaaclab_factory.learning.libraries.policy import Policy

    if agent:
        with session.environment(args, words, share_one_place) as env:
            yield env, Policy(lambda obs: agent(env.unwrapped)), about
    else:
        with open_policy(source, args, words, adapt=share_one_place) as opened:
            yield opened.env, opened.trainer.policy(), about | {"seed": opened.seed}


def _recorder(args: argparse.Namespace, env: Any, about: dict[str, Any]) -> "DemonstrationRecorder":
    """Makes what records, and the file."""
    from isaaclab_factory.learning.demonstrations.recording import DemonstrationRecorder, Quota

    recorders = getattr(env.cfg, "demonstration_recorders", None)
    if recorders is None:
        raise UserError(f"{args.task} does not say what to record: its configuration has no demonstration_recorders()")
    about |= {"observations": _observation_sizes(env)}
    try:
        with session.quiet():
            quota = Quota(args.episodes, args.max_episodes)
            return DemonstrationRecorder(recorders(), env, args.file, quota, args.keep_failures, about)
    except OSError as error:
        raise UserError(f"--file: cannot write {args.file}: {error.strerror or error}") from error


def _observation_sizes(env: Any) -> dict[str, dict[str, int]]:
    """Returns the sizes of the observation terms by name, in the order of their group, by the groups' names."""
    manager = env.observation_manager
    return {
        group: {name: math.prod(size) for name, size in zip(names, manager.group_obs_term_dim[group], strict=True)}
        for group, names in manager.active_terms.items()
    }


def _record(env: "gymnasium.Env", policy: "Policy", recorder: "DemonstrationRecorder", seed: int) -> None:
    """Runs the episodes, with a progress bar on a terminal."""
    from isaaclab_factory.learning.demonstrations.recording import record

    quota = recorder.quota.successes
    with session.warnings_shown(), session.progress_bar("successful episodes", quota) as show:
        record(env, policy, recorder, seed, lambda: show(recorder.successes))


def _report(args: argparse.Namespace, recorder: "DemonstrationRecorder") -> None:
    """Prints how many episodes were recorded; removes a file without any, which would be in the way next time."""
    written = recorder.episodes if args.keep_failures else recorder.successes
    if not written:
        args.file.unlink()
    kept = f", and {recorder.failures} failures" if args.keep_failures and recorder.failures else ""
    where = display_path(args.file) if written else "nothing was written"
    print(f"Recorded {recorder.successes} successful episodes of {recorder.episodes} played{kept}: {where}", flush=True)
