# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Shows the policies that are shipped with the package, one task after the other, again and again."""

import argparse
import itertools
import sys

from isaaclab_factory.learning import session
from isaaclab_factory.learning.cli.completion import complete_task
from isaaclab_factory.learning.cli.flags import add_count, add_launcher_flags
from isaaclab_factory.learning.cli.parser import OneLineParser, split_overrides, task_parser
from isaaclab_factory.learning.config.overrides import selected
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.interrupts import INTERRUPTS
from isaaclab_factory.learning.play import run_policy, summary
from isaaclab_factory.learning.policies.pretrained import find_policy, shipped_policies
from isaaclab_factory.learning.policies.source import SEED, find_source, open_policy
from isaaclab_factory.learning.runs.checkpoints import PRETRAINED


def demo_parser() -> OneLineParser:
    """Returns the parser of ``scripts/demo.py``."""
    parser = task_parser(
        "Show the policies that are shipped with the package in the browser, in real time, one task after the other,"
        " until Ctrl-C."
    )
    group = parser.add_argument_group("demo")
    task = group.add_argument("--task", help="show this task only (default: all that a policy is shipped for)")
    task.completer = complete_task
    add_count(group, "--num_envs", default=4, help="number of environments")
    add_count(group, "--episodes", default=8, help="episodes of a task before the next one")
    add_count(group, "--rounds", help="end after each task was shown so often (default: never)")
    add_launcher_flags(parser, visualizer="viser")
    parser.set_defaults(checkpoint=PRETRAINED, lib=None, agent=None, plugin=[])
    return parser


def demo(argv: list[str]) -> None:
    """Shows the shipped policies. A task that cannot be shown is said in one line, and left out from then on.

    Raises:
        UserError: The command line is wrong, or a task could not be shown.
    """
    args, words = split_overrides(demo_parser(), argv)
    args.max_visible_envs = args.max_visible_envs or args.num_envs
    tasks = [args.task] if args.task else list(dict.fromkeys(policy.task for policy in shipped_policies()))
    failed: list[str] = []
    with INTERRUPTS:
        for number in itertools.count() if args.rounds is None else range(args.rounds):
            for task in [task for task in tasks if task not in failed]:
                try:
                    _show(argparse.Namespace(**vars(args) | {"task": task, "seed": SEED + number}), words)
                except UserError as error:
                    if len(tasks) == 1:
                        raise
                    print(f"{task}: {error}", file=sys.stderr, flush=True)
                    failed.append(task)
                if INTERRUPTS.requested:
                    return
            if len(failed) == len(tasks):
                break
    if failed:
        raise UserError(f"not shown: {', '.join(failed)}")


def _show(args: argparse.Namespace, words: list[str]) -> None:
    """Shows some episodes of the policy that is shipped for a task.

    Raises:
        UserError: No policy is shipped for the task, or its environment cannot be made.
    """
    session.find_task(args)
    policy = find_policy(args.task, selected(words, "presets"))
    print(
        f"{args.task} presets={','.join(policy.presets)}: policy of {policy.library}, measured {policy.measured}",
        flush=True,
    )
    source = find_source(args, words)
    with open_policy(source, args, source.words(words), play_mode=True) as opened, session.warnings_shown():
        finished = run_policy(opened.env, opened.trainer.policy(), args.episodes, real_time=True)
    print(f"{args.task}: {summary(finished)}", flush=True)
