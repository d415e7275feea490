# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Describes what goes into an exported policy and what comes out, for who shall run it on a robot.

The source are Isaac Lab's IO descriptors of the task's terms. Isaac Lab's own collection of them is not used: it gives
the terms the names of their functions, and leaves a term out that has no descriptor, so that all behind it shift.
"""

import inspect
import math
from typing import TYPE_CHECKING, Any

import torch
from isaaclab.envs.utils.io_descriptors import export_articulations_data

from isaaclab_factory.learning.export.policy import ExportablePolicy, State

if TYPE_CHECKING:
    from isaaclab.envs import ManagerBasedRLEnv

_CONVENTIONS = {
    "units": "SI: m, rad, s, N",
    "quaternions": "w, x, y, z",
    "frames": "world: z points up; environment: axes of the world, origin of the task's own environment",
    "history": "of a term with a history_length the oldest value comes first",
    "obs": "raw, as the task gives them: clipping and normalisation are inside the policy",
    "actions": "clipped, as the task's step takes them: scaling, smoothing and control are outside the policy",
}

_RESET = "Zeros in every *_in at the start of an episode; after that each *_in is the *_out of the step before."


def describe(policy: ExportablePolicy, env: "ManagerBasedRLEnv") -> dict[str, Any]:
    """Describes a policy and the task around it.

    Args:
        policy: The policy.
        env: The task.

    Returns:
        What is fit for JSON: inputs, outputs, state, rates, conventions and articulations.
    """
    limit = policy.clip_actions * policy.action_scale
    return {
        "inputs": [
            {**_tensor("obs", policy.observation_size), "terms": _plain(_observation_terms(policy, env))},
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
        "state_reset": _RESET if policy.state else None,
        "rates": {
            "policy_hz": 1.0 / env.step_dt,
            "physics_hz": 1.0 / env.physics_dt,
            "decimation": env.cfg.decimation,
        },
        "conventions": _CONVENTIONS,
        "articulations": _plain(_articulations(env)),
    }


def _tensor(name: str, size: int) -> dict[str, Any]:
    return {"name": name, "shape": ["batch", size], "dtype": "float32"}


def _state_tensor(state: State, side: str) -> dict[str, Any]:
    return {"name": f"{state.name}_{side}", "shape": [state.layers, "batch", state.size], "dtype": "float32"}


def _observation_terms(policy: ExportablePolicy, env: "ManagerBasedRLEnv") -> list[dict[str, Any]]:
    """The terms of the policy's observation groups, in the order in which they are concatenated."""
    manager = env.observation_manager
    terms, start = [], 0
    for group in policy.groups:
        names, shapes = manager.active_terms[group], manager.group_obs_term_dim[group]
        for name, shape in zip(names, shapes, strict=True):
            stop = start + math.prod(shape)
            terms.append({"name": name, "group": group, "slice": [start, stop], **_observation_term(env, group, name)})
            start = stop
    return terms


def _observation_term(env: "ManagerBasedRLEnv", group: str, name: str) -> dict[str, Any]:
    """What a term's descriptor tells, and what the manager does to its values."""
    cfg = getattr(getattr(env.observation_manager.cfg, group), name)
    if getattr(cfg.func, "_has_descriptor", False):
        cfg.func(env, **cfg.params, inspect=True)  # completes the descriptor
        told = _told(cfg.func._descriptor)
    else:
        told = {"description": (inspect.getdoc(cfg.func) or "").partition("\n\n")[0]}
    told["parameters"] = {key: value for key, value in cfg.params.items() if isinstance(value, int | float | str)}
    told["modifiers"] = [
        {"function": modifier.func.__name__, "parameters": modifier.params} for modifier in cfg.modifiers or ()
    ]
    done = {"clip": cfg.clip, "scale": cfg.scale, "history_length": cfg.history_length or None}
    return told | {key: value for key, value in done.items() if value is not None}


def _action_terms(env: "ManagerBasedRLEnv") -> list[dict[str, Any]]:
    """The action terms in the order in which they split the actions."""
    manager = env.action_manager
    terms, start = [], 0
    for name, size in zip(manager.active_terms, manager.action_term_dim, strict=True):
        terms.append({"name": name, "slice": [start, start + size], **_told(manager.get_term(name).IO_descriptor)})
        start += size
    return terms


def _told(descriptor: Any) -> dict[str, Any]:
    """What an IO descriptor tells that is not told otherwise."""
    fields = vars(descriptor).copy()
    fields |= fields.pop("extras")
    return {key: value for key, value in fields.items() if key not in ("name", "shape", "dtype", "mdp_type", "export")}


def _articulations(env: "ManagerBasedRLEnv") -> dict[str, Any]:
    """Isaac Lab's description of the articulations, and where they stand: [x, y, z, qw, qx, qy, qz]."""
    told = export_articulations_data(env)
    for name, articulation in env.scene.articulations.items():
        told[name]["base_pose_in_environment"] = articulation.data.default_root_state[0, :7]
    return told


def _plain(value: Any) -> Any:
    """Returns a value of descriptors as JSON has it, rounded to what a float32 means."""
    if isinstance(value, torch.Tensor):
        return _plain(value.tolist())
    if isinstance(value, dict):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, float):
        return float(f"{value:.7g}") if math.isfinite(value) else str(value)
    return value if isinstance(value, int | str | None) else str(value)
