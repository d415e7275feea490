# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Describes the registered tasks in Markdown: what the registry says, and the terms of their configurations."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import gymnasium
from isaaclab.managers import ManagerTermBaseCfg, SceneEntityCfg
from isaaclab.utils.modifiers import ModifierCfg
from isaaclab_tasks.utils import resolve_presets

from isaaclab_factory import mdp
from isaaclab_factory.learning.cli.tasks import LIBRARIES, agents_of, own_tasks
from isaaclab_factory.learning.config.load import task_presets

MANAGERS = ("commands", "actions", "observations", "rewards", "terminations", "events", "curriculum")
VARIANTS = ("default", "aided", "no_noise", "search", "search_motion")


def all_tasks() -> Iterator[str]:
    """Yields the lines of all tasks of the package."""
    for task in own_tasks():
        yield from (f"## `{task}`", "", *_facts(task), "", *_terms(task), "")


def _facts(task: str) -> Iterator[str]:
    cfg = resolve_presets(_cfg(task))
    presets, engines = task_presets(task)
    where = gymnasium.spec(task).kwargs["env_cfg_entry_point"].replace(":", ".")
    agents = [agent for library in LIBRARIES for agent in agents_of(task, library)]
    yield from ("| | |", "| --- | --- |")
    yield f"| configuration | `{where}` |"
    yield f"| episode | {cfg.episode_length_s:g} s, {1 / (cfg.sim.dt * cfg.decimation):.0f} steps per second |"
    yield f"| environments | {cfg.scene.num_envs} by default |"
    yield f"| `presets=` | {_words(presets)} |"
    yield f"| `physics=` | {_words(engines)} |"
    yield f"| `--agent` | {_words(agents)} |"


def _terms(task: str) -> Iterator[str]:
    """Yields a table of the terms of all managers, with the variants that have each."""
    presets = [name for name in VARIANTS if name == "default" or name in task_presets(task)[0]]
    variants = {name: resolve_presets(_cfg(task), () if name == "default" else (name,)) for name in presets}
    found: dict[tuple[str, str, str], list[str]] = {}
    for variant, cfg in variants.items():
        for row in _rows(cfg):
            found.setdefault(row, []).append(variant)
    yield from ("| in | term | what it is | variants |", "| --- | --- | --- | --- |")
    for (place, name, what), names in sorted(found.items(), key=lambda item: _order(item[0][0])):
        shown = "all" if len(names) == len(presets) else _words(names)
        yield f"| {place} | `{name}` | {what} | {shown} |"


def _rows(cfg: Any) -> Iterator[tuple[str, str, str]]:
    """Yields place, name and kind of each term of a resolved configuration."""
    for manager in MANAGERS:
        groups = getattr(cfg, manager, None)
        if groups is None:
            continue
        for name, term in vars(groups).items():
            if manager == "observations" and term is not None:
                yield from ((name, key, _link(value)) for key, value in vars(term).items() if _is_term(value))
            elif term is not None:
                yield manager, name, _link(term)


def _is_term(value: Any) -> bool:
    return isinstance(value, ManagerTermBaseCfg)


def _link(term: Any) -> str:
    """Returns the function or class of a term, linked where this package describes it, and what it is given."""
    func = getattr(term, "func", None) or type(term)
    name = func if isinstance(func, str) else func.__name__
    own = name.rpartition(":")[2] in mdp.__all__
    shown = f"[`{name}`](#isaaclab_factory.mdp.{name})" if own else f"`{name}`"
    weight = f", weight {term.weight:g}" if hasattr(term, "weight") else ""
    when = f", {term.mode}" if hasattr(term, "mode") else ""
    values = ", ".join(f"{name}={_value(value)}" for name, value in _parameters(term).items())
    return f"{shown}{weight}{when}" + (f"<br>`{values}`" if values else "")


def _parameters(term: Any) -> dict[str, Any]:
    """Returns what a term is given: its parameters, or the fields of a configuration that are not its defaults."""
    if getattr(term, "func", None) is not None:
        extras = {name: getattr(term, name, None) for name in ("modifiers", "noise")}
        return dict(term.params) | {name: value for name, value in extras.items() if value}
    defaults = vars(type(term)())
    return {name: value for name, value in vars(term).items() if value != defaults[name]}


def _value(value: Any) -> str:
    """Returns a parameter as a reader would write it, rounded to six digits."""
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, list | tuple):
        items = ", ".join(map(_value, value))
        return f"[{items}]" if isinstance(value, list) else f"({items})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_value(item)}" for key, item in value.items()) + "}"
    if isinstance(value, SceneEntityCfg):
        parts = value.joint_names or value.body_names
        return value.name + (f" {_value(parts)}" if parts else "")
    if isinstance(value, ModifierCfg):
        return f"{value.func.__name__} {_value(value.params)}"
    if dataclasses.is_dataclass(value):
        fields = ", ".join(f"{key}={_value(item)}" for key, item in vars(value).items() if isinstance(item, float))
        return f"{type(value).__name__}({fields})"
    return str(value)


def _order(place: str) -> int:
    return ("commands", "actions", "policy", "critic", *MANAGERS[3:]).index(place)


def _cfg(task: str) -> Any:
    cfg = gymnasium.spec(task).kwargs["env_cfg_entry_point"]
    module, _, name = cfg.partition(":")
    return getattr(__import__(module, fromlist=[name]), name)()


def _words(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none"
