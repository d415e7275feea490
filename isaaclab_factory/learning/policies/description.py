# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Describes the inputs and outputs of an exported policy, for somebody who runs it on a robot.

Everything is read from the environment's terms: their docstrings, which hold the formulas, and their parameters with
the defaults written out.
"""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import torch
from isaaclab.managers import ActionTerm, CommandTerm, ManagerTermBase, ObservationTermCfg, SceneEntityCfg

from isaaclab_factory.learning.libraries.policy import ExportablePolicy, State

if TYPE_CHECKING:
    from isaaclab.envs import ManagerBasedRLEnv

_CONVENTIONS = {
    "units": "SI: m, kg, s, rad, N",
    "quaternions": "x, y, z, w",
    "quaternion_signs": "at the start of an episode the sign with a positive scalar product with the term's"
    " quaternion_at_start, after that the sign with a positive scalar product with the step before",
    "frames": "world: z points up; environment: axes of the world, origin of the task's own environment",
    "history": "one slice per time, the oldest first; at the start of an episode all are the first observation",
    "order": "an observation is computed from its description, then modified, clipped and scaled, in this order",
    "obs": "raw, as the task gives them: the library's clipping and normalisation are inside the policy",
    "actions": "as the task's step takes them: the library's clipping is inside the policy; smoothing, scaling and"
    " control are outside",
    "torques": "joint torques of a robot in a task are in addition to gravity compensation where gravity_disabled",
}

_QUATERNION = ("X", "Y", "Z", "W")
"""Axes of a term that is a quaternion."""

_NOT_NUMBERS = ("class_type", "debug_vis", "cmd_kind", "element_names", "resampling_time_range")
"""Fields of terms that mean nothing to a robot."""

_STATE_RESET = "Zeros in every *_in at the start of an episode; after that each *_in is the *_out of the step before."


def describe(policy: ExportablePolicy, env: ManagerBasedRLEnv) -> dict[str, Any]:
    """Describes a policy and the task around it.

    Args:
        env: The task, which is reset.

    Returns:
        What is fit for JSON: inputs, outputs, state, rates, episode, conventions, commands and robots.
    """
    with torch.no_grad():
        env.reset()
        terms = list(_observation_terms(policy, env))
    limit, commands = policy.clip_actions * policy.action_scale, env.command_manager
    return {
        "inputs": [
            {**_tensor("obs", policy.observation_size), "terms": _plain(terms)},
            *(_state_tensor(state, "in") for state in policy.state),
        ],
        "outputs": [
            {
                **_tensor("actions", env.action_manager.total_action_dim),
                "range": None if math.isinf(limit) else [-limit, limit],
                "terms": _plain(_action_terms(env)),
            },
            *(_state_tensor(state, "out") for state in policy.state),
        ],
        "state_reset": _STATE_RESET if policy.state else None,
        "rates": _plain(
            {
                "policy_hz": 1.0 / env.step_dt,
                "physics_hz": 1.0 / env.physics_dt,
                "decimation": env.cfg.decimation,
            }
        ),
        "episode": _plain({"length_s": env.max_episode_length_s, "steps": int(env.max_episode_length)}),
        "conventions": _CONVENTIONS,
        "commands": _plain({name: _term(commands.get_term(name)) for name in commands.active_terms}),
        "robots": _plain(_robots(env)),
    }


def _tensor(name: str, size: int) -> dict[str, Any]:
    return {"name": name, "shape": ["batch", size], "dtype": "float32"}


def _state_tensor(state: State, side: str) -> dict[str, Any]:
    return {"name": f"{state.name}_{side}", "shape": [state.layers, "batch", state.size], "dtype": "float32"}


def _observation_terms(policy: ExportablePolicy, env: ManagerBasedRLEnv) -> Iterator[dict[str, Any]]:
    """Yields the terms of the policy's observation groups, in the order in which they are concatenated."""
    start = 0
    for group in policy.groups:
        names, shapes = env.observation_manager.active_terms[group], env.observation_manager.group_obs_term_dim[group]
        sizes = [math.prod(int(size) for size in shape) for shape in shapes]
        group_cfg = getattr(env.observation_manager.cfg, group)  # the manager's copy has its names resolved
        frame = sum(sizes) // (group_cfg.history_length or 1)
        for position, (name, size) in enumerate(zip(names, sizes, strict=True)):
            cfg: ObservationTermCfg = getattr(group_cfg, name)
            times = cfg.history_length or 1
            now = size // times
            if group_cfg.history_order == "time" and group_cfg.history_length:
                first, stride = start + sum(sizes[:position]) // times, frame
            else:
                first, stride = start + sum(sizes[:position]), now
            slices = [[first + time * stride, first + time * stride + now] for time in range(times)]
            yield {"name": name, "group": group, "slices": slices, **_observation_term(env, cfg)}
        start += sum(sizes)


