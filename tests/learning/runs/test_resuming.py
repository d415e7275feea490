# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A training goes on from a checkpoint with its counters, learning rate, random numbers and curriculum."""

import csv
import random
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from isaaclab.managers import ManagerBase

from isaaclab_factory.learning.cli.tasks import LIBRARIES
from isaaclab_factory.learning.libraries.base import LibraryTrainer
from isaaclab_factory.learning.runs.resuming import LastingState, random_state, set_random_state
from tests.learning.learners import make_trainer, train

CHANGING_RATES = {
    "rsl_rl": ["algorithm.schedule='adaptive'"],
    "rl_games": ["params.config.lr_schedule='linear'"],
    "skrl": [
        "agent.learning_rate_scheduler=KLAdaptiveLR",
        "agent.learning_rate_scheduler_kwargs={'kl_threshold': 0.008}",
    ],
}


def table(folder: Path) -> list[dict[str, str]]:
    """Returns the rows of a run's table, without the columns of time and memory."""
    rows = csv.DictReader((folder / "progress.csv").open())
    return [{k: value for k, value in row.items() if "second" not in k and k != "memory_gb"} for row in rows]


def learning_rate(trainer: LibraryTrainer) -> float:
    """Returns the learning rate that the optimiser has."""
    if trainer.library == "rl_games":
        return trainer.agent.optimizer.param_groups[0]["lr"]
    learner = trainer.runner.alg if trainer.library == "rsl_rl" else trainer.runner.agent
    return learner.optimizer.param_groups[0]["lr"]


@pytest.mark.slow
@pytest.mark.parametrize("network", ["", "gru_"])
@pytest.mark.parametrize("library", LIBRARIES)
def test_two_trainings_that_go_on_from_one_checkpoint_are_the_same(library: str, network: str, tmp_path: Path) -> None:
    first = make_trainer(library, tmp_path, 2, network=network)
    checkpoint = train(first)
    rows = []
    for seed in (8, 99):  # whatever random numbers were drawn before
        trainer = make_trainer(library, tmp_path, 2, network=network, seed=seed)
        trainer.recorder.unwrapped.generator.manual_seed(5)
        trainer.load(checkpoint)
        train(trainer)
        rows.append(table(trainer.folder))
    assert rows[0] == rows[1]
    assert [row["iteration"] for row in rows[0]] == ["3", "4"]
    assert int(rows[0][0]["env_steps"]) == first.recorder.env_steps * 3 // 2


@pytest.mark.slow
@pytest.mark.parametrize("library", LIBRARIES)
def test_a_changing_learning_rate_goes_on(library: str, tmp_path: Path) -> None:
    first = make_trainer(library, tmp_path, 4, *CHANGING_RATES[library])
    start = learning_rate(first)
    checkpoint = train(first, interrupted_after=2)
    reached = learning_rate(first)
    assert reached != start
    second = make_trainer(library, tmp_path, 2, *CHANGING_RATES[library])
    second.load(checkpoint)
    assert learning_rate(second) == pytest.approx(reached)


@pytest.mark.slow
@pytest.mark.parametrize("library", LIBRARIES)
def test_an_interrupted_training_saves_the_iteration_it_ends_with(library: str, tmp_path: Path) -> None:
    trainer = make_trainer(library, tmp_path, 4)
    checkpoint = train(trainer, interrupted_after=3)
    again = make_trainer(library, tmp_path, 1)
    again.load(checkpoint)
    assert again.iterations_done == 3
    assert again.recorder.env_steps == trainer.recorder.env_steps


def test_random_numbers_go_on_where_they_were() -> None:
    def draw() -> tuple:
        return random.random(), np.random.rand(), torch.rand(3).tolist()  # noqa: NPY002

    draw()
    state = random_state()
    expected = draw()
    draw()
    set_random_state(state)
    assert draw() == expected


def test_random_states_load_without_executing_code(tmp_path: Path) -> None:
    torch.save(random_state(), tmp_path / "state.pt")
    torch.load(tmp_path / "state.pt", weights_only=True)


class Terms(ManagerBase):
    """A manager with the terms that it is given."""

    def __init__(self, **terms: SimpleNamespace) -> None:
        self.terms = terms

    @property
    def active_terms(self) -> list[str]:
        return list(self.terms)

    def get_term_cfg(self, name: str) -> SimpleNamespace:
        return self.terms[name]

    def _prepare_terms(self) -> None:
        pass


class Latch:
    """A term that remembers whether something has happened."""

    happened = False

    def state_dict(self) -> dict[str, bool]:
        return {"happened": self.happened}

    def load_state_dict(self, state: dict[str, bool]) -> None:
        self.happened = state["happened"]


def environment(noise: float = 1.0, weight: float = 2.0) -> SimpleNamespace:
    event_manager = Terms(start_noise=SimpleNamespace(func=print, params={"scale": noise, "asset_cfg": object()}))
    reward_manager = Terms(
        alive=SimpleNamespace(func=print, params={}, weight=weight),
        late=SimpleNamespace(func=Latch(), params={}, weight=1.0),
    )
    return SimpleNamespace(event_manager=event_manager, reward_manager=reward_manager, common_step_counter=0)


def test_what_a_curriculum_changed_goes_on() -> None:
    first, second = environment(), environment()
    lasting = LastingState(first)
    first.event_manager.terms["start_noise"].params["scale"] = 0.3
    first.reward_manager.terms["alive"].weight = 5.0
    first.common_step_counter = 77
    LastingState(second).load_state_dict(lasting.state_dict())
    assert second.event_manager.terms["start_noise"].params["scale"] == 0.3
    assert second.reward_manager.terms["alive"].weight == 5.0
    assert second.common_step_counter == 77


def test_what_a_term_remembers_goes_on() -> None:
    first, second = environment(), environment()
    first.reward_manager.terms["late"].func.happened = True
    LastingState(second).load_state_dict(LastingState(first).state_dict())
    assert second.reward_manager.terms["late"].func.happened


def test_a_checkpoint_from_before_terms_remembered_can_be_loaded() -> None:
    state = LastingState(environment()).state_dict()
    del state["terms"]
    env = environment()
    LastingState(env).load_state_dict(state)
    assert not env.reward_manager.terms["late"].func.happened


def test_numbers_that_no_curriculum_changed_stay_as_the_new_training_has_them() -> None:
    first, second = environment(), environment(noise=0.5, weight=9.0)
    lasting = LastingState(first)
    first.reward_manager.terms["alive"].weight = 5.0
    LastingState(second).load_state_dict(lasting.state_dict())
    assert second.event_manager.terms["start_noise"].params["scale"] == 0.5
    assert second.reward_manager.terms["alive"].weight == 5.0


def test_terms_that_are_not_there_any_more_are_skipped() -> None:
    first, second = environment(), environment()
    lasting = LastingState(first)
    first.reward_manager.terms["alive"].weight = 5.0
    second.reward_manager = Terms()
    LastingState(second).load_state_dict(lasting.state_dict())
