# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Steps a task for long and looks for what must not happen: NaN, parts that fly away, parts that are in one another."""

import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from isaaclab_factory.learning.measuring.grasp import DROPPED, Grasp
from isaaclab_factory.learning.measuring.steadiness import Steadiness, SteadinessWatch

WORLD = ((-3.0, -3.0, -1.1), (3.0, 3.0, 2.0))
"""Corners in m of the box round an environment's origin that parts stay in: room for one that rolls off the table onto
the floor, which is 1.05 m below the table's top."""

PENETRATION_INTERVAL = 5
"""Environment steps from one look at the contacts to the next."""

MAX_EXAMPLES = 5
"""So many parts out of the world are described; all are counted."""


@dataclass
class Penetration:
    """How deep the colliders of a task's parts were in something else, over all contacts that were looked at."""

    contacts: int
    percentiles_um: dict[str, float]
    """Depth by percentile (``50``, ``99``, ``99.9``, ``100``) in micrometres."""
    between_parts_um: dict[str, float]
    """The same of contacts between two parts, to which the pressure of the fingers does not add."""
    deepest_um: dict[str, float]
    """Greatest depth in micrometres by pair, the deepest pair first."""
    where: str
    """Step and environment of the greatest depth."""


@dataclass
class SoakReport:
    """What a soak came to."""

    task: str
    num_envs: int
    steps: int
    env_steps_per_second: float
    """Environment steps a second, summed over the environments, with all that is looked at."""
    episodes: int
    """Episodes that ended."""
    dropped: int
    """Those of them in which the held part slipped in the hand by more than :data:`DROPPED`."""
    not_finite: dict[str, int]
    """Number of values that were NaN or infinite, by quantity."""
    out_of_world: dict[str, int]
    """In how many environment steps a part was outside of :data:`WORLD`, by part."""
    examples: list[str]
    """The first parts that were out of the world."""
    penetration: Penetration | None
    """None where the simulator does not tell."""
    went_wrong: dict[str, int] | None
    """How often the engine reported that an environment went wrong, by kind; None where the simulator does not tell."""
    trained_with: str | None = None
    """Library that trained a policy meanwhile, None for random actions."""
    steadiness: Steadiness = field(default_factory=Steadiness)
    """Memory and pace of the tenths of the soak."""

    def __post_init__(self) -> None:
        """Makes a report of one that was read from JSON."""
        if isinstance(self.steadiness, dict):
            self.steadiness = Steadiness(**self.steadiness)
        if isinstance(self.penetration, dict):
            self.penetration = Penetration(**self.penetration)

    @property
    def sound(self) -> bool:
        """Whether every number was finite, every part in the world, no environment broke and no memory was lost."""
        return not (self.not_finite or self.out_of_world or self.went_wrong or self.steadiness.leaks)


class ContactDepths:
    """Collects the contacts of a task's parts."""

    def __init__(self, part_names: set[str]) -> None:
        """Args:
        part_names: Last names of the parts' prim paths.
        """
        self._part_names = part_names
        self._depths: dict[tuple[str, str], list[np.ndarray]] = defaultdict(list)
        self._deepest, self._where = 0.0, (0, 0)

    def add(self, step: int, found: Any) -> None:
        """Note what an engine's ``penetrations()`` found after some step."""
        is_part = np.array([self._is_part(name) for name in found.names])
        chosen = (found.depths > 0.0) & is_part[found.bodies].any(axis=1)
        if not chosen.any():
            return
        depths, worlds = found.depths[chosen], found.worlds[chosen]
        if depths.max() > self._deepest:
            self._deepest, self._where = depths.max(), (step, int(worlds[depths.argmax()]))
        pairs, index = np.unique(np.sort(found.bodies[chosen], axis=1), axis=0, return_inverse=True)
        for number, (first, second) in enumerate(pairs):
            pair = found.names[first], found.names[second]
            self._depths[pair].append(1e6 * depths[index.ravel() == number].astype(np.float32))

    def summary(self) -> Penetration:
        """Percentiles over all contacts, and the greatest depth by pair."""
        depths = {pair: np.concatenate(arrays) for pair, arrays in self._depths.items()}
        between_parts = [values for pair, values in depths.items() if all(map(self._is_part, pair))]
        by_depth = sorted(depths, key=lambda pair: -depths[pair].max())
        return Penetration(
            contacts=sum(map(len, depths.values())),
            percentiles_um=_percentiles(list(depths.values())),
            between_parts_um=_percentiles(between_parts),
            deepest_um={" - ".join(map(_short, pair)): float(depths[pair].max()) for pair in by_depth},
            where="step {}, environment {}".format(*self._where),
        )

    def _is_part(self, path: str) -> bool:
        return path.rsplit("/", 1)[-1] in self._part_names


