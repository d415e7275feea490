# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Bad command lines: every flag of the scripts with values that it does not take."""

from itertools import product

import pytest

from isaaclab_factory.learning import session

NUMBERS = ("", "0", "-3", "1.5", "1e3", "nan", "0x10", "many")
"""No whole numbers of one or more."""

VALUES = {
    "--num_envs": NUMBERS,
    "--max_iterations": NUMBERS,
    "--video_length": NUMBERS,
    "--video_interval": NUMBERS,
    "--eval_episodes": NUMBERS,
    "--eval_interval": ("", "-1", "0.5", "often"),
    "--seed": ("", "-2", "0.5", "4294967296", "seven"),
    "--device": ("", "gpu", "CPU", "cuda:", "cuda:-1", "cuda:one", "cuda:0 ", "cpu,cuda"),
    "--sim": ("", "MuJoCo", "gazebo", "auto "),
    "--lib": ("", "RSL_RL", "rllib", "rsl_rl,skrl"),
    "--task": ("", "Ant", "Isaac-Factory-PegInsert", "Isaac-Factory-PegInsert-v99", "CartPole-v1", "../x", "a\nb", "é"),
    "--agent": ("", "agent.yaml", "env_cfg_entry_point", "rl_games_cfg_entry_point", "rsl_rl"),
    "--plugin": ("", ".", "..", "my task", "my_task.py", "/etc/passwd", "no_such_module", "json.no_such", "class"),
    "--checkpoint": ("", ".", "nowhere.pt", "no/such/folder", "x" * 300, "/dev/null", "é.pt", "~"),
    "--config": ("", ".", "nowhere.yaml", "nowhere.json", "x" * 300, "/dev/null", "experiment.txt"),
}

OTHER_SCRIPTS = {
    "play.py": {
        "--checkpoint": VALUES["--checkpoint"],
        "--episodes": ("0", "x"),
        "--steps": ("-1", "1.5"),
        "--lib": ("foo",),
    },
    "evaluate.py": {"--checkpoint": VALUES["--checkpoint"], "--episodes": ("0", "1.5"), "--json": (".",)},
    "zero_agent.py": {"--steps": ("0", "x"), "--num_envs": ("0", "x"), "--task": ("Ant",), "--plugin": ("no_such",)},
    "random_agent.py": {"--seed": ("x",), "--device": ("gpu",)},
    "benchmark.py": {"--num_envs": ("0",), "--task": ("Ant",)},
    "soak.py": {"--steps": ("0", "x"), "--task": ("Ant",)},
    "measure_grasp.py": {"--resets": ("0", "x")},
    "plot_runs.py": {"nowhere": ("",)},
    "publish_policy.py": {"--checkpoint": ("nowhere.pt",), "--evaluation": ("nowhere.json",)},
}

WORDS = (
    *("--no_such_flag", "-x", "--", "peg", "-", "--num_envs 4", "--task=", "--num-environments=4"),
    *("env.", "env", "env.x", "agent.", "=1", "env=1", ".env.x=1", "sim.dt=1", "~env.rewards.success", "+x=1"),
    *("env.a b=1", "hydra.run.dir=/tmp", "env .x=1", "task=Isaac-Factory-PegInsert-v0", "--task --num_envs"),
)


@pytest.fixture(autouse=True)
def nothing_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command line that is accepted by mistake must not begin to train."""
    monkeypatch.setattr(session, "start_app", lambda args: pytest.fail(f"accepted: {args}"))


@pytest.mark.parametrize(("flag", "value"), [pair for flag in VALUES for pair in product((flag,), VALUES[flag])])
def test_values_of_train(refused, flag: str, value: str) -> None:
    refused("train.py", flag, value)


@pytest.mark.parametrize("flag", VALUES)
def test_values_that_are_missing(refused, flag: str) -> None:
    refused("train.py", flag)


@pytest.mark.parametrize("word", WORDS)
def test_words_of_train(refused, word: str) -> None:
    refused("train.py", *(word.split(" ") if word == "--task --num_envs" else [word]))


@pytest.mark.parametrize(
    ("script", "flag", "value"),
    [
        (script, flag, value)
        for script, flags in OTHER_SCRIPTS.items()
        for flag, values in flags.items()
        for value in values
    ],
)
def test_values_of_the_other_scripts(refused, script: str, flag: str, value: str) -> None:
    refused(script, *filter(None, (flag, value)))
