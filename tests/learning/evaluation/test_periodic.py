# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Evaluations while a policy trains: a small command with a given outcome stands for the one that measures."""

import csv
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from isaaclab_factory.learning import session
from isaaclab_factory.learning.cli.parser import split_overrides
from isaaclab_factory.learning.cli.tasks import LIBRARIES
from isaaclab_factory.learning.cli.training import training_parser
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.evaluation.measure import evaluate
from isaaclab_factory.learning.evaluation.periodic import Command, PeriodicEvaluation, evaluation_command
from isaaclab_factory.learning.interrupts import INTERRUPTS, StopTraining
from isaaclab_factory.learning.libraries.base import LibraryTrainer
from isaaclab_factory.learning.runs.log import TrainingLog
from tests.learning.learners import make_trainer
from tests.learning.point_env import PointEnv

COMMAND = """
import json, os, pathlib, sys, time
checkpoint, result, plan = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), json.loads(sys.argv[3])
assert checkpoint.stat().st_size > 0
if "pid" in plan:
    unfinished = pathlib.Path(plan["pid"] + ".tmp")
    unfinished.write_text(str(os.getpid()))
    unfinished.rename(plan["pid"])
while "until" in plan and not pathlib.Path(plan["until"]).exists():
    time.sleep(0.01)
if "killed" in plan:
    print("warning: half a result", file=sys.stderr, flush=True)
    os.kill(os.getpid(), plan["killed"])
if "fails" in plan:
    sys.exit(plan["fails"])
facts = {"checkpoint": str(checkpoint), "command": " ".join(sys.argv[1:3])}
result.write_text(plan.get("writes", json.dumps(facts | plan)))
"""
"""Stands for the command that measures: waits for a file, fails, or writes what the plan says."""


def figures(success: float | None, reward: float = 1.0, **more: Any) -> dict[str, Any]:
    """Returns an evaluation's result."""
    interval = None if success is None else [max(0.0, success - 0.1), min(1.0, success + 0.1)]
    return {"success_rate": success, "success_interval": interval, "episodes": 8, "mean_reward": reward} | more


class Training:
    """A training of the point task, of which the test itself does the iterations."""

    def __init__(self, trainer: LibraryTrainer, log: TrainingLog, run: PeriodicEvaluation) -> None:
        self.folder = trainer.folder
        self.trainer = trainer
        self.log = log
        self.run = run

    def iterate(self, times: int = 1) -> None:
        """Does iterations of one step in every environment, counted in the checkpoints."""
        for _ in range(times):
            self.trainer.runner.current_learning_iteration = self.log.iteration + 1
            self.trainer.recorder.step(torch.zeros(self.trainer.recorder.num_envs, 2))
            self.log.report({})

    def rows(self) -> list[dict[str, str]]:
        """Returns the evaluations recorded so far."""
        path = self.folder / "evaluations.csv"
        return list(csv.DictReader(path.open())) if path.exists() else []

    def best_iteration(self) -> int:
        """Returns the iteration of the best checkpoint."""
        return torch.load(self.folder / "best.pt", weights_only=False)["iter"]

    def left_over(self) -> list[str]:
        """Returns the files of evaluations in progress."""
        return [path.name for path in self.folder.iterdir() if path.name.startswith(("evaluated", "."))]


def wait_for(path: Path, meanwhile: Callable[[], None] = lambda: None) -> None:
    """Waits until a file is there."""
    deadline = time.monotonic() + 20.0
    while not path.exists():
        assert time.monotonic() < deadline
        meanwhile()
        time.sleep(0.01)


@contextmanager
def training(root: Path, interval: int, command: Command | None) -> Iterator[Training]:
    """A training that is evaluated with this command."""
    trainer = make_trainer("rsl_rl", root, num_envs=4)
    trainer.recorder.reset()
    with (
        TrainingLog(trainer.folder, trainer.recorder, 10) as log,
        PeriodicEvaluation(trainer, log, interval, command) as run,
    ):
        yield Training(trainer, log, run)


