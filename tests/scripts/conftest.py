# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Runs the scripts as a user does."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a script in an empty folder."""

    def run_script(name: str, *args: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(ROOT / "scripts" / name), *args]
        environment = {"COLUMNS": "160", "OMP_NUM_THREADS": "1"} | os.environ
        return subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=600, env=environment)

    return run_script
