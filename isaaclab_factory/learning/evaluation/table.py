# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""An evaluation as tables on the terminal."""

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from isaaclab_factory.learning.evaluation.grasp import DROPPED
from isaaclab_factory.learning.evaluation.result import Evaluation, Interval

_METRIC_UNITS = {"keypoint_distance": " m", "seated": " turns"}
"""Units of the goals' own metrics."""


def print_evaluation(task: str, result: Evaluation) -> None:
    """Prints what was measured.

    Args:
        task: Gym id of the task.
        result: What was measured.
    """
    console = Console(highlight=False)
    console.print(f"{task}: {result}", soft_wrap=True)
    figures = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    figures.add_column()
    figures.add_column()
    for name, figure in _figures(result).items():
        figures.add_row(name, figure)
    console.print(figures)
    for table in (_limited_forces(result), _early_ends(result), _bins(result)):
        if table.row_count:
            console.print(table)


def _figures(result: Evaluation) -> dict[str, str]:
    """Returns the figures by their names, without those that are not known of the task."""
    rows: dict[str, str] = {}
    if result.success_rate is not None:
        rows["success at the last step"] = f"{_percent(result.success_rate)}, {_interval(result.success_interval)}"
        rows["success at any step"] = _percent(result.ever_success_rate)
        rows["engaged at the last step"] = _percent(result.engaged_rate)
    if (time := result.time_to_success_s) is not None and time.median is not None:
        middle = f"mean {time.mean:.2f} s, median {time.median:.2f} s"
        rows["time to the first success"] = f"{middle}, 90 % within {time.p90:.2f} s"
    if result.dropped_rate is not None:
        rows[f"slipped by more than {1e3 * DROPPED:g} mm"] = _percent(result.dropped_rate)
    if (force := result.contact_force_N) is not None:
        sizes = f"mean {force.mean:.2f} N, 99 % below {force.p99:.2f} N, " if force.mean is not None else ""
        rows["contact with the fixed part"] = f"{sizes}{_percent(force.touching)} of the time"
    for name, value in result.goal_metrics.items():
        rows[f"{name} at the last step, mean"] = f"{value:.4g}{_METRIC_UNITS.get(name, '')}"
    rows["reward of an episode, mean"] = f"{result.mean_reward:.2f}"
    rows["length of an episode, mean"] = f"{result.mean_length_s:.2f} s"
    return rows


def _limited_forces(result: Evaluation) -> Table:
    """Returns the force at the wrist by its limit."""
    table = _table("force at the wrist, limit", "from", "to", "mean", "99 % below", "above the limit")
    for number, part in enumerate(result.limited_force_N):
        bounds = f"{part.low:.1f} N", f"{part.high:.1f} N"
        sizes = f"{part.mean:.2f} N", f"{part.p99:.2f} N"
        table.add_row("" if number else "all", *bounds, *sizes, _percent(part.share_above))
    return table


def _early_ends(result: Evaluation) -> Table:
    """Returns what would come of ending episodes by the predicted success."""
    table = _table("end at a predicted success", "above", "ended", "in success", "without", "delay")
    for part in result.early_end:
        delay = "" if part.delay_s is None else f"{part.delay_s:.2f} s"
        shares = (part.ended_rate, part.success_rate, part.false_rate)
        table.add_row("", f"{part.threshold:g}", *map(_percent, shares), delay)
    return table


def _table(title: str, *columns: str) -> Table:
    table = Table(box=SIMPLE_HEAD)
    table.add_column(title)
    for column in columns:
        table.add_column(column, justify="right")
    return table


def _bins(result: Evaluation) -> Table:
    """Returns success by how the episodes started."""
    table = _table("start of the episode", "from", "to", "episodes", "success", "95 % interval")
    for quantity, bins in result.bins.items():
        for number, part in enumerate(bins):
            table.add_row(
                "" if number else quantity,
                f"{part.low:.2f}",
                "" if part.high is None else f"{part.high:.2f}",
                str(part.episodes),
                _percent(part.success_rate),
                _interval(part.success_interval),
            )
    return table


def _percent(share: float) -> str:
    return f"{100.0 * share:.1f} %"


def _interval(interval: Interval) -> str:
    low, high = interval
    return f"{100.0 * low:.1f} to {100.0 * high:.1f} %"
