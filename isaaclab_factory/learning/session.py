# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Steps that every script which runs a task goes through: start the app, set up the configuration, make the task."""

import argparse
import gc
import io
import logging
import operator
import re
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import gymnasium

from isaaclab_factory import app
from isaaclab_factory.learning.arguments import KIT_FLAGS, check_task, module_name
from isaaclab_factory.learning.configs import load_environment_cfg
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.plugins import import_plugin
from isaaclab_factory.learning.scaling import distributed

_RECORDING = {"anim_recording_start_time": 0.0, "anim_recording_stop_time": 10.0}
"""What ``AppLauncher`` expects to be told once animations are recorded."""

ISAAC_LAB_TASKS = "isaaclab_tasks"
"""The package that registers Isaac Lab's own tasks. To import it takes seconds."""


def find_task(args: argparse.Namespace) -> None:
    """Imports what registers the task asked for, and checks that it is there.

    These are the plugins, the module before a colon, as gymnasium has it (``my_package:My-Task-v0``, of which
    ``args.task`` keeps the id), and Isaac Lab's own tasks for an id that may be one of theirs.

    Args:
        args: What :func:`arguments.add_environment_arguments` parsed.

    Raises:
        UserError: A module cannot be imported, or no such task is registered.
    """
    module, colon, task = args.task.rpartition(":")
    if colon:
        args.task = task
        args.plugin = [*args.plugin, _module_of(module)]
    load_plugins(args)
    if args.task not in gymnasium.registry and re.fullmatch(r"Isaac-(?!Factory-).+-v\d+", args.task):
        load_plugins(argparse.Namespace(**(vars(args) | {"plugin": [ISAAC_LAB_TASKS]})))
    check_task(args.task)


def _module_of(text: str) -> str:
    """Returns the module before a task's id; raises UserError if it is none."""
    try:
        return module_name(text)
    except argparse.ArgumentTypeError as error:
        raise UserError(f"--task: {error}") from error


def load_plugins(args: argparse.Namespace) -> None:
    """Imports the plugins of a command line.

    They may import Isaac Lab, which asks for a running app on Isaac Sim: there it is started first.

    Args:
        args: With ``plugin``, ``sim``, ``device`` and ``headless``.

    Raises:
        UserError: A plugin is not found or cannot be imported, or the simulator is not there.
    """
    if args.plugin and _prepare_runtime(args) == "isaacsim":
        start_app(args)
    for module in args.plugin:
        import_plugin(module)


def start_app(args: argparse.Namespace) -> None:
    """Starts Isaac Sim or the runtime that stands in for it, unless it runs, and settles ``args.device``.

    Args:
        args: What :func:`arguments.add_environment_arguments` parsed.

    Raises:
        UserError: The simulator or the device asked for is not there.
    """
    runtime = _prepare_runtime(args)
    args.device = args.device or ("cpu" if runtime == "mujoco" else "cuda:0")
    args.device = distributed.own_device(args.device)
    if runtime == "mujoco" and args.device != "cpu":
        raise UserError(f"--device {args.device}: MuJoCo simulates on the CPU; use --device cpu or --sim isaacsim")
    given = {name: getattr(args, name, None) for name in KIT_FLAGS}
    kit = {name: value for name, value in given.items() if value is not None and value is not False}
    if runtime == "mujoco" and kit:
        flags = ", ".join(f"--{name}" for name in kit)
        print(f"note: without Isaac Sim these do nothing: {flags}", file=sys.stderr)
    # AppLauncher announces its device and its experience file, which say nothing to who has no Isaac Sim.
    with redirect_stdout(io.StringIO()) if runtime == "mujoco" else nullcontext():
        options = {"sim": args.sim, "headless": args.headless, "device": args.device}
        if runtime == "isaacsim":
            options |= {"enable_cameras": getattr(args, "video", False), **_RECORDING, **kit}
            options["distributed"] = getattr(args, "distributed", False)
        app.launch(argparse.Namespace(**options))


def _prepare_runtime(args: argparse.Namespace) -> str:
    """Makes Isaac Lab importable; returns "isaacsim" or "mujoco"."""
    try:
        return app.prepare_runtime(args.sim)
    except (ImportError, RuntimeError, ValueError) as error:
        raise UserError(error) from error


