# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""``experiment.yaml`` in the folder of a run: the file that repeats it with ``train.py --config``."""

import argparse
import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from isaaclab_factory.learning.experiments.experiment import ENTRY_POINT, flag_words, flags_of
from isaaclab_factory.learning.experiments.experiment_overrides import sections_of
from isaaclab_factory.learning.run_folder.runs import atomic_write
from isaaclab_factory.learning.scaling import distributed

FILE = "experiment.yaml"


def write_experiment(
    folder: Path,
    parser: argparse.ArgumentParser,
    args: argparse.Namespace,
    overrides: list[str],
    **settled: Any,
) -> None:
    """Writes the experiment file of a run.

    Args:
        folder: The run folder.
        parser: The script's parser.
        args: What it parsed. What differs from its default is written.
        overrides: The Hydra overrides of the run.
        **settled: Values by their keys in the file that the run goes with, whatever the arguments say or leave open.
            None leaves a key out.

    Raises:
        UserError: The file cannot be written.
    """
    given = {key: _plain(value) for key, value in given_arguments(parser, args).items()}
    values = {key: value for key, value in (settled | given | settled).items() if value is not None}
    text = f"# Repeats this run: {shlex.join(distributed.launcher())} scripts/train.py --config <this file>\n"
    text += yaml.safe_dump(values | sections_of(overrides), sort_keys=False, allow_unicode=True)
    with atomic_write(folder / FILE) as temporary:
        temporary.write_text(text, encoding="utf-8")


def given_arguments(parser: argparse.ArgumentParser, args: argparse.Namespace) -> dict[str, Any]:
    """Returns the arguments that are not as they would be without being given, by their keys in the file.

    Args:
        parser: The script's parser.
        args: What it parsed.
    """
    given = {}
    for action in set(flags_of(parser).values()):
        value = getattr(args, action.dest)
        if value != action.default and value is not None:
            given[ENTRY_POINT if action.dest == "agent" else action.dest] = value
    return dict(sorted(given.items()))


def given_words(parser: argparse.ArgumentParser, given: dict[str, Any], leave_out: Iterable[str] = ()) -> list[str]:
    """Returns arguments as they are typed.

    Args:
        parser: The script's parser.
        given: The arguments, see :func:`given_arguments`.
        leave_out: Keys of those that are not wanted.
    """
    wanted = {key: _plain(value) for key, value in given.items() if key not in leave_out}
    return [word for key, value in wanted.items() for word in flag_words(parser, key, value)]


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Path) else value
