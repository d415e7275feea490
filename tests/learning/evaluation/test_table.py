# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What is printed of an evaluation."""

import pytest

from isaaclab_factory.learning.evaluation.result import (
    Bin,
    ContactForce,
    Evaluation,
    TimeToSuccess,
    wilson_interval,
)
from isaaclab_factory.learning.evaluation.table import print_evaluation

ALL = Evaluation(
    episodes=40,
    mean_reward=3.5,
    mean_length_s=10.0,
    successes=11,
    success_rate=11 / 40,
    success_interval=wilson_interval(11, 40),
    ever_success_rate=0.5,
    engaged_rate=0.625,
    dropped_rate=0.025,
    time_to_success_s=TimeToSuccess(4.75, 4.25, 6.5),
    contact_force_N=ContactForce(2.0, 15.25, 0.3),
    goal_metrics={"keypoint_distance": 0.001},
    bins={"tip_noise_mm": [Bin(0.0, 0.5, 30, 10, 1 / 3, (0.19, 0.51)), Bin(0.5, None, 10, 1, 0.1, (0.02, 0.4))]},
)


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    """Returns the lines that are printed of a result, with one space between words."""
    monkeypatch.setenv("COLUMNS", "120")

    def lines(result: Evaluation) -> list[str]:
        print_evaluation("Some-Task", result)
        return [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]

    return lines


def test_every_figure_is_printed_with_its_unit(printed) -> None:
    lines = printed(ALL)
    assert lines[0] == "Some-Task: 27.5 % (11 of 40 episodes), mean reward 3.50"
    for line in (
        "success at the last step 27.5 %, 16.1 to 42.8 %",
        "success at any step 50.0 %",
        "engaged at the last step 62.5 %",
        "time to the first success mean 4.75 s, median 4.25 s, 90 % within 6.50 s",
        "slipped by more than 5 mm 2.5 %",
        "contact with the fixed part mean 2.00 N, 99 % below 15.25 N, 30.0 % of the time",
        "keypoint_distance at the last step, mean 0.001 m",
        "length of an episode, mean 10.00 s",
        "tip_noise_mm 0.00 0.50 30 33.3 % 19.0 to 51.0 %",
        "0.50 10 10.0 % 2.0 to 40.0 %",
    ):
        assert line in lines


def test_figures_that_are_not_known_are_left_out(printed) -> None:
    assert printed(Evaluation(4, 1.0, 2.0)) == [
        "Some-Task: mean reward 1.00 over 4 episodes",
        "reward of an episode, mean 1.00",
        "length of an episode, mean 2.00 s",
    ]