def outcomes(*plans: dict[str, Any]) -> Command:
    """Returns the command whose runs have these outcomes, one after the other."""
    rest = iter(plans)
    return lambda checkpoint, result: [
        sys.executable,
        "-c",
        COMMAND,
        str(checkpoint),
        str(result),
        json.dumps(next(rest)),
    ]


def lines(capsys: pytest.CaptureFixture[str], start: str = "evaluation") -> list[str]:
    return [line for line in capsys.readouterr().out.splitlines() if line.startswith(start)]


@pytest.mark.slow
def test_every_interval_is_recorded_at_the_steps_of_its_checkpoint(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plans = [figures(0.25, 3.0, engaged_rate=0.5), figures(0.75, 4.0, engaged_rate=0.6)]
    with training(tmp_path, 2, outcomes(*plans)) as session:
        session.iterate(5)
        session.run.finish()
    rows = session.rows()
    assert [(row["iteration"], row["env_steps"], row["success_rate"]) for row in rows] == [
        ("2", "8", "0.25"),
        ("4", "16", "0.75"),
    ]
    assert [(row["success_low"], row["success_high"], row["best"]) for row in rows] == [
        ("0.15", "0.35", "1"),
        ("0.65", "0.85", "1"),
    ]
    events = EventAccumulator(str(session.folder))
    events.Reload()
    for tag, values in {"success_rate": (0.25, 0.75), "engaged_rate": (0.5, 0.6), "mean_reward": (3.0, 4.0)}.items():
        points = [(point.step, pytest.approx(point.value)) for point in events.Scalars(f"Evaluation/{tag}")]
        assert points == list(zip((8, 16), values, strict=True))
    assert [line.partition(";")[0] for line in lines(capsys)] == [
        "evaluation of iteration 2: success 25.0 % (15.0 to 35.0 %), reward 3.00, 8 episodes, best so far",
        "evaluation of iteration 4: success 75.0 % (65.0 to 85.0 %), reward 4.00, 8 episodes, best so far",
    ]


def test_the_most_successful_checkpoint_is_kept_and_of_equal_ones_the_last(tmp_path: Path) -> None:
    plans = [figures(success, bins={"tilt": [success]}) for success in (0.5, 0.7, 0.7, 0.6)]
    with training(tmp_path, 1, outcomes(*plans)) as session:
        session.iterate(4)
        session.run.finish()
    assert session.best_iteration() == 3
    content = json.loads((session.folder / "best.json").read_text())
    assert content["training"]["iteration"] == 3
    assert content["training"]["env_steps"] == 12
    assert content["bins"] == {"tilt": [0.7]}
    assert content["checkpoint"] == str(session.folder / "best.pt")
    assert content["command"].startswith(f"{session.folder / 'best.pt'} ")
    assert session.run.best == session.folder / "best.pt"
    assert session.run.best_figures.startswith("iteration 3: success 70.0 %")
    assert [row["best"] for row in session.rows()] == ["1", "1", "1", "0"]
    assert session.left_over() == []


def test_where_success_is_not_known_the_best_has_the_most_reward(tmp_path: Path) -> None:
    plans = [figures(None, reward) for reward in (-3.0, -1.0, -2.0)]
    with training(tmp_path, 1, outcomes(*plans)) as session:
        session.iterate(3)
        session.run.finish()
    assert session.best_iteration() == 2
    assert session.run.best_figures == "iteration 2: reward -1.00, 8 episodes"
    assert [row["success_rate"] for row in session.rows()] == ["", "", ""]


def test_the_training_goes_on_while_it_is_evaluated(tmp_path: Path) -> None:
    go = tmp_path / "go"
    with training(tmp_path, 1000, outcomes(figures(1.0, until=str(go)))) as session:
        session.log.iteration = 999
        session.iterate(4)
        assert session.rows() == []
        go.touch()
        wait_for(session.folder / "best.json", session.iterate)
        assert [row["iteration"] for row in session.rows()] == ["1000"]
        assert session.log.iteration < 2000
        assert session.left_over() == []


@pytest.mark.slow
def test_the_next_evaluation_waits_for_the_one_before(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    go = tmp_path / "go"
    with training(tmp_path, 1, outcomes(figures(1.0, until=str(go)), figures(0.0))) as session:
        session.iterate()
        threading.Timer(1.2, go.touch).start()
        session.iterate()
        assert go.exists()
        assert [row["iteration"] for row in session.rows()] == ["1"]
        session.run.finish()
    assert [row["iteration"] for row in session.rows()] == ["1", "2"]
    assert session.best_iteration() == 1
    assert "best so far; the training waited " in lines(capsys)[0]


@pytest.mark.parametrize(
    ("failure", "message"),
    [
        ({"fails": "Traceback …\n  line 3\nerror: checkpoint x.pt\n"}, "checkpoint x.pt"),
        ({"fails": 3}, "it ended with exit code 3 and no output"),
        ({"killed": signal.SIGKILL}, "it was ended by SIGKILL, perhaps as the memory was full"),
        ({"killed": signal.SIGTERM}, "it was ended by SIGTERM"),
        ({"writes": "{"}, "its result cannot be understood (JSONDecodeError: "),
        ({"writes": "{}"}, "its result cannot be understood (KeyError: 'mean_reward')"),
    ],
)
def test_a_failure_is_reported_in_a_line_and_the_training_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], failure: dict[str, Any], message: str
) -> None:
    with training(tmp_path, 1, outcomes(failure, figures(0.5))) as session:
        session.iterate(2)
        session.run.finish()
    (warning,) = lines(capsys, "warning")
    assert warning.startswith(f"warning: the evaluation of iteration 1 failed: {message}")
    assert [row["iteration"] for row in session.rows()] == ["2"]
    assert session.best_iteration() == 2
    assert session.left_over() == []
    kept = session.folder / "evaluation_failure.log"
    if isinstance(failure.get("fails"), str):
        assert kept.read_text().strip() == failure["fails"].strip()
    else:
        assert not kept.exists()


