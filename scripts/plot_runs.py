# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Draws the success curves of runs from their TensorBoard files into one PNG."""

import argparse
import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from isaaclab_factory.learning.arguments import OneLineParser
from isaaclab_factory.learning.errors import UserError, run_script


def read_curve(run: Path, tag: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Reads one curve of a run.

    Args:
        run: The run folder.
        tag: TensorBoard tag.

    Returns:
        Environment steps, minutes since the first point, and values, each of shape (points,).

    Raises:
        UserError: There is no such run, or it has no such curve.
    """
    if not (run / "summaries").is_dir():
        raise UserError(f"{run} is no run folder: it has no folder summaries")
    events = EventAccumulator(str(run / "summaries"), size_guidance={"scalars": 0})
    events.Reload()
    if tag not in events.Tags()["scalars"]:
        raise UserError(f"{run} has no curve {tag!r}; it has {', '.join(events.Tags()['scalars']) or 'none'}")
    points = events.Scalars(tag)
    times = np.array([point.wall_time for point in points])
    return np.array([point.step for point in points]), (times - times[0]) / 60.0, np.array([p.value for p in points])


def smooth(values: np.ndarray, window: int) -> np.ndarray:
    """Returns the mean over the last ``window`` points, fewer at the start."""
    sums = np.cumsum(np.concatenate(([0.0], values)))
    ends = np.arange(1, len(values) + 1)
    starts = np.maximum(ends - window, 0)
    return (sums[ends] - sums[starts]) / (ends - starts)


def draw(args: argparse.Namespace) -> None:
    """Draws all runs into ``args.output``."""
    figure, axes = plt.subplots(figsize=(8.0, 4.5), layout="constrained")
    for run in args.runs:
        steps, minutes, values = read_curve(Path(run), args.tag)
        name = args.labels.pop(0) if args.labels else "/".join(Path(run).resolve().parts[-3:-1])
        axes.plot(steps / 1e6, args.scale * smooth(values, args.window), label=f"{name} ({minutes[-1]:.0f} min)")
    axes.set(xlabel="environment steps (millions)", ylabel=args.ylabel, title=args.title)
    axes.grid(alpha=0.3)
    axes.legend()
    Path(args.output).parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(args.output, dpi=130)
    print(args.output)


def main() -> None:
    """Reads the command line and draws."""
    parser = OneLineParser(description=__doc__)
    parser.add_argument("runs", nargs="+", help="run folders")
    parser.add_argument("--labels", nargs="*", default=[], help="names in the legend (default: library/experiment)")
    parser.add_argument("--output", default="curves.png", help="(default: %(default)s)")
    parser.add_argument("--tag", default="Episode/success", help="TensorBoard tag (default: %(default)s)")
    parser.add_argument("--scale", type=float, default=100.0, help="factor on the values (default: %(default)s)")
    parser.add_argument("--ylabel", default="success (%) of finished episodes", help="(default: %(default)s)")
    parser.add_argument("--title", default="")
    parser.add_argument("--window", type=int, default=5, help="points to average over (default: %(default)s)")
    draw(parser.parse_args())


if __name__ == "__main__":
    sys.exit(run_script(main))
