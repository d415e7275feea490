# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""How the success of a policy depends on conditions that it was not trained for: friction, fit, stiffness, noise."""

import argparse
import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from isaaclab_factory.learning import session
from isaaclab_factory.learning.cli.parser import OneLineParser, split_overrides
from isaaclab_factory.learning.config.load import load_configs
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.evaluation.command import measurement_parser
from isaaclab_factory.learning.policies.source import find_source
from isaaclab_factory.learning.runs.files import display_path, write_text

FRICTION = (0.4, 0.6, 1.0)
"""Coefficients of friction between the two parts."""

CLEARANCE = (0.5, 1.5)
"""Factors of the clearance between the two parts."""

STIFFNESS = (0.7, 1.3)
"""Factors of the stiffness of the hand. The damping follows, as it is critical."""

TIP_NOISE = (0.0001, 0.002)
"""Standard deviations of the observed tip's position in m, along each axis. A search needs one above zero."""

TABLE = "sensitivity.md"

UNCHANGED = "as trained"


def sensitivity_parser() -> OneLineParser:
    """Returns the parser of ``scripts/sensitivity.py``."""
    parser = measurement_parser(
        "Measure a policy under other friction, fit, stiffness and noise than it was trained with, each in a process of"
        " its own. docs/evaluation.md explains the conditions."
    )
    _add_output(parser)
    return parser


def _add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--output",
        type=Path,
        required=True,
        metavar="FOLDER",
        help="folder for the figures of each condition; those that are there are not measured again",
    )


def measure_sensitivity(argv: list[str]) -> None:
    """Measures the policy of a command line under all conditions that its task has, and prints and writes a table.

    Raises:
        UserError: The command line is wrong, there is no such policy, or the task has none of the conditions.
        SystemExit: A measurement failed; it has printed why.
    """
    args, words = split_overrides(sensitivity_parser(), argv)
    session.find_task(args)
    source = find_source(args, words)
    env_cfg, _ = load_configs(args.task, None, session.choose_engine(args, source.words(words)))
    changes = conditions(env_cfg)
    if not changes:
        raise UserError(f"{args.task} has none of the conditions: friction, clearance, stiffness, noise of the tip")
    command = [sys.executable, "-m", __package__, *_without_output(argv)]
    folder = args.output.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    results = {}
    for name, overrides in ({UNCHANGED: []} | changes).items():
        file = folder / f"{name.replace(' ', '_')}.json"
        if not file.exists():
            code = subprocess.run([*command, *overrides, "--json", str(file)], check=False).returncode
            if code:
                sys.exit(code)
        results[name] = _read(file, source.checkpoint)
    write_text(folder / TABLE, table(results))
    print(table(results), end="")
    print(f"Kept in {display_path(folder / TABLE)}")


def _without_output(argv: list[str]) -> list[str]:
    """Returns the words of the command line that are for ``scripts/evaluate.py`` too."""
    parser = OneLineParser(add_help=False)
    _add_output(parser)
    return parser.parse_known_args(argv)[1]


def _read(file: Path, checkpoint: Path) -> dict[str, Any]:
    """Reads the figures of a condition; raises UserError unless they are of this policy."""
    try:
        result = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"cannot read {display_path(file)}: {error}; remove it to measure again") from error
    if result["checkpoint"] != str(checkpoint):
        raise UserError(f"--output: {display_path(file)} is about {result['checkpoint']}; choose another folder")
    return result


def conditions(env_cfg: Any) -> dict[str, list[str]]:
    """Returns the overrides that make each condition, by its name.

    Args:
        env_cfg: Configuration of an assembly task, with its presets resolved. Conditions of what it lacks are left
            out.
    """
    return dict((*_friction(env_cfg), *_clearance(env_cfg), *_stiffness(env_cfg), *_tip_noise(env_cfg)))


def _friction(cfg: Any) -> Iterator[tuple[str, list[str]]]:
    events = ("held_asset_friction", "fixed_asset_friction")
    if any(getattr(cfg.events, event, None) is None for event in events):
        return
    for value in FRICTION:
        yield (
            f"friction {value:g}",
            [
                f"env.events.{event}.params.{kind}_friction_range=[{value},{value}]"
                for event in events
                for kind in ("static", "dynamic")
            ],
        )


def _clearance(cfg: Any) -> Iterator[tuple[str, list[str]]]:
    names = ("held_asset", "fixed_asset")
    parts = [getattr(getattr(getattr(cfg.scene, name, None), "spawn", None), "part", None) for name in names]
    for name, part, other in zip(names, parts, reversed(parts), strict=True):
        if not hasattr(part, "with_clearance"):
            continue
        for factor in CLEARANCE:
            # of parts that do not belong together, or that cannot be so tight
            with contextlib.suppress(TypeError, ValueError):
                changed = part.with_clearance(other, factor * part.clearance(other))
                sizes = {size: value for size, value in vars(changed).items() if value != getattr(part, size)}
                overrides = [f"env.scene.{name}.spawn.part.{size}={value:.9g}" for size, value in sizes.items()]
                yield f"clearance x {factor:g}", overrides


def _stiffness(cfg: Any) -> Iterator[tuple[str, list[str]]]:
    arm = getattr(cfg.actions, "arm", None)
    if hasattr(arm, "stiffness"):
        for factor in STIFFNESS:
            values = ",".join(f"{factor * value:g}" for value in arm.stiffness)
            yield f"stiffness x {factor:g}", [f"env.actions.arm.stiffness=[{values}]"]


def _tip_noise(cfg: Any) -> Iterator[tuple[str, list[str]]]:
    goal = getattr(cfg.commands, "assembly_goal", None)
    if hasattr(goal, "tip_noise_std"):
        for std in TIP_NOISE:
            yield f"tip noise {1e3 * std:g} mm", [f"env.commands.assembly_goal.tip_noise_std=[{std},{std},{std}]"]


def table(results: dict[str, dict[str, Any]]) -> str:
    """Returns a table in Markdown.

    Args:
        results: By the name of the condition, what ``scripts/evaluate.py --json`` wrote.
    """
    lines = ["| condition | success | 95 % interval | slipped | mean time |", "| --- | --- | --- | --- | --- |"]
    for name, result in results.items():
        low, high = (100.0 * bound for bound in result["success_interval"])
        time = result["time_to_success_s"]["mean"]
        cells = (
            name,
            f"{100.0 * result['success_rate']:.1f} % of {result['episodes']:,}",
            f"{low:.1f} to {high:.1f} %",
            f"{100.0 * result['dropped_rate']:.1f} %",
            "" if time is None else f"{time:.1f} s",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "".join(f"{line}\n" for line in lines)
