# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Where the curves of a training go: TensorBoard's files, and Weights & Biases or Neptune if they are asked for."""

import importlib.util
from pathlib import Path
from typing import Any

from torch.utils.tensorboard import SummaryWriter

from isaaclab_factory.learning.errors import UserError


def check_logger(logger: str) -> None:
    """Raises UserError if a logger needs a package that is not installed."""
    if logger != "tensorboard" and importlib.util.find_spec(logger) is None:
        raise UserError(f"--logger {logger}: it is not installed; pip install {logger}")


def open_curves(folder: Path, logger: str, project: str, env_cfg: Any, agent_cfg: Any) -> SummaryWriter:
    """Returns what writes the curves of a training.

    The writers for Weights & Biases and Neptune are rsl_rl's, for every library. They read the usual environment
    variables, such as ``WANDB_MODE=offline``, and name the run like its folder.

    Args:
        folder: The run folder.
        logger: One of :data:`~isaaclab_factory.learning.cli.training.LOGGERS`.
        project: Project at Weights & Biases or Neptune.
        env_cfg: The environment's configuration, for the record of the run.
        agent_cfg: The agent's configuration, an object or a dictionary.

    Raises:
        UserError: The tracker refuses the run, for instance without an account.
    """
    if logger == "tensorboard":
        return SummaryWriter(str(folder), flush_secs=10)
    try:
        writer = _writer_type(logger)(str(folder), project)
    except Exception as error:  # each tracker has errors of its own
        first = next(iter(str(error).splitlines()), "")
        raise UserError(f"--logger {logger}: {type(error).__name__}: {first}") from error
    writer.store_config(env_cfg, agent_cfg if isinstance(agent_cfg, dict) else agent_cfg.to_dict())
    return writer


def _writer_type(logger: str) -> type[SummaryWriter]:
    """Returns the writer for a tracker."""
    if logger == "neptune":
        from rsl_rl.utils.neptune_log_writer import NeptuneLogWriter

        return NeptuneLogWriter
    import wandb
    from rsl_rl.utils.wandb_log_writer import WandbLogWriter

    class Writer(WandbLogWriter):
        """Draws curves over the environment steps. By its own count Weights & Biases drops points of earlier steps,
        and an evaluation reports those of its checkpoint."""

        def __init__(self, log_dir: str, project_name: str) -> None:
            super().__init__(log_dir, project_name)
            wandb.define_metric("env_steps", hidden=True)
            wandb.define_metric("*", step_metric="env_steps")

        def add_scalar(self, tag: str, scalar_value: float, global_step: int | None = None, **options: Any) -> None:
            SummaryWriter.add_scalar(self, tag, scalar_value, global_step, **options)
            wandb.log({tag: scalar_value, "env_steps": global_step})

    return Writer


def close_curves(writer: SummaryWriter) -> None:
    """Writes what is left, and ends the run at its tracker."""
    writer.close()
    if hasattr(writer, "stop"):
        writer.stop()
