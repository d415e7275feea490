# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Where ``--export`` writes to, and what it refuses before anything heavy is imported."""

from pathlib import Path

import pytest

from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.policies.export import export_folder


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run folder with a checkpoint."""
    run = tmp_path / "run"
    (run / "params").mkdir(parents=True)
    (run / "model_1.pt").touch()
    return run


def test_a_run_keeps_its_own_export_and_replaces_it(run: Path) -> None:
    (run / "exported").mkdir()
    (run / "exported" / "policy.onnx").touch()
    assert export_folder(None, run / "model_1.pt") == run / "exported"


def test_a_checkpoint_outside_of_runs_needs_a_folder(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="lies in no run folder: name the folder to export to"):
        export_folder(None, tmp_path / "lonely" / "model_1.pt")


def test_a_named_folder_is_not_overwritten(run: Path, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    assert export_folder(folder, run / "model_1.pt") == folder
    folder.mkdir()
    (folder / "notes.txt").touch()
    assert export_folder(folder, run / "model_1.pt") == folder
    (folder / "policy.json").touch()
    with pytest.raises(UserError, match=r"already holds policy\.json: choose another folder"):
        export_folder(folder, run / "model_1.pt")


def test_a_file_is_no_folder(run: Path) -> None:
    with pytest.raises(UserError, match="it is a file"):
        export_folder(run / "model_1.pt", run / "model_1.pt")
