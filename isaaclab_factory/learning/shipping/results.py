# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The table of trained policies in the documentation, made of records of what was run."""

import json
import re
from pathlib import Path
from typing import Any

from isaaclab_factory.learning.arguments import base_task
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.run_folder.runs import atomic_write
from isaaclab_factory.learning.shipping.publishing import policy_record

BEGIN, END = "<!-- results: begin -->", "<!-- results: end -->"
"""What the table stands between."""

_HEADER = (
    "task",
    "library",
    "seed",
    "env steps",
    "minutes",
    "success at the last step",
    "episodes",
    "at any step",
    "median time",
)
_OF_MEMORY = re.compile(r"_(gru|lstm)_cfg_entry_point$")


def add_result(folder: Path, checkpoint: Path, evaluation_file: Path) -> Path:
    """Keeps what made a policy and how good it is.

    Args:
        folder: Where the records are, one file for a task and a library: an earlier one is replaced.
        checkpoint: A checkpoint in a run folder.
        evaluation_file: What ``scripts/evaluate.py --json`` wrote about it.

    Returns:
        The file.

    Raises:
        UserError: See :func:`isaaclab_factory.learning.shipping.publishing.policy_record`.
    """
    record = policy_record(checkpoint, evaluation_file, [])
    file = folder / f"{base_task(record['evaluation']['task'])}_{record['library']}.json"
    with atomic_write(file) as temporary:
        temporary.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    return file


def read_results(folder: Path) -> list[dict[str, Any]]:
    """Returns all records of a folder, by task and library."""
    return [json.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.json"))]


def results_table(records: list[dict[str, Any]]) -> str:
    """Returns a table of records in Markdown.

    Args:
        records: What :func:`isaaclab_factory.learning.shipping.publishing.policy_record` returns, of each policy.
    """
    rows = [_HEADER, tuple("---" for _ in _HEADER), *(_row(record) for record in records)]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _row(record: dict[str, Any]) -> tuple[str, ...]:
    evaluation = record["evaluation"]
    memory = _OF_MEMORY.search(record["agent"])
    low, high = evaluation["success_interval"]
    median = (evaluation.get("time_to_success_s") or {}).get("median")
    return (
        f"`{base_task(evaluation['task'])}`",
        record["library"] + (f", {memory[1].upper()}" if memory else ""),
        str(record["trainings"][-1]["seed"]),
        f"{record['env_steps'] / 1e6:.2f} M",
        f"{record['minutes']:.0f}",
        f"{100.0 * evaluation['success_rate']:.1f} % ({100.0 * low:.1f} to {100.0 * high:.1f} %)",
        f"{evaluation['episodes']:,}",
        f"{100.0 * evaluation['ever_success_rate']:.1f} %",
        "" if median is None else f"{median:.1f} s",
    )


def replace_table(document: Path, table: str) -> None:
    """Puts a table in the place of that which a document has.

    Args:
        document: A file with a line :data:`BEGIN` and a line :data:`END`.
        table: The table.

    Raises:
        UserError: The file has no such lines, or cannot be read or written.
    """
    try:
        text = document.read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(f"cannot read {document}: {error.strerror}") from error
    before, begin, rest = text.partition(f"{BEGIN}\n")
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise UserError(f"{document} has no lines {BEGIN} and {END}")
    with atomic_write(document) as temporary:
        temporary.write_text(f"{before}{begin}{table}{end}{after}", encoding="utf-8")
