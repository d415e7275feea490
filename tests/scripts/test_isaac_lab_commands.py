# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Isaac Lab's own command line knows the tasks."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from isaaclab_factory.learning.cli.tasks import LIBRARIES

pytestmark = [pytest.mark.slow, pytest.mark.long]


@pytest.mark.parametrize("library", LIBRARIES)
def test_trains_with_every_library(tmp_path: Path, library: str) -> None:
    command = [str(Path(sys.executable).with_name("isaaclab")), "train", "--rl_library", library]
    command += ["--task", "Isaac-Factory-PegInsert", "--device", "cpu", "--num_envs", "8", "--max_iterations", "2"]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [*command, "presets=no_noise"], capture_output=True, text=True, cwd=tmp_path, timeout=600, env=environment
    )
    assert done.returncode == 0, done.stderr[-3000:]
    checkpoints = [file for pattern in ("*.pt", "*.pth") for file in tmp_path.glob(f"logs/{library}/**/{pattern}")]
    assert checkpoints, "a training ends with a checkpoint"
