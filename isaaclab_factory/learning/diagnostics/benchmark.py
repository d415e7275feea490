# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Measures a task's speed: the whole stack and the bare physics engine on the same scene, in one run.

They are timed in turns. In a turn the whole stack does some environment steps with random actions; then MuJoCo's C
library alone does as many engine steps on the same compiled model with as many threads, from the states where the stack
left the worlds and with the controls as they are; our engine's loop does the same without the torque law. Both leave
the worlds where they were. So all see the same contacts and the same load of the machine.

``--scale`` measures every task with 1 to 2,048 environments, each number in a process of its own.
"""

import argparse
import resource
import statistics
import sys
import time
from dataclasses import dataclass
from operator import truediv
from typing import TYPE_CHECKING

import psutil

from isaaclab_factory.learning import session
from isaaclab_factory.learning.cli.flags import add_count
from isaaclab_factory.learning.cli.parser import split_overrides
from isaaclab_factory.learning.diagnostics import each_task

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import torch
    from isaaclab.envs import ManagerBasedRLEnv

    from isaaclab_factory.newton_mujoco.bare_engine import BareEngine
    from isaaclab_factory.newton_mujoco.engine_loop import EngineLoop

SCALE = (1, 16, 128, 512, 2048)
"""Numbers of environments that ``--scale`` measures."""


@dataclass(frozen=True, kw_only=True)
class Benchmark(each_task.Watched):
    """What was measured. Rates are environment steps per second, summed over the environments.

    The steps before the first turn and the last one were watched.
    """

    threads: int | None
    turns: int
    steps_per_turn: int
    whole_stack: float
    """Median over the turns."""
    bare_engine: float | None
    """Median over the turns; None on another engine than MuJoCo's C library."""
    ratio: float | None
    """Median over the turns of the ratio within a turn."""
    loop_cost: float | None
    """Time that our engine's loop takes beyond that of the bare engine, as a share of it; median over the turns."""
    first_step_s: float
    """Time from the start of the process to the end of the first environment step."""
    peak_memory_gb: float
    """Of the whole stack."""
    gpu_memory_gb: float | None
    """What the device has less than before the environment was made; None on a CPU."""


def run_benchmark(argv: list[str]) -> None:
    """Measures every task and prints a table.

    Raises:
        UserError: The command line is wrong.
    """
    parser = each_task.tasks_parser(__doc__.splitlines()[0])
    group = parser.add_argument_group("benchmark")
    add_count(group, "--turns", default=20, help="turns")
    group.add_argument("--scale", action="store_true", help=f"measure with {SCALE[0]} to {SCALE[-1]:,} environments")
    add_count(group, "--steps", default=10, help="environment steps per turn")
    args, words = split_overrides(parser, argv)
    if args.scale:
        results = measure_scale(args)
    else:
        results = each_task.measure_tasks(args, lambda args: measure(args, words), Benchmark)
    each_task.print_results(results, COLUMNS, args.json)


