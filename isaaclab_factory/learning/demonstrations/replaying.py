# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Replays recorded episodes: from their initial states with their actions, and compares what comes of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gymnasium
import torch
from isaaclab.managers import TerminationTermCfg
from isaaclab.utils.datasets import EpisodeData
from torch.nn.utils.rnn import pad_sequence

if TYPE_CHECKING:
    from isaaclab.envs import ManagerBasedRLEnv

COMPARED = ("obs", "states")
"""What is compared, by its key in an episode."""

_COMMANDS = "command"
"""Key of what the commands drew at random, in an initial state."""

_GOAL = "assembly_goal"


@dataclass(frozen=True)
class Replay:
    """What came of episodes that were replayed side by side. Shapes are (episodes,)."""

    lengths: torch.Tensor
    """Their lengths in environment steps."""
    recorded: torch.Tensor
    """Whether they were recorded as a success."""
    differences: dict[str, torch.Tensor]
    """Largest difference of each quantity from what was recorded, over all steps, in the quantity's unit. By its path
    in the episode, such as ``states/rigid_object/held_asset/root_pose``."""
    success: torch.Tensor | None
    """Whether they ended as a success, None if the task does not know."""


def never_end(env: ManagerBasedRLEnv) -> None:
    """Lets no termination term end an episode any more: a replay ends with the recorded actions.

    The terms keep their names, by which rewards may know them.
    """

    def never(env: ManagerBasedRLEnv) -> torch.Tensor:
        return torch.zeros(env.num_envs, dtype=torch.bool, device=env.device)

    for name in env.termination_manager.active_terms:
        env.termination_manager.set_term_cfg(name, TerminationTermCfg(func=never))


def replay(env: gymnasium.Env, episodes: Sequence[EpisodeData]) -> Replay:
    """Plays the actions of recorded episodes from their initial states, each in an environment of its own.

    Afterwards no episode of the environment ends by itself, and it can only be stepped in PyTorch's inference mode.

    Args:
        env: The environment of the recording's task, bare or wrapped, which has been reset before. Its origins should
            be those of the recording, see :func:`~isaaclab_factory.learning.demonstrations.recording.share_one_place`.
        episodes: Episodes, as many as there are environments at most, on any device.

    Returns:
        How far the replay came from the recording.
    """
    bare: ManagerBasedRLEnv = env.unwrapped
    never_end(bare)
    lengths = torch.tensor([len(episode.data["actions"]) for episode in episodes], device=bare.device)
    actions = torch.zeros(int(lengths.max()), *bare.action_manager.action.shape, device=bare.device)
    actions[:, : len(episodes)] = _side_by_side([episode.data["actions"] for episode in episodes]).to(bare.device)
    recorded = {path: values.to(bare.device) for path, values in _recorded(episodes)}
    differences = {path: torch.zeros(len(episodes), device=bare.device) for path in recorded}
    goal = bare.command_manager.get_term(_GOAL) if _GOAL in bare.command_manager.active_terms else None
    success = torch.zeros(len(episodes), dtype=torch.bool, device=bare.device)

    with torch.inference_mode():
        restore(bare, join([episode.data["initial_state"] for episode in episodes]))
        for step, action in enumerate(actions):
            now = dict(paths({"obs": bare.obs_buf}))
            env.step(action)
            now |= dict(paths({"states": bare.scene.get_state(is_relative=True)}))
            playing = step < lengths
            for path, values in recorded.items():
                apart = (now[path][: len(episodes)] - values[step]).abs().flatten(1).amax(dim=-1)
                differences[path] = torch.where(playing, torch.maximum(differences[path], apart), differences[path])
            if goal is not None:
                success = torch.where(playing, goal.success[: len(episodes)], success)
    recorded_success = torch.tensor([bool(episode.success) for episode in episodes], device=bare.device)
    return Replay(lengths, recorded_success, differences, None if goal is None else success)


def restore(env: ManagerBasedRLEnv, state: dict[str, Any]) -> None:
    """Begins episodes in recorded initial states, with what their commands had drawn at random.

    Args:
        state: Initial states of the first environments, relative to their origins. Shapes are (episodes, ...).
    """
    ids = torch.arange(len(next(values for _, values in paths(state))), device=env.device)
    for name, drawn in state.get(_COMMANDS, {}).items():
        env.command_manager.get_term(name).restore(drawn, ids)
    env.reset_to(state, ids, is_relative=True)


def join(states: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Returns the states of single episodes as one state of all of them."""
    return {
        name: join([state[name] for state in states])
        if isinstance(value, dict)
        else torch.cat([state[name] for state in states])
        for name, value in states[0].items()
    }


def paths(nested: dict[str, Any], before: str = "") -> Iterator[tuple[str, torch.Tensor]]:
    """Yields the tensors in nested dictionaries with their paths."""
    for name, value in nested.items():
        if isinstance(value, dict):
            yield from paths(value, f"{before}{name}/")
        else:
            yield f"{before}{name}", value


def _recorded(episodes: Sequence[EpisodeData]) -> Iterator[tuple[str, torch.Tensor]]:
    """Yields what is compared, by its path. Shapes are (steps, episodes, ...); those without numbers are left out."""
    first, *others = [dict(paths({key: episode.data[key] for key in COMPARED})) for episode in episodes]
    for path, values in first.items():
        if values[0].numel():  # a part without joints has joint positions, too
            yield path, _side_by_side([values, *(other[path] for other in others)])


def _side_by_side(values: Sequence[torch.Tensor]) -> torch.Tensor:
    """Stacks what episodes recorded, shorter ones with zeros at the end. Shape is (steps, episodes, ...)."""
    return pad_sequence(list(values))
