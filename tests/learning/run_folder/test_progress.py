# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What a training tells, on a terminal, in a pipe, in TensorBoard and in the CSV file."""

import csv
import io
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from isaaclab_factory.learning.episodes import EpisodeRecorder
from isaaclab_factory.learning.run_folder.progress import TrainingLog, clock
from tests.learning.point_env import EPISODE_STEPS, PointEnv


def run_log(folder: Path, iterations: int = 3, num_envs: int = 4) -> None:
    recorder = EpisodeRecorder(PointEnv(num_envs), spread=False)
    obs, _ = recorder.reset()
    with TrainingLog(folder, recorder, iterations) as log:
        for iteration in range(iterations):
            for _ in range(EPISODE_STEPS // 2):
                obs, *_ = recorder.step(-10.0 * obs["critic"][:, :2])
            log.report({"Loss/value": float(iteration)})


def test_csv_has_a_row_per_iteration_and_blanks_where_no_episode_finished(tmp_path: Path) -> None:
    run_log(tmp_path)
    rows = list(csv.DictReader((tmp_path / "progress.csv").open()))
    assert [row["iteration"] for row in rows] == ["1", "2", "3"]
    assert [row["env_steps"] for row in rows] == ["40", "80", "120"]
    assert [row["episodes"] for row in rows] == ["0", "4", "0"]
    assert [row["success"] for row in rows] == ["", "1.0", ""]


def test_tensorboard_has_success_over_environment_steps_and_the_library_s_values(tmp_path: Path) -> None:
    run_log(tmp_path)
    events = EventAccumulator(str(tmp_path / "summaries"))
    events.Reload()
    assert [(point.step, point.value) for point in events.Scalars("Episode/success")] == [(80, 1.0)]
    assert [(point.step, point.value) for point in events.Scalars("Loss/value")] == [(40, 0.0), (80, 1.0), (120, 2.0)]
    assert "Metrics/assembly_goal/success" in events.Tags()["scalars"]


def test_in_a_pipe_the_first_and_the_last_iteration_are_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_log(tmp_path)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("iteration 1/3  reward        -  success      -")
    assert lines[1].startswith("iteration 3/3")
    assert "success 100.0 %" in lines[1]
    assert lines[1].endswith("0:00 left")


def test_on_a_terminal_one_line_is_redrawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = io.StringIO()
    terminal.isatty = lambda: True
    monkeypatch.setattr("sys.stdout", terminal)
    monkeypatch.setenv("COLUMNS", "160")
    run_log(tmp_path)
    assert "3/3" in terminal.getvalue()
    assert "success 100.0 %" in terminal.getvalue()
    assert "\x1b[" in terminal.getvalue()


@pytest.mark.parametrize("tty", [False, True])
def test_a_line_goes_to_the_terminal_whatever_else_is_redirected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tty: bool
) -> None:
    terminal, elsewhere = io.StringIO(), io.StringIO()
    terminal.isatty = lambda: tty
    monkeypatch.setattr("sys.stdout", terminal)
    monkeypatch.setenv("COLUMNS", "60")
    text = "evaluation of iteration 2: success [50.0 %], " + 10 * "as wide as it is, "
    with TrainingLog(tmp_path, EpisodeRecorder(PointEnv(4)), 3) as log, redirect_stdout(elsewhere):
        log.line(text)
    assert f"{text}\n" in terminal.getvalue()
    assert elsewhere.getvalue() == ""


@pytest.mark.parametrize(("seconds", "text"), [(0.4, "0:00"), (59.6, "1:00"), (61, "1:01"), (3600, "1:00:00")])
def test_clock(seconds: float, text: str) -> None:
    assert clock(seconds) == text