def measure_scale(args: argparse.Namespace) -> "Iterator[Benchmark]":
    """Measures every task with the environments of :data:`SCALE`; more than 128 get fewer turns, two at least.

    Yields:
        The results, the fewest environments first.

    Raises:
        SystemExit: The process of a measurement failed; it has printed why.
    """
    words = [word for word in each_task.without_tasks(sys.argv[1:]) if word != "--scale"]
    for task in each_task.chosen_tasks(args):
        for num_envs in SCALE:
            turns = min(args.turns, max(2, args.turns * 128 // num_envs))
            more = ["--num_envs", str(num_envs), "--turns", str(turns)]
            yield each_task.measure_in_process(task, [*words, *more], Benchmark)


def measure(args: argparse.Namespace, words: list[str]) -> Benchmark:
    """Makes the environment of a task and times it.

    Raises:
        UserError: No environment can be made of the configuration.
    """
    engine_words = session.choose_engine(args, words)
    free = _free_gpu_memory(args.device)
    with session.environment(args, engine_words) as env:
        return _time(env.unwrapped, args, engine_words, free)


def _time(env: "ManagerBasedRLEnv", args: argparse.Namespace, words: list[str], free_gpu_memory: int) -> Benchmark:
    """Times an environment."""
    import torch

    from isaaclab_factory.newton_mujoco.bare_engine import BareEngine

    with torch.inference_mode():
        actions = each_task.start_apart(env)
        env.step(actions)
        first_step_s = time.time() - psutil.Process().create_time()
        watch = each_task.Watch(env)
        for _ in range(args.steps):
            watch.look(env.step(actions.uniform_(-1.0, 1.0)))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        manager = env.sim.physics_manager
        worlds = manager.worlds() if hasattr(manager, "worlds") else None
        engines = (BareEngine(worlds), manager.engine_loop()) if worlds else ()
        for engine in engines:
            engine.time(1, 1)  # starts its threads, and compiles its loop
        turns = [_turn(env, actions, engines, args.steps, turn % 2 == 1) for turn in range(args.turns)]
        watch.look(env.step(actions))
    stack, *engine = zip(*turns, strict=True)
    bare, loop = engine or (None, None)
    env_steps = args.steps * env.num_envs
    return Benchmark(
        threads=worlds.num_threads if worlds else None,
        turns=args.turns,
        steps_per_turn=args.steps,
        whole_stack=env_steps / statistics.median(stack),
        bare_engine=env_steps / statistics.median(bare) if bare else None,
        ratio=statistics.median(map(truediv, bare, stack)) if bare else None,
        loop_cost=statistics.median(map(truediv, loop, bare)) - 1.0 if bare else None,
        first_step_s=first_step_s,
        peak_memory_gb=peak * _MAXRSS_BYTES / 1e9,
        gpu_memory_gb=(free_gpu_memory - _free_gpu_memory(env.device)) / 1e9 if _on_gpu(env.device) else None,
        **watch.figures(args.task, words),
    )


def _on_gpu(device: str) -> bool:
    return device.startswith("cuda")


def _free_gpu_memory(device: str) -> int:
    """Returns the free memory of a GPU in bytes, whoever uses the rest; 0 on a CPU."""
    import torch

    return torch.cuda.mem_get_info(device)[0] if _on_gpu(device) else 0


_MAXRSS_BYTES = 1 if sys.platform == "darwin" else 1024
"""Unit of ``ru_maxrss``."""


def _turn(
    env: "ManagerBasedRLEnv",
    actions: "torch.Tensor",
    engines: "Sequence[BareEngine | EngineLoop]",
    steps: int,
    backwards: bool,
) -> list[float]:
    """Returns the times of the whole stack and of engines alone, for as many steps each [s].

    Whatever runs first after the stack finds its data in no cache, so the engines take turns at that.
    """
    start = time.perf_counter()
    for _ in range(steps):
        env.step(actions.uniform_(-1.0, 1.0))
    if _on_gpu(env.device):
        import torch

        torch.cuda.synchronize(env.device)
    stack = time.perf_counter() - start
    engine_steps = env.cfg.decimation * env.cfg.sim.physics.num_substeps if engines else 0
    times = {engine: engine.time(steps, engine_steps) for engine in (reversed(engines) if backwards else engines)}
    return [stack, *(times[engine] for engine in engines)]


COLUMNS = {
    "task": lambda result: result.task,
    "environments": lambda result: f"{result.num_envs}",
    "whole stack, env steps/s": lambda result: f"{result.whole_stack:,.0f}",
    "ms per step": lambda result: f"{1e3 * result.num_envs / result.whole_stack:,.1f}",
    "bare engine, env steps/s": lambda result: _or_none(result.bare_engine, ",.0f"),
    "ratio": lambda result: _or_none(result.ratio, ".2f"),
    "loop's cost": lambda result: _or_none(result.loop_cost, "+.1%"),
    "first step after": lambda result: f"{result.first_step_s:.1f} s",
    "peak memory": lambda result: f"{result.peak_memory_gb:.2f} GB",
}


def _or_none(value: float | None, form: str) -> str:
    return "not measured" if value is None else format(value, form)
