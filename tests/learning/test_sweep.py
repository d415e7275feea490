# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A sweep follows its trainings by their tables, and ends those that are behind or no longer wanted."""

import sys
import textwrap
import threading
from pathlib import Path

import optuna
import pytest
from optuna.trial import FrozenTrial, TrialState

from isaaclab_factory.learning.scaling.sweep_trial import TrainingProcess
from isaaclab_factory.learning.sweep import follow

WRITES_A_TABLE = textwrap.dedent("""
    import pathlib, sys, time
    success, seconds, log_root = sys.argv[1], sys.argv[2], sys.argv[-1]
    folder = pathlib.Path(log_root, "rsl_rl", "peg_insert", "now")
    folder.mkdir(parents=True)
    header = "iteration,env_steps,episodes,reward,success"
    (folder / "progress.csv").write_text(f"{header}\\n1,64,100,2.0,{success}\\n2,128,100,2.0,{success}\\n")
    (folder / "run.json").write_text("{}")
    time.sleep(float(seconds))
""")
"""A program that leaves what a training leaves after two iterations, and goes on for a while."""

SPACE = {"agent.seed": optuna.distributions.IntDistribution(1, 9)}


@pytest.fixture
def study() -> optuna.Study:
    pruner = optuna.pruners.SuccessiveHalvingPruner(min_resource=1)
    return optuna.create_study(direction="maximize", pruner=pruner)


def trial(study: optuna.Study, folder: Path, success: float, seconds: float, stop: bool = False) -> FrozenTrial:
    """Runs a trial with such a success that lasts so long, and returns what the study knows of it."""
    asked, wanted_end = study.ask(SPACE), threading.Event()
    command = [sys.executable, "-c", WRITES_A_TABLE, str(success), str(seconds)]
    process = TrainingProcess(command, folder / str(asked.number), 0, 1)
    if stop:
        wanted_end.set()
    follow(study, asked, process, "success", wanted_end)
    assert process.wait(0.0) is not None  # it has ended
    return study.trials[asked.number]


@pytest.mark.slow
def test_a_trial_that_is_behind_is_ended(study: optuna.Study, tmp_path: Path) -> None:
    good = trial(study, tmp_path, success=0.9, seconds=3.0)  # is looked at while it runs
    assert (good.state, good.value, good.user_attrs["iteration"]) == (TrialState.COMPLETE, 0.9, 2)
    bad = trial(study, tmp_path, success=0.1, seconds=60.0)
    assert (bad.state, bad.user_attrs["success"], bad.user_attrs["error"]) == (TrialState.PRUNED, 0.1, "")


def test_the_values_of_an_interrupted_trial_wait_for_another(study: optuna.Study, tmp_path: Path) -> None:
    interrupted = trial(study, tmp_path, success=0.9, seconds=60.0, stop=True)
    assert (interrupted.state, interrupted.user_attrs["error"]) == (TrialState.FAIL, "interrupted")
    assert study.ask(SPACE).params == interrupted.params
