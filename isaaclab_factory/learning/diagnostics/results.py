# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Keeps the results of trained policies, one JSON file each, and writes the documentation's tables of them."""

import json
import re
from pathlib import Path
from statistics import mean
from typing import Any

from isaaclab_factory.learning.cli.parser import OneLineParser
from isaaclab_factory.learning.diagnostics.publishing import add_policy_files, policy_record
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.runs.files import display_path, read_rows, run_folder_of, write_json, write_text
from isaaclab_factory.learning.runs.record import read_record

BEGIN, END = "<!-- results: begin -->\n", "<!-- results: end -->"
"""The lines around the table."""

NONE_YET = "No policy of this version has been measured yet.\n"

_HEADER = (
    *("task", "library", "seed", "env steps", "minutes", "success at the last step", "episodes"),
    *("at any step", "mean time", "median", "with sampled actions"),
)
_SEEDS_HEADER = ("task", "library", "seeds", "mean success", "worst success", "mean time", "longest mean time")
_FORCE_HEADER = ("task", "limit", "mean force", "99 % of the steps below", "steps above the limit")
_END_HEADER = ("task", "ends above", "successes", "false stops", "no end", "mean delay")
_END_THRESHOLDS = (0.5, 0.7, 0.9)
_START_HEADER = ("task", "start of the episode", "success, from the least to the most of it")
_STARTS = {
    "tip_noise_mm": "observed tip off by",
    "part_in_hand_x_mm": "part in the hand off sideways by",
    "part_in_hand_y_mm": "part in the hand off sideways by",
}
"""What the success depends on visibly, and how the table calls it."""
_CURVE_EPISODES = 100
"""Episodes of a point of a curve, at least. The standard deviation of their success is 5 % at most."""

_OF_AGENT = re.compile(r"_(\w+)_cfg_entry_point$")
_AGENTS = {"gru": "GRU", "lstm": "LSTM", "published": "published settings"}
"""Names of entry points in the tables, where they are not the entry point's own."""


def record_result(argv: list[str], docs: Path) -> None:
    """Keeps the result of a command line, if it has one, and writes the table of all results.

    Args:
        docs: The folder with ``results/``, ``training.md``, ``policies.md`` and ``forge.md``.

    Raises:
        UserError: See :func:`add_result` and :func:`write_table`.
    """
    parser = OneLineParser(
        description="Keep the result of a policy in docs/results/, and write the tables of all results in"
        " docs/training.md, docs/policies.md and docs/forge.md. Without arguments only the tables are written."
    )
    add_policy_files(parser, required=False)
    args = parser.parse_args(argv)
    if (args.checkpoint is None) != (args.evaluation is None):
        raise UserError("--checkpoint and --evaluation are needed together")
    if args.checkpoint:
        print(f"Kept in {display_path(add_result(docs / 'results', args.checkpoint, args.evaluation))}")
    records = read_results(docs / "results")
    write_table(docs / "training.md", results_table(records))
    write_table(docs / "policies.md", start_tables(records))
    write_table(docs / "forge.md", force_tables(records))


def add_result(folder: Path, checkpoint: Path, evaluation_file: Path) -> Path:
    """Keeps how a policy was made and how good it is, with the curves of its trainings as far as their runs are there.

    Args:
        folder: Folder of the results. A file of the same task, presets, agent and seed is replaced.
        checkpoint: A checkpoint in a run folder.
        evaluation_file: What ``scripts/evaluate.py --json`` wrote about it. With ``--stochastic`` it is added to the
            file that is there.

    Raises:
        UserError: See :func:`policy_record`; or the evaluation sampled its actions, and the policy has no result yet.
    """
    record = policy_record(checkpoint, evaluation_file)
    for training in record["trainings"]:
        run = _run_started(training["started"], run_folder_of(checkpoint).parent)
        if run:
            training["curve"] = success_curve(read_rows(run / "progress.csv"))
    agent, seed = record["agent"].removesuffix("_cfg_entry_point"), f"seed{record['trainings'][-1]['seed']}"
    file = folder / f"{'_'.join((record['task'], *record['presets'], agent, seed))}.json"
    write_json(file, _with_both_evaluations(file, record))
    return file


