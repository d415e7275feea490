# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The command that measures how firmly the held part sits in the gripper after a reset."""

from typing import TYPE_CHECKING

from isaaclab_factory.learning import session
from isaaclab_factory.learning.cli.flags import add_count, add_environment_flags
from isaaclab_factory.learning.cli.parser import split_overrides, task_parser
from isaaclab_factory.learning.errors import UserError

if TYPE_CHECKING:
    import torch
    from isaaclab.envs import ManagerBasedRLEnv

DESCRIPTION = (
    "Measure how firmly the held part sits in the gripper: reset a task many times and hold the hand still for a second"
    " each time. The slip is how far the point of the part that was at the fingertip has moved away from it."
)

SECONDS = 1.0
"""Time that the hand holds still after each reset."""

STILL = 0.02
"""A hand that has moved further than this (in m) has not held still."""


def measure_grasp(argv: list[str]) -> None:
    """Measures and prints.

    Raises:
        UserError: The command line is wrong, the task puts no part into a hand, or its hand does not hold still.
    """
    parser = task_parser(DESCRIPTION)
    add_environment_flags(parser, seed=0)
    add_count(parser, "--resets", default=1000, help="at least so many")
    args, words = split_overrides(parser, argv)
    session.find_task(args)
    with session.environment(args, words) as env, session.warnings_shown():
        slip, turn, moved = measure(env.unwrapped, args.resets)
    _print(args.task, slip, turn, moved)


def measure(env: "ManagerBasedRLEnv", resets: int) -> "tuple[torch.Tensor, torch.Tensor, torch.Tensor]":
    """Holds the hand still for a second after each of many resets.

    Args:
        env: An assembly environment, unwrapped.
        resets: Least number of resets, over all environments.

    Returns:
        Slip of the part in m, its turn in the hand in rad, and how far the hand has moved in m, one value per reset.

    Raises:
        UserError: The task puts no part into a hand, its hand does not hold still, or its episodes are too short.
    """
    import torch

    from isaaclab_factory.learning.evaluation.grasp import Grasp

    if env.max_episode_length_s <= SECONDS:
        raise UserError(f"episodes of {env.max_episode_length_s:g} s are too short to measure {SECONDS:g} s")
    still = hold_still(env)
    measured = []
    with torch.inference_mode():
        while len(measured) * env.num_envs < resets:
            env.reset()
            grasp = Grasp.of(env)
            if grasp is None:
                raise UserError("this task has no reset event 'held_part' that puts a part into a hand")
            start = grasp.hand_pose_w[:, :3].clone()
            for _ in range(round(SECONDS / env.step_dt)):
                env.step(still)
            moved = torch.linalg.vector_norm(grasp.hand_pose_w[:, :3] - start, dim=-1)
            measured.append((grasp.slip(), grasp.turn(), moved))
    slip, turn, moved = (torch.cat(part) for part in zip(*measured, strict=True))
    if moved.median() > STILL:
        terms = ", ".join(type(env.action_manager.get_term(name)).__name__ for name in env.action_manager.active_terms)
        raise UserError(
            f"the hand moved by {1e3 * moved.median():.0f} mm in {SECONDS:g} s of zero actions: with the actions of"
            f" this task ({terms}) it does not hold still, as it does with the torque action"
        )
    return slip, turn, moved


def hold_still(env: "ManagerBasedRLEnv") -> "torch.Tensor":
    """Returns actions that hold the hand still: zeros, or -1 for a yaw that only turns one way.

    Returns:
        Shape is (num_envs, action_dim).
    """
    import torch

    parts = []
    for name in env.action_manager.active_terms:
        term = env.action_manager.get_term(name)
        part = torch.zeros(env.num_envs, term.action_dim, device=env.device)
        if getattr(term.cfg, "unidirectional_yaw", False):
            part[:, 5] = -1.0
        parts.append(part)
    return torch.cat(parts, dim=-1)


def _print(task: str, slip: "torch.Tensor", turn: "torch.Tensor", moved: "torch.Tensor") -> None:
    from isaaclab_factory.learning.evaluation.grasp import DROPPED

    print(f"{len(slip)} resets of {task}, {SECONDS:g} s each")
    figures = {"slip (mm)": 1e3 * slip, "turn (deg)": turn.rad2deg(), "hand (mm)": 1e3 * moved}
    for name, values in figures.items():
        print(f"  {name}: median {values.median():.3f}  p99 {values.quantile(0.99):.3f}  max {values.max():.3f}")
    print(f"  dropped (slip over {1e3 * DROPPED:g} mm): {int((slip > DROPPED).sum())}")
