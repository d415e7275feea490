# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The table of trained policies says what was run and measured."""

from pathlib import Path

import pytest

from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.shipping.results import (
    BEGIN,
    END,
    add_result,
    read_results,
    replace_table,
    results_table,
)
from tests.learning.shipping.test_pretrained import TASK, make_evaluation, make_run

DOCS = Path(__file__).parents[3] / "docs"
FIGURES = {"ever_success_rate": 0.981, "time_to_success_s": {"median": 4.26, "p90": 8.0}}


def add(folder: Path, run: Path, library: str = "rsl_rl", **facts) -> Path:
    agent = f"{library}_gru_cfg_entry_point" if library == "skrl" else f"{library}_cfg_entry_point"
    checkpoint = make_run(run, library, agent=agent)
    return add_result(folder, checkpoint, make_evaluation(checkpoint, library=library, **(FIGURES | facts)))


def test_a_result_is_a_row_with_what_made_it_and_what_was_measured(tmp_path: Path) -> None:
    file = add(tmp_path / "results", tmp_path / "run")
    assert file.name == f"{TASK}_rsl_rl.json"
    *_, row = results_table(read_results(tmp_path / "results")).splitlines()
    assert row == f"| `{TASK}` | rsl_rl | 1 | 0.00 M | 2 | 97.0 % (95.0 to 98.0 %) | 1,000 | 98.1 % | 4.3 s |"


def test_a_better_run_replaces_a_row_and_another_library_adds_one(tmp_path: Path) -> None:
    results = tmp_path / "results"
    add(results, tmp_path / "first", success_rate=0.5)
    add(results, tmp_path / "second")
    add(results, tmp_path / "third", "skrl", time_to_success_s=None)
    rows = results_table(read_results(results)).splitlines()[2:]
    assert [row.split(" | ")[1] for row in rows] == ["rsl_rl", "skrl, GRU"]
    assert "97.0 %" in rows[0] and rows[1].endswith("|  |")


def test_only_the_table_of_a_document_is_replaced(tmp_path: Path) -> None:
    document = tmp_path / "training.md"
    document.write_text(f"before\n{BEGIN}\n| old |\n{END}\nafter\n")
    replace_table(document, "| new |\n")
    assert document.read_text() == f"before\n{BEGIN}\n| new |\n{END}\nafter\n"


@pytest.mark.parametrize("text", ["no table\n", f"{BEGIN}\n| half |\n"])
def test_a_document_without_the_place_for_a_table_stays_as_it_is(text: str, tmp_path: Path) -> None:
    document = tmp_path / "training.md"
    document.write_text(text)
    with pytest.raises(UserError, match="has no lines <!-- results: begin -->"):
        replace_table(document, "| new |\n")
    assert document.read_text() == text


def test_the_table_in_the_documentation_is_that_of_the_results() -> None:
    text = (DOCS / "training.md").read_text(encoding="utf-8")
    records = read_results(DOCS / "results")
    assert records
    assert f"{BEGIN}\n{results_table(records)}{END}" in text
    assert all(record["evaluation"]["episodes"] >= 1000 for record in records)
