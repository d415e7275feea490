# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Population-based training: the command line of a member that begins anew, and the checks before it begins."""

import argparse
import os
import shlex
import sys
from pathlib import Path
from typing import Any

import isaaclab_factory
from isaaclab_factory.learning.arguments.words import without_options
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.scaling import distributed

_REPLACED = {"--resume": 0, "--load_run": 1, "--checkpoint": 1, "--max_iterations": 1, "--seed": 1}
"""Flags that say how a training begins and how long it is, with the number of words behind them."""

_successor: list[str] | None = None


def population_of(agent_cfg: Any) -> dict[str, Any] | None:
    """Returns the section ``pbt`` of rl_games' configuration if it is switched on, else None."""
    section = agent_cfg.get("pbt") if isinstance(agent_cfg, dict) else None
    return section if section and section.get("enabled") else None


def prepare_population(agent_cfg: Any, args: argparse.Namespace) -> str:
    """Checks the population that a training belongs to, and returns the folder that the others' runs are in too.

    Args:
        agent_cfg: The agent's configuration, of any library.
        args: The command line. It stays as it is: of it the commands are made that begin this training again.

    Returns:
        The folder that takes the run, ``args.log_root`` for a training of no population.

    Raises:
        UserError: The population makes no sense, or the processes train one policy.
    """
    section = population_of(agent_cfg)
    if section is None:
        return args.log_root
    if distributed.current_group() is not None:
        raise UserError("agent.pbt.enabled: a member of a population trains in one process, without --distributed")
    members, index = section["num_policies"], section["policy_idx"]
    if not 0 <= index < members:
        raise UserError(f"agent.pbt.policy_idx must be from 0 to {members - 1}, not {index}")
    if not section["interval_steps"] > 0:
        raise UserError(f"agent.pbt.interval_steps must be above zero, not {section['interval_steps']}")
    _check_mutation(agent_cfg, section["mutation"])
    return str(Path(section["directory"]) / args.log_root)


def _check_mutation(agent_cfg: dict[str, Any], mutation: dict[str, str]) -> None:
    """Raises UserError unless what is to be varied is there, and a number."""
    from isaaclab_rl.rl_games.pbt.mutation import MUTATION_FUNCS

    if not mutation:
        raise UserError("agent.pbt.mutation names nothing that is to be varied")
    for key, function in mutation.items():
        value: Any = {"agent": agent_cfg}
        for part in key.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        if not isinstance(value, int | float):
            raise UserError(f"agent.pbt.mutation: {key} is no number of the configuration")
        if function not in MUTATION_FUNCS:
            known = ", ".join(MUTATION_FUNCS)
            raise UserError(f"agent.pbt.mutation: {key} can be varied by {known}, not by {function!r}")


def succeed(words: list[str]) -> None:
    """Lets :func:`begin_anew` end this training by another.

    Args:
        words: What is new in its command line: a checkpoint, the iterations left, a seed, and overrides.
    """
    global _successor
    _successor = words


def begin_anew(argv: list[str]) -> None:
    """Replaces this process by the training that was announced; returns if there is none.

    Args:
        argv: Arguments of this training.
    """
    if _successor is None:
        return
    script = str(Path(isaaclab_factory.__file__).parents[1] / "scripts" / "train.py")
    words = [script, "--lib", "rl_games", *successors_arguments(argv, _successor)]
    print(f"Begins anew: {shlex.join(['.venv/bin/python', *words])}")
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, *words])


def successors_arguments(argv: list[str], words: list[str]) -> list[str]:
    """Returns the arguments of a training that begins anew: those so far, but for what the new words say otherwise."""
    replaced = dict.fromkeys((word.partition("=")[0] for word in words), 0) | _REPLACED
    return [*without_options(argv, replaced), *words]
