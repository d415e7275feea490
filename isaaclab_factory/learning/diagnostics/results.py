# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The table of trained policies in the documentation, from one JSON file per policy."""

import json
import re
from pathlib import Path
from typing import Any

from isaaclab_factory.learning.cli.parser import OneLineParser
from isaaclab_factory.learning.diagnostics.publishing import add_policy_files, policy_record
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.runs.files import display_path, write_json, write_text

BEGIN, END = "<!-- results: begin -->\n", "<!-- results: end -->"
"""The lines around the table."""

NONE_YET = "No policy of this version has been measured yet.\n"

_HEADER = (
    *("task", "library", "seed", "env steps", "minutes", "success at the last step", "episodes"),
    *("at any step", "median time"),
)
_OF_MEMORY = re.compile(r"_(gru|lstm)_cfg_entry_point$")


def record_result(argv: list[str], docs: Path) -> None:
    """Keeps the result of a command line, if it has one, and writes the table of all results.

    Args:
        docs: The folder with ``results/`` and ``training.md``.

    Raises:
        UserError: See :func:`add_result` and :func:`write_table`.
    """
    parser = OneLineParser(
        description="Keep the result of a policy in docs/results/, and write the table of all results in"
        " docs/training.md. Without arguments only the table is written."
    )
    add_policy_files(parser, required=False)
    args = parser.parse_args(argv)
    if (args.checkpoint is None) != (args.evaluation is None):
        raise UserError("--checkpoint and --evaluation are needed together")
    if args.checkpoint:
        print(f"Kept in {display_path(add_result(docs / 'results', args.checkpoint, args.evaluation))}")
    write_table(docs / "training.md", results_table(read_results(docs / "results")))


def add_result(folder: Path, checkpoint: Path, evaluation_file: Path) -> Path:
    """Keeps how a policy was made and how good it is.

    Args:
        folder: Folder of the results. A file of the same task, presets and agent is replaced.
        checkpoint: A checkpoint in a run folder.
        evaluation_file: What ``scripts/evaluate.py --json`` wrote about it.

    Raises:
        UserError: See :func:`~isaaclab_factory.learning.diagnostics.publishing.policy_record`.
    """
    record = policy_record(checkpoint, evaluation_file)
    agent = record["agent"].removesuffix("_cfg_entry_point")
    file = folder / f"{'_'.join((record['task'], *record['presets'], agent))}.json"
    write_json(file, record)
    return file


def read_results(folder: Path) -> list[dict[str, Any]]:
    """Returns all records of a folder, by the names of their files."""
    return [json.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.json"))]


def results_table(records: list[dict[str, Any]]) -> str:
    """Returns a table of records in Markdown.

    Args:
        records: Of each policy, what :func:`~isaaclab_factory.learning.diagnostics.publishing.policy_record` returns.
    """
    if not records:
        return NONE_YET
    rows = [_HEADER, tuple("---" for _ in _HEADER), *(_row(record) for record in records)]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _row(record: dict[str, Any]) -> tuple[str, ...]:
    evaluation = record["evaluation"]
    presets = f" `presets={','.join(record['presets'])}`" if record["presets"] else ""
    memory = _OF_MEMORY.search(record["agent"])
    low, high = evaluation["success_interval"]
    median = (evaluation.get("time_to_success_s") or {}).get("median")
    return (
        f"`{record['task']}`{presets}",
        record["library"] + (f", {memory[1].upper()}" if memory else ""),
        str(record["trainings"][-1]["seed"]),
        f"{record['env_steps'] / 1e6:.2f} M",
        f"{record['minutes']:.0f}",
        f"{100.0 * evaluation['success_rate']:.1f} % ({100.0 * low:.1f} to {100.0 * high:.1f} %)",
        f"{evaluation['episodes']:,}",
        f"{100.0 * evaluation['ever_success_rate']:.1f} %",
        "" if median is None else f"{median:.1f} s",
    )


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
