# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The files on the pages about own tasks, rewards and force limits: tasks that step, tests that pass, commands."""

import importlib
import inspect
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import gymnasium
import pytest
import torch
from isaaclab_tasks.utils import resolve_presets

from isaaclab_factory.learning.cli.parser import split_overrides
from isaaclab_factory.learning.cli.tasks import check_agent, own_tasks
from isaaclab_factory.learning.cli.training import training_parser
from isaaclab_factory.learning.config.load import load_configs
from isaaclab_factory.testing import TermEnv
from tests.docs.blocks import read_blocks

DOCS = Path(__file__).parents[2] / "docs"
BLOCKS = [block for page in ("own_task.md", "own_reward.md", "forge.md") for block in read_blocks(DOCS / page)]
FILES = {block.file: block.content for block in BLOCKS if block.file}
COMMANDS = [command for block in BLOCKS if block.language == "bash" for command in block.commands]
PRESETS = ((), ("aided",), ("no_noise",), ("search",), ("search_motion",))


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, ModuleType]]:
    """The imported files; the tasks that they register are forgotten after the tests."""
    folder = tmp_path_factory.mktemp("pages")
    for file, content in FILES.items():
        (folder / file).write_text(content, encoding="utf-8")
    own_tasks()  # so that only the tasks of the pages are new
    before = set(gymnasium.registry)
    names = [file.removesuffix(".py") for file in FILES]
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        yield {name: importlib.import_module(name) for name in names}
    for name in names:
        del sys.modules[name]
    for task in set(gymnasium.registry) - before:
        del gymnasium.registry[task]


def make(task: str, presets: tuple[str, ...]) -> TermEnv:
    """The task with two environments, without a simulator."""
    cfg = resolve_presets(gymnasium.spec(task).kwargs["env_cfg_entry_point"](), presets)
    cfg.scene.num_envs = 2
    return TermEnv(cfg)


@pytest.mark.parametrize("presets", PRESETS, ids=str)
def test_the_tight_peg_is_in_the_scene_of_every_variant(modules, presets: tuple[str, ...]) -> None:
    env = make("My-Tight-Peg", presets)
    env.reset()
    peg, hole = modules["my_tight_peg"].PEG, env.scene.cfg.fixed_asset.spawn.part
    assert env.scene.cfg.held_asset.spawn.part == peg
    assert hole.clearance(peg) == pytest.approx(1e-4)
    assert env.max_episode_length == 120
    assert env.command_manager.get_term("assembly_goal").cfg.tip_noise_std == (0.0005, 0.0005, 0.0005)


@pytest.mark.parametrize("presets", PRESETS, ids=str)
def test_every_variant_has_the_new_reward(modules, presets: tuple[str, ...]) -> None:
    env = make("My-Upright-Peg", presets)
    env.reset()
    term = env.reward_manager.get_term_cfg("tilt")
    assert term.func is modules["my_tilt"].tilt
    assert term.weight * env.step_dt == pytest.approx(-2.0)
    assert torch.isfinite(env.step()[1]).all()


def test_the_tests_of_the_page_pass(modules) -> None:
    tests = [f for name, f in inspect.getmembers(modules["test_my_tilt"], inspect.isfunction) if "test_" in name]
    assert len(tests) == 2
    for test in tests:
        test()


def test_the_tests_of_the_page_notice_a_wrong_axis(modules, monkeypatch: pytest.MonkeyPatch) -> None:
    source = inspect.getsource(modules["my_tilt"].tilt)
    wrong = dict(vars(modules["my_tilt"]))
    exec(source.replace("[:, 2, 2]", "[:, 0, 0]"), wrong)
    monkeypatch.setattr(modules["my_tilt"], "tilt", wrong["tilt"])
    with pytest.raises(AssertionError):
        modules["test_my_tilt"].test_the_tilt_is_the_angle_in_rad()


@pytest.mark.parametrize("presets", PRESETS, ids=str)
def test_the_gentle_peg_pays_for_the_force_above_its_limit(modules, presets: tuple[str, ...]) -> None:
    env = make("Gentle-Peg", presets)
    env.reset()
    env.command_manager.get_term("force_limit").command[:] = torch.tensor([[6.0], [8.0]])
    before = env.step()[1].clone()
    env.scene["wrist"].smoothed_wrench_b[:, 2] = 7.0
    obs, after, *_ = env.step()
    assert obs["policy"][:, -1].tolist() == [6.0, 8.0]
    assert (obs["policy"][:, -2] == 7.0).all()
    torch.testing.assert_close(after - before, torch.tensor([-0.2, 0.0]), atol=1e-4, rtol=0.0)


def test_the_penalty_on_the_page_about_force_is_what_it_says() -> None:
    (code,) = (block.content for block in BLOCKS if block.language == "python" and "smoothed_wrench_b" in block.content)
    exec(code, {})


@pytest.mark.parametrize("command", [command for command in COMMANDS if "train.py --plugin" in command])
def test_a_training_of_the_pages_starts_with_a_task_that_is_there(modules, command: str) -> None:
    args, words = split_overrides(training_parser(), shlex.split(command)[2:])
    assert args.plugin == ["my_tight_peg"]
    env_cfg, _ = load_configs(args.task, check_agent(args.task, args.lib, args.agent), words)
    assert env_cfg.episode_length_s == 8.0


def test_the_overrides_that_the_pages_name_fit(modules) -> None:
    words = [word for page in ("own_task.md", "own_reward.md") for word in overrides(DOCS / page)]
    assert len(words) == 3
    for word in words:
        load_configs("My-Upright-Peg", None, [word])


def overrides(page: Path) -> list[str]:
    """The overrides that a page's text shows as code."""
    return re.findall(r"`(env\.[\w.]+=[\w.]+)`", page.read_text(encoding="utf-8"))