def _with_both_evaluations(file: Path, record: dict[str, Any]) -> dict[str, Any]:
    """Returns a record with the other evaluation of the same policy, with sampled actions or without, from its file."""
    kept = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    starts, expected = ([run["started"] for run in each.get("trainings", [])] for each in (kept, record))
    if starts != expected:
        kept = {}
    if not record["evaluation"].get("stochastic"):
        return record | ({"sampled": kept["sampled"]} if "sampled" in kept else {})
    if not kept:
        raise UserError(f"{display_path(file)} has no result of this policy yet: measure it without --stochastic first")
    return kept | {"sampled": record["evaluation"]}


def _run_started(started: str, runs: Path) -> Path | None:
    """Returns the folder among some runs that was started at a time, None if there is none."""
    folders = (file.parent for file in runs.glob("*/run.json"))
    return next((folder for folder in folders if (read_record(folder) or {}).get("started") == started), None)


def success_curve(progress: list[dict[str, str]]) -> list[tuple[int, float]]:
    """Returns how the success rose in a training: environment steps, and success rate of the episodes before them.

    Args:
        progress: Rows of ``progress.csv``. Iterations are taken together, so that each point has enough episodes.
    """
    points, episodes, successes = [], 0, 0.0
    for row in progress:
        if row["success"]:
            episodes += int(row["episodes"])
            successes += float(row["success"]) * int(row["episodes"])
        if episodes >= _CURVE_EPISODES:
            points.append((int(row["env_steps"]), round(successes / episodes, 3)))
            episodes, successes = 0, 0.0
    return points


