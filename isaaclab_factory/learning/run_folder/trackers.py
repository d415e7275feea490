# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Curves and configurations of a training for Weights & Biases or Neptune, besides those for TensorBoard."""

import argparse
import importlib.util
import os
import re
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from isaaclab_factory.learning.arguments import LOGGERS
from isaaclab_factory.learning.errors import UserError


class Tracker(Protocol):
    """Takes what a training tells."""

    def write(self, scalars: dict[str, float], step: int) -> None:
        """Adds points to curves: values by tag, at a number of environment steps."""

    def close(self) -> None:
        """Sends what is left."""


def chosen_logger(args: argparse.Namespace, configured: str = "tensorboard") -> str:
    """Returns where a training is tracked, one of :data:`arguments.LOGGERS`.

    Args:
        args: What :func:`arguments.add_tracking_arguments` parsed.
        configured: What the agent's configuration says.

    Raises:
        UserError: The flags contradict one another, or the program for it is not installed.
    """
    if args.track and args.logger not in (None, "wandb"):
        raise UserError(f"--track is the same as --logger wandb, which --logger {args.logger} contradicts")
    logger = "wandb" if args.track else args.logger or configured
    if logger not in LOGGERS:
        raise UserError(f"the configuration's logger must be {', '.join(LOGGERS)}, not {logger!r}")
    if logger != "tensorboard" and importlib.util.find_spec(logger) is None:
        raise UserError(f"--logger {logger}: it is not installed; pip install {logger}")
    return logger


@dataclass(frozen=True)
class TrackedRun:
    """A training that is to be tracked."""

    logger: str
    """``wandb`` or ``neptune``."""
    project: str
    """Where it belongs."""
    entity: str | None
    """Team, workspace or user, None for the user's own choice."""
    name: str | None
    """What it is called, None for the name of its folder."""
    configs: dict[str, Any]
    """The configurations to show, by name."""


def tracked_run(
    args: argparse.Namespace, configured: str, project: str, env_cfg: Any, agent_cfg: Any
) -> TrackedRun | None:
    """Returns how a training is to be tracked, None for not at all.

    Args:
        args: What :func:`arguments.add_tracking_arguments` parsed.
        configured: The logger that the agent's configuration names.
        project: The project, unless the command line names another.
        env_cfg: The environment's configuration.
        agent_cfg: The agent's, an object or a dictionary.

    Raises:
        UserError: As :func:`chosen_logger`.
    """
    logger = chosen_logger(args, configured)
    if logger == "tensorboard":
        return None  # the training's log sees to it
    agent = agent_cfg if isinstance(agent_cfg, dict) else agent_cfg.to_dict()
    configs = {"env_cfg": env_cfg.to_dict(), "agent_cfg": deepcopy(agent)}
    return TrackedRun(logger, args.log_project_name or project, args.wandb_entity, args.wandb_name, configs)


def open_tracker(run: TrackedRun | None, folder: Path) -> Tracker | None:
    """Begins a run at its tracker; returns None for none.

    Args:
        run: What :func:`tracked_run` returned.
        folder: The run folder, in which the tracker keeps its files.

    Raises:
        UserError: The tracker refuses, for want of an account for instance.
    """
    if run is None:
        return None
    tracker_type = WandbTracker if run.logger == "wandb" else NeptuneTracker
    try:
        return tracker_type(run, folder)
    except (OSError, ValueError, RuntimeError, _refusal(run.logger)) as error:
        lines = re.sub(r"\x1b\[\d*m", "", str(error)).splitlines()  # Neptune's have colours and headlines
        said = next((line.strip() for line in lines if " " in line.strip()), type(error).__name__)
        raise UserError(f"--logger {run.logger}: {said}") from error


def _refusal(logger: str) -> type[Exception]:
    """Returns the class of the errors that a tracker has of its own."""
    if logger == "wandb":
        import wandb

        return wandb.errors.Error
    from neptune.exceptions import NeptuneException

    return NeptuneException


class WandbTracker:
    """Weights & Biases. Its own variables hold, such as ``WANDB_MODE=offline`` for a machine without network."""

    def __init__(self, run: TrackedRun, folder: Path) -> None:
        """Args:
        run: The run.
        folder: Where the files are kept.
        """
        import wandb

        self._run = wandb.init(
            project=run.project,
            entity=run.entity,
            name=run.name or folder.name,
            dir=str(folder),
            config=run.configs,
            settings=wandb.Settings(console="off", silent=True),
        )
        # Evaluations tell of steps that are past: the tracker's own count may not go back.
        self._run.define_metric("env_steps", hidden=True)
        self._run.define_metric("*", step_metric="env_steps")

    def write(self, scalars: dict[str, float], step: int) -> None:
        """Adds points to curves."""
        self._run.log(scalars | {"env_steps": step})

    def close(self) -> None:
        """Sends what is left."""
        self._run.finish()


class NeptuneTracker:
    """Neptune. Its own variables hold, such as ``NEPTUNE_MODE=offline`` for a machine without network."""

    def __init__(self, run: TrackedRun, folder: Path) -> None:
        """Args:
        run: The run.
        folder: Where the files are kept.
        """
        os.environ.setdefault("NEPTUNE_DATA_DIRECTORY", str(folder / ".neptune"))
        import neptune
        from neptune.utils import stringify_unsupported

        owner = run.entity or os.environ.get("NEPTUNE_USERNAME")
        self._run = neptune.init_run(
            project=f"{owner}/{run.project}" if owner else run.project,
            name=run.name or folder.name,
            capture_stdout=False,
            capture_stderr=False,
            capture_hardware_metrics=False,
            source_files=[],
            git_ref=False,
        )
        for key, config in run.configs.items():
            self._run[key] = stringify_unsupported(config)

    def write(self, scalars: dict[str, float], step: int) -> None:
        """Adds points to curves."""
        for tag, value in scalars.items():
            self._run[tag].append(value, step=step)

    def close(self) -> None:
        """Sends what is left."""
        self._run.stop()
