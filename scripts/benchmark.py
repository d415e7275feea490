# PYTHON_ARGCOMPLETE_OK
# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Measures a task's speed: the whole stack and the bare physics engine on the same scene, in one run.

The two are timed in turns. In a turn the whole stack does some environment steps with random actions; then the engine
alone does the same number of engine steps from where the stack left the scene, with the controls as they are, and the
scene is put back. So both see the same contacts and the same load of the machine.
"""

# ruff: noqa: E402 (the clock starts before anything heavy is imported)

import time

START = time.perf_counter()

import resource
import statistics
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from isaaclab_factory import app
from isaaclab_factory.learning import arguments, session
from isaaclab_factory.learning.errors import run_script
from isaaclab_factory.learning.measuring import each_task

if TYPE_CHECKING:
    import gymnasium


@dataclass(frozen=True)
class Benchmark:
    """What was measured. Rates are environment steps a second, summed over the environments."""

    task: str
    num_envs: int
    turns: int
    steps_per_turn: int
    whole_stack: float
    """Median over the turns."""
    bare_engine: float | None
    """Median over the turns; None on Isaac Sim."""
    ratio: float | None
    """Median over the turns of the ratio within a turn."""
    first_step_s: float
    """From the start of this script to the end of the first environment step."""
    peak_memory_gb: float


def main() -> None:
    """Measures every task and prints a table.

    Raises:
        UserError: The command line is wrong.
    """
    parser = arguments.OneLineParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    arguments.add_environment_arguments(parser, several_tasks=True, seed=0)
    parser.add_argument("--turns", type=arguments.positive_int, default=20, help="(default: %(default)s)")
    parser.add_argument("--steps", type=arguments.positive_int, default=10, help="per turn (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print one line of JSON per task instead of the table")
    args = parser.parse_args()
    each_task.print_results(each_task.measure_tasks(args, measure, Benchmark), COLUMNS, args.json)


def measure(args: Any) -> Benchmark:
    """Makes the environment and times it.

    Args:
        args: The parsed command line, after the app was started.
    """
    import torch

    from isaaclab_factory.learning.episodes import EpisodeRecorder

    env = EpisodeRecorder(session.open_environment(args))
    actions = torch.zeros(env.action_space.shape, device=env.unwrapped.device)
    with torch.inference_mode():
        env.reset()
        env.step(actions)
        first_step_s = time.perf_counter() - START
        engine = app.running_engine()
        rates = [
            (time_stack(env, actions, args.steps), time_engine(env, engine, args.steps)) for _ in range(args.turns)
        ]
    whole_stack = statistics.median(stack for stack, _ in rates)
    bare_engine = statistics.median(bare for _, bare in rates) if engine else None
    ratio = statistics.median(stack / bare for stack, bare in rates) if engine else None
    peak_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e9
    result = Benchmark(
        args.task, env.num_envs, args.turns, args.steps, whole_stack, bare_engine, ratio, first_step_s, peak_gb
    )
    env.close()
    return result


def time_stack(env: "gymnasium.Env", actions: Any, steps: int) -> float:
    """Returns the rate of the whole stack over some steps with random actions."""
    start = time.perf_counter()
    for _ in range(steps):
        env.step(actions.uniform_(-1.0, 1.0))
    return env.num_envs * steps / (time.perf_counter() - start)


def time_engine(env: "gymnasium.Env", engine: Any, steps: int) -> float:
    """Returns the rate of the engine alone over as many steps; NaN without an engine of ours."""
    if engine is None:
        return float("nan")
    engine_steps = engine.engine_steps * env.unwrapped.cfg.decimation
    state = engine.sim.state.clone()
    start = time.perf_counter()
    for _ in range(steps):
        engine.bare_step(engine_steps)
    seconds = time.perf_counter() - start
    engine.sim.state.copy_(state)
    engine.sim.touch_all()
    return env.num_envs * steps / seconds


COLUMNS = {
    "task": lambda result: result.task,
    "environments": lambda result: f"{result.num_envs}",
    "whole stack, env steps/s": lambda result: f"{result.whole_stack:,.0f}",
    "bare engine, env steps/s": lambda result: _or_none(result.bare_engine, ",.0f"),
    "ratio": lambda result: _or_none(result.ratio, ".2f"),
    "first step after": lambda result: f"{result.first_step_s:.1f} s",
    "peak memory": lambda result: f"{result.peak_memory_gb:.2f} GB",
}


def _or_none(value: float | None, form: str) -> str:
    return "not reported" if value is None else format(value, form)


if __name__ == "__main__":
    sys.exit(run_script(main))