def read_results(folder: Path) -> list[dict[str, Any]]:
    """Returns all records of a folder, by the names of their files."""
    return [json.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.json"))]


def results_table(records: list[dict[str, Any]]) -> str:
    """Returns a table of records in Markdown.

    Below it is a table of the mean and the worst seed, if something was trained with several. Times are in it where all
    seeds have one.

    Args:
        records: Of each policy, what :func:`policy_record` returns.
    """
    if not records:
        return NONE_YET
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for record in records:
        groups.setdefault((_variant(record), agent_name(record)), []).append(record)
    seeds = [_seeds_row(names, group) for names, group in groups.items() if len(group) > 1]
    return _table(_HEADER, [_row(record) for record in records]) + (
        "\n" + _table(_SEEDS_HEADER, seeds) if seeds else ""
    )


def start_tables(records: list[dict[str, Any]]) -> str:
    """Returns a table in Markdown: success by how the episodes started, of the best policy of each variant.

    Args:
        records: See :func:`results_table`.
    """
    best: dict[str, dict[str, Any]] = {}
    for record in sorted(records, key=lambda record: record["evaluation"]["success_rate"]):
        best[_variant(record)] = record
    rows = [
        (variant, _STARTS[quantity], _rates(bins, quantity.rpartition("_")[2]))
        for variant, record in sorted(best.items())
        for quantity, bins in record["evaluation"].get("bins", {}).items()
        if quantity in _STARTS
    ]
    return _table(_START_HEADER, rows) if rows else NONE_YET


def force_tables(records: list[dict[str, Any]]) -> str:
    """Returns two tables in Markdown: the force by its limit, and what ending by the predicted success gives.

    Args:
        records: See :func:`results_table`. Those of tasks without a limit of the force are left out.
    """
    limited = [record for record in records if record["evaluation"].get("limited_force_N")]
    if not limited:
        return NONE_YET
    forces = [_force_row(record, part) for record in limited for part in record["evaluation"]["limited_force_N"]]
    ends = [
        _end_row(record, part)
        for record in limited
        for part in record["evaluation"]["early_end"]
        if part["threshold"] in _END_THRESHOLDS
    ]
    return _table(_FORCE_HEADER, forces) + "\n" + _table(_END_HEADER, ends)


def _table(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    return "".join(f"| {' | '.join(row)} |\n" for row in (header, tuple("---" for _ in header), *rows))


def _variant(record: dict[str, Any]) -> str:
    return f"`{record['task']}`" + (f" `presets={','.join(record['presets'])}`" if record["presets"] else "")


def agent_name(record: dict[str, Any]) -> str:
    """Returns how tables and curves call the agent of a record: the library, and what else its entry point says."""
    agent = _OF_AGENT.search(record["agent"].removeprefix(record["library"]))
    return record["library"] + (f", {_AGENTS.get(agent[1], agent[1])}" if agent else "")


def _seeds_row(names: tuple[str, str], records: list[dict[str, Any]]) -> tuple[str, ...]:
    evaluations = [record["evaluation"] for record in records]
    rates = [100.0 * evaluation["success_rate"] for evaluation in evaluations]
    times = [(evaluation.get("time_to_success_s") or {}).get("mean") for evaluation in evaluations]
    known = [] if None in times else [f"{mean(times):.1f} s", f"{max(times):.1f} s"]
    return *names, str(len(records)), f"{mean(rates):.1f} %", f"{min(rates):.1f} %", *(known or ["", ""])


def _rates(bins: list[dict[str, Any]], unit: str) -> str:
    edges = [f"{part['low']:g}" for part in bins[1:]]
    ranges = [f"below {edges[0]} {unit}", *(f"from {edge}" for edge in edges)]
    return ", ".join(f"{text}: {100.0 * part['success_rate']:.1f} %" for text, part in zip(ranges, bins, strict=True))


def _force_row(record: dict[str, Any], part: dict[str, float]) -> tuple[str, ...]:
    limit = f"{part['low']:.1f} to {part['high']:.1f} N"
    forces = (f"{part[name]:.1f} N" for name in ("mean", "p99"))
    return _variant(record), limit, *forces, f"{100.0 * part['share_above']:.1f} %"


def _end_row(record: dict[str, Any], part: dict[str, float]) -> tuple[str, ...]:
    rates = (part["success_rate"], part["false_rate"], 1.0 - part["ended_rate"])
    delay = "" if part["delay_s"] is None else f"{part['delay_s']:.2f} s"
    return _variant(record), f"{part['threshold']:.1f}", *(f"{100.0 * rate:.1f} %" for rate in rates), delay


def _row(record: dict[str, Any]) -> tuple[str, ...]:
    evaluation, sampled = record["evaluation"], record.get("sampled")
    times = evaluation.get("time_to_success_s") or {}
    return (
        _variant(record),
        agent_name(record),
        str(record["trainings"][-1]["seed"]),
        f"{record['env_steps'] / 1e6:.2f} M",
        f"{record['minutes']:.0f}",
        _success(evaluation),
        f"{evaluation['episodes']:,}",
        f"{100.0 * evaluation['ever_success_rate']:.1f} %",
        *("" if times.get(name) is None else f"{times[name]:.1f} s" for name in ("mean", "median")),
        _success(sampled) if sampled else "",
    )


def _success(evaluation: dict[str, Any]) -> str:
    low, high = evaluation["success_interval"]
    return f"{100.0 * evaluation['success_rate']:.1f} % ({100.0 * low:.1f} to {100.0 * high:.1f} %)"


def write_table(document: Path, table: str) -> None:
    """Replaces the table in a document.

    Args:
        document: A file with the lines :data:`BEGIN` and :data:`END`.

    Raises:
        UserError: The file has no such lines, or cannot be read or written.
    """
    try:
        text = document.read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(f"cannot read {document}: {error.strerror}") from error
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise UserError(f"{document} has no lines {BEGIN.strip()} and {END}")
    write_text(document, before + BEGIN + table + END + after)
