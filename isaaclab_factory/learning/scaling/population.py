# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Population-based training: the checks of a member before it starts, and what it says of the training that follows."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isaaclab_factory.learning.config.settings import get_entry
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.interrupts import StopTraining


@dataclass(frozen=True)
class Successor:
    """The training that replaces a member's."""

    checkpoint: Path
    """What it goes on from."""
    max_iterations: int
    """Policy updates until the iteration at which the member would have ended."""
    seed: int
    """Another one than the member's, so that the next values are varied by other factors."""
    values: dict[str, Any]
    """Values of the configuration by the keys of overrides."""


class Replaced(StopTraining):
    """Ends the training of a member that is behind the others."""

    def __init__(self, successor: Successor) -> None:
        super().__init__()
        self.successor = successor


def population_of(agent_cfg: Any) -> dict[str, Any] | None:
    """Returns the section ``pbt`` of rl_games' configuration if it is enabled, else None."""
    section = agent_cfg.get("pbt") if isinstance(agent_cfg, dict) else None
    return section if section and section.get("enabled") else None


def population_root(agent_cfg: Any, log_root: str, processes: int) -> str:
    """Checks the population that a training belongs to, and returns the folder in which its members meet.

    Args:
        agent_cfg: The agent's configuration, of any library.
        log_root: ``--log_root``.
        processes: How many processes train together.

    Returns:
        What takes the place of ``log_root``; ``log_root`` itself for a training of no population.

    Raises:
        UserError: A key of ``agent.pbt`` has a value that cannot be.
    """
    section = population_of(agent_cfg)
    if section is None:
        return log_root
    if processes > 1:
        raise UserError("agent.pbt.enabled: a member of a population trains in one process, without --distributed")
    members, index = section["num_policies"], section["policy_idx"]
    if not 0 <= index < members:
        raise UserError(f"agent.pbt.policy_idx must be from 0 to {members - 1}, not {index}")
    if not section["interval_steps"] > 0:
        raise UserError(f"agent.pbt.interval_steps must be above zero, not {section['interval_steps']}")
    _check_mutation(agent_cfg, section["mutation"])
    return str(Path(section["directory"]) / log_root)


def _check_mutation(agent_cfg: dict[str, Any], mutation: dict[str, str]) -> None:
    """Raises UserError unless every value that is to vary is there, and a number."""
    from isaaclab_rl.rl_games.pbt.mutation import MUTATION_FUNCS

    if not mutation:
        raise UserError("agent.pbt.mutation is empty; it names the values that vary")
    for key, function in mutation.items():
        if not isinstance(get_entry({"agent": agent_cfg}, key), int | float):
            raise UserError(f"agent.pbt.mutation: {key} is no number of the configuration")
        if function not in MUTATION_FUNCS:
            known = ", ".join(MUTATION_FUNCS)
            raise UserError(f"agent.pbt.mutation: {key} can be varied by {known}, not by {function!r}")
