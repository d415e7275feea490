# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The page about experiment files: its files load, its commands parse, its table shows the settings."""

import re
import shlex
from pathlib import Path

import pytest

from isaaclab_factory.learning import session
from isaaclab_factory.learning.cli.parser import split_overrides
from isaaclab_factory.learning.cli.tasks import check_agent
from isaaclab_factory.learning.cli.training import training_parser
from isaaclab_factory.learning.config.experiment import expand_experiment
from isaaclab_factory.learning.config.load import load_configs
from isaaclab_factory.learning.config.settings import KEYS, LOGARITHMS, SETTINGS
from isaaclab_factory.learning.errors import UserError
from tests.docs.blocks import read_blocks

PAGE = Path(__file__).parents[2] / "docs" / "experiments.md"
BLOCKS = read_blocks(PAGE)
FILES = {re.match(r"# (\S+)\n", block.content)[1]: block.content for block in BLOCKS if block.language == "yaml"}
COMMANDS = [shlex.split(command) for block in BLOCKS for command in block.commands if block.language == "bash"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with the files of the page."""
    monkeypatch.chdir(tmp_path)
    for name, content in FILES.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    return tmp_path


def expand(*words: str) -> tuple:
    args, rest = split_overrides(training_parser(), expand_experiment(training_parser(), list(words)))
    session.find_task(args)
    return args, rest


def test_the_first_experiment_does_what_the_page_says() -> None:
    args, words = expand("--config", "insert.yaml")
    assert (args.lib, args.seed, args.num_envs, args.max_iterations, args.eval_interval) == ("rsl_rl", 7, 128, 100, 25)
    assert "presets=no_noise" in words
    env_cfg, agent_cfg = load_configs(args.task, check_agent(args.task, args.lib, args.agent), words)
    assert (env_cfg.episode_length_s, env_cfg.rewards.keypoint_coarse, env_cfg.rewards.success.weight) == (8, None, 20)
    assert (agent_cfg.save_interval, agent_cfg.algorithm.gamma, agent_cfg.algorithm.desired_kl) == (50, 0.985, 0.01)


def test_the_second_experiment_adds_a_new_hyperparameter() -> None:
    args, words = expand("--config", "kl.yaml")
    _, agent_cfg = load_configs(args.task, check_agent(args.task, args.lib, args.agent), words)
    assert agent_cfg["agent"]["learning_rate_scheduler"] == "KLAdaptiveLR"
    assert agent_cfg["agent"]["learning_rate_scheduler_kwargs"] == {"kl_threshold": 0.008}
    assert agent_cfg["models"]["policy"]["network"][0]["activations"] == "tanh"


def test_the_commands_parse() -> None:
    for python, script, *words in COMMANDS:
        assert (python, script) == (".venv/bin/python", "scripts/train.py")
        if "<time>" not in words[1]:
            args, overrides = expand(*words)
    assert (args.seed, overrides[-1]) == (8, "env.episode_length_s=10.0")


def test_a_mistake_is_reported_as_the_page_shows(folder: Path) -> None:
    (shown,) = (block.content for block in BLOCKS if block.language == "text")
    (folder / "insert.yaml").write_text(FILES["insert.yaml"].replace("gamma", "gama"))
    with pytest.raises(UserError) as caught:
        expand("--config", "insert.yaml")
    assert shown == f"error: {caught.value}\n"


def rows() -> list[str]:
    """Returns the rows of the table of settings."""
    found = []
    for section, settings in SETTINGS.items():
        for name, values in settings.items():
            columns = (keys(name, library) for library in ("rsl_rl", "rl_games", "skrl"))
            key = f"{section}.{name}".lstrip(".")
            found.append(f"| `{key}` | {values.described} | {' | '.join(columns)} |")
    return found


def keys(name: str, library: str) -> str:
    logarithm = "ln: " if (library, name) in LOGARITHMS else ""
    return logarithm + ", ".join(f"`{key}`" for key in KEYS[library][name])


def test_the_table_of_settings_is_current() -> None:
    table = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert [line for line in table if line.count("|") == 6] == rows()
