# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Configurations of a task and its agent, with Hydra overrides, and their snapshots in the run folder."""

import io
import os
import pkgutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import gymnasium

from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.experiments.override_keys import missing_key
from isaaclab_factory.learning.run_folder.trust import read_agent_file


def load_environment_cfg(task: str) -> Any:
    """Loads the environment configuration of a task as it is registered.

    The app (or the runtime without Isaac Sim) must have been started.

    Args:
        task: Gym id of the task.

    Raises:
        UserError: There is no such configuration, or it refuses to be loaded, for want of the assets that are chosen
            for instance.
    """
    _check_entry_point(task, "env_cfg_entry_point")
    with redirect_stdout(io.StringIO()):  # Isaac Lab announces what Warp found and the files it reads
        from isaaclab_tasks.utils.parse_cfg import load_cfg_from_registry

        try:
            return load_cfg_from_registry(task, "env_cfg_entry_point")
        except ValueError as error:
            raise UserError(f"cannot load the configuration of {task}: {error}") from error


def load_configs(
    task: str, agent_key: str, overrides: list[str], agent_file: Path | None = None, trusted: bool = False
) -> tuple[Any, Any]:
    """Loads the environment and agent configurations of a task.

    The app (or the runtime without Isaac Sim) must have been started.

    Args:
        task: Gym id of the task.
        agent_key: Entry point of the hyperparameters in the task's gym kwargs.
        overrides: Hydra overrides such as ``env.episode_length_s=5.0``.
        agent_file: A run's ``agent.yaml``, whose values replace those of the entry point before the overrides do.
        trusted: Whether the library may execute code that is in that file.

    Returns:
        The environment configuration and the agent configuration (an object or a dictionary, as the library has it).

    Raises:
        UserError: An override names a key that does not exist, or gives it a value of the wrong type; or there is no
            such configuration; or it refuses to be loaded, for want of the assets that are chosen for instance.
    """
    for key in ("env_cfg_entry_point", agent_key):
        _check_entry_point(task, key)
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException

    with redirect_stdout(io.StringIO()):  # the first import of Isaac Lab announces what Warp found
        from isaaclab_tasks.utils.hydra import hydra_task_config
        from isaaclab_tasks.utils.parse_cfg import load_cfg_from_registry

    loaded = []

    @hydra_task_config(task, agent_key)
    def keep(env_cfg: Any, agent_cfg: Any) -> None:
        loaded.append((env_cfg, agent_cfg))

    try:
        with _agent_of_run(task, agent_key, agent_file, trusted):
            with _hydra_alone(overrides):
                keep()
            with redirect_stdout(io.StringIO()):
                default = load_cfg_from_registry(task, agent_key)
    except (HydraException, OmegaConfBaseException, ValueError, KeyError, TypeError, AttributeError) as error:
        if not overrides and not isinstance(error, ValueError):
            raise
        missing = missing_key(overrides, _stored(task))
        if missing:
            raise UserError(missing) from error
        attempt = f"apply {' '.join(overrides)}" if overrides else f"load the configuration of {task}"
        raise UserError(f"cannot {attempt}: {str(error.__cause__ or error).splitlines()[0]}") from error
    env_cfg, agent_cfg = loaded[0]
    if isinstance(agent_cfg, dict):
        _check_numbers(default, agent_cfg, "agent")
    else:
        _check_nothing_taken_away(overrides)
    return env_cfg, agent_cfg


def _stored(task: str) -> dict[str, Any]:
    """Returns the configurations that Isaac Lab last gave to Hydra for a task, nothing if it has not come to that."""
    from hydra.core.config_store import ConfigStore
    from omegaconf import OmegaConf

    stored = ConfigStore.instance().repo.get(f"{task.split(':')[-1]}.yaml")
    return OmegaConf.to_container(stored.node) if stored else {}