def test_a_command_that_does_not_exist_is_reported_and_the_training_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with training(tmp_path, 1, lambda *paths: ["/no/such/program"]) as session:
        session.iterate(2)
        session.run.finish()
    warnings = lines(capsys, "warning")
    assert len(warnings) == 2
    assert all("No such file or directory: '/no/such/program'" in line for line in warnings)
    assert session.run.best_figures is None
    assert session.left_over() == []


def test_an_evaluation_that_is_killed_leaves_the_best_of_before(tmp_path: Path) -> None:
    with training(tmp_path, 1, outcomes(figures(0.5), figures(1.0, killed=signal.SIGKILL))) as session:
        session.iterate(2)
        session.run.finish()
    assert session.best_iteration() == 1
    assert json.loads((session.folder / "best.json").read_text())["training"]["iteration"] == 1
    assert session.left_over() == []


def test_the_end_that_was_asked_for_does_not_wait_for_an_evaluation(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    plan = figures(1.0, until=str(tmp_path / "never"), pid=str(pid_file))
    with INTERRUPTS, pytest.raises(StopTraining), training(tmp_path, 1, outcomes(plan)) as session:
        INTERRUPTS.wait_for_iteration()
        session.log.stop_requested = lambda: INTERRUPTS.requested
        session.iterate()
        wait_for(pid_file)
        threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
        session.iterate()
    assert session.log.iteration == 2
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid_file.read_text()), 0)
    assert (session.left_over(), session.rows()) == ([], [])


