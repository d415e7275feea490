# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Loads the configurations of a task and its agent, with presets and overrides, and saves them in the run folder."""

import pkgutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gymnasium

from isaaclab_factory.learning.config.overrides import apply_override, is_selector, parse_value, selected
from isaaclab_factory.learning.console import quiet
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.runs.trust import read_agent_file


def load_configs(
    task: str,
    agent_key: str | None,
    words: Sequence[str] = (),
    play_mode: bool = False,
    agent_file: Path | None = None,
    trusted: bool = False,
) -> tuple[Any, Any]:
    """Loads the configurations of a task's environment and agent.

    Args:
        task: Gym id of a registered task.
        agent_key: Entry point of the hyperparameters in the task's gym kwargs, None for no agent.
        words: Presets and overrides of the command line.
        play_mode: Whether the environment's ``play_mode()`` changes it before the overrides do.
        agent_file: A run's ``agent.yaml``, whose values replace those of the entry point before the overrides do.
        trusted: Whether a library may execute code that is in that file.

    Returns:
        The environment's configuration, and the agent's: an object or a dictionary, as the library has it, or None.

    Raises:
        UserError: There is no such preset or key, a value has the wrong type, or a configuration cannot be loaded.
    """
    for key in filter(None, ("env_cfg_entry_point", agent_key)):
        _check_entry_point(task, key)
    with quiet(native=True):  # Isaac Lab announces the files that it reads, Warp that there is no GPU
        presets, values = _split(task, agent_key, words)
        env_cfg, agent_cfg = _resolve(task, agent_key, presets, play_mode)
    if agent_file is not None:
        _take_over(agent_cfg, agent_file, trusted)
    configs = {"env": env_cfg} | ({"agent": agent_cfg} if agent_cfg is not None else {})
    for word in values:
        apply_override(configs, word)
    return env_cfg, agent_cfg


def task_presets(task: str) -> tuple[list[str], list[str]]:
    """Returns the names of a task's presets: of the task itself, and of its physics engine.

    Args:
        task: Gym id of a registered task.
    """
    with quiet(native=True):
        from isaaclab_tasks.utils.preset_cli import enumerate_task_presets
        from isaaclab_tasks.utils.preset_target import PresetTarget

        known = enumerate_task_presets(task) or {}
    physics = known.get(PresetTarget.PHYSICS, [])
    return [name for name in known.get(PresetTarget.DOMAIN, []) if name not in physics], physics


def _split(task: str, agent_key: str | None, words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Separates the words that choose presets, globally or at a path, from those that set values."""

    def may_choose_at_a_path(word: str) -> bool:
        return "=" in word and not is_selector(word) and isinstance(parse_value(word.partition("=")[2]), str)

    places = _places_of_presets(task, agent_key) if any(map(may_choose_at_a_path, words)) else set()

    def chooses(word: str) -> bool:
        return is_selector(word) or (may_choose_at_a_path(word) and word.partition("=")[0] in places)

    return [word for word in words if chooses(word)], [word for word in words if not chooses(word)]


def _places_of_presets(task: str, agent_key: str | None) -> set[str]:
    """Returns the paths at which presets can be chosen; it loads the configurations for that."""
    from isaaclab_tasks.utils.hydra import collect_presets
    from isaaclab_tasks.utils.parse_cfg import load_cfg_from_registry

    places = {f"env.{path}".rstrip(".") for path in collect_presets(_default(load_cfg_from_registry, task))}
    if agent_key:
        agent_cfg = _default(load_cfg_from_registry, task, agent_key)
        places |= {f"agent.{path}".rstrip(".") for path in collect_presets(agent_cfg)}
    return places


def _default(load: Any, task: str, key: str = "env_cfg_entry_point") -> Any:
    try:
        return load(task, key)
    except ValueError as error:
        raise UserError(f"cannot load the configuration of {task}: {error}") from error


def _resolve(task: str, agent_key: str | None, presets: list[str], play_mode: bool) -> tuple[Any, Any]:
    """Lets Isaac Lab load both configurations and resolve their presets."""
    from isaaclab_tasks.utils import resolve_task_config

    try:
        return resolve_task_config(task, agent_key, play_mode=play_mode, overrides=presets)
    except ValueError as error:
        names, _ = task_presets(task)
        unknown = [name for name in selected(presets, "presets") if name not in names]
        if unknown:
            raise UserError(
                f"{task} has no preset {', '.join(unknown)}; presets= takes {', '.join(sorted(names)) or 'none'}"
            ) from error
        attempt = f"cannot apply {' '.join(presets)}" if presets else f"cannot load the configuration of {task}"
        raise UserError(f"{attempt}: {error}") from error


def _take_over(agent_cfg: Any, file: Path, trusted: bool) -> None:
    """Replaces the values of an agent's configuration by those that a run was trained with."""
    params = read_agent_file(file, trusted)
    try:
        if isinstance(agent_cfg, dict):
            agent_cfg.clear()
            agent_cfg.update(params)
        else:
            agent_cfg.from_dict(_known(agent_cfg, params))
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise UserError(f"cannot take the agent's configuration from {file}: {error}") from error


def _known(cfg: Any, params: dict[str, Any]) -> dict[str, Any]:
    """Returns the entries for which a configuration has keys: a run may be older than the configuration is."""
    known = cfg if isinstance(cfg, dict) else vars(cfg)
    return {
        key: _known(known[key], value) if isinstance(value, dict) and known[key] is not None else value
        for key, value in params.items()
        if key in known
    }


def _check_entry_point(task: str, key: str) -> None:
    """Raises UserError where a task was registered with an entry point that does not exist or cannot be loaded."""
    entry_point = gymnasium.spec(task).kwargs[key]
    if not isinstance(entry_point, str) or entry_point.endswith(".yaml"):
        return
    module, _, name = entry_point.partition(":")
    try:
        with quiet(native=True):
            pkgutil.resolve_name(entry_point)
    except (ModuleNotFoundError, AttributeError) as error:
        if error.name != name and not f"{module}.".startswith(f"{error.name}."):
            raise  # a mistake inside the module: its traceback helps
        raise UserError(f"{task} is registered with the {key} {entry_point!r}: {error}") from error
    except ValueError as error:
        raise UserError(f"cannot load the configuration of {task}: {error}") from error


def save_configs(folder: Path, env_cfg: Any, agent_cfg: Any) -> None:
    """Writes ``params/env.yaml`` and ``params/agent.yaml`` into a run folder."""
    from isaaclab.utils.io import dump_yaml

    dump_yaml(str(folder / "params" / "env.yaml"), env_cfg)
    dump_yaml(str(folder / "params" / "agent.yaml"), agent_cfg)