def _observation_term(env: ManagerBasedRLEnv, cfg: ObservationTermCfg) -> dict[str, Any]:
    """Returns what a term computes, and what the manager does to its values."""
    told = {"function": _name(cfg.func), "description": _text(cfg.func)}
    description = getattr(cfg.func, "description", None)
    if description is not None:
        told |= {"units": description.units, "axes": description.axes, "frame": description.frame}
        if tuple(description.axes) == _QUATERNION:
            told["quaternion_at_start"] = cfg.func(env, **cfg.params)[0]
    told["parameters"] = {
        key: _entity(env, value) if isinstance(value, SceneEntityCfg) else value
        for key, value in _parameters(cfg.func, cfg.params).items()
    }
    told["modifiers"] = [
        {
            "function": _name(modifier.func),
            "description": _text(modifier.func),
            "parameters": _parameters(modifier.func, modifier.params),
        }
        for modifier in cfg.modifiers or ()
    ]
    return told | {"clip": cfg.clip, "scale": cfg.scale}


def _entity(env: ManagerBasedRLEnv, cfg: SceneEntityCfg) -> dict[str, Any]:
    """Returns the name of an asset, and the bodies and joints that are selected of it, in order."""
    asset = env.scene[cfg.name]
    told: dict[str, Any] = {"name": cfg.name}
    if cfg.body_names is not None:
        told["bodies"] = asset.find_bodies(cfg.body_names, preserve_order=cfg.preserve_order)[1]
    if cfg.joint_names is not None:
        told["joints"] = asset.find_joints(cfg.joint_names, preserve_order=cfg.preserve_order)[1]
    return told


def _action_terms(env: ManagerBasedRLEnv) -> list[dict[str, Any]]:
    """Returns the action terms in the order in which they split the actions."""
    manager = env.action_manager
    terms, start = [], 0
    for name, size in zip(manager.active_terms, manager.action_term_dim, strict=True):
        terms.append({"name": name, "slice": [start, start + size], **_term(manager.get_term(name))})
        start += size
    return terms


def _term(term: ActionTerm | CommandTerm) -> dict[str, Any]:
    """Returns a term's own description of its numbers, or all plain values of its configuration."""
    numbers = getattr(term, "description", None)
    if numbers is None:
        numbers = {
            key: value
            for key, value in vars(term.cfg).items()
            if key not in _NOT_NUMBERS and value is not None and _is_plain(value)
        }
    return {"description": _text(type(term)), "class": type(term).__name__, **numbers}


def _robots(env: ManagerBasedRLEnv) -> dict[str, Any]:
    """Returns the joints and the base of every articulation that has joints."""
    told = {}
    for name, robot in env.scene.articulations.items():
        if not robot.num_joints:
            continue
        data = robot.data
        base = data.root_link_pose_w.torch[0].clone()
        base[:3] -= env.scene.env_origins[0]
        told[name] = {
            "joint_names": robot.joint_names,
            "default_joint_pos": data.default_joint_pos.torch[0],
            "joint_pos_limits": data.joint_pos_limits.torch[0],
            "joint_vel_limits": data.joint_vel_limits.torch[0],
            "joint_effort_limits": data.joint_effort_limits.torch[0],
            "joint_stiffness": data.joint_stiffness.torch[0],
            "joint_damping": data.joint_damping.torch[0],
            "joint_armature": data.joint_armature.torch[0],
            "base_pose_in_environment": base,
            "gravity_disabled": _gravity_disabled(robot.cfg.spawn),
        }
    return told


def _gravity_disabled(spawn: Any) -> bool | None:
    """Returns whether a robot is spawned without weight, None if that is left to its file."""
    properties = getattr(spawn, "rigid_props", None)
    fragments = properties if isinstance(properties, list) else [properties]
    values = (getattr(fragment, "disable_gravity", None) for fragment in fragments)
    return next((value for value in values if value is not None), None)


def _parameters(func: Callable, given: dict[str, Any]) -> dict[str, Any]:
    """Returns the parameters of a term's function, with the defaults of those that are not given."""
    function = func.__call__ if isinstance(func, ManagerTermBase) else func
    defaults = {
        name: parameter.default
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.default is not inspect.Parameter.empty
    }
    return {key: value for key, value in (defaults | given).items() if _is_plain(value)}


def _name(func: Callable) -> str:
    """Returns the name of a function, or of a term's class."""
    return getattr(func, "__name__", type(func).__name__)


def _text(thing: Any) -> str:
    """Returns a docstring without its sections for programmers and without its markup, paragraphs on lines."""
    doc = inspect.getdoc(thing if inspect.isroutine(thing) or isinstance(thing, type) else type(thing)) or ""
    doc = re.split(r"\n\n?(?=(?:Args|Returns|Raises|Attributes|Yields):\n)", doc)[0]
    doc = re.sub(r":\w+:`~?(?:[\w.]*\.)?(\w+)`", r"\1", doc).replace("``", "")
    return "\n".join(" ".join(paragraph.split()) for paragraph in doc.split("\n\n"))


def _is_plain(value: Any) -> bool:
    """Whether a value is a number, a text, or made of them."""
    if isinstance(value, dict):
        return all(map(_is_plain, value.values()))
    if isinstance(value, list | tuple):
        return all(map(_is_plain, value))
    return isinstance(value, int | float | str | torch.Tensor | SceneEntityCfg | type(None))


def _plain(value: Any) -> Any:
    """Returns a value as JSON has it, rounded to the digits of a float32."""
    if isinstance(value, torch.Tensor):
        return _plain(value.tolist())
    if isinstance(value, dict):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, float):
        return float(f"{value:.7g}") if math.isfinite(value) else str(value)
    return value if isinstance(value, bool | int | str | None) else str(value)
