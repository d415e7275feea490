# PYTHON_ARGCOMPLETE_OK
# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Measures a policy: success with its interval, time, drops, contact force, and success by how episodes start.

docs/evaluation.md explains every figure.
"""

import argparse
import json
import shlex
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from isaaclab_factory import app
from isaaclab_factory.learning import arguments, session
from isaaclab_factory.learning.errors import UserError, run_script
from isaaclab_factory.learning.run_folder.checkpoints import (
    SEED,
    Source,
    add_policy_arguments,
    find_source,
    open_policy,
)
from isaaclab_factory.learning.run_folder.provenance import git_state, versions
from isaaclab_factory.learning.run_folder.runs import atomic_write

if TYPE_CHECKING:
    from isaaclab_factory.learning.measuring.evaluation_result import Evaluation
    from isaaclab_factory.learning.run_folder.checkpoints import OpenPolicy


def main() -> None:
    """Measures, prints tables and writes the JSON file.

    Raises:
        UserError: The command line, a configuration key or the checkpoint is wrong, or the JSON file is there already.
    """
    args, overrides = arguments.split_overrides(make_parser(), sys.argv[1:])
    if args.json and args.json.exists():
        raise UserError(f"--json: {args.json} is there already, and is not overwritten")
    session.find_task(args)
    source = find_source(args)
    session.start_app(args)

    from isaaclab_factory.learning.measuring.contact_force import add_contact_sensor
    from isaaclab_factory.learning.measuring.evaluation_table import print_evaluation

    with open_policy(source, args, overrides, adapt=add_contact_sensor) as opened:
        print(f"Measuring {session.display_path(source.checkpoint)} …", flush=True)
        result = measure(args, opened)
        print_evaluation(args.task, result)
        if args.json:
            write(args, source, opened, result)


def make_parser() -> arguments.OneLineParser:
    """Returns the parser of the command line."""
    parser = arguments.OneLineParser(
        description=__doc__,
        usage=arguments.USAGE,
        epilog="Further arguments override configuration values the Hydra way, see train.py.",
    )
    add_policy_arguments(parser, "measure")
    arguments.add_environment_arguments(parser, seed=SEED)
    parser.add_argument(
        "--episodes", type=arguments.positive_int, default=1000, help="episodes to measure (default: %(default)s)"
    )
    parser.add_argument(
        "--stochastic", action="store_true", help="draw the actions as while training (default: the most likely ones)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures to this file, which must be new")
    return parser


def measure(args: argparse.Namespace, opened: "OpenPolicy") -> "Evaluation":
    """Runs the episodes, with a progress bar on a terminal."""
    from rich.console import Console
    from rich.progress import Progress

    from isaaclab_factory.learning.measuring.evaluation import evaluate

    console = Console(stderr=True)
    with session.warnings_shown(), Progress(console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("episodes", total=args.episodes)
        return evaluate(
            opened.env,
            opened.trainer.policy(args.stochastic),
            args.episodes,
            opened.seed,
            lambda left: bar.update(task, completed=args.episodes - left),
        )


def write(args: argparse.Namespace, source: Source, opened: "OpenPolicy", result: "Evaluation") -> None:
    """Writes the JSON file: what was measured, and what it was measured on and with."""
    about = {
        "command": shlex.join([".venv/bin/python", "scripts/evaluate.py", *sys.argv[1:]]),
        "task": args.task,
        "library": source.library,
        "agent": source.agent_key,
        "checkpoint": str(source.checkpoint),
        "seed": opened.seed,
        "num_envs": opened.env.unwrapped.num_envs,
        "stochastic": args.stochastic,
        "simulator": app.prepare_runtime(args.sim),
        "git": git_state(),
        "versions": versions(source.library),
    }
    with atomic_write(args.json) as temporary:
        temporary.write_text(json.dumps(about | asdict(result), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(run_script(main))