@contextmanager
def _agent_of_run(task: str, agent_key: str, file: Path | None, trusted: bool) -> Iterator[None]:
    """Lets a task's entry point give the configuration that a run was trained with, if there is a file of it."""
    if file is None:
        yield
        return
    from isaaclab_tasks.utils.parse_cfg import load_cfg_from_registry

    with redirect_stdout(io.StringIO()):
        cfg = load_cfg_from_registry(task, agent_key)
    params = read_agent_file(file, trusted)
    try:
        if isinstance(cfg, dict):
            cfg = dict(params)
        else:
            cfg.from_dict(_known(cfg, params))
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise UserError(f"cannot take the agent's configuration from {file}: {error}") from error
    kwargs = gymnasium.spec(task).kwargs
    registered = kwargs[agent_key]
    kwargs[agent_key] = lambda: cfg
    try:
        yield
    finally:
        kwargs[agent_key] = registered


def _known(cfg: Any, params: dict[str, Any]) -> dict[str, Any]:
    """Returns the entries for which a configuration has keys: a run may be older than the configuration is."""
    known = cfg if isinstance(cfg, dict) else vars(cfg)
    return {
        key: _known(known[key], value) if isinstance(value, dict) and known[key] is not None else value
        for key, value in params.items()
        if key in known
    }


@contextmanager
def _hydra_alone(overrides: list[str]) -> Iterator[None]:
    """Lets Hydra read these overrides instead of the command line, write no folder of its own and print nothing."""
    quiet = ["hydra.run.dir=.", "hydra.output_subdir=null", "hydra/job_logging=none", "hydra/hydra_logging=none"]
    argv, sys.argv = sys.argv, [sys.argv[0], *overrides, *quiet]
    full_error = os.environ.get("HYDRA_FULL_ERROR")
    os.environ["HYDRA_FULL_ERROR"] = "1"
    try:
        # Hydra announces an exception before it passes it on; Isaac Lab announces the files it reads.
        with redirect_stderr(io.StringIO()), redirect_stdout(io.StringIO()):
            yield
    finally:
        sys.argv = argv
        os.environ.pop("HYDRA_FULL_ERROR")
        if full_error is not None:
            os.environ["HYDRA_FULL_ERROR"] = full_error


def _check_entry_point(task: str, key: str) -> None:
    """Raises UserError where a task was registered with what is not there, or whose module refuses to be imported."""
    entry_point = gymnasium.spec(task).kwargs[key]
    if not isinstance(entry_point, str) or entry_point.endswith(".yaml"):
        return
    module, _, name = entry_point.partition(":")
    try:
        with redirect_stdout(io.StringIO()):
            pkgutil.resolve_name(entry_point)
    except (ModuleNotFoundError, AttributeError) as error:
        if error.name != name and not f"{module}.".startswith(f"{error.name}."):
            raise  # a mistake inside the module, for which the traceback is there
        raise UserError(f"{task} is registered with the {key} {entry_point!r}: {error}") from error
    except ValueError as error:
        raise UserError(f"cannot load the configuration of {task}: {error}") from error


def _check_numbers(default: dict[str, Any], given: dict[str, Any], path: str) -> None:
    """Raises UserError where an override put a word in a number's place: Hydra checks no types in a YAML file."""
    for key, value in default.items():
        if key not in given:
            continue  # it was taken away
        if isinstance(value, dict) and isinstance(given[key], dict):
            _check_numbers(value, given[key], f"{path}.{key}")
        elif isinstance(value, int | float) and isinstance(given[key], str):
            raise UserError(f"{path}.{key} takes a value such as {value}, not {given[key]!r}")


def _check_nothing_taken_away(overrides: list[str]) -> None:
    """Raises UserError for ``~agent.<key>`` of a configuration that is an object: Isaac Lab leaves the key there."""
    for override in overrides:
        if override.startswith("~"):
            raise UserError(f"cannot apply {override}: this configuration keeps all its keys; give it another value")


def save_configs(folder: Path, env_cfg: Any, agent_cfg: Any) -> None:
    """Writes ``params/env.yaml`` and ``params/agent.yaml`` into a run folder."""
    from isaaclab.utils.io import dump_yaml

    dump_yaml(str(folder / "params" / "env.yaml"), env_cfg)
    dump_yaml(str(folder / "params" / "agent.yaml"), agent_cfg)
