# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Steps that every script which runs a task goes through: find the task, choose the engine, make the environment."""

import argparse
import gc
import io
import operator
import re
import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr
from pathlib import Path
from typing import Any

import gymnasium

from isaaclab_factory.learning.cli import commands
from isaaclab_factory.learning.cli.commands import CONSOLE_COMMAND
from isaaclab_factory.learning.cli.tasks import DEFAULT_TASK, check_task
from isaaclab_factory.learning.cli.values import module_name
from isaaclab_factory.learning.compat_viser import mend_viser
from isaaclab_factory.learning.config.load import load_configs, task_presets
from isaaclab_factory.learning.config.overrides import selected
from isaaclab_factory.learning.config.plugins import import_plugin
from isaaclab_factory.learning.console import progress_bar as progress_bar
from isaaclab_factory.learning.console import quiet as quiet
from isaaclab_factory.learning.console import warnings_shown as warnings_shown
from isaaclab_factory.learning.errors import UserError, modules_of
from isaaclab_factory.learning.runs.checkpoints import task_of
from isaaclab_factory.learning.runs.files import display_path

VIDEO_VISUALIZER = "newton_gl"
"""What draws the videos where the command line names nothing else."""

CAMERA_WITHOUT_ISAAC_SIM = (
    "; a camera draws without it if its renderer_cfg is NewtonWarpRendererCfg() of isaaclab_newton.renderers"
)
"""What can be done about Isaac Lab's default renderer."""

CANNOT_DRAW = (
    "OpenGL cannot draw on this machine: it needs a display, or libEGL with a driver such as Mesa's; a camera whose"
    " renderer_cfg is NewtonWarpRendererCfg() of isaaclab_newton.renderers draws without it"
)
"""What can be done where Newton's visualizer finds nothing to draw with."""

CPU_ENGINE, GPU_ENGINE = "newton_mujoco", "newton_mjwarp"
"""Physics presets of this package's tasks for either kind of device."""


def find_task(args: argparse.Namespace) -> None:
    """Imports what registers the task asked for, and checks that it is there.

    These are the plugins, and the module before a colon, as gymnasium has it (``my_package:My-Task``, of which
    ``args.task`` keeps the id). Where none is asked for, it is the task that a given checkpoint was trained in, else
    :data:`~isaaclab_factory.learning.cli.tasks.DEFAULT_TASK`.

    Args:
        args: With ``task`` and ``plugin``, and ``checkpoint`` if the script has that flag.

    Raises:
        UserError: A module cannot be imported, or no such task is registered.
    """
    if args.task is None:
        args.task = task_of(getattr(args, "checkpoint", None)) or DEFAULT_TASK
    module, colon, task = args.task.rpartition(":")
    if colon:
        args.task = task
        args.plugin = [*args.plugin, _module_of(module)]
    for plugin in args.plugin:
        import_plugin(plugin)
    check_task(args.task)


def _module_of(text: str) -> str:
    """Returns the module before a task's id; raises UserError if it is none."""
    try:
        return module_name(text)
    except argparse.ArgumentTypeError as error:
        raise UserError(f"--task: {error}") from error


def choose_engine(args: argparse.Namespace, words: list[str]) -> list[str]:
    """Settles the device, and a physics engine that runs on it.

    The device is the GPU if there is one. Where the command line leaves the engine open, tasks that have both of this
    package's engines get MuJoCo's C library on a CPU and MuJoCo Warp on a GPU.

    Args:
        args: With ``task`` and ``device``, which is settled here.
        words: Presets and overrides of the command line.

    Returns:
        The words, with a physics preset if one was chosen here.

    Raises:
        UserError: There is no such device, or the engine asked for does not run on it.
    """
    import torch

    asked = selected(words, "physics") or [
        word.partition("=")[2] for word in words if word.startswith("env.sim.physics=")
    ]
    gpu = torch.cuda.is_available()
    if args.device is None:
        args.device = "cuda:0" if gpu and CPU_ENGINE not in asked else "cpu"
    if args.device != "cpu" and not gpu:
        raise UserError(f"--device {args.device}: PyTorch finds no GPU; use --device cpu")
    if args.device != "cpu" and CPU_ENGINE in asked:
        raise UserError(f"physics={CPU_ENGINE} runs on the CPU; use --device cpu or physics={GPU_ENGINE}")
    if args.device == "cpu":
        torch.set_num_threads(1)  # more would wait for the cores that the engine's threads use
    if asked or not {CPU_ENGINE, GPU_ENGINE} <= set(task_presets(args.task)[1]):
        return words
    return [*words, f"physics={CPU_ENGINE if args.device == 'cpu' else GPU_ENGINE}"]


