# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""PegInsert's hyperparameters for any task, so that a new one needs no files of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml


def default_agents(experiment: str, max_iterations: int = 150) -> dict[str, Callable[[], Any]]:
    """Entry points of PegInsert's hyperparameters for all libraries, for the ``kwargs`` of ``gymnasium.register``.

    Args:
        experiment: Name of the experiment; its runs lie in ``logs/<library>/<experiment>/``.
        max_iterations: Policy updates in a training. The LSTM network has the reference's 200.

    Returns:
        A function for each entry point, from ``rsl_rl_cfg_entry_point`` to ``skrl_cfg_entry_point``, that makes a new
        configuration whenever it is called.
    """

    def rsl_rl() -> Any:
        from .rsl_rl.peg_insert import PegInsertPPORunnerCfg

        return PegInsertPPORunnerCfg(experiment_name=experiment, max_iterations=max_iterations)

    def rl_games() -> dict[str, Any]:
        cfg = _load("rl_games/peg_insert.yaml")
        cfg["params"]["config"].update(name=experiment, max_epochs=max_iterations)
        return cfg

    def rl_games_lstm() -> dict[str, Any]:
        cfg = _load("rl_games/peg_insert_lstm.yaml")
        cfg["params"]["config"]["name"] = f"{experiment}_lstm"
        return cfg

    def skrl() -> dict[str, Any]:
        cfg = _load("skrl/peg_insert.yaml")
        cfg["agent"]["experiment"]["directory"] = experiment
        cfg["trainer"]["timesteps"] = max_iterations * cfg["agent"]["rollouts"]
        return cfg

    return {
        "rsl_rl_cfg_entry_point": rsl_rl,
        "rl_games_cfg_entry_point": rl_games,
        "rl_games_lstm_cfg_entry_point": rl_games_lstm,
        "skrl_cfg_entry_point": skrl,
    }


def _load(name: str) -> dict[str, Any]:
    return yaml.safe_load((Path(__file__).parent / name).read_text(encoding="utf-8"))
