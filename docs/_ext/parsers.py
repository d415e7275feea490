# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A function for each script that parses an empty command line. The page of flags takes the parser out of the call."""

import runpy
from collections.abc import Callable
from functools import partial
from pathlib import Path
from pkgutil import resolve_name

from isaaclab_factory.learning.cli.commands import COMMANDS
from isaaclab_factory.learning.cli.training import training_parser
from isaaclab_factory.learning.diagnostics.gpu_check import gpu_check as check_gpu
from isaaclab_factory.learning.diagnostics.publishing import publish_policy as publish
from isaaclab_factory.learning.diagnostics.reproduction import reproduce as reproduce_row
from isaaclab_factory.learning.diagnostics.results import record_result as record

ROOT = Path(__file__).parents[2]


def _command(name: str) -> Callable[[], None]:
    return lambda: resolve_name(COMMANDS[name][0])([])


def train() -> None:
    """``train.py`` reads the experiment file before the command line, so its parser is asked for."""
    training_parser().parse_args([])


evaluate = _command("evaluate")
sensitivity = _command("sensitivity")
play = _command("play")
demo = _command("demo")
export = _command("export")
record_demos = _command("record_demos")
replay_demos = _command("replay_demos")
sweep = _command("sweep")
list_envs = _command("list_envs")
measure_grasp = _command("measure_grasp")
profile_step = _command("profile_step")
random_agent = _command("random_agent")
zero_agent = _command("zero_agent")
benchmark = _command("benchmark")
soak = _command("soak")


def compare_engines() -> None:
    """``compare_engines.py`` is not part of the package."""
    runpy.run_path(str(ROOT / "scripts" / "compare_engines.py"))["main"]([])


gpu_check = partial(check_gpu, [], ROOT)
publish_policy = partial(publish, [])
record_result = partial(record, [], ROOT / "docs")
reproduce = partial(reproduce_row, [], ROOT / "docs")
