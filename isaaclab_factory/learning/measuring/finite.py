# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""``--check_finite`` of a command line: the environment with a watch on NaN and infinity."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from isaaclab_factory import app
from isaaclab_factory.learning.errors import UserError

if TYPE_CHECKING:
    import gymnasium

FOLDER = "not_finite"
"""Where the last states go in a run folder."""


def add_finite_argument(parser: argparse.ArgumentParser) -> None:
    """Adds ``--check_finite``."""
    parser.add_argument(
        "--check_finite",
        action="store_true",
        help="end at the first action, state, reward or observation that is NaN or infinite: name the term that made it"
        " and keep the last steps",
    )


def with_finite_watch(env: "gymnasium.Env", args: argparse.Namespace, folder: Path | None) -> "gymnasium.Env":
    """Puts the watch on an environment if the command line asks for it.

    Args:
        env: An Isaac Lab environment.
        args: What :func:`add_finite_argument` parsed, with the ``task``.
        folder: Run folder, in which the last states are to be written; None for the working folder.

    Returns:
        The environment itself, untouched, or wrapped into the watch.

    Raises:
        UserError: The watch is asked for, and the environment has no managers that could tell the terms.
    """
    if not args.check_finite:
        return env
    if not hasattr(env.unwrapped, "termination_manager"):
        raise UserError(f"--check_finite: {args.task} is no manager-based task, and has no terms to watch")
    from isaaclab_factory.learning.measuring.finite_watch import FiniteWatch

    return FiniteWatch(env, (folder or Path.cwd()) / FOLDER, app.running_engine())
