# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The table of trained policies shows what was run and measured."""

import json
from pathlib import Path

import pytest

from isaaclab_factory.learning.diagnostics.results import (
    BEGIN,
    END,
    NONE_YET,
    add_result,
    force_tables,
    read_results,
    record_result,
    results_table,
    start_tables,
    write_table,
)
from isaaclab_factory.learning.errors import UserError
from tests.learning.diagnostics.test_publishing import TASK, make_evaluation, make_run

DOCS = Path(__file__).parents[3] / "docs"
FIGURES = {"ever_success_rate": 0.981, "time_to_success_s": {"mean": 5.1, "median": 4.26, "p90": 8.0}}


def add(folder: Path, run: Path, library: str = "rsl_rl", memory: str = "", **facts) -> Path:
    checkpoint = make_run(run, library, agent=f"{library}_{memory}cfg_entry_point")
    return add_result(folder, checkpoint, make_evaluation(checkpoint, library=library, **(FIGURES | facts)))


def write_progress(run: Path, successes: list[str]) -> None:
    rows = [f"{100 * (i + 1)},{60 + i % 2},{success}" for i, success in enumerate(successes)]
    (run / "progress.csv").write_text("\n".join(["env_steps,episodes,success", *rows]) + "\n")


def test_a_result_is_a_row_with_its_training_and_its_figures(tmp_path: Path) -> None:
    file = add(tmp_path / "results", tmp_path / "run")
    assert file.name == f"{TASK}_aided_tight_rsl_rl_seed1.json"
    *_, row = results_table(read_results(tmp_path / "results")).splitlines()
    figures = "97.0 % (95.0 to 98.0 %) | 1,000 | 98.1 % | 5.1 s | 4.3 s |  |"
    assert row == f"| `{TASK}` `presets=aided,tight` | rsl_rl | 1 | 0.00 M | 2 | {figures}"


def test_success_with_sampled_actions_stands_beside_that_of_the_most_likely_ones(tmp_path: Path) -> None:
    results, policy = tmp_path / "results", make_run(tmp_path / "run")
    write_progress(tmp_path / "run", ["0.5"] * 5)
    sampled = {"stochastic": True, "success_rate": 0.9, "success_interval": [0.88, 0.92]}
    with pytest.raises(UserError, match="measure it without --stochastic first"):
        add_result(results, policy, make_evaluation(policy, **FIGURES, **sampled))
    add_result(results, policy, make_evaluation(policy, **FIGURES))
    add_result(results, policy, make_evaluation(policy, **FIGURES, **sampled))
    (record,) = read_results(results)
    assert record["evaluation"]["success_rate"] == 0.97
    assert "--stochastic" in record["sampled"]["command"]
    assert f"run/{policy.name} " in record["evaluation"]["command"]  # nobody has shipped it
    assert results_table([record]).endswith(" | 4.3 s | 90.0 % (88.0 to 92.0 %) |\n")
    other = make_run(tmp_path / "other", started="2026-01-01T00:00:00+00:00")
    with pytest.raises(UserError, match="measure it without --stochastic first"):
        add_result(results, other, make_evaluation(other, **FIGURES, **sampled))


def test_a_later_run_replaces_a_row_and_another_agent_adds_one(tmp_path: Path) -> None:
    results = tmp_path / "results"
    add(results, tmp_path / "first", success_rate=0.5)
    add(results, tmp_path / "second")
    add(results, tmp_path / "third", memory="gru_")
    add(results, tmp_path / "fourth", "skrl", time_to_success_s=None)
    add(results, tmp_path / "fifth", "skrl", memory="published_")
    rows = results_table(read_results(results)).splitlines()[2:]
    agents = ["rsl_rl, GRU", "rsl_rl", "skrl, published settings", "skrl"]
    assert [row.split(" | ")[1] for row in rows] == agents
    assert "97.0 %" in rows[1]
    assert rows[3].endswith("|  |  |  |")


def test_several_seeds_are_summed_up(tmp_path: Path) -> None:
    results = tmp_path / "results"
    add(results, tmp_path / "first")
    add(results, tmp_path / "second", "skrl", time_to_success_s=None)
    (one, other) = read_results(results)
    assert "seeds" not in results_table([one, other])
    times = {"mean": 6.3, "median": 5.0}
    worse = one | {"evaluation": one["evaluation"] | {"success_rate": 0.95, "time_to_success_s": times}}
    _, table = results_table([one, worse, other, other]).split("\n\n")
    variant = f"`{TASK}` `presets=aided,tight`"
    assert table.splitlines()[2:] == [
        f"| {variant} | rsl_rl | 2 | 96.0 % | 95.0 % | 5.7 s | 6.3 s |",
        f"| {variant} | skrl | 2 | 97.0 % | 97.0 % |  |  |",
    ]