def test_the_end_asked_for_while_the_last_evaluation_runs_does_not_wait_for_it(tmp_path: Path) -> None:
    plan = figures(1.0, until=str(tmp_path / "never"))
    with INTERRUPTS, training(tmp_path, 1, outcomes(plan)) as session:
        session.iterate()
        INTERRUPTS.hold()
        threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGTERM)).start()
        session.run.finish()
    assert (session.left_over(), session.rows()) == ([], [])


def test_ctrl_c_ends_the_evaluation_too(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    plan = figures(1.0, until=str(tmp_path / "never"), pid=str(pid_file))
    with pytest.raises(KeyboardInterrupt), training(tmp_path, 1, outcomes(plan)) as session:
        session.iterate()
        wait_for(pid_file)
        raise KeyboardInterrupt
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid_file.read_text()), 0)
    assert session.left_over() == []
    assert session.rows() == []


def test_a_training_without_evaluations_leaves_no_trace_of_them(tmp_path: Path) -> None:
    with training(tmp_path, 0, None) as session:
        session.iterate(2)
        session.run.finish()
    names = [path.name for path in session.folder.iterdir() if not path.name.startswith("events.out")]
    assert names == ["progress.csv"]


@pytest.mark.slow
@pytest.mark.parametrize("library", LIBRARIES)
def test_evaluations_do_not_change_what_is_learned(library: str, tmp_path: Path) -> None:
    results = []
    for command in (
        None,
        lambda checkpoint, result: [sys.executable, "-c", COMMAND, str(checkpoint), str(result), "{}"],
    ):
        trainer = make_trainer(library, tmp_path, iterations=2, num_envs=16)
        with (
            TrainingLog(trainer.folder, trainer.recorder, 2) as log,
            PeriodicEvaluation(trainer, log, 1, command),
        ):
            trainer.train(log)
        results.append(evaluate(PointEnv(64), trainer.policy()))
    assert results[0] == results[1]


def command_of(*argv: str, library: str = "rsl_rl") -> list[str]:
    """Returns the command that measures ``c.pt`` in a training with this command line."""
    args, words = split_overrides(training_parser(library), ["--eval_interval", "5", *argv])
    session.find_task(args)
    args.device = "cpu"
    return evaluation_command(library, args, words)(Path("c.pt"), Path("r.json"))


def test_the_task_is_measured_with_its_presets_and_the_overrides_of_the_environment() -> None:
    words = ["presets=no_noise", "env.episode_length_s=2.0", "++env.decimation=4", "agent.algorithm.gamma=0.9"]
    command = command_of("--eval_episodes", "32", *words)
    assert command[:3] == [sys.executable, "-m", "isaaclab_factory.learning.evaluation"]
    options = " ".join(command[3:])
    for part in (
        "--lib rsl_rl --task Isaac-Factory-PegInsert --device cpu",
        "--episodes 32 --num_envs 32",
        "--checkpoint c.pt --json r.json",
    ):
        assert part in options
    assert command[-3:] == words[:3]


def test_an_evaluation_has_at_most_as_many_environments_as_a_user_is_advised() -> None:
    command = command_of("--eval_episodes", "1000")
    assert command[command.index("--num_envs") + 1] == "128"


def test_another_task_is_measured_as_it_is_registered() -> None:
    agent = ("--agent", "rl_games_lstm_cfg_entry_point")
    other = ("--eval_task", "Isaac-Factory-GearMesh", "presets=aided", "env.episode_length_s=2.0")
    command = command_of(*agent, *other, library="rl_games")
    assert command[command.index("--task") + 1] == "Isaac-Factory-GearMesh"
    assert not [word for word in command if word.startswith(("env.", "presets="))]


def test_a_task_that_cannot_be_measured_is_reported_before_the_training() -> None:
    with pytest.raises(UserError, match="unknown task 'Isaac-Factory-GearMsh'"):
        command_of("--eval_task", "Isaac-Factory-GearMsh")


def test_without_an_interval_nothing_is_measured() -> None:
    args, words = split_overrides(training_parser("rsl_rl"), [])
    assert evaluation_command("rsl_rl", args, words) is None
