# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Steps tasks with random actions for long, and counts what must not happen."""

import time
from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from isaaclab_factory.learning import session
from isaaclab_factory.learning.cli.flags import add_count
from isaaclab_factory.learning.cli.parser import split_overrides
from isaaclab_factory.learning.diagnostics import each_task

if TYPE_CHECKING:
    from isaaclab.envs import ManagerBasedRLEnv

WARM_UP = 0.1
"""Share of the steps after which memory is looked at first: until then caches fill."""


@dataclass(frozen=True, kw_only=True)
class Soak(each_task.Watched):
    """What happened to a task. All steps were watched."""

    physics_steps: int
    """Summed over the environments."""
    seconds: float
    episodes: int
    dropped: int | None
    """Episodes at whose end the held part had slipped further than :data:`DROPPED`; None where no part is held."""
    unstable: int | None
    """How often an environment was put back because a number was not finite; None on another engine than ours."""
    memory_gb: float
    """Of the process, after a tenth of the steps."""
    memory_growth_gb: float
    """From there to the end."""


def soak(argv: list[str]) -> None:
    """Steps every task and prints a table.

    Raises:
        UserError: The command line is wrong.
    """
    parser = each_task.tasks_parser(__doc__)
    add_count(
        parser, "--physics_steps", default=1_000_000, help="physics steps of each task, summed over its environments"
    )
    args, words = split_overrides(parser, argv)
    results = each_task.measure_tasks(args, lambda args: _measure(args, words), Soak)
    each_task.print_results(results, COLUMNS, args.json)


def _measure(args: Namespace, words: list[str]) -> Soak:
    """Makes the environment of a task and steps it."""
    with session.environment(args, words) as env:
        return _step(env.unwrapped, args, words)


def _step(env: "ManagerBasedRLEnv", args: Namespace, words: list[str]) -> Soak:
    import torch

    from isaaclab_factory.learning.evaluation.grasp import DROPPED, Grasp
    from isaaclab_factory.learning.runs.log import memory_gb

    unstable = getattr(env.sim.physics_manager, "unstable_counts", None)
    steps = -(-args.physics_steps // (env.num_envs * env.cfg.decimation))
    episodes = torch.zeros((), dtype=torch.long, device=env.device)
    dropped = torch.zeros_like(episodes)
    memory = 0.0
    with torch.inference_mode():
        actions = each_task.start_apart(env)
        watch, grasp = each_task.Watch(env), Grasp.of(env)
        start = time.perf_counter()
        for step in range(steps):
            slipped = grasp.slip() > DROPPED if grasp else None
            result = env.step(actions.uniform_(-1.0, 1.0))
            watch.look(result)
            ended = result[2] | result[3]
            episodes += ended.sum()
            if grasp:
                dropped += (slipped & ended).sum()
                grasp.mark(ended)
            if step == int(WARM_UP * steps):
                memory = memory_gb()
        seconds = time.perf_counter() - start
    return Soak(
        physics_steps=steps * env.num_envs * env.cfg.decimation,
        seconds=round(seconds, 1),
        episodes=int(episodes),
        dropped=int(dropped) if grasp else None,
        unstable=int(unstable().sum()) if unstable else None,
        memory_gb=memory,
        memory_growth_gb=round(memory_gb() - memory, 3),
        **watch.figures(args.task, words),
    )


COLUMNS: dict[str, Callable[[Soak], str]] = {
    "task": lambda result: result.task,
    "environments": lambda result: f"{result.num_envs}",
    "physics steps": lambda result: f"{result.physics_steps:,}",
    "minutes": lambda result: f"{result.seconds / 60:.1f}",
    "episodes": lambda result: f"{result.episodes:,}",
    "part dropped": lambda result: _known(result.dropped),
    "unstable": lambda result: _known(result.unstable),
    "not finite": lambda result: f"{result.not_finite}",
    "overflows": lambda result: _known(result.overflows and sum(result.overflows.values())),
    "memory": lambda result: f"{result.memory_gb:.2f} GB, then {1e3 * result.memory_growth_gb:+.0f} MB",
}


def _known(number: int | None) -> str:
    return "not counted" if number is None else f"{number:,}"
