# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What is left of a training that ended early."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from isaaclab_factory.learning.cli.tasks import LIBRARIES
from isaaclab_factory.learning.interrupts import INTERRUPTS, StopTraining
from isaaclab_factory.learning.runs.checkpoints import LAYOUTS
from isaaclab_factory.learning.runs.log import TrainingLog
from isaaclab_factory.learning.train import Outcome, train_and_save
from tests.learning.learners import make_trainer
from tests.learning.point_env import PointEnv

ITERATIONS = 5
ROLLOUT = 32
"""Steps of an iteration."""
EVERY_ITERATION = {
    "rsl_rl": "save_interval=1",
    "rl_games": "params.config.save_frequency=1",
    "skrl": "save_interval=1",
}
"""Overrides that save a checkpoint after each."""


def ctrl_c_twice() -> None:
    for _ in range(2):
        os.kill(os.getpid(), signal.SIGINT)


def ctrl_c() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def restart_of_a_member_of_a_population() -> None:
    raise StopTraining


def train(
    library: str, root: Path, monkeypatch: pytest.MonkeyPatch, step: int, action: Callable[[], None]
) -> tuple[Path, Outcome]:
    """Trains while something happens in a step, and returns the run folder and the outcome."""
    trainer = make_trainer(library, root, ITERATIONS, EVERY_ITERATION[library])
    steps, bare_step = [], PointEnv.step

    def disturbed(env: PointEnv, actions):
        steps.append(actions)
        if len(steps) == step:
            action()
        return bare_step(env, actions)

    monkeypatch.setattr(PointEnv, "step", disturbed)
    with INTERRUPTS, TrainingLog(trainer.folder, trainer.recorder, ITERATIONS) as log:
        return trainer.folder, train_and_save(trainer, log)


@pytest.mark.parametrize("action", [ctrl_c_twice, restart_of_a_member_of_a_population])
@pytest.mark.parametrize("library", LIBRARIES)
def test_an_iteration_that_is_not_done_is_not_saved(
    library: str, action: Callable[[], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, outcome = train(library, tmp_path, monkeypatch, 2 * ROLLOUT + ROLLOUT // 2, action)
    number = {"rsl_rl": "model_1", "rl_games": "_ep_2", "skrl": f"agent_{2 * ROLLOUT}"}[library]
    assert outcome.checkpoint.stem.endswith(number)
    assert len(list(folder.glob(LAYOUTS[library].pattern))) == 2
    assert (outcome.completed, outcome.remaining) == (False, ITERATIONS - 2)


@pytest.mark.parametrize("library", LIBRARIES)
def test_before_the_first_iteration_is_done_nothing_is_saved(
    library: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, outcome = train(library, tmp_path, monkeypatch, ROLLOUT // 2, ctrl_c_twice)
    assert (outcome.completed, outcome.checkpoint) == (False, None)
    assert not list(folder.glob(LAYOUTS[library].pattern))


@pytest.mark.parametrize("library", LIBRARIES)
def test_asked_once_it_ends_after_the_iteration_and_saves_it(
    library: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, outcome = train(library, tmp_path, monkeypatch, 2 * ROLLOUT + ROLLOUT // 2, ctrl_c)
    assert (outcome.completed, outcome.remaining) == (False, ITERATIONS - 3)
    assert len(list(folder.glob(LAYOUTS[library].pattern))) == 3
    assert outcome.checkpoint.is_file()
