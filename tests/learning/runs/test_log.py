# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What a training reports, in lines, in TensorBoard and in the CSV file."""

import csv
import io
import time
from contextlib import redirect_stdout
from pathlib import Path

import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from isaaclab_factory.learning.runs import log
from isaaclab_factory.learning.runs.episodes import EpisodeRecorder
from isaaclab_factory.learning.runs.log import TrainingLog, clock
from tests.learning.point_env import EPISODE_STEPS, PointEnv


def run_log(folder: Path, iterations: int = 3, num_envs: int = 4) -> None:
    folder.mkdir(exist_ok=True)
    recorder = EpisodeRecorder(PointEnv(num_envs), spread=False)
    obs, _ = recorder.reset()
    with TrainingLog(folder, recorder, iterations) as training_log:
        for iteration in range(iterations):
            for _ in range(EPISODE_STEPS // 2):
                obs, *_ = recorder.step(-10.0 * obs["critic"][:, :2])
            training_log.report({"Loss/value": float(iteration)})


def test_csv_has_a_row_per_iteration_and_blanks_where_no_episode_finished(tmp_path: Path) -> None:
    run_log(tmp_path)
    rows = list(csv.DictReader((tmp_path / "progress.csv").open()))
    assert [row["iteration"] for row in rows] == ["1", "2", "3"]
    assert [row["env_steps"] for row in rows] == ["40", "80", "120"]
    assert [row["episodes"] for row in rows] == ["0", "4", "0"]
    assert [row["success"] for row in rows] == ["", "1.0", ""]


def test_time_in_the_environments_is_reported_apart_from_the_rest(tmp_path: Path) -> None:
    env = PointEnv(4)
    step = env.step

    def slow_step(action: torch.Tensor) -> tuple:
        time.sleep(0.02)
        return step(action)

    env.step = slow_step
    recorder = EpisodeRecorder(env)
    obs, _ = recorder.reset()
    recorder.step(0.0 * obs["critic"][:, :2])  # before the training
    with TrainingLog(tmp_path, recorder, 1) as training_log:
        for _ in range(5):
            recorder.step(0.0 * obs["critic"][:, :2])
        time.sleep(0.1)
        training_log.report({})
        assert 0.1 <= training_log.env_seconds <= training_log.seconds - 0.1
    (row,) = csv.DictReader((tmp_path / "progress.csv").open())
    assert 0.1 <= float(row["env_seconds"]) <= float(row["seconds"]) - 0.1


def test_tensorboard_has_success_over_environment_steps_and_the_library_s_values(tmp_path: Path) -> None:
    run_log(tmp_path)
    events = EventAccumulator(str(tmp_path))
    events.Reload()
    assert [(point.step, point.value) for point in events.Scalars("Episode/success")] == [(80, 1.0)]
    assert [(point.step, point.value) for point in events.Scalars("Loss/value")] == [(40, 0.0), (80, 1.0), (120, 2.0)]
    assert "Metrics/assembly_goal/success" in events.Tags()["scalars"]


def test_every_iteration_is_a_line_and_short_ones_share_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run_log(tmp_path / "short")
    first, last = capsys.readouterr().out.splitlines()
    assert first.startswith("iteration 1/3           40 steps")
    assert "reward        -  success      -" in first
    assert last.startswith("iteration 3/3          120 steps")
    assert "success 100.0 %" in last
    assert last.endswith("0:00 left")
    monkeypatch.setattr(log, "LINE_INTERVAL_S", 0.0)
    run_log(tmp_path / "long")
    assert len(capsys.readouterr().out.splitlines()) == 3


def test_a_line_goes_to_the_terminal_whatever_else_is_redirected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal, elsewhere = io.StringIO(), io.StringIO()
    monkeypatch.setattr("sys.stdout", terminal)
    with TrainingLog(tmp_path, EpisodeRecorder(PointEnv(4)), 3) as training_log, redirect_stdout(elsewhere):
        training_log.line("a line")
    assert terminal.getvalue() == "a line\n"
    assert elsewhere.getvalue() == ""


@pytest.mark.parametrize(("seconds", "text"), [(0.4, "0:00"), (59.6, "1:00"), (61, "1:01"), (3600, "1:00:00")])
def test_clock(seconds: float, text: str) -> None:
    assert clock(seconds) == text
