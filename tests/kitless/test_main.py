# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Running scripts and modules: python -m isaaclab_factory.kitless."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

SCRIPT = """
import sys
from isaaclab.app import AppLauncher
app = AppLauncher(headless=True).app
from isaaclab.managers import SceneEntityCfg  # before isaaclab.envs
from isaaclab.sim import SimulationContext
print("device", SimulationContext().device, "arguments", sys.argv[1:], "running", app.is_running())
app.close()
"""

TEST = """
import pytest
import torch
from isaaclab.sim import UsdFileCfg
from isaaclab.utils.assets import ISAAC_NUCLEUS_DIR

@pytest.mark.parametrize("device", ["cpu", "cuda:0"])
def test_device(device):
    torch.zeros(1, device=device)

def test_asset():
    cfg = UsdFileCfg(usd_path=f"{ISAAC_NUCLEUS_DIR}/Robots/robot.usd")
    cfg.func("/World/robot", cfg)

def test_feature():
    import omni.ui

def test_failure():
    assert False
"""


def run(*arguments, cwd) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "isaaclab_factory.kitless", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, timeout=120, check=False)


def test_script_of_isaac_lab_runs_with_its_arguments(tmp_path):
    (tmp_path / "script.py").write_text(SCRIPT)
    result = run("--engine", "kinematic", tmp_path / "script.py", "--one", "2", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "device cpu arguments ['--one', '2'] running True" in result.stdout


def test_only_tests_that_need_isaac_sim_are_skipped(tmp_path):
    (tmp_path / "test_it.py").write_text(TEST)
    result = run("-m", "pytest", "-rs", "-q", tmp_path / "test_it.py", cwd=tmp_path)
    assert "1 failed, 1 passed, 3 skipped" in result.stdout
    for reason in ("GPU", "NVIDIA asset", "Isaac Sim: the graphical user interface"):
        assert reason in result.stdout


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["no_such.py"], "there is no script 'no_such.py'"),
        (["--engine", "steam", "x.py"], "unknown engine 'steam'; choose from mujoco, kinematic"),
        (["-m"], "-m needs the name of a module"),
    ],
)
def test_wrong_calls_are_one_line(tmp_path, arguments, message):
    result = run(*arguments, cwd=tmp_path)
    assert result.returncode == 2
    assert result.stderr.strip().splitlines()[-1] == f"isaaclab_factory.kitless: {message}"
