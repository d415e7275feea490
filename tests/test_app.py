# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Choosing the simulator."""

import argparse
import subprocess
import sys

import pytest

from isaaclab_factory import app
from isaaclab_factory.kitless import SetupError


def test_auto_is_mujoco_without_isaac_sim():
    assert app.prepare_runtime("auto") == "mujoco"
    assert app.prepare_runtime("mujoco") == "mujoco"


@pytest.mark.parametrize(
    "sim, message",
    [("isaacsim", "Isaac Sim is not installed"), ("bullet", "unknown simulator 'bullet'; choose from auto, isaacsim")],
)
def test_what_cannot_be_had_is_one_line(sim, message):
    with pytest.raises(SetupError, match=message):
        app.prepare_runtime(sim)


def test_arguments_of_isaac_lab_are_added_with_the_cpu_as_default(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["train.py"])
    parser = argparse.ArgumentParser()
    parser.add_argument("--task")
    app.add_launcher_args(parser)
    args = parser.parse_args(["--headless"])
    assert (args.sim, args.headless, args.device) == ("auto", True, "cpu")


def test_mujoco_on_a_gpu_is_refused():
    with pytest.raises(SetupError, match="MuJoCo runs on the device 'cpu', not on 'cuda:0'"):
        app.launch(device="cuda:0")


@pytest.mark.slow
def test_launch_starts_a_headless_app_and_leaves_signals_alone(tmp_path):
    script = """
import signal
from isaaclab_factory.app import launch
app = launch()
assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
print("running", app.is_running())
assert launch() is app
app.close()
print("running", app.is_running())
"""
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert result.returncode == 0, result.stderr
    assert "running True" in result.stdout and "running False" in result.stdout


@pytest.fixture
def isaac_sim(tmp_path, monkeypatch):
    """A folder on the path of subprocesses that looks like Isaac Sim, and a script that tells whose modules it gets."""
    for module in ("carb", "isaacsim"):
        (tmp_path / module).mkdir()
        (tmp_path / module / "__init__.py").write_text("REAL = True\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    script = tmp_path / "script.py"
    script.write_text("import carb; print('real' if hasattr(carb, 'REAL') else 'stand-in')")
    return script


@pytest.mark.parametrize("sim, modules", [("auto", "real"), ("isaacsim", "real"), ("mujoco", "stand-in")])
def test_isaac_sim_is_used_where_it_is_installed_unless_mujoco_is_asked_for(isaac_sim, sim, modules):
    code = f"from isaaclab_factory.app import prepare_runtime; print(prepare_runtime('{sim}')); {isaac_sim.read_text()}"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.stdout.split() == ["mujoco" if modules == "stand-in" else "isaacsim", modules], result.stderr


def test_kitless_steps_aside_for_isaac_sim_and_says_so(isaac_sim):
    command = [sys.executable, "-m", "isaaclab_factory.kitless", str(isaac_sim)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.stdout.strip() == "real" and "Isaac Sim is installed: running with it." in result.stderr


def test_choice_cannot_change_once_made(isaac_sim):
    code = "from isaaclab_factory.app import prepare_runtime as p; p('mujoco'); p('isaacsim')"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "the simulator is already 'mujoco', it cannot become 'isaacsim' any more" in result.stderr.splitlines()[-1]
