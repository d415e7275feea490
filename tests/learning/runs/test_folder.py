# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Run folders."""

import subprocess
import sys
from pathlib import Path

import pytest

from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.runs.folder import create_run_folder, removed_on_failure


def test_run_folders_made_in_the_same_second_differ(tmp_path: Path) -> None:
    folders = {create_run_folder(tmp_path, "skrl", "peg_insert") for _ in range(5)}
    assert len(folders) == 5
    assert all(folder.parent == tmp_path / "skrl" / "peg_insert" for folder in folders)


def test_runs_started_at_the_same_moment_do_not_share_a_folder(tmp_path: Path) -> None:
    command = "import sys; from isaaclab_factory.learning.runs.folder import create_run_folder;"
    command += "sys.stdin.read(1); print(create_run_folder(sys.argv[1], 'skrl', 'peg_insert'))"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    starts = [subprocess.Popen([sys.executable, "-c", command, str(tmp_path)], **pipes) for _ in range(4)]
    for process in starts:
        process.stdin.write("\n")
        process.stdin.flush()
    folders = {process.communicate()[0] for process in starts}
    assert len(folders) == 4
    assert len(list((tmp_path / "skrl" / "peg_insert").iterdir())) == 4


def test_a_run_folder_that_cannot_be_made_is_reported(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file")
    with pytest.raises(UserError, match="cannot create the run folder"):
        create_run_folder(tmp_path / "logs", "skrl", "peg_insert")


def test_a_run_that_cannot_start_leaves_no_folder(tmp_path: Path) -> None:
    folder, other = (create_run_folder(tmp_path, "skrl", "peg_insert") for _ in range(2))
    with pytest.raises(KeyboardInterrupt), removed_on_failure(folder):
        (folder / "params").mkdir()
        raise KeyboardInterrupt
    with removed_on_failure(other):
        pass
    assert not folder.exists()
    assert other.exists()
