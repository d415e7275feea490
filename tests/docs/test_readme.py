# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The task that the README composes."""

import importlib.util
import sys
from pathlib import Path

import gymnasium
import pytest

from isaaclab_factory.testing import TermEnv
from tests.docs.blocks import read_blocks

README = Path(__file__).parents[2] / "README.md"


@pytest.fixture
def task(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The README's ``my_task.py`` as a module; what it registers is forgotten after the test."""
    (content,) = (block.content for block in read_blocks(README) if block.file == "my_task.py")
    file = tmp_path / "readme_task.py"
    file.write_text(content)
    spec = importlib.util.spec_from_file_location(file.stem, file)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, file.stem, module)
    spec.loader.exec_module(module)
    yield module
    del gymnasium.registry["Tight-Peg-v0"]


def test_the_task_is_registered_and_steps(task) -> None:
    cfg = gymnasium.spec("Tight-Peg-v0").kwargs["env_cfg_entry_point"]()
    assert cfg.scene.held_asset.spawn.part == task.PEG
    assert cfg.scene.fixed_asset.spawn.part.clearance(task.PEG) == pytest.approx(40e-6)
    cfg.scene.num_envs = 2
    env = TermEnv(cfg)
    env.reset()
    assert env.step()[0]["policy"].shape == (2, 19)
