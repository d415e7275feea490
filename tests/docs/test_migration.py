# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The page about migration names fields that exist, in the reference and here."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gymnasium
import pytest
from isaaclab_tasks.contrib.factory import factory_env_cfg

from isaaclab_factory.learning.cli.tasks import own_tasks
from tests.tasks.task_env import load_cfg

PAGE = (Path(__file__).parents[2] / "docs" / "migration.md").read_text(encoding="utf-8")
ROWS = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if line.startswith("|")]


def fields(column: int) -> list[str]:
    """The fields in a column of the table of fields, as they are written."""
    words = [word for row in ROWS for word in re.findall(r"`([^`]+)`", row[column])]
    return [word for word in words if re.match(r"(task|ctrl|obs_rand|events|commands|rewards|actions)\.", word)]


def value(cfg: Any, path: str) -> Any:
    return eval(f"cfg.{path}", {"cfg": cfg})


def test_the_table_is_found() -> None:
    assert len(fields(0)) > 20
    assert len(fields(1)) > 20


@pytest.mark.parametrize("path", fields(0))
def test_the_reference_has_the_field(path: str) -> None:
    value(factory_env_cfg.FactoryTaskPegInsertCfg(), path)


@pytest.mark.parametrize("path", fields(1))
def test_a_task_has_the_field(path: str) -> None:
    value(load_cfg("PegInsert"), path)


def test_a_field_that_is_not_there_is_noticed() -> None:
    with pytest.raises(AttributeError):
        value(SimpleNamespace(rewards=SimpleNamespace()), "rewards.success")


def test_the_tasks_are_registered() -> None:
    pairs = [re.findall(r"`([\w-]+)`", " ".join(row)) for row in ROWS if row[0].startswith("`IsaacContrib-")]
    assert len(pairs) == 3
    for theirs, ours in pairs:
        assert theirs in gymnasium.registry
        assert ours in own_tasks()
