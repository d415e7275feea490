# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Follows the tutorial from top to bottom: its files, its tests, its commands."""

import doctest
import importlib
import inspect
import math
import os
import re
import runpy
import shlex
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import gymnasium
import pytest
import torch
from isaaclab_tasks.utils import resolve_presets

from isaaclab_factory.learning.cli.parser import OneLineParser, split_overrides
from isaaclab_factory.learning.cli.tasks import check_agent, own_tasks
from isaaclab_factory.learning.cli.training import training_parser
from isaaclab_factory.learning.config.load import load_configs
from isaaclab_factory.learning.evaluation.command import evaluation_parser
from isaaclab_factory.learning.play import play_parser
from isaaclab_factory.testing import TermEnv
from tests.docs.blocks import Block, read_blocks

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "tutorial.md"
BLOCKS = read_blocks(PAGE)
FILES = {block.file: block.content for block in BLOCKS if block.file}
COMMANDS = [command for block in BLOCKS if block.language == "bash" for command in block.commands]
PARSERS = {"train.py": training_parser, "evaluate.py": evaluation_parser, "play.py": play_parser}
TASKS = {"my_task": "Hex-Peg", "my_nut": "Nut-Thread-M10", "my_pin": "Pin"}
SCRIPTS = ("draw_pin.py", "notebook.py")
"""Files that are run. ``tests/test_as_library.py`` runs the notebook."""
LINES_OF_A_TASK = 50


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the scripts, the files of the tutorial and the pin that one of them draws."""
    folder = tmp_path_factory.mktemp("tutorial")
    (folder / "scripts").symlink_to(ROOT / "scripts")
    for name, content in FILES.items():
        (folder / name).write_text(content, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        runpy.run_path("draw_pin.py")
    return folder


@pytest.fixture(scope="module")
def modules(folder: Path) -> dict[str, ModuleType]:
    """The imported files of the tutorial; what they register is forgotten after the tests."""
    names = [name.removesuffix(".py") for name in FILES if name not in SCRIPTS]
    own_tasks()  # so that only the tutorial's tasks are new
    before = set(gymnasium.registry)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.syspath_prepend(str(folder))
        yield {name: importlib.import_module(name) for name in names}
    for name in names:
        del sys.modules[name]
    for task in set(gymnasium.registry) - before:
        del gymnasium.registry[task]


def make(task: str, *presets: str) -> TermEnv:
    """The task with two environments, without a simulator."""
    cfg = resolve_presets(gymnasium.spec(task).kwargs["env_cfg_entry_point"](), presets)
    cfg.scene.num_envs = 2
    return TermEnv(cfg)


def test_the_prompts_print_what_the_page_shows() -> None:
    session = "\n".join(block.content for block in BLOCKS if block.language == "pycon")
    example = doctest.DocTestParser().get_doctest(session, {}, PAGE.name, str(PAGE), 0)
    result = doctest.DocTestRunner().run(example)
    assert result.attempted > 5
    assert result.failed == 0


def test_the_tests_of_the_page_pass(modules) -> None:
    tests = [f for name, f in inspect.getmembers(modules["test_my_terms"], inspect.isfunction) if "test_" in name]
    assert len(tests) == 4
    for test in tests:
        test()


def test_the_tests_of_the_page_notice_a_wrong_sign(modules, monkeypatch: pytest.MonkeyPatch) -> None:
    right = modules["my_terms"].yaw_to_flats
    monkeypatch.setattr(modules["my_terms"], "yaw_to_flats", lambda env, sides: -right(env, sides))
    with pytest.raises(AssertionError):
        modules["test_my_terms"].test_a_hexagon_fits_after_every_60_degrees()


def test_the_tests_of_the_page_notice_a_state_that_is_not_reset(modules, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modules["my_terms"].touchdown_speed, "reset", lambda self, env_ids=None: None)
    with pytest.raises(AssertionError):
        modules["test_my_terms"].test_after_a_reset_the_speed_counts_again()


@pytest.mark.parametrize(
    ("presets", "policy", "critic"),
    [((), 19, 43), (("aided",), 22, 46), (("no_noise",), 22, 46), (("search",), 32, 52), (("search_motion",), 34, 56)],
)
def test_the_composed_task_has_the_new_terms_in_every_variant(modules, presets, policy, critic) -> None:
    env = make("Hex-Peg", *presets)
    env.reset()
    obs, reward, *_ = env.step()
    assert obs["policy"].shape == (2, policy + 1)
    assert obs["critic"].shape == (2, critic + 1)
    assert torch.isfinite(reward).all()
    terms = modules["my_terms"]
    rewards = {name: env.reward_manager.get_term_cfg(name) for name in ("flats_aligned", "touchdown_speed")}
    assert rewards["flats_aligned"].func is terms.flats_aligned
    assert isinstance(rewards["touchdown_speed"].func, terms.touchdown_speed)
    # they count with 1 in each of the 15 steps of a second
    assert [cfg.weight for cfg in rewards.values()] == pytest.approx([15.0, -15.0])


def test_the_peg_starts_above_the_hole_and_the_hand_askew(modules) -> None:
    env = make("Hex-Peg")
    goal = env.command_manager.get_term("assembly_goal")
    yaws = []
    for _ in range(4):
        env.reset()
        assert (env.scene["held_asset"].data.root_pos_w.torch[:, 2] > goal.tip_pos_w[:, 2]).all()
        yaws.append(modules["my_terms"].yaw_to_flats(env, sides=6))
    assert torch.cat(yaws).abs().max() > math.radians(3.0)


def test_the_nut_and_the_pin_are_held_above_what_they_go_to(modules) -> None:
    for task, width, above in (("Nut-Thread-M10", 0.016, 0.0), ("Pin", 0.014, 0.002)):
        env = make(task)
        goal = env.command_manager.get_term("assembly_goal")
        fingers = env.scene["robot"].find_joints("panda_finger_joint.*")[0]
        for _ in range(4):
            env.reset()
            fixed, part = goal.tip_pos_w[:, 2], env.scene["held_asset"].data.root_pos_w.torch[:, 2]
            base = part + goal.cfg.held_base_offset[2]
            assert (base - fixed > above - 1e-4).all()
            opening = env.scene["robot"].data.joint_pos.torch[:, fingers].sum(dim=-1)
            assert opening.tolist() == pytest.approx([width, width], abs=1e-4)


def test_the_tight_hole_is_a_preset_of_the_pin(modules) -> None:
    bores = [make("Pin", *presets).scene.cfg.fixed_asset.spawn.part.diameter for presets in ((), ("tight",))]
    assert bores == [0.009, 0.0081]


@pytest.mark.parametrize("command", COMMANDS)
def test_the_command_is_one_that_the_script_takes(command: str, modules, folder: Path, monkeypatch) -> None:
    monkeypatch.chdir(folder)
    python, script, *words = shlex.split(command)
    assert python == ".venv/bin/python"
    assert script == "-m" or (folder / script).is_file()
    if Path(script).name not in PARSERS:
        return
    parser: OneLineParser = PARSERS[Path(script).name]()
    args, words = split_overrides(parser, words)
    (plugin,) = args.plugin
    assert args.task == TASKS[plugin]
    library = args.lib or "rsl_rl"
    env_cfg, agent_cfg = load_configs(args.task, check_agent(args.task, library, None), words)
    assert env_cfg.rewards.success is not None
    assert agent_cfg is not None


def test_the_overrides_of_the_page_change_what_it_says(modules, folder: Path, monkeypatch) -> None:
    monkeypatch.chdir(folder)
    (command,) = (command for command in COMMANDS if "keypoint_coarse=null" in command)
    words = [word for word in shlex.split(command) if re.match(r"(env|agent)\.|presets=", word)]
    env_cfg, agent_cfg = load_configs("Hex-Peg", "rsl_rl_cfg_entry_point", words)
    part = env_cfg.scene.held_asset.spawn.part
    assert env_cfg.scene.fixed_asset.spawn.part.clearance(part) == pytest.approx(0.2e-3)
    assert env_cfg.rewards.flats_aligned.params == {"sides": 6, "angle": 0.05}
    assert env_cfg.rewards.keypoint_coarse is None
    assert env_cfg.events.start_noise.params["scale"] == 0.0
    assert env_cfg.episode_length_s == 5.0
    assert agent_cfg.algorithm.learning_rate == 3e-4


def test_the_list_of_tasks_is_what_the_page_shows(modules, monkeypatch, capsys) -> None:
    from isaaclab_factory.learning.config.listing import list_tasks

    (shown,) = (block.content for block in BLOCKS if block.content.startswith("Hex-Peg\n"))
    list_tasks(["--plain"])
    assert capsys.readouterr().out.splitlines()[:2] == shown.splitlines()[:2]


@pytest.mark.slow
def test_the_short_training_prints_what_the_page_shows(folder: Path) -> None:
    (command,) = (command for command in COMMANDS if "--max_iterations" in command)
    (shown,) = (block.content for block in BLOCKS if block.content.startswith("Training Hex-Peg"))
    words = shlex.split(command.replace(".venv/bin/python", sys.executable))
    # episodes of a second, so that the measurement at the end is short too
    result = subprocess.run(
        [*words, "env.episode_length_s=1.0"],
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=600,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )
    assert result.returncode == 0, result.stdout + result.stderr
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    assert doctest.OutputChecker().check_output(shown, result.stdout, flags), result.stdout


def test_a_task_is_a_file_of_less_than_a_page() -> None:
    for name in TASKS:
        assert len(FILES[f"{name}.py"].splitlines()) < LINES_OF_A_TASK


def test_every_block_is_one_that_is_tested() -> None:
    def is_tested(block: Block) -> bool:
        return bool(block.file) or block.language in ("bash", "pycon", "text")

    assert all(is_tested(block) for block in BLOCKS)
    assert set(FILES) == {"my_terms.py", "test_my_terms.py", *SCRIPTS, *(f"{name}.py" for name in TASKS)}
