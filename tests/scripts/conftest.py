# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Runs the scripts as a user does."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.scripts.forks import ENVIRONMENT, ROOT, ForkServer

ENGINE = (
    *("isaaclab_factory.newton_mujoco.manager", "isaaclab_newton.assets.articulation.articulation"),
    *("isaaclab_factory.learning.libraries.rl_games", "isaaclab_factory.learning.libraries.skrl", "mujoco_warp"),
)
"""What a script imports when it makes an environment, and all libraries."""


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a script in an empty folder."""

    def run_script(name: str, *args: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(ROOT / "scripts" / name), *args]
        environment = ENVIRONMENT | os.environ
        return subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=600, env=environment)

    return run_script


@pytest.fixture(scope="session")
def fork_server() -> Iterator[ForkServer]:
    """The process that the scripts of :func:`run_forked` are forks of."""
    server = ForkServer(*ENGINE)
    yield server
    server.close()


@pytest.fixture
def run_forked(
    fork_server: ForkServer, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Like :func:`run`, without the time that the imports take.

    Not for what the imports could print: ``test_training.py`` trains, and ``test_mistakes.py`` reports a mistake of
    each kind of script, in a process of its own.
    """

    def run_script(name: str, *args: str) -> subprocess.CompletedProcess[str]:
        fork = fork_server.start(name, *args, folder=tmp_path, outputs=tmp_path_factory.mktemp("outputs"))
        fork.wait(limit_s=600.0)
        return subprocess.CompletedProcess([name, *args], fork.code, fork.out, fork.err)

    return run_script
