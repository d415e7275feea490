# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Where the curves of a training go, with stand-ins for the trackers, which are not installed."""

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from isaaclab.utils.configclass import configclass

from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.runs.log import check_logger, close_curves, open_curves


@configclass
class Task:
    """The configuration of an environment."""

    decimation: int = 8


class Run:
    """What Weights & Biases knows of a run."""

    def __init__(self) -> None:
        self.name, self.config, self.points, self.axes, self.ended = "", {}, [], {}, False


def install(monkeypatch: pytest.MonkeyPatch, problem: Exception | None = None) -> Run:
    """Puts a stand-in for the package of Weights & Biases into place.

    Args:
        monkeypatch: Removes it again.
        problem: What it answers a new run with.
    """
    run, wandb = Run(), ModuleType("wandb")
    run_config = ModuleType("config")
    run_config.update = lambda entries, **_: run.config.update(entries)

    def init(project: str, name: str, **_: Any) -> Run:
        if problem:
            raise problem
        run.name = f"{project}/{name}"
        return run

    def finish(*_: Any, **__: Any) -> None:
        run.ended = True

    wandb.init, wandb.finish, wandb.config, wandb.run = init, finish, run_config, run
    wandb.log = run.points.append
    wandb.define_metric = lambda name, step_metric=None, **_: run.axes.update({name: step_metric})
    wandb.Settings = lambda **_: None
    monkeypatch.setitem(sys.modules, "wandb", wandb)
    monkeypatch.delitem(sys.modules, "rsl_rl.utils.wandb_log_writer", raising=False)
    return run


def test_weights_and_biases_gets_every_point_and_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = install(monkeypatch)
    writer = open_curves(tmp_path / "2026-01-01", "wandb", "pegs", Task(), {"seed": 3})
    writer.add_scalar("Episode/success", 0.5, 640)
    writer.add_scalar("Evaluation/success_rate", 0.25, 320)  # of an earlier checkpoint
    close_curves(writer)
    assert run.name == "pegs/2026-01-01"
    assert run.points[0] == {"Episode/success": 0.5, "env_steps": 640}
    assert run.points[1] == {"Evaluation/success_rate": 0.25, "env_steps": 320}
    assert run.axes["*"] == "env_steps", "not its own count, which cannot go back"
    assert (run.config["env_cfg"], run.config["train_cfg"]) == ({"decimation": 8}, {"seed": 3})
    assert run.ended
    assert list((tmp_path / "2026-01-01").glob("events.out.tfevents.*")), "TensorBoard has them too"


def test_a_tracker_that_refuses_a_run_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, OSError("no account\nmore"))
    with pytest.raises(UserError, match=r"^--logger wandb: OSError: no account$"):
        open_curves(tmp_path, "wandb", "pegs", Task(), {})


def test_a_tracker_that_is_not_installed_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    check_logger("tensorboard")
    with pytest.raises(UserError, match=r"--logger neptune: it is not installed; pip install neptune"):
        check_logger("neptune")
