# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Which of several runs is meant, and of which library a checkpoint is."""

import json
from pathlib import Path

import pytest
import torch

from isaaclab_factory.learning.cli.tasks import LIBRARIES
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.runs.checkpoints import LAYOUTS, Search, checkpoint_at, newest_checkpoint

TASK = "Isaac-Factory-PegInsert"
OTHER = "Isaac-Factory-GearMesh"
PATTERNS = {"rsl_rl": "model_{}.pt", "rl_games": "nn/peg_insert_ep_{}.pth", "skrl": "checkpoints/agent_{}.pt"}


def add_run(root: Path, library: str, name: str, task: str | None, numbers: tuple[int, ...]) -> Path:
    """Adds a run with checkpoints of these numbers; without a task it has no record."""
    run = root / library / name
    run.mkdir(parents=True)
    for number in numbers:
        file = run / PATTERNS[library].format(number)
        file.parent.mkdir(exist_ok=True)
        file.touch()
    if task:
        record = {"library": library, "task": task, "agent": f"{library}_cfg_entry_point"}
        (run / "run.json").write_text(json.dumps(record))
    return run


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """Runs of two tasks with every library, in the order of time; the newest ended before its first checkpoint."""
    for library in LIBRARIES:
        add_run(tmp_path, library, "peg_insert/2026-01-01_10-00-00", TASK, (9, 50, 100))
        add_run(tmp_path, library, "peg_insert/2026-01-02_10-00-00_wide", TASK, (50,))
        add_run(tmp_path, library, "gear_mesh/2026-01-03_10-00-00", OTHER, (50,))
        add_run(tmp_path, library, "peg_insert/2026-01-04_10-00-00", TASK, ())
    return tmp_path.resolve()


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize(
    ("narrowed", "run", "number"),
    [
        ({}, "peg_insert/2026-01-02_10-00-00_wide", 50),
        ({"run": "2026-01-01_10-00-00"}, "peg_insert/2026-01-01_10-00-00", 100),
        ({"run": ".*_wide"}, "peg_insert/2026-01-02_10-00-00_wide", 50),
        ({"experiment": "gear_mesh"}, "gear_mesh/2026-01-03_10-00-00", 50),
    ],
)
def test_the_newest_run_that_fits_and_has_a_checkpoint_is_taken(
    logs: Path, library: str, narrowed: dict[str, str], run: str, number: int
) -> None:
    found = newest_checkpoint(Search(logs, TASK, (library,), **narrowed))
    assert found == (library, logs / library / run / PATTERNS[library].format(number))


def test_without_a_library_the_newest_run_decides(logs: Path) -> None:
    run = add_run(logs, "skrl", "peg_insert/2026-02-01_00-00-00", TASK, (32, 640))
    assert newest_checkpoint(Search(logs, TASK)) == ("skrl", run / "checkpoints" / "agent_640.pt")


@pytest.mark.parametrize("library", LIBRARIES)
def test_the_best_is_taken_where_it_is_asked_for(logs: Path, library: str) -> None:
    run = logs / library / "peg_insert" / "2026-01-02_10-00-00_wide"
    search = Search(logs, TASK, (library,))
    last = run / PATTERNS[library].format(50)
    assert newest_checkpoint(search, best=True)[1] == last
    best = run / f"best{last.suffix}"
    best.touch()
    assert newest_checkpoint(search, best=True)[1] == best
    assert newest_checkpoint(search)[1] == last


def test_a_run_without_a_record_is_found_by_name_only(logs: Path) -> None:
    run = add_run(logs, "rsl_rl", "franka_lift/2024-05-05_10-00-00", None, (1499,))
    for narrowed in ({"run": run.name}, {"experiment": "franka_lift"}):
        assert newest_checkpoint(Search(logs, TASK, **narrowed)) == ("rsl_rl", run / "model_1499.pt")
    with pytest.raises(UserError, match="no run of Isaac-Lift"):
        newest_checkpoint(Search(logs, "Isaac-Lift"))


def test_runs_of_isaac_labs_own_scripts_are_found_by_their_manifest(logs: Path) -> None:
    run = add_run(logs, "rsl_rl", "lift/2026-03-01_00-00-00", None, (3,))
    manifest = {"library": "rsl_rl", "task": "Isaac-Lift", "metadata": {"agent": "rsl_rl_cfg_entry_point"}}
    (run / "run.json").write_text(json.dumps(manifest))
    search = Search(logs, "Isaac-Lift", agent="rsl_rl_cfg_entry_point")
    assert newest_checkpoint(search) == ("rsl_rl", run / "model_3.pt")


def test_a_run_is_found_by_the_short_name_of_its_hyperparameters(logs: Path) -> None:
    run = add_run(logs, "rsl_rl", "peg_insert_gru/2025-03-01_00-00-00", TASK, (3,))
    record = {"library": "rsl_rl", "task": TASK, "agent": "rsl_rl_gru_cfg_entry_point"}
    (run / "run.json").write_text(json.dumps(record))
    assert newest_checkpoint(Search(logs, TASK, agent="gru")) == ("rsl_rl", run / "model_3.pt")


@pytest.mark.parametrize(
    ("search", "message"),
    [
        ({"task": "Isaac-Factory-NutThread"}, "no run of Isaac-Factory-NutThread has a checkpoint in"),
        ({"libraries": ("skrl",), "run": "2025.*"}, "no run 2025.* of Isaac-Factory-PegInsert with skrl has"),
        ({"experiment": "nowhere"}, "no run in the experiment nowhere has a checkpoint in"),
        ({"agent": "rsl_rl_gru_cfg_entry_point"}, "no run of Isaac-Factory-PegInsert has"),
    ],
)
def test_what_is_not_there_is_reported(logs: Path, search: dict, message: str) -> None:
    with pytest.raises(UserError, match=message):
        newest_checkpoint(Search(logs, **({"task": TASK} | search)))


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("given", ["file", "run", "runs"])
def test_the_library_is_that_of_the_run(logs: Path, library: str, given: str) -> None:
    run = logs / library / "peg_insert" / "2026-01-02_10-00-00_wide"
    (run / "params").mkdir()
    checkpoint = run / PATTERNS[library].format(50)
    path = {"file": checkpoint, "run": run, "runs": run.parent}[given]
    assert checkpoint_at(path, None) == (library, checkpoint)


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_checkpoint_of_no_run_is_recognised_by_its_content(tmp_path: Path, library: str) -> None:
    path = tmp_path / "policy.pt"
    torch.save({key: {"weight": torch.zeros(3)} for key in LAYOUTS[library].policy_keys}, path)
    assert checkpoint_at(path, None) == (library, path.resolve())


def test_a_path_without_a_checkpoint_is_reported(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"checkpoint .*model_1\.pt does not exist"):
        checkpoint_at(tmp_path / "model_1.pt", None)
    with pytest.raises(UserError, match=r"no checkpoint in .*, neither of a run nor of several"):
        checkpoint_at(tmp_path, None)
    torch.save([1, 2], tmp_path / "list.pt")
    with pytest.raises(UserError, match="is no checkpoint of a known library"):
        checkpoint_at(tmp_path / "list.pt", None)
