# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Makes a row of the table of results: trains as experiment files say, measures the policy, and keeps the result."""

import argparse
import subprocess
import sys
from pathlib import Path

from isaaclab_factory.learning import session
from isaaclab_factory.learning.cli.flags import add_count, add_library_flag
from isaaclab_factory.learning.cli.parser import OneLineParser
from isaaclab_factory.learning.cli.values import count_int
from isaaclab_factory.learning.diagnostics.results import record_result
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.runs.checkpoints import find_checkpoint, run_folders
from isaaclab_factory.learning.runs.files import display_path
from isaaclab_factory.learning.runs.record import read_record

EVALUATIONS = {"evaluation.json": [], "evaluation_sampled.json": ["--stochastic"]}
"""Files of the evaluations, and their flags."""

EVALUATED_ENVS = 125
"""Environments of an evaluation. 1,000 episodes are then eight for each."""


def reproduction_parser() -> OneLineParser:
    """Returns the parser of ``scripts/reproduce.py``."""
    parser = OneLineParser(
        description="Train as experiment files say, measure the policy, and keep the result in docs/results/ and in the"
        " table of docs/training.md. What is there already of an interrupted reproduction is not done again."
    )
    parser.add_argument(
        "experiments",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="experiment file; a second one trains on, and so forth",
    )
    add_library_flag(parser)
    parser.add_argument("--seed", type=count_int, default=42, help="seed of the trainings (default: %(default)s)")
    add_count(parser, "--episodes", default=1000, help="episodes to measure")
    parser.add_argument("--stochastic", action="store_true", help="measure it with actions drawn as in training, too")
    parser.add_argument("--log_root", type=Path, default=Path("logs"), help="folder of the runs (default: %(default)s)")
    return parser


def reproduce(argv: list[str], docs: Path) -> None:
    """Makes the row of a command line.

    Args:
        argv: Words of the command line.
        docs: The folder with ``results/`` and ``training.md``.

    Raises:
        UserError: A file is missing, or the result cannot be kept, see
            :func:`~isaaclab_factory.learning.diagnostics.results.record_result`.
        SystemExit: A training or the evaluation failed or was interrupted; it has printed why.
    """
    args = reproduction_parser().parse_args(argv)
    missing = [str(file) for file in args.experiments if not file.is_file()]
    if missing:
        raise UserError(f"there is no {missing[0]}")
    folder = args.log_root.resolve() / "reproduced" / f"{args.experiments[-1].stem}_{args.lib}_seed{args.seed}"
    run = None
    for number, file in enumerate(args.experiments, start=1):
        run = _train(args, file, folder / str(number), run)
    checkpoint = find_checkpoint(run, args.lib)
    for name, flags in EVALUATIONS.items():
        if not flags or args.stochastic:
            _measure(args, checkpoint, folder / name, flags)
            record_result(["--checkpoint", str(checkpoint), "--evaluation", str(folder / name)], docs)


def _measure(args: argparse.Namespace, checkpoint: Path, evaluation: Path, flags: list[str]) -> None:
    """Measures a policy unless that was done."""
    if not evaluation.exists():
        words = ["--lib", args.lib, "--checkpoint", str(checkpoint), *flags]
        words += ["--num_envs", str(EVALUATED_ENVS), "--episodes", str(args.episodes), "--json", str(evaluation)]
        _run("evaluate", words)


def _train(args: argparse.Namespace, experiment: Path, log_root: Path, before: Path | None) -> Path:
    """Trains unless that was done, and returns the run folder.

    Args:
        args: The command line.
        experiment: What is trained.
        log_root: Folder of this training's runs.
        before: Run that it goes on from.
    """
    done = _completed(log_root)
    if done is None:
        words = ["--lib", args.lib, "--config", str(experiment), "--seed", str(args.seed), "--log_root", str(log_root)]
        _run("train", words + (["--checkpoint", str(before)] if before else []))
        done = _completed(log_root)
    if done is None:
        raise UserError(f"the training was interrupted; {display_path(log_root)} has what it saved")
    return done


def _completed(log_root: Path) -> Path | None:
    """Returns the newest run below a folder that was not interrupted, None if there is none."""
    runs = [run for experiment in log_root.glob("*/*/") for run in run_folders(experiment)]
    return next((run for run in runs if (read_record(run) or {}).get("status") == "completed"), None)


def _run(name: str, words: list[str]) -> None:
    """Runs another script; exits with its code if it fails."""
    code = subprocess.run([sys.executable, session.script(name), *words], check=False).returncode
    if code:
        sys.exit(code)
