# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Where the time of an environment step goes."""

import time
from types import SimpleNamespace

import pytest

from isaaclab_factory.learning.diagnostics.profile import ENGINE, StepProfile


class SleepingEnv:
    """Has the parts of an environment; a step sleeps in some of them."""

    def __init__(self) -> None:
        def part(**methods):
            return SimpleNamespace(**methods)

        worlds = part(run=lambda: time.sleep(0.03))
        manager = part(worlds=lambda: worlds)

        def step_physics() -> None:
            time.sleep(0.01)
            worlds.run()

        self.sim = part(step=step_physics, physics_manager=manager)
        self.scene = part(write_data_to_sim=lambda: None, update=lambda: None)
        self.action_manager = part(process_action=lambda: None, apply_action=lambda: time.sleep(0.02))
        names = ("termination_manager", "reward_manager", "command_manager", "observation_manager")
        for name in names:
            setattr(self, name, part(compute=lambda: None))
        self.event_manager = part(apply=lambda: None)

    def step(self) -> None:
        self.action_manager.apply_action()
        self.sim.step()
        time.sleep(0.04)


def test_a_part_has_its_own_time_without_the_parts_within_it() -> None:
    profile = StepProfile(SleepingEnv())
    for _ in range(3):
        profile.step()
    assert profile.seconds[ENGINE] == pytest.approx(0.09, abs=0.03)
    assert profile.seconds["physics manager: Newton's conversions"] == pytest.approx(0.03, abs=0.02)
    assert profile.seconds["actions: applying"] == pytest.approx(0.06, abs=0.03)
    assert profile.total == pytest.approx(0.3, abs=0.1)
    *_, rest, total = profile.table().splitlines()
    assert rest.startswith("| everything else | 4")
    assert total.endswith("| 100% |")


def test_what_was_timed_can_be_forgotten() -> None:
    profile = StepProfile(SleepingEnv())
    profile.step()
    profile.clear()
    profile.step()
    assert profile.steps == 1
    assert profile.total == pytest.approx(0.1, abs=0.05)
