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

import json
import resource
import statistics
import sys
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from isaaclab_factory import app
from isaaclab_factory.learning import arguments, session
from isaaclab_factory.learning.errors import run_script

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
    """Runs the benchmark and prints it."""
    parser = arguments.OneLineParser(description=__doc__.splitlines()[0])
    arguments.add_environment_arguments(parser)
    parser.add_argument("--turns", type=arguments.positive_int, default=20, help="(default: %(default)s)")
    parser.add_argument("--steps", type=arguments.positive_int, default=10, help="per turn (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print JSON, and nothing else")
    args = parser.parse_args()
    session.find_task(args)
    session.start_app(args)
    with redirect_stdout(sys.stderr):
        result = measure(args)
    if args.json:
        print(json.dumps(asdict(result), indent=2))
        return
    print(f"{result.task}, {result.num_envs} environments, medians of {result.turns} turns")
    print(f"  whole stack        {result.whole_stack:10,.0f} environment steps/s")
    if result.bare_engine is not None:
        print(f"  bare engine        {result.bare_engine:10,.0f} environment steps/s")
        print(f"  ratio              {result.ratio:10.2f}")
    print(f"  time to first step {result.first_step_s:10.1f} s")
    print(f"  peak memory        {result.peak_memory_gb:10.2f} GB")


def measure(args: Any) -> Benchmark:
    """Makes the environment and times it.

    Args:
        args: The parsed command line, after the app was started.
    """
    import torch

    from isaaclab_factory.learning.episodes import EpisodeRecorder

    args.seed = 0 if args.seed is None else args.seed
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


if __name__ == "__main__":
    sys.exit(run_script(main))
