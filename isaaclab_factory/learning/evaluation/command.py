# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The command that measures a policy and prints or writes what it measured."""

import argparse
import shlex
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from isaaclab_factory.learning import session
from isaaclab_factory.learning.cli.flags import add_count, add_environment_flags, add_finite_flag
from isaaclab_factory.learning.cli.parser import OneLineParser, split_overrides, task_parser
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.policies.source import SEED, OpenPolicy, add_policy_flags, find_source, open_policy
from isaaclab_factory.learning.runs.files import display_path, write_json
from isaaclab_factory.learning.runs.record import git_state, versions

if TYPE_CHECKING:
    from isaaclab_factory.learning.evaluation.result import Evaluation

DESCRIPTION = (
    "Measure a policy: success with its interval, time, drops, contact force, and success by how episodes start."
    " docs/evaluation.md explains every figure."
)


def measurement_parser(description: str) -> OneLineParser:
    """Returns a parser for what measures a policy: with the flags of policy, environment and episodes."""
    parser = task_parser(description)
    add_policy_flags(parser, "measure")
    add_environment_flags(parser, seed=SEED)
    add_finite_flag(parser)
    add_count(parser, "--episodes", default=1000, help="episodes to measure")
    parser.add_argument(
        "--stochastic", action="store_true", help="draw the actions as in training (default: the most likely ones)"
    )
    return parser


def evaluation_parser() -> OneLineParser:
    """Returns the parser of ``scripts/evaluate.py``."""
    parser = measurement_parser(DESCRIPTION)
    group = parser.add_argument_group("result")
    group.add_argument("--json", type=Path, metavar="FILE", help="write all figures to this file, which must be new")
    group.add_argument(
        "--compare",
        nargs=2,
        type=Path,
        metavar="FILE",
        help="measure nothing; say whether the policies of two such files differ in their success",
    )
    return parser


def evaluate_policy(argv: list[str]) -> None:
    """Measures the policy of a command line, prints tables and writes the JSON file, or compares two such files.

    Raises:
        UserError: The command line, a configuration key or the checkpoint is wrong, or the JSON file exists.
    """
    args, words = split_overrides(evaluation_parser(), argv)
    if args.compare:
        from isaaclab_factory.learning.evaluation.comparison import compare

        compare(args.compare)
        return
    if args.json and args.json.exists():
        raise UserError(f"--json: {args.json} exists, and is not overwritten")
    session.find_task(args)
    source = find_source(args, words)
    words = source.words(words)
    print(f"Measuring {display_path(source.checkpoint)} in {shlex.join([args.task, *words])} ...", flush=True)

    from isaaclab_factory.learning.evaluation.contact_force import add_contact_sensor
    from isaaclab_factory.learning.evaluation.table import print_evaluation

    with open_policy(source, args, words, adapt=add_contact_sensor) as opened:
        result = _measure(args, opened)
        print_evaluation(args.task, result)
        if result.episodes < args.episodes:
            print(
                f"{result.episodes} of {args.episodes} episodes were measured: the task does not end every episode"
                f" within {opened.env_cfg.episode_length_s:g} s, after which its environment is not reset"
            )
        if args.json:
            _write(args, argv, opened, result)


def _measure(args: argparse.Namespace, opened: OpenPolicy) -> "Evaluation":
    """Runs the episodes, with a progress bar on a terminal."""
    from isaaclab_factory.learning.evaluation.measure import evaluate

    with session.warnings_shown(), session.progress_bar("episodes", args.episodes) as show:
        return evaluate(
            session.guarded(opened.env, args, None),
            opened.trainer.policy(args.stochastic),
            args.episodes,
            opened.seed,
            lambda left: show(args.episodes - left),
        )


def _write(args: argparse.Namespace, argv: list[str], opened: OpenPolicy, result: "Evaluation") -> None:
    """Writes the JSON file: what was measured, and on what."""
    source = opened.source
    about = {
        "command": shlex.join([display_path(Path(sys.executable)), "-m", __package__, *argv]),
        "task": args.task,
        "overrides": opened.words,
        "library": source.library,
        "agent": source.agent_key,
        "checkpoint": str(source.checkpoint),
        "seed": opened.seed,
        "num_envs": opened.env.unwrapped.num_envs,
        "stochastic": args.stochastic,
        "physics": session.engine_name(opened.env_cfg),
        "device": args.device,
        "git": git_state(),
        "versions": versions(source.library),
    }
    write_json(args.json, about | asdict(result))
