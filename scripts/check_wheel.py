# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Checks the package as somebody without the repository has it: its wheel in an empty environment.

Builds the wheel, installs it with onnxruntime into a new environment in a temporary folder, and there trains, measures
and exports with the console command. Then the Python code of docs/export.md runs the exported policy without PyTorch.
The folder is removed. PIP_ARGS has arguments for pip, as for make.
"""

import argparse
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import check_machine

ROOT = Path(__file__).parents[1]

OF_THE_WHEEL = ("pyproject.toml", "setup.py", "README.md", "LICENSE", "isaaclab_factory", "agents")
"""What the wheel is built from. They are copied, so that what an earlier build left in ``build/`` stays out of it."""

_TASK = ("--task", "Isaac-Factory-PegInsert", "--device", "cpu")
COMMANDS = (
    ("train", "--lib", "rsl_rl", *_TASK, "--num_envs", "4", "--max_iterations", "2", "env.episode_length_s=1.0"),
    ("evaluate", "--checkpoint", "pretrained", *_TASK, "--num_envs", "4", "--episodes", "4"),
    ("export", *_TASK, "--output", "exported"),
)
"""Words after ``isaaclab-factory``. The policy that is exported is the one that was trained."""

CHECKS = """
import sys

assert not {"torch", "isaaclab", "isaaclab_factory"} & set(sys.modules)
assert actions.shape == (1, 6), actions.shape
assert np.isfinite(actions).all() and np.abs(actions).max() > 0.0, actions
"""
"""What has to hold after the code of the page."""


class Failed(Exception):
    """A step failed; the message is one line."""


def run(step: str, command: list[str], folder: Path) -> None:
    """Runs a step and says how long it took.

    Args:
        step: Its name.
        command: What is run.
        folder: Where it works.

    Raises:
        Failed: It ended with another exit code than zero. What it printed is printed before.
    """
    start = time.monotonic()
    variables = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    done = subprocess.run(
        command, cwd=folder, env=variables, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    if done.returncode:
        print(done.stdout, flush=True)
        lines = done.stdout.strip().splitlines() or ["it printed nothing"]
        raise Failed(f"{step} failed with exit code {done.returncode}: {lines[-1]}")
    print(f"{step}: {time.monotonic() - start:.0f} s", flush=True)


def policy_program() -> str:
    """Returns the Python code on the page about exports, and the checks of what it computes."""
    page = (ROOT / "docs" / "export.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    return code + CHECKS


def check(folder: Path) -> None:
    """Goes through all steps.

    Args:
        folder: An empty folder.

    Raises:
        Failed: A step failed, or the disk is too small.
    """
    free = shutil.disk_usage(folder).free / 1e9
    if free < check_machine.FREE_GB:
        raise Failed(f"{check_machine.FREE_GB} GB of free disk are needed in {folder.parent}, {free:.1f} GB are left")
    source, venv, work = folder / "source", folder / "venv", folder / "work"
    source.mkdir()
    work.mkdir()
    for name in OF_THE_WHEEL:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        copy(ROOT / name, source / name)
    pip_args = shlex.split(os.environ.get("PIP_ARGS", ""))
    run("wheel", [sys.executable, "-m", "pip", "wheel", *pip_args, "--no-deps", "-w", str(folder), str(source)], work)
    (wheel,) = folder.glob("*.whl")
    run("environment", [sys.executable, "-m", "venv", str(venv)], work)
    python = str(venv / "bin" / "python")
    # no dependency of the package, as only robots need it
    run("installation", [python, "-m", "pip", "install", *pip_args, str(wheel), "onnxruntime"], work)
    for name, *words in COMMANDS:
        run(f"isaaclab-factory {name}", [str(venv / "bin" / "isaaclab-factory"), name, *words], work)
    run("policy.onnx", [python, "-c", policy_program()], work)


def main() -> int:
    """Checks the wheel in a temporary folder.

    Returns:
        The exit code: 1 if a step failed.
    """
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("terminated"))  # so that the folder is removed
    with tempfile.TemporaryDirectory(prefix="isaaclab_factory_wheel_") as folder:
        try:
            check(Path(folder))
        except Failed as failed:
            print(f"error: {failed}", file=sys.stderr)
            return 1
    print("The wheel works: installed in an empty environment it trained, measured and exported, and the export ran.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