def configure_environment(env_cfg: Any, args: argparse.Namespace, seed: int | None) -> None:
    """Writes what the command line gives into an environment's configuration.

    Args:
        args: With ``device`` and ``num_envs``, after :func:`choose_engine`.
        seed: Seed of the environment, None for none.

    Raises:
        UserError: A size or a time in the configuration is not above zero.
    """
    for section in ("sim", "scene"):
        if getattr(env_cfg, section) is None:
            raise UserError(f"env.{section} is needed and cannot be null")
    env_cfg.sim.device = args.device
    env_cfg.seed = seed
    if args.num_envs:
        env_cfg.scene.num_envs = args.num_envs
    for key in ("scene.num_envs", "decimation", "sim.dt", "episode_length_s"):
        value = operator.attrgetter(key)(env_cfg)
        if not (isinstance(value, int | float) and value > 0):
            raise UserError(f"env.{key} must be above zero, not {value}")


def record_videos(env_cfg: Any, args: argparse.Namespace, folder: Path, kind: str = "train") -> None:
    """Lets the environment record videos with a visualizer or a camera, if the command line asks for it.

    Args:
        env_cfg: The configuration, before the simulation starts.
        args: With ``video``, ``video_length``, ``video_interval`` and ``visualizer``.
        folder: Videos go to ``videos/<kind>`` below it.
        kind: ``train`` or ``play``.

    Raises:
        UserError: There is nothing to record with, or the folder cannot be written.
    """
    env_cfg.log_dir = str(folder)  # where Isaac Lab writes
    if not args.video:
        return
    _require_writable(folder / "videos" / kind)
    from isaaclab_rl.entrypoints.common import apply_video_recording, pre_launch_video_config

    if args.visualizer is None and not getattr(env_cfg, "video_recorders", None):
        args.visualizer = [VIDEO_VISUALIZER]
    try:
        pre_launch_video_config(env_cfg, args)
        apply_video_recording(env_cfg, str(folder), args, subdir=kind)
    except ValueError as error:
        raise UserError(f"--video: {error}") from error


def _require_writable(folder: Path) -> None:
    """Makes the folder of the videos; Isaac Lab would only find out after it has recorded one."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise UserError(f"--video: cannot write to {display_path(folder)}: {error.strerror}") from error


@contextmanager
def environment(
    args: argparse.Namespace, words: list[str], adapt: Callable[[Any], None] = lambda env_cfg: None
) -> Iterator[gymnasium.Env]:
    """Makes the environment of a command line and closes it at the end of the block.

    Args:
        args: The command line, with a ``task`` that was found, see :func:`find_task`.
        adapt: Changes the environment's configuration after everything else.

    Raises:
        UserError: No environment can be made of the command line.
    """
    env_cfg, _ = load_configs(args.task, None, choose_engine(args, words))
    configure_environment(env_cfg, args, args.seed)
    adapt(env_cfg)
    with running(env_cfg, args) as env:
        yield env


@contextmanager
def running(env_cfg: Any, args: argparse.Namespace) -> Iterator[gymnasium.Env]:
    """Starts the simulation, makes a configured environment, and closes it at the end of the block.

    Raises:
        UserError: The engine cannot be started, or the environment cannot be made.
    """
    with simulation(env_cfg, args):
        with quiet():
            env = make_environment(args.task, env_cfg)
        try:
            yield env
        finally:
            with quiet():
                env.close()


@contextmanager
def simulation(env_cfg: Any, args: argparse.Namespace) -> Iterator[None]:
    """Starts what the configured engine needs, such as Isaac Sim, for as long as the block lasts.

    Args:
        args: The launcher's flags, see :func:`~isaaclab_factory.learning.cli.flags.add_launcher_flags`.

    Raises:
        UserError: The engine cannot be started.
    """
    from isaaclab.app import launch_simulation, validate_launch
    from isaaclab_physx.app import KitLauncher

    if "viser" in (args.visualizer or ()):  # a string or a list
        mend_viser()
    launcher_args = vars(args) | {"distributed": False}  # Isaac Lab would choose a GPU for each process
    mistake = None
    with ExitStack() as stack:
        try:
            _, needs_kit = validate_launch(env_cfg, launcher_args)
            if needs_kit and not KitLauncher.is_available():
                remedy = CAMERA_WITHOUT_ISAAC_SIM if "renderer" in "".join(needs_kit) else ""
                raise UserError(f"{', '.join(needs_kit)} needs Isaac Sim, which is not installed{remedy}")
            stack.enter_context(launch_simulation(env_cfg, launcher_args))
        except (ValueError, ImportError) as error:
            raise UserError(f"cannot start the simulation: {error}") from error
        try:
            yield
        except UserError as error:  # Isaac Lab would print its traceback
            mistake = error
    if mistake:
        raise mistake


def make_environment(task: str, env_cfg: Any) -> gymnasium.Env:
    """Makes a task's environment.

    Raises:
        UserError: The environment cannot be made of this configuration.
    """
    try:
        # Isaac Lab counts the steps of an episode itself; gymnasium's wrapper for it cannot handle tensors.
        env = gymnasium.make(task, cfg=env_cfg, max_episode_steps=-1, disable_env_checker=True)
    except Exception as error:
        if not _can_be_said_in_a_line(error):
            raise
        # Isaac Lab's environment closes when it is deleted, and one that is half made complains that it cannot.
        with redirect_stderr(io.StringIO()):
            traceback.clear_frames(error.__traceback__)
            gc.collect()
        raise UserError(f"cannot make {task}: {_reason(error)}") from error
    _aim_views(env.unwrapped)
    return env


def _aim_views(env: Any) -> None:
    """Aims the cameras of views and videos at the first environment, where the task lets only one be shown.

    To Isaac Lab their place is one in the world, whose origin is in the middle of all environments.
    """
    view = getattr(env.cfg.sim, "default_visualizer_cfg", None)
    if view is not None and view.max_visible_envs == 1:
        origin = env.scene.env_origins[0].tolist()
        env.sim.set_camera_view(*(tuple(map(operator.add, origin, place)) for place in (view.eye, view.lookat)))


def guarded(env: gymnasium.Env, args: argparse.Namespace, folder: Path | None) -> gymnasium.Env:
    """Puts the guard against NaN around an environment if ``--check_finite`` asks for it.

    Args:
        args: With ``check_finite``.
        folder: Run folder for the last states, None for the working folder.

    Raises:
        UserError: The environment has no managers that could name the terms.
    """
    if not args.check_finite:
        return env
    from isaaclab_factory.learning.nan_guard import FOLDER, NanGuard

    return NanGuard(env, (folder or Path.cwd()) / FOLDER)


def _can_be_said_in_a_line(error: Exception) -> bool:
    """Returns whether the message of an error says all that the user needs to know."""
    if isinstance(error, RuntimeError):  # of USD or Isaac Lab; of a task's own term the place matters
        return _of_usd(error) or modules_of(error)[-1].startswith("isaaclab.")
    return isinstance(error, ValueError | TypeError | KeyError | FileNotFoundError) or _of_drawing(error)


def _of_drawing(error: Exception) -> bool:
    """Returns whether an error comes from pyglet, with which Newton's visualizer opens windows, also hidden ones."""
    return f"{modules_of(error)[-1]}.".startswith("pyglet.")