class Soak:
    """Steps an environment and counts what must not happen."""

    def __init__(self, env: Any, engine: Any = None, steps: int = 1, trained_with: str | None = None) -> None:
        """Args:
        env: An assembly environment of Isaac Lab, bare or wrapped.
        engine: The MuJoCo engine that runs it, or None, where contacts and broken environments are not told.
        steps: Steps that the soak is to have, whose tenths are measured.
        trained_with: Library that trains a policy meanwhile, None for none.
        """
        self._trained_with = trained_with
        self._env, self._engine = env.unwrapped, engine
        self._parts = self._env.scene.rigid_objects
        self._robot = self._env.scene["robot"]
        self.steps = self._episodes = self._num_dropped = 0
        self._not_finite: Counter[str] = Counter()
        self._out_of_world: Counter[str] = Counter()
        self._examples: list[str] = []
        self._contacts = ContactDepths({part.cfg.prim_path.rsplit("/", 1)[-1] for part in self._parts.values()})
        self._lower, self._upper = torch.tensor(WORLD, device=self._env.device)
        self._env.reset()
        self._grasp = Grasp(self._env)
        self._dropped = torch.zeros(self._env.num_envs, dtype=torch.bool, device=self._env.device)
        self._wrong_before = Counter() if engine is None else engine.watch.counts.copy()
        self._steadiness = SteadinessWatch(steps, self._env.num_envs)
        self._start = time.monotonic()

    def mark_grasps(self) -> None:
        """Measures how far parts slip from now on: all environments were reset."""
        self._grasp = Grasp(self._env)
        self._dropped = torch.zeros_like(self._dropped)

    def step(self, actions: torch.Tensor) -> tuple:
        """Steps all environments and looks.

        Args:
            actions: Shape is (num_envs, action_dim).

        Returns:
            What the environment's ``step`` returned.
        """
        result = self._env.step(actions)
        obs, reward, terminated, truncated, _ = result
        self.steps += 1
        self._look_at_numbers(obs, reward)
        self._look_at_places()
        self._look_at_grasp(terminated | truncated)
        if self._engine is not None and self.steps % PENETRATION_INTERVAL == 0:
            self._contacts.add(self.steps, self._engine.penetrations())
        self._steadiness.step()
        return result

    def report(self) -> SoakReport:
        """What came to pass so far."""
        seconds = time.monotonic() - self._start
        engine = self._engine
        return SoakReport(
            task=self._env.spec.id,
            num_envs=self._env.num_envs,
            steps=self.steps,
            env_steps_per_second=self._env.num_envs * self.steps / seconds,
            episodes=self._episodes,
            dropped=self._num_dropped,
            not_finite=dict(self._not_finite),
            out_of_world=dict(self._out_of_world),
            examples=self._examples,
            penetration=None if engine is None else self._contacts.summary(),
            went_wrong=None if engine is None else dict(engine.watch.counts - self._wrong_before),
            trained_with=self._trained_with,
            steadiness=self._steadiness.found,
        )

    def _look_at_numbers(self, obs: dict[str, torch.Tensor], reward: torch.Tensor) -> None:
        quantities = {f"observations of the {name}": values for name, values in obs.items()}
        quantities["reward"] = reward
        quantities["joint positions"] = self._robot.data.joint_pos
        quantities["joint velocities"] = self._robot.data.joint_vel
        quantities |= {f"state of {name}": part.data.root_state_w for name, part in self._parts.items()}
        for name, values in quantities.items():
            finite = torch.isfinite(values)
            if not finite.all():
                self._not_finite[name] += int((~finite).sum())

    def _look_at_places(self) -> None:
        for name, part in self._parts.items():
            place = part.data.root_pos_w - self._env.scene.env_origins
            outside = ((place < self._lower) | (place > self._upper)).any(dim=-1)
            if not outside.any():
                continue
            self._out_of_world[name] += int(outside.sum())
            for row in outside.nonzero().flatten().tolist()[: MAX_EXAMPLES - len(self._examples)]:
                x, y, z = place[row].tolist()
                self._examples.append(f"{name} at ({x:.3g}, {y:.3g}, {z:.3g}) m, step {self.steps}, environment {row}")

    def _look_at_grasp(self, done: torch.Tensor) -> None:
        # an environment that is done has been reset already
        self._dropped |= (self._grasp.slip() > DROPPED) & ~done
        if done.any():
            self._episodes += int(done.sum())
            self._num_dropped += int((self._dropped & done).sum())
            self._dropped &= ~done
            self._grasp.mark(done)


def _short(path: str) -> str:
    """A prim's path within its environment."""
    return path.split("/env_0/", 1)[-1]


def _percentiles(arrays: list[np.ndarray]) -> dict[str, float]:
    """Some percentiles of all values together; zeros where there are none."""
    values = np.concatenate(arrays) if arrays else np.zeros(1)
    return {f"{share:g}": float(np.percentile(values, share)) for share in (50.0, 99.0, 99.9, 100.0)}
