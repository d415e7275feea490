# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A training that was interrupted goes on as if it had not been, with every library."""

import csv
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from isaaclab_factory.learning.arguments import LIBRARIES
from isaaclab_factory.learning.episodes import EpisodeRecorder
from isaaclab_factory.learning.run_folder.resuming import ResumableEnv, random_state, set_random_state
from tests.learning.learners import make_trainer, train
from tests.learning.point_env import PointEnv

VARIANTS = {
    "rsl_rl": {"algorithm.schedule": "adaptive"},
    "rl_games": {"params.config.lr_schedule": "linear"},
    "skrl": {
        "agent.learning_rate_scheduler": "KLAdaptiveLR",
        "agent.learning_rate_scheduler_kwargs": {"kl_threshold": 0.008},
    },
}
"""Learning rates that change while a library trains."""


def curves(folder: Path) -> dict[str, list[tuple[int, float]]]:
    """Returns all curves of a run but those of how fast the machine was: environment steps and values."""
    events = EventAccumulator(str(folder / "summaries"))
    events.Reload()
    tags = [tag for tag in events.Tags()["scalars"] if not tag.lower().startswith(("perf", "stats"))]
    return {
        tag: [(point.step, point.value) for point in events.Scalars(tag)]
        for tag in tags
        if not tag.endswith(("/time", "_time"))
    }


def table(folder: Path) -> list[dict[str, str]]:
    """Returns the rows of a run's table, without the columns of time."""
    rows = csv.DictReader((folder / "progress.csv").open())
    return [{key: value for key, value in row.items() if "second" not in key} for row in rows]


def check_same_curves(library: str, root: Path, network: str = "", **settings: Any) -> None:
    """Trains four iterations at once, and two and two in learners that know nothing of each other; compares."""
    whole = make_trainer(library, root, 4, network, **settings)
    last = train(whole, 4)
    # a learning rate that falls until the last iteration must know from the start which that is to be
    first = make_trainer(library, root, 4, network, **settings)
    checkpoint = train(first, 4, interrupted_after=2)
    second = make_trainer(library, root, 2, network, seed=99, **settings)
    second.load(checkpoint)
    assert (second.new_episodes, second.iterations_done) == (None, 2)
    resumed = train(second, 2)

    assert resumed.name == last.name
    assert table(second.folder) == table(whole.folder)[2:]
    expected = {tag: points[2:] for tag, points in curves(whole.folder).items() if len(points) == 4}
    found = curves(second.folder)
    assert {tag: found[tag] for tag in expected} == expected
    assert len([tag for tag in expected if "loss" in tag.lower()]) >= 2


@pytest.mark.parametrize("library", LIBRARIES)
def test_gives_the_same_curves_as_without_interruption(library: str, tmp_path: Path) -> None:
    check_same_curves(library, tmp_path)


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_network_that_remembers_and_a_changing_learning_rate_go_on(library: str, tmp_path: Path) -> None:
    check_same_curves(library, tmp_path, "gru_", **VARIANTS[library])


@pytest.mark.parametrize("library", LIBRARIES)
def test_counts_go_on_where_new_episodes_must_begin(library: str, tmp_path: Path) -> None:
    first = make_trainer(library, tmp_path, 2)
    checkpoint = train(first, 2)
    second = make_trainer(library, tmp_path, 1, num_envs=16)
    second.load(checkpoint)
    assert second.new_episodes == "the checkpoint is of 8 environments"
    train(second, 1)
    (row,) = table(second.folder)
    assert (row["iteration"], row["env_steps"]) == ("3", str(2 * 32 * 8 + 32 * 16))


def test_environments_stay_where_they_were_and_random_numbers_go_on() -> None:
    first = ResumableEnv(EpisodeRecorder(PointEnv(4)))
    first.reset()
    for _ in range(37):
        first.step(torch.randn(4, 2))
    state = first.state_dict()
    expected = [first.step(torch.randn(4, 2)) for _ in range(25)]

    second = ResumableEnv(EpisodeRecorder(PointEnv(4, seed=5)))
    assert second.load_state_dict(state) is None
    torch.rand(100)
    obs, _ = second.reset(seed=11)
    assert torch.equal(obs["policy"], state["observations"]["policy"])
    for obs, reward, *done, _ in expected:
        again = second.step(torch.randn(4, 2))
        assert torch.equal(again[0]["critic"], obs["critic"])
        assert torch.equal(again[1], reward)
        assert all(torch.equal(found, wanted) for found, wanted in zip(again[2:4], done, strict=True))
    assert not torch.equal(second.reset()[0]["policy"], state["observations"]["policy"])


def test_where_physics_keeps_its_state_new_episodes_begin_and_the_curriculum_goes_on() -> None:
    class Physics:
        """As Isaac Sim's view, of a package that nobody looks into."""

    Physics.__module__ = "omni.physics.tensors"

    def make(level: float, seed: int) -> ResumableEnv:
        bare = PointEnv(4, seed=seed)
        bare.sim.physics_sim_view, bare.cfg.curriculum, bare.common_step_counter = Physics(), {"level": level}, 0
        return ResumableEnv(EpisodeRecorder(bare))

    first, second = make(0.1, seed=1), make(0.1, seed=2)
    first.reset()
    first.step(torch.zeros(4, 2))
    first.unwrapped.cfg.curriculum["level"], first.unwrapped.common_step_counter = 0.6, 40
    state = first.state_dict()
    assert second.load_state_dict(state) == "Isaac Sim does not give its state away"
    obs, _ = second.reset()
    assert all(isinstance(value, int | float | str) for value in state["task"].values())
    assert (second.unwrapped.cfg.curriculum["level"], second.unwrapped.common_step_counter) == (0.6, 40)
    assert not torch.equal(obs["policy"], state["observations"]["policy"])


def test_random_generators_go_on() -> None:
    def draw() -> list[float]:
        return [random.random(), random.gauss(0, 1), np.random.rand(), np.random.randn(), torch.rand(()).item()]  # noqa: NPY002

    draw()
    state = random_state()
    expected = draw()
    draw()
    set_random_state(state)
    assert draw() == expected
