# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The policies that are shipped with the package, one folder each in ``isaaclab_factory/pretrained/``."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import isaaclab_factory
from isaaclab_factory.learning.errors import UserError

FOLDER = Path(isaaclab_factory.__file__).parent / "pretrained"


@dataclass(frozen=True)
class ShippedPolicy:
    """A policy's folder: ``policy.pt``, the agent's configuration ``agent.yaml``, and its record ``policy.json``."""

    checkpoint: Path
    """The checkpoint, without what only a training needs."""
    agent_file: Path
    """The agent's configuration as the policy was trained with it."""
    record: dict[str, Any]
    """Content of ``policy.json``: task, presets, library, agent, the trainings, and an evaluation."""
    task: str
    """Gym id of the task that the policy is for."""
    presets: list[str]
    """Presets of the task that the policy was trained with: another variant may have other observations."""
    library: str
    agent: str
    """Entry point of the hyperparameters that the policy was trained with."""

    @property
    def measured(self) -> str:
        """How often the policy was a success when it was measured, as a phrase."""
        evaluation = self.record["evaluation"]
        return f"{100.0 * evaluation['success_rate']:.1f} % success in {evaluation['episodes']:,} episodes"


def shipped_policies() -> list[ShippedPolicy]:
    """Returns all shipped policies, by the names of their folders."""
    return [_read(file.parent) for file in sorted(FOLDER.glob("*/policy.json"))]


def _read(folder: Path) -> ShippedPolicy:
    record = json.loads((folder / "policy.json").read_text(encoding="utf-8"))
    facts = {key: record[key] for key in ("task", "presets", "library", "agent")}
    return ShippedPolicy(folder / "policy.pt", folder / "agent.yaml", record, **facts)


def find_policy(task: str, presets: list[str], library: str | None = None) -> ShippedPolicy:
    """Returns the shipped policy of a variant of a task.

    Args:
        presets: Presets of the command line. Without any, the policy of the task that succeeded most often is taken.
        library: The library it must be of, None for any.

    Raises:
        UserError: There is none; the message names those that there are.
    """
    policies = shipped_policies()
    of_task = [policy for policy in policies if policy.task == task and library in (None, policy.library)]
    fitting = [policy for policy in of_task if not presets or sorted(policy.presets) == sorted(presets)]
    if fitting:
        return max(fitting, key=lambda policy: policy.record["evaluation"]["success_rate"])
    wanted = " ".join(filter(None, (task, f"presets={','.join(presets)}" if presets else "", library)))
    there = "; ".join(f"{policy.task} presets={','.join(policy.presets)} {policy.library}" for policy in policies)
    raise UserError(f"no policy is shipped for {wanted}; there are {there or 'none'}")
