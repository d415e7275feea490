# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A user's mistakes: one line, exit code 2, nothing written."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def assert_is_one_line(result, said: str, folder: Path) -> None:
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("error: ")
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["train.py", "env.no_such_key=1"], "cannot apply env.no_such_key=1: "),
        (["play.py"], "no run of Isaac-Factory-PegInsert has a checkpoint in logs"),
        (["zero_agent.py", "--num_envs", "0"], "'0' is not a whole number of 1 or more"),
        (["list_envs.py", "--plugin", "nowhere"], "no module 'nowhere' for --plugin"),
    ],
)
def test_a_mistake_is_one_line(run, tmp_path: Path, command: list[str], said: str) -> None:
    assert_is_one_line(run(*command), said, tmp_path)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["train.py", "--task", "Isaac-Factory-PegInsrt"], "unknown task 'Isaac-Factory-PegInsrt'; did you mean"),
        (["train_rl_games.py", "--lib", "rsl_rl"], "unknown argument '--lib'"),
    ],
)
def test_so_is_another_of_the_same_script(run_forked, tmp_path: Path, command: list[str], said: str) -> None:
    assert_is_one_line(run_forked(*command), said, tmp_path)


@pytest.mark.parametrize("script", ["train.py", "train_skrl.py"])
def test_help_names_the_arguments(run_forked, script: str) -> None:
    result = run_forked(script, "--help")
    assert result.returncode == 0
    for argument in ("--task", "--num_envs", "--max_iterations", "--seed", "--device", "--checkpoint"):
        assert argument in result.stdout
    assert ("--lib" in result.stdout) == (script == "train.py")


@pytest.mark.slow
def test_a_home_that_cannot_be_written_is_one_line_with_the_variable_to_set(run, tmp_path: Path, monkeypatch) -> None:
    home = tmp_path / "home"
    home.write_text("")  # a file, so that not even root can write below it
    for name in ("XDG_CACHE_HOME", "WARP_CACHE_PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("ISAACLAB_FACTORY_CACHE", str(tmp_path / "cache"))
    result = run("zero_agent.py", "--num_envs", "1", "--steps", "1")
    assert result.returncode == 2
    (line,) = (line for line in result.stderr.splitlines() if line.startswith("error: "))
    assert f"cannot write {home}/.cache" in line
    assert line.endswith("set WARP_CACHE_PATH to a folder that can be written")
    assert "Traceback" not in result.stderr