def _of_usd(error: Exception) -> bool:
    return type(error).__module__ == "pxr.Tf"


def _reason(error: Exception) -> str:
    """Returns the message of an error; of USD's, which list every place in its source, only the first."""
    if _of_drawing(error):
        return CANNOT_DRAW
    if isinstance(error, KeyError):  # mostly the name of something that is not there
        text = str(error.args[0]) if error.args else ""
        return text if " " in text else f"there is no '{text}'"
    if not _of_usd(error):
        return str(error)
    first = re.search(r"Error in '.*?' at line \d+ in file \S+ : '(.*?)'?\s*(?:Error in|$)", str(error), re.DOTALL)
    return first[1] if first else str(error)


def launcher() -> list[str]:
    """Returns the words with which a command that runs one of the scripts begins, as the user would type them."""
    python = Path(sys.executable)
    if _in_script():
        return [display_path(python)]
    command = python.with_name(CONSOLE_COMMAND)
    return [CONSOLE_COMMAND if shutil.which(CONSOLE_COMMAND) == str(command) else display_path(command)]


def script(name: str) -> str:
    """Returns the word that follows :func:`launcher`: the path of a script, or the name of a console command."""
    return display_path(Path(sys.argv[0]).resolve().with_name(f"{name}.py")) if _in_script() else name


def own_command() -> list[str]:
    """Returns the words that run the present program again, before its arguments."""
    if _in_script():
        return [sys.executable, sys.argv[0]]
    return [sys.executable, "-m", commands.__name__, sys.argv[0].rpartition(" ")[2]]


def _in_script() -> bool:
    """Returns whether the program was started with one of the scripts, rather than with the console command."""
    return Path(sys.argv[0]).suffix == ".py"


def engine_name(env_cfg: Any) -> str:
    """Returns the name of a configured physics engine: of its solver for Newton, else of its configuration."""
    physics = env_cfg.sim.physics
    solver = getattr(physics, "solver_cfg", None)
    return type(physics if solver is None else solver).__name__.removesuffix("Cfg").removesuffix("Solver")
