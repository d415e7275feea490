# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""PegInsert's hyperparameters for any task, so that a new task needs no files of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

_RL_GAMES = "rl_games/peg_insert.yaml"
_RL_GAMES_PUBLISHED = "rl_games/peg_insert_published.yaml"
_SKRL = "skrl/peg_insert.yaml"

PUBLISHED_ITERATIONS = 100
"""1.6 M steps of 128 environments, as PegInsert and NutThread were published. GearMesh, with 2.5 M, needs more
(https://huggingface.co/eishan05/factory-ff-ppo-osc-teachers)."""


def default_agents(experiment: str, max_iterations: int = 150) -> dict[str, Callable[[], Any]]:
    """Entry points of PegInsert's hyperparameters for all libraries, for the ``kwargs`` of ``gymnasium.register``.

    Args:
        experiment: Name of the experiment; its runs lie in ``logs/<library>/<experiment>/``.
        max_iterations: Policy updates in a training. The LSTM network keeps the reference's 200, and the published
            settings have :data:`PUBLISHED_ITERATIONS`, of 128 steps instead of 32.

    Returns:
        A function for each entry point, from ``rsl_rl_cfg_entry_point`` to ``skrl_gru_cfg_entry_point``, that returns a
        new configuration each time it is called.
    """
    gru, published = f"{experiment}_gru", f"{experiment}_published"

    def rsl_rl() -> Any:
        from .rsl_rl.peg_insert import PegInsertPPORunnerCfg

        return PegInsertPPORunnerCfg(experiment_name=experiment, max_iterations=max_iterations, device=_device())

    def rsl_rl_gru() -> Any:
        from .rsl_rl.peg_insert_gru import PegInsertGruPPORunnerCfg

        return PegInsertGruPPORunnerCfg(experiment_name=gru, max_iterations=max_iterations, device=_device())

    def rsl_rl_published() -> Any:
        from .rsl_rl.peg_insert_published import PegInsertPublishedPPORunnerCfg as Cfg

        return Cfg(experiment_name=published, max_iterations=PUBLISHED_ITERATIONS, device=_device())

    def rl_games_lstm() -> dict[str, Any]:
        return _rl_games(f"{experiment}_lstm", None, _RL_GAMES_PUBLISHED, "rl_games/peg_insert_lstm.yaml")

    return {
        "rsl_rl_cfg_entry_point": rsl_rl,
        "rsl_rl_gru_cfg_entry_point": rsl_rl_gru,
        "rsl_rl_published_cfg_entry_point": rsl_rl_published,
        "rl_games_cfg_entry_point": lambda: _rl_games(experiment, max_iterations, _RL_GAMES),
        "rl_games_lstm_cfg_entry_point": rl_games_lstm,
        "rl_games_gru_cfg_entry_point": lambda: _rl_games(
            gru, max_iterations, _RL_GAMES, "rl_games/peg_insert_gru.yaml"
        ),
        "rl_games_published_cfg_entry_point": lambda: _rl_games(published, PUBLISHED_ITERATIONS, _RL_GAMES_PUBLISHED),
        "skrl_cfg_entry_point": lambda: _skrl(experiment, max_iterations, _SKRL),
        "skrl_gru_cfg_entry_point": lambda: _skrl(gru, max_iterations, _SKRL, "skrl/peg_insert_gru.yaml"),
        "skrl_published_cfg_entry_point": lambda: _skrl(
            published, PUBLISHED_ITERATIONS, _SKRL, "skrl/peg_insert_published.yaml"
        ),
    }


def _rl_games(experiment: str, max_iterations: int | None, *files: str) -> dict[str, Any]:
    """Returns a configuration for rl_games; ``None`` iterations keep those of the file."""
    cfg = _load(*files)
    config = cfg["params"]["config"]
    device = _device()
    config |= {"name": experiment, "device": device, "device_name": device}
    config["max_epochs"] = config["max_epochs"] if max_iterations is None else max_iterations
    return cfg


def _skrl(experiment: str, max_iterations: int, *files: str) -> dict[str, Any]:
    cfg = _load(*files)
    cfg["agent"]["experiment"]["directory"] = experiment
    cfg["trainer"]["timesteps"] = max_iterations * cfg["agent"]["rollouts"]
    return cfg


def _load(*names: str) -> dict[str, Any]:
    """Loads a file and merges others into it, which hold only what they change."""
    files = (OmegaConf.load(Path(__file__).parent / name) for name in names)
    return OmegaConf.to_container(OmegaConf.merge(*files))


def _device() -> str:
    """Returns the device that the networks learn on: the GPU if there is one."""
    import torch

    return "cuda:0" if torch.cuda.is_available() else "cpu"
