# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What would come of ending episodes by the predicted success: right ends, false ones, and the time they lose."""

from types import SimpleNamespace

import pytest
import torch

from isaaclab_factory.learning.evaluation.predicted_success import THRESHOLDS, PredictedSuccess

DT = 0.5
NEVER = torch.zeros(4, dtype=torch.bool)


def run(success, predicted, done_at=()):
    """The figures of four environments.

    Args:
        success: Steps, counted from 1, from which each is a success; None for never.
        predicted: The predictions of each after the steps. Shape is (4, steps).
        done_at: Pairs of step and environment whose episode ends, uncounted.
    """
    goal = SimpleNamespace(success=NEVER.clone())
    action = SimpleNamespace(predicted_success=torch.zeros(4))
    watch = PredictedSuccess(action, goal, DT)
    predicted = torch.tensor(predicted)
    for step in range(1, predicted.shape[1] + 1):
        goal.success = torch.tensor([first is not None and step >= first for first in success])
        action.predicted_success = predicted[:, step - 1]
        done = torch.tensor([(step, env) in done_at for env in range(4)])
        watch.step(done)
        if done.any():
            watch.begin(done)
    watch.note(~NEVER)
    return {figures.threshold: figures for figures in watch.result()}


def test_right_and_false_ends_and_their_delay():
    figures = run(
        success=[1, 2, 3, None],
        predicted=[
            [0.0, 0.0, 0.95, 0.0],  # right, two steps after the success
            [0.55, 0.0, 0.95, 0.95],  # too early at 0.5, one step late at the others
            [0.0, 0.0, 0.0, 0.0],  # never
            [0.0, 0.85, 0.0, 0.0],  # false, except at 0.9
        ],
    )
    assert tuple(figures) == THRESHOLDS
    half, most = figures[0.5], figures[0.9]
    assert (half.ended_rate, half.success_rate, half.false_rate) == (0.75, 0.25, 0.5)
    assert half.delay_s == pytest.approx(2 * DT)
    assert (figures[0.8].success_rate, figures[0.8].false_rate) == (0.5, 0.25)
    assert (most.ended_rate, most.success_rate, most.false_rate) == (0.5, 0.5, 0.0)
    assert most.delay_s == pytest.approx(1.5 * DT)


def test_an_episode_forgets_the_one_before():
    figures = run([1, None, None, None], [[0.9, 0.0, 0.9], *([[0.0] * 3] * 3)], done_at={(2, 0)})
    # in the second episode the success is there from its first step, and it is predicted then
    assert figures[0.5].delay_s == pytest.approx(0.0)
    assert figures[0.5].ended_rate == 0.25


def test_policies_that_predict_nothing_have_no_figures():
    def env(cfg):
        term = SimpleNamespace(cfg=cfg)
        manager = SimpleNamespace(active_terms=["arm"], get_term=lambda name: term)
        return SimpleNamespace(action_manager=manager, step_dt=DT)

    goal = SimpleNamespace(success=NEVER)
    assert PredictedSuccess.of(env(SimpleNamespace()), goal) is None
    assert PredictedSuccess.of(env(SimpleNamespace(predicts_success=False)), goal) is None
    assert PredictedSuccess.of(env(SimpleNamespace(predicts_success=True)), None) is None
    assert PredictedSuccess.of(env(SimpleNamespace(predicts_success=True)), goal) is not None