def test_forces_and_predicted_successes_are_tables_of_their_own(tmp_path: Path) -> None:
    forces = [
        {"low": 5.0, "high": 10.0, "mean": 2.04, "p99": 8.0, "share_above": 0.0123},
        {"low": 5.0, "high": 20.0 / 3.0, "mean": 1.5, "p99": 6.0, "share_above": 0.02},
    ]
    ends = [
        {"threshold": 0.6, "ended_rate": 1.0, "success_rate": 1.0, "false_rate": 0.0, "delay_s": 0.1},
        {"threshold": 0.9, "ended_rate": 0.95, "success_rate": 0.93, "false_rate": 0.02, "delay_s": 0.456},
    ]
    results = tmp_path / "results"
    add(results, tmp_path / "first")
    assert force_tables(read_results(results)) == NONE_YET
    add(results, tmp_path / "second", "skrl", limited_force_N=forces, early_end=ends)
    first, second = force_tables(read_results(results)).split("\n\n")
    variant = f"`{TASK}` `presets=aided,tight`"
    assert first.splitlines()[2:] == [
        f"| {variant} | 5.0 to 10.0 N | 2.0 N | 8.0 N | 1.2 % |",
        f"| {variant} | 5.0 to 6.7 N | 1.5 N | 6.0 N | 2.0 % |",
    ]
    assert second.splitlines()[2:] == [f"| {variant} | 0.9 | 93.0 % | 2.0 % | 5.0 % | 0.46 s |"]


def test_success_by_start_is_that_of_the_best_policy_of_a_variant(tmp_path: Path) -> None:
    def bins(*rates: float) -> dict:
        edges = (0.0, 0.5, 1.0)
        return {"tip_noise_mm": [{"low": low, "success_rate": r} for low, r in zip(edges, rates, strict=True)]}

    results = tmp_path / "results"
    add(results, tmp_path / "first", success_rate=0.98, bins=bins(1.0, 0.99, 0.9551))
    assert start_tables([]) == NONE_YET
    add(results, tmp_path / "second", "skrl", success_rate=0.9, bins=bins(0.9, 0.8, 0.7))
    *_, row = start_tables(read_results(results)).splitlines()
    rates = "below 0.5 mm: 100.0 %, from 0.5: 99.0 %, from 1: 95.5 %"
    assert row == f"| `{TASK}` `presets=aided,tight` | observed tip off by | {rates} |"


def test_only_the_table_of_a_document_is_replaced(tmp_path: Path) -> None:
    document = tmp_path / "training.md"
    document.write_text(f"before\n{BEGIN}| old |\n{END}after\n")
    write_table(document, "| new |\n")
    assert document.read_text() == f"before\n{BEGIN}| new |\n{END}after\n"


@pytest.mark.parametrize("text", ["no table\n", f"{BEGIN}| half |\n"])
def test_a_document_without_a_place_for_the_table_is_left_alone(text: str, tmp_path: Path) -> None:
    document = tmp_path / "training.md"
    document.write_text(text)
    with pytest.raises(UserError, match="has no lines <!-- results: begin -->"):
        write_table(document, "| new |\n")
    assert document.read_text() == text


def test_the_command_keeps_a_result_and_writes_the_table(tmp_path: Path) -> None:
    for document in ("training.md", "policies.md", "forge.md"):
        (tmp_path / document).write_text(BEGIN + END)
    checkpoint = make_run(tmp_path / "run")
    evaluation = make_evaluation(checkpoint, **FIGURES)
    with pytest.raises(UserError, match="are needed together"):
        record_result(["--checkpoint", str(checkpoint)], tmp_path)
    record_result(["--checkpoint", str(checkpoint), "--evaluation", str(evaluation)], tmp_path)
    assert "| 97.0 % (95.0 to 98.0 %) |" in (tmp_path / "training.md").read_text()
    assert NONE_YET in (tmp_path / "forge.md").read_text()


def test_the_tables_in_the_documentation_show_the_results() -> None:
    records = read_results(DOCS / "results")
    tables = {"training.md": results_table, "policies.md": start_tables, "forge.md": force_tables}
    for document, table in tables.items():
        assert BEGIN + table(records) + END in (DOCS / document).read_text(encoding="utf-8")
    assert all(record["evaluation"]["episodes"] >= 1000 for record in records)


def test_the_curve_of_every_training_is_kept_where_its_run_lies(tmp_path: Path) -> None:
    first = make_run(tmp_path / "runs" / "first", started="2026-01-01T00:00:00+00:00")
    write_progress(tmp_path / "runs" / "first", ["", "0.0", "1.0", "1.0"])
    origin = {"checkpoint": first.name, "run": json.loads((tmp_path / "runs" / "first" / "run.json").read_text())}
    checkpoint = make_run(tmp_path / "runs" / "second", started_from=origin)
    write_progress(tmp_path / "runs" / "second", ["0.5"] * 5 + ["1.0"] * 2)

    def trainings() -> list[dict]:
        file = add_result(tmp_path / "results", checkpoint, make_evaluation(checkpoint, **FIGURES))
        return json.loads(file.read_text())["trainings"]

    curves = [training["curve"] for training in trainings()]
    assert curves[0] == [[300, 0.496]]  # 61 episodes with 0.0 and 60 with 1.0, and too few after them
    assert curves[1] == [[200, 0.5], [400, 0.5], [600, 0.752]]

    (tmp_path / "runs" / "first" / "run.json").unlink()
    gone, _ = trainings()
    assert "curve" not in gone
