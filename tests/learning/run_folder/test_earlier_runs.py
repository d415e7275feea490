# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Which of several runs a command line means."""

import json
import re
from pathlib import Path

import pytest

from isaaclab_factory.learning import arguments
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.run_folder.earlier_runs import find_start, newest_checkpoint

TASK = "Isaac-Factory-PegInsert-v0"
OTHER = "Isaac-Factory-GearMesh-v0"
PATTERNS = {"rsl_rl": "model_{}.pt", "rl_games": "nn/peg_insert_ep_{}.pth", "skrl": "checkpoints/agent_{}.pt"}


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """Runs of two tasks with every library, in the order of time; the newest ended before its first checkpoint."""
    for library, pattern in PATTERNS.items():
        for name, task, numbers in (
            ("peg_insert/2026-01-01_10-00-00", TASK, (9, 50, 100)),
            ("peg_insert/2026-01-02_10-00-00_wide", TASK, (50,)),
            ("gear_mesh/2026-01-03_10-00-00", OTHER, (50,)),
            ("peg_insert/2026-01-04_10-00-00", TASK, ()),
        ):
            run = tmp_path / library / name
            for number in numbers:
                file = run / pattern.format(number)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.touch()
            run.mkdir(parents=True, exist_ok=True)
            (run / "run.json").write_text(json.dumps({"task": task, "agent": f"{library}_cfg_entry_point"}))
    return tmp_path


def start(logs: Path, library: str, *argv: str) -> str | None:
    """Returns where a training goes on from, below the folder of runs."""
    parser = arguments.training_parser(library)
    args, _ = arguments.split_overrides(parser, ["--task", TASK, "--log_root", str(logs), *argv])
    found = find_start(args, library)
    return found and str(found.relative_to(logs.resolve() / library))


@pytest.mark.parametrize("library", arguments.LIBRARIES)
def test_a_training_goes_on_from_what_is_asked_for(logs: Path, library: str) -> None:
    file = PATTERNS[library].format
    first, wide = "peg_insert/2026-01-01_10-00-00", "peg_insert/2026-01-02_10-00-00_wide"
    assert start(logs, library) is None
    assert start(logs, library, "--resume") == f"{wide}/{file(50)}"
    assert start(logs, library, "--load_run", "2026-01-01_10-00-00") == f"{first}/{file(100)}"
    assert start(logs, library, "--resume", "--load_run", ".*_wide") == f"{wide}/{file(50)}"
    assert start(logs, library, "--resume", "--experiment_name", "gear_mesh").startswith("gear_mesh/2026-01-03")
    assert start(logs, library, "--load_run", ".*01-01", "--checkpoint", Path(file(9)).name) == f"{first}/{file(9)}"
    assert start(logs, library, "--load_run", ".*01-01", "--checkpoint", ".*_.*") == f"{first}/{file(100)}"
    path = logs / library / first / file(50)
    for more in ((), ("--resume",), ("--load_run", "x")):  # what is there goes before names
        assert start(logs, library, "--checkpoint", str(path), *more) == f"{first}/{file(50)}"


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (
            ("--resume", "--task", "Isaac-Factory-NutThread-v0"),
            "no run of Isaac-Factory-NutThread-v0 with rsl_rl has",
        ),
        (("--load_run", "2025.*"), "no run 2025.* of Isaac-Factory-PegInsert-v0 with rsl_rl has a checkpoint in"),
        (("--resume", "--checkpoint", "model_7.pt"), "with rsl_rl has a checkpoint model_7.pt in"),
        (("--resume", "--experiment_name", "nowhere"), "rsl_rl/nowhere"),
        (("--checkpoint", "model_50.pt"), "checkpoint model_50.pt does not exist"),
        (("--load_run", "*"), "'*' is neither a name nor a regular expression"),
    ],
)
def test_what_is_not_there_is_told(logs: Path, argv: tuple[str, ...], said: str) -> None:
    with pytest.raises(UserError, match=re.escape(said)):
        start(logs, "rsl_rl", *argv)


def test_runs_of_isaac_labs_own_scripts_are_found_by_name(logs: Path) -> None:
    run = logs / "rsl_rl" / "franka_lift" / "2024-05-05_10-00-00"
    run.mkdir(parents=True)
    (run / "model_1499.pt").touch()
    for argv in (("--load_run", "2024-05-05_10-00-00"), ("--resume", "--experiment_name", "franka_lift")):
        assert start(logs, "rsl_rl", *argv) == "franka_lift/2024-05-05_10-00-00/model_1499.pt"


@pytest.mark.parametrize("library", arguments.LIBRARIES)
def test_the_best_is_preferred_where_it_is_asked_for(logs: Path, library: str) -> None:
    args, _ = arguments.split_overrides(arguments.training_parser(library), ["--task", TASK, "--log_root", str(logs)])
    run = logs / library / "peg_insert" / "2026-01-02_10-00-00_wide"
    last = (run / PATTERNS[library].format(50)).resolve()
    assert newest_checkpoint(args, library, best=True) == last
    best = run / f"best{last.suffix}"
    best.touch()
    assert newest_checkpoint(args, library, best=True) == best.resolve()
    assert newest_checkpoint(args, library) == last