def configure_environment(env_cfg: Any, args: argparse.Namespace, seed: int | None) -> None:
    """Writes what the command line gives into an environment's configuration.

    Args:
        env_cfg: The configuration.
        args: The parsed command line, after :func:`start_app`.
        seed: Seed of the environment, None for none.

    Raises:
        UserError: A size or a time in the configuration is not above zero.
    """
    for section in ("sim", "scene"):
        if getattr(env_cfg, section) is None:
            raise UserError(f"env.{section} is needed and cannot be null")
    env_cfg.sim.device = args.device
    env_cfg.seed = seed
    if getattr(args, "disable_fabric", False):
        env_cfg.sim.use_fabric = False
    if args.num_envs:
        env_cfg.scene.num_envs = args.num_envs
    for key in ("scene.num_envs", "decimation", "sim.dt", "episode_length_s"):
        value = operator.attrgetter(key)(env_cfg)
        if not (isinstance(value, int | float) and value > 0):
            raise UserError(f"env.{key} must be above zero, not {value}")


def describe_io(env_cfg: Any, args: argparse.Namespace) -> None:
    """Lets an environment write the description of its inputs and outputs if the command line asks for it.

    Args:
        env_cfg: The configuration; the description goes below its ``log_dir``.
        args: The parsed command line of a training.

    Raises:
        UserError: The task cannot describe them.
    """
    if not args.export_io_descriptors:
        return
    if not hasattr(env_cfg, "export_io_descriptors"):
        raise UserError(f"--export_io_descriptors: {args.task} is no manager-based task, and cannot describe itself")
    env_cfg.export_io_descriptors = True


def make_environment(task: str, env_cfg: Any) -> gymnasium.Env:
    """Makes a task's environment.

    Raises:
        UserError: The environment cannot be made of this configuration.
    """
    try:
        with warnings_shown("isaaclab_factory.assets"):
            return gymnasium.make(task, cfg=env_cfg)
    except (ValueError, TypeError, KeyError, FileNotFoundError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and not _of_the_scene(error):
            raise
        # Isaac Lab's environment closes when it is deleted, and one that is half made complains that it cannot.
        with redirect_stderr(io.StringIO()):
            traceback.clear_frames(error.__traceback__)
            gc.collect()
        raise UserError(f"cannot make {task}: {_reason(error)}") from error


def _of_the_scene(error: RuntimeError) -> bool:
    """Whether it was USD or Isaac Lab that raised an error, and not a task's own term, of which the place matters."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    return type(error).__module__ == "pxr.Tf" or frames[-1].f_globals.get("__name__", "").startswith("isaaclab.")


def _reason(error: Exception) -> str:
    """Returns the message of an error; of USD's, which tell where in its source each came up, the first alone."""
    if type(error).__module__ != "pxr.Tf":
        return str(error)
    told = re.search(r"Error in '.*?' at line \d+ in file \S+ : '(.*?)'?\s*(?:Error in|$)", str(error), re.DOTALL)
    return told[1] if told else str(error)


def open_environment(args: argparse.Namespace) -> gymnasium.Env:
    """Makes the environment of a command line without overrides, and keeps Isaac Lab's tables from the terminal.

    Args:
        args: The parsed command line, after :func:`start_app`.

    Raises:
        UserError: The configuration cannot be loaded, or no environment be made of it.
    """
    env_cfg = load_environment_cfg(args.task)
    configure_environment(env_cfg, args, args.seed)
    with redirect_stdout(io.StringIO()):
        return make_environment(args.task, env_cfg)


@contextmanager
def warnings_shown(source: str = "isaaclab_factory") -> Iterator[None]:
    """Shows on the terminal what a part of this package warns of meanwhile.

    While a task runs these are environments that went wrong in the engine, which must not be overlooked.

    Args:
        source: Name of a logger, with all below it.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setLevel(logging.WARNING)
    handler.setFormatter(logging.Formatter("warning: %(message)s"))
    logger = logging.getLogger(source)
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
