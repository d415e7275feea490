# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The task that the README composes."""

import runpy
from pathlib import Path

import gymnasium
import pytest
from isaaclab_tasks.utils import resolve_presets

from isaaclab_factory.testing import TermEnv
from tests.docs.blocks import read_blocks

README = Path(__file__).parents[2] / "README.md"
TASK = "Tight-Peg"


@pytest.fixture
def names(tmp_path: Path) -> dict:
    """The names in the README's ``my_task.py``; the task that it registers is forgotten after the test."""
    (content,) = (block.content for block in read_blocks(README) if block.file == "my_task.py")
    file = tmp_path / "readme_task.py"
    file.write_text(content, encoding="utf-8")
    yield runpy.run_path(str(file))
    del gymnasium.registry[TASK]


def test_the_task_is_registered_and_steps(names: dict) -> None:
    cfg = resolve_presets(gymnasium.spec(TASK).kwargs["env_cfg_entry_point"]())
    assert cfg.scene.held_asset.spawn.part == names["PEG"]
    assert cfg.scene.fixed_asset.spawn.part.clearance(names["PEG"]) == pytest.approx(40e-6)
    cfg.scene.num_envs = 2
    env = TermEnv(cfg)
    env.reset()
    assert env.step()[0]["policy"].shape == (2, 19)
