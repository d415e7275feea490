# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The policies that are shipped with the package, one folder each in ``isaaclab_factory/pretrained/``."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import isaaclab_factory
from isaaclab_factory.learning.arguments import base_task
from isaaclab_factory.learning.errors import UserError

FOLDER = Path(isaaclab_factory.__file__).parent / "pretrained"


@dataclass(frozen=True)
class ShippedPolicy:
    """A policy's folder: ``policy.pt``, the agent's configuration ``agent.yaml``, and ``policy.json`` about it."""

    folder: Path
    record: dict[str, Any]
    """Content of ``policy.json``, see :func:`isaaclab_factory.learning.shipping.publishing.publish`."""

    @property
    def tasks(self) -> list[str]:
        """Gym ids of the tasks that the policy is for."""
        return self.record["tasks"]

    @property
    def library(self) -> str:
        """RL library that the policy was trained with."""
        return self.record["library"]

    @property
    def agent(self) -> str:
        """Entry point of the hyperparameters that the policy was trained with."""
        return self.record["agent"]

    @property
    def checkpoint(self) -> Path:
        """The checkpoint, without what only a training needs."""
        return self.folder / "policy.pt"

    @property
    def agent_file(self) -> Path:
        """The agent's configuration as the policy was trained with it."""
        return self.folder / "agent.yaml"


def shipped_policies() -> list[ShippedPolicy]:
    """Returns all shipped policies, by the name of their folder."""
    files = sorted(FOLDER.glob("*/policy.json"))
    return [ShippedPolicy(file.parent, json.loads(file.read_text(encoding="utf-8"))) for file in files]


def find_policy(task: str, library: str | None = None) -> ShippedPolicy:
    """Returns the shipped policy of a task.

    Args:
        task: Gym id of the task.
        library: The library it must be of, None for any.

    Raises:
        UserError: There is none; the message names the tasks that have one.
    """
    policies = shipped_policies()
    # a task may be named in several: its own goes first
    for policy in sorted(policies, key=lambda policy: policy.folder.name != base_task(task)):
        if task in policy.tasks:
            if library not in (None, policy.library):
                raise UserError(f"the shipped policy of {task} was trained with {policy.library}, not with {library}")
            return policy
    tasks = ", ".join(sorted({name for policy in policies for name in policy.tasks}))
    raise UserError(f"no policy is shipped for {task}" + (f"; there are some for {tasks}" if tasks else ""))
