# PYTHON_ARGCOMPLETE_OK
# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Steps tasks for long with random actions and counts what must not happen: NaN, parts out of the world, penetration.

Episodes end and start as in training. Ends with exit code 1 if a number was not finite, a part out of the world, the
engine reported that an environment went wrong, or memory was lost. Dropped parts are counted, but are what random
actions may lead to. With --train a policy is trained meanwhile, and acts.
"""

import argparse
import sys
from typing import TYPE_CHECKING

from isaaclab_factory import app
from isaaclab_factory.learning import arguments, session
from isaaclab_factory.learning.errors import run_script
from isaaclab_factory.learning.measuring import each_task

if TYPE_CHECKING:
    from isaaclab_factory.learning.measuring.soak import SoakReport

EXIT_UNSOUND = 1


def main() -> None:
    """Runs the soak of every task and prints a table, then what went wrong.

    Raises:
        UserError: The command line is wrong.
        SystemExit: Something happened that must not.
    """
    parser = arguments.OneLineParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    arguments.add_environment_arguments(parser, several_tasks=True, seed=0)
    parser.add_argument("--steps", type=arguments.positive_int, default=1000, help="(default: %(default)s)")
    parser.add_argument(
        "--train", choices=arguments.LIBRARIES, metavar="LIBRARY", help="train a policy meanwhile with this RL library"
    )
    parser.add_argument("--json", action="store_true", help="print one line of JSON per task instead of the table")
    args = parser.parse_args()

    from isaaclab_factory.learning.measuring.soak import SoakReport

    reports = each_task.print_results(each_task.measure_tasks(args, soak, SoakReport), COLUMNS, args.json)
    if not args.json:
        for report in reports:
            print_findings(report)
    if not all(report.sound for report in reports):
        sys.exit(EXIT_UNSOUND)


def soak(args: argparse.Namespace) -> "SoakReport":
    """Steps one task with actions drawn evenly from -1 to 1, or trains it."""
    if args.train:
        from isaaclab_factory.learning.measuring.soak_training import soak_training

        return soak_training(args)
    import torch
    from rich.console import Console
    from rich.progress import track

    from isaaclab_factory.learning.measuring.soak import Soak

    env = session.open_environment(args)
    console = Console(stderr=True)
    with torch.inference_mode():
        test = Soak(env, app.running_engine(), args.steps)
        actions = torch.zeros(env.action_space.shape, device=env.unwrapped.device)
        for _ in track(range(args.steps), args.task, console=console, disable=not console.is_terminal):
            test.step(actions.uniform_(-1.0, 1.0))
    report = test.report()
    env.close()
    return report


def print_findings(report: "SoakReport") -> None:
    """Prints what must not have happened, to the standard error: the table stays a table."""
    for what, counts in (
        ("values not finite", report.not_finite),
        ("environment steps with a part out of the world", report.out_of_world),
        ("environments that went wrong", report.went_wrong or {}),
    ):
        for name, count in counts.items():
            print(f"{report.task}: {what}: {count} ({name})", file=sys.stderr)
    if report.steadiness.leaks:
        memory = " ".join(f"{mb:.0f}" for mb in report.steadiness.memory_mb)
        print(f"{report.task}: memory in MB after each tenth: {memory}", file=sys.stderr)
    for example in report.examples:
        print(f"{report.task}: out of the world: {example}", file=sys.stderr)


def _memory(report: "SoakReport") -> str:
    memory = report.steadiness.memory_mb
    return f"{memory[-1]:.0f}, {report.steadiness.growth_mb:+.0f}" if memory else "not measured"


def _depths(report: "SoakReport", field: str) -> str:
    found = report.penetration
    return "not reported" if found is None else " / ".join(f"{um:.0f}" for um in getattr(found, field).values())


def _deepest_pair(report: "SoakReport") -> str:
    return next(iter(report.penetration.deepest_um), "none") if report.penetration else "not reported"


COLUMNS = {
    "task": lambda report: report.task,
    "actions": lambda report: report.trained_with or "random",
    "env steps": lambda report: f"{report.num_envs * report.steps:,}",
    "env steps/s": lambda report: f"{report.env_steps_per_second:,.0f}",
    "NaN or infinite": lambda report: f"{sum(report.not_finite.values())}",
    "out of the world": lambda report: f"{sum(report.out_of_world.values())}",
    "went wrong": lambda report: "not reported" if report.went_wrong is None else f"{sum(report.went_wrong.values())}",
    "memory (MB), after two tenths": lambda report: _memory(report),
    "slowest tenth / median": lambda report: f"{report.steadiness.slowest:.2f}",
    "dropped": lambda report: f"{report.dropped} of {report.episodes} episodes",
    "penetration of parts, median / 99 % / 99.9 % / largest (um)": lambda report: _depths(report, "percentiles_um"),
    "of parts in parts": lambda report: _depths(report, "between_parts_um"),
    "deepest pair": _deepest_pair,
}

if __name__ == "__main__":
    sys.exit(run_script(main))
