# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Shows where the time of an environment step goes."""

import time
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from isaaclab_factory.learning import session
from isaaclab_factory.learning.cli.flags import add_count, add_environment_flags
from isaaclab_factory.learning.cli.parser import split_overrides, task_parser
from isaaclab_factory.learning.diagnostics.each_task import start_apart

if TYPE_CHECKING:
    from isaaclab.envs import ManagerBasedRLEnv

ENGINE = "engine: MuJoCo's threads"
"""Name of the part that is the engine's own work: with Jacobians, mass matrices, and a law that runs in its threads."""


class StepProfile:
    """Times the parts of an environment step, by a clock around the public methods that the step calls.

    On a GPU the methods return before their work is done, so the figures are those of the CPU's share.

    Attributes:
        seconds: Time in s by part, without the time of parts that it contains.
        total: Time in s of all steps.
        steps: Environment steps that were timed.
    """

    def __init__(self, env: "ManagerBasedRLEnv") -> None:
        """Put clocks around the methods of an environment, which keeps them."""
        self.seconds: dict[str, float] = defaultdict(float)
        self.total = 0.0
        self.steps = 0
        self._env = env
        self._inner = [0.0]
        """Time of the parts within each of the parts that run at present, the innermost last."""
        for name, owner, method in self._parts(env):
            setattr(owner, method, self._timed(name, getattr(owner, method)))

    @staticmethod
    def _parts(env: "ManagerBasedRLEnv") -> list[tuple[str, Any, str]]:
        parts = [
            ("actions: processing", env.action_manager, "process_action"),
            ("actions: applying", env.action_manager, "apply_action"),
            ("writing actuator targets", env.scene, "write_data_to_sim"),
            ("physics manager: Newton's conversions", env.sim, "step"),
            ("updating assets and sensors", env.scene, "update"),
            ("terminations", env.termination_manager, "compute"),
            ("rewards", env.reward_manager, "compute"),
            ("commands", env.command_manager, "compute"),
            ("observations", env.observation_manager, "compute"),
            ("resets: event terms", env.event_manager, "apply"),
        ]
        worlds = getattr(env.sim.physics_manager, "worlds", lambda: None)()
        return [(ENGINE, worlds, "run"), *parts] if worlds else parts

    def _timed(self, name: str, function: Any) -> Any:
        def timed(*args: Any, **kwargs: Any) -> Any:
            self._inner.append(0.0)
            start = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                seconds = time.perf_counter() - start
                self.seconds[name] += seconds - self._inner.pop()
                self._inner[-1] += seconds

        return timed

    def step(self, *args: Any) -> None:
        """Steps the environment and times it."""
        start = time.perf_counter()
        self._env.step(*args)
        self.total += time.perf_counter() - start
        self.steps += 1

    def clear(self) -> None:
        """Forgets what was timed."""
        self.seconds.clear()
        self.total, self.steps = 0.0, 0

    def table(self) -> str:
        """Returns a Markdown table of the parts, the longest first."""
        rest = self.total - sum(self.seconds.values())
        parts = sorted(self.seconds.items(), key=lambda part: -part[1])
        rows = [*parts, ("everything else", rest), ("environment step", self.total)]
        lines = [f"| {name} | {1e3 * s / self.steps:.1f} | {s / self.total:.0%} |" for name, s in rows]
        return "\n".join(["| part | ms per environment step | share |", "|---|---|---|", *lines])


def run_profile(argv: list[str]) -> None:
    """Times the parts of the environment steps of a task with random actions, and prints a table.

    Raises:
        UserError: The command line is wrong.
    """
    parser = task_parser(__doc__)
    add_environment_flags(parser, seed=0)
    add_count(parser, "--steps", default=100, help="environment steps")
    args, words = split_overrides(parser, argv)
    session.find_task(args)
    with session.environment(args, words) as env:
        print(_profile(env.unwrapped, args.steps).table())


def _profile(env: "ManagerBasedRLEnv", steps: int) -> StepProfile:
    """Returns the profile of some steps with random actions; episodes end at different times."""
    import torch

    with torch.inference_mode():
        actions = start_apart(env)
        profile = StepProfile(env)
        for _ in range(10):  # the first ones prepare what later ones use
            profile.step(actions.uniform_(-1.0, 1.0))
        profile.clear()
        for _ in range(steps):
            profile.step(actions.uniform_(-1.0, 1.0))
    return profile
