# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Steps that every script which runs a task goes through: start the app, set up the configuration, make the task."""

import argparse
import io
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, redirect_stdout
from pathlib import Path
from typing import Any

import gymnasium

from isaaclab_factory import app
from isaaclab_factory.learning.errors import UserError


def start_app(args: argparse.Namespace) -> None:
    """Starts Isaac Sim or the runtime that stands in for it, and settles ``args.device``.

    Args:
        args: What :func:`arguments.add_environment_arguments` parsed.

    Raises:
        UserError: The simulator or the device asked for is not there.
    """
    try:
        runtime = app.prepare_runtime(args.sim)
    except (ImportError, RuntimeError, ValueError) as error:
        raise UserError(error) from error
    args.device = args.device or ("cpu" if runtime == "mujoco" else "cuda:0")
    if runtime == "mujoco" and args.device != "cpu":
        raise UserError(f"--device {args.device}: MuJoCo simulates on the CPU; use --device cpu or --sim isaacsim")
    # AppLauncher announces its device and its experience file, which say nothing to who has no Isaac Sim.
    with redirect_stdout(io.StringIO()) if runtime == "mujoco" else nullcontext():
        app.launch(argparse.Namespace(sim=args.sim, headless=args.headless, device=args.device))


def configure_environment(env_cfg: Any, args: argparse.Namespace, seed: int | None) -> None:
    """Writes what the command line gives into an environment's configuration.

    Args:
        env_cfg: The configuration.
        args: The parsed command line, after :func:`start_app`.
        seed: Seed of the environment, None for none.
    """
    env_cfg.sim.device = args.device
    env_cfg.seed = seed
    if args.num_envs:
        env_cfg.scene.num_envs = args.num_envs


def make_environment(task: str, env_cfg: Any) -> gymnasium.Env:
    """Makes a task's environment.

    Raises:
        UserError: The environment cannot be made of this configuration.
    """
    try:
        return gymnasium.make(task, cfg=env_cfg)
    except (ValueError, TypeError, KeyError) as error:
        raise UserError(f"cannot make {task}: {error}") from error


@contextmanager
def engine_warnings_shown() -> Iterator[None]:
    """Shows on the terminal what the engine warns of meanwhile: an environment that went wrong is never overlooked."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setLevel(logging.WARNING)
    handler.setFormatter(logging.Formatter("warning: %(message)s"))
    logger = logging.getLogger("isaaclab_factory")
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)


def display_path(path: Path) -> str:
    """Returns a path as the user would type it: relative to the working folder if it lies below."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
