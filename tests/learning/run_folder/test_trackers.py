# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Trackers without a network: what they would send lies in their files."""

import json
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
import wandb
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from isaaclab_factory.learning import arguments
from isaaclab_factory.learning.episodes import EpisodeRecorder
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.experiments.experiment import expand_experiment
from isaaclab_factory.learning.run_folder import trackers
from isaaclab_factory.learning.run_folder.progress import TrainingLog
from tests.learning.point_env import PointEnv

CFG = SimpleNamespace(to_dict=lambda: {"episode_length_s": 7.5})


def parse(*argv: str):
    return arguments.split_overrides(arguments.training_parser("rl_games"), list(argv))[0]


def tracked(*argv: str, configured: str = "tensorboard") -> trackers.TrackedRun | None:
    return trackers.tracked_run(parse(*argv), configured, "peg_insert", CFG, {"params": {"seed": 3}})


def report(folder: Path, run: trackers.TrackedRun) -> None:
    """Tells a tracker of an iteration, and then of an evaluation that was begun earlier."""
    tracker = trackers.open_tracker(run, folder)
    with TrainingLog(folder, EpisodeRecorder(PointEnv(4)), 1, tracker=tracker) as log:
        log.write({"Loss/value": 0.25}, 128)
        log.write({"Evaluation/success_rate": 0.5}, 64)


def test_what_the_flags_choose() -> None:
    assert tracked() is None
    assert tracked("--logger", "tensorboard", configured="wandb") is None
    assert tracked(configured="wandb").logger == "wandb"
    named = tracked("--track", "--wandb-project-name", "p", "--wandb-entity", "e", "--wandb-name", "n")
    assert (named.logger, named.project, named.entity, named.name) == ("wandb", "p", "e", "n")
    assert tracked("--logger", "neptune", "--log_project_name", "p").project == "p"
    assert tracked("--track", "true").project == "peg_insert"
    assert tracked("--track", "false") is None


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("--track", "--logger", "neptune"), "--track is the same as --logger wandb, which --logger neptune contrad"),
        (("--track", "env.decimation=4"), "'env.decimation=4' is neither true nor false"),
        (("--logger", "mlflow"), "choose from 'tensorboard', 'wandb', 'neptune'"),
    ],
)
def test_flags_that_cannot_be_are_told(argv: tuple[str, ...], said: str) -> None:
    with pytest.raises(UserError) as caught:
        tracked(*argv)
    assert said in str(caught.value)


def test_a_tracker_that_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(UserError, match="--logger wandb: it is not installed; pip install wandb"):
        trackers.chosen_logger(parse("--track"))


def test_weights_and_biases_gets_curves_and_configurations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANDB_MODE", "offline")
    report(tmp_path, tracked("--logger", "wandb", "--wandb-name", "first try"))
    assert wandb.run is None
    (record,) = tmp_path.glob("wandb/offline-run-*/run-*.wandb")
    texts = (b"Loss/value", b"Evaluation/success_rate", b"episode_length_s", b"peg_insert", b"first try")
    until = time.monotonic() + 30.0  # W&B's own process may still be writing
    while time.monotonic() < until and not all(text in record.read_bytes() for text in texts):
        time.sleep(0.1)
    content = record.read_bytes()
    assert [text for text in texts if text not in content] == []
    curves = EventAccumulator(str(tmp_path / "summaries")).Reload()
    assert [point.step for point in curves.Scalars("Loss/value")] == [128]  # TensorBoard's files are there besides


def test_neptune_gets_curves_and_configurations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEPTUNE_MODE", "offline")
    monkeypatch.setenv("NEPTUNE_DATA_DIRECTORY", str(tmp_path / ".neptune"))
    report(tmp_path, tracked("--logger", "neptune"))
    lines = [line for file in tmp_path.glob(".neptune/offline/**/data-*.log") for line in file.read_text().splitlines()]
    points = {}
    for entry in (json.loads(line)["obj"] for line in lines):
        if entry["type"] == "LogFloats":
            points[tuple(entry["path"])] = [(value["step"], value["value"]) for value in entry["values"]]
    assert points == {("Loss", "value"): [(128, 0.25)], ("Evaluation", "success_rate"): [(64, 0.5)]}
    assert any("episode_length_s" in line for line in lines)


def test_a_tracker_that_refuses_is_told_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEPTUNE_MODE", "async")
    monkeypatch.delenv("NEPTUNE_API_TOKEN", raising=False)
    monkeypatch.setenv("NEPTUNE_DATA_DIRECTORY", str(tmp_path / ".neptune"))
    with pytest.raises(UserError) as caught:
        trackers.open_tracker(tracked("--logger", "neptune"), tmp_path)
    assert str(caught.value).startswith("--logger neptune: ")
    assert "token" in str(caught.value).lower()


def test_an_experiment_file_can_say_so(tmp_path: Path) -> None:
    file = tmp_path / "experiment.yaml"
    file.write_text("lib: rl_games\ntrack: true\nlog_project_name: p\nwandb_name: n\nagent: {}\n")
    parser = arguments.training_parser("rl_games")
    args, _ = arguments.split_overrides(parser, expand_experiment(parser, ["--config", str(file)], "rl_games"))
    run = trackers.tracked_run(args, "tensorboard", "peg_insert", CFG, {})
    assert (run.logger, run.project, run.name) == ("wandb", "p", "n")
