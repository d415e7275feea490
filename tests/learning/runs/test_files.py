# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Run folders, files that are complete or not there at all, and a full disk."""

import errno
import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch

from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.runs.files import (
    atomic_binary,
    atomic_write,
    create_run_folder,
    full_disk_reported,
    removed_on_failure,
)


def test_run_folders_made_in_the_same_second_differ(tmp_path: Path) -> None:
    folders = {create_run_folder(tmp_path, "skrl", "peg_insert") for _ in range(5)}
    assert len(folders) == 5
    assert all(folder.parent == tmp_path / "skrl" / "peg_insert" for folder in folders)


def test_runs_started_at_the_same_moment_do_not_share_a_folder(tmp_path: Path) -> None:
    command = "import sys; from isaaclab_factory.learning.runs.files import create_run_folder;"
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


def test_an_interrupted_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "model_1.pt"
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt), atomic_write(path) as temporary:
        temporary.write_text("half of the new")
        raise KeyboardInterrupt
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_reported_and_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "model_1.pt"
    path.write_text("old")
    with (
        pytest.raises(UserError, match=r"cannot write .*model_1.pt: No space left"),
        atomic_write(path) as temporary,
    ):
        temporary.write_text("half of the new")
        raise OSError(errno.ENOSPC, "No space left on device")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@contextmanager
def small_files() -> Iterator[None]:
    """Lets the operating system refuse to write more than a few kilobytes, as a full disk does.

    It is no fixture: pytest reports a test before it ends its fixtures, and may itself write to a large file.
    """
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)


@small_files()
def test_a_checkpoint_that_finds_no_room_is_reported_and_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "model_1.pt"
    with atomic_binary(path) as file:
        torch.save({"weight": torch.zeros(10)}, file)
    old = path.read_bytes()
    with (
        pytest.raises(UserError, match=f"cannot write {path}: {os.strerror(errno.EFBIG)}"),
        atomic_binary(path) as file,
    ):
        torch.save({"weight": torch.zeros(100_000)}, file)
    assert path.read_bytes() == old
    assert list(tmp_path.iterdir()) == [path]


@small_files()
def test_a_full_disk_is_reported_whoever_was_writing(tmp_path: Path) -> None:
    with (
        pytest.raises(UserError, match=f"cannot write to {tmp_path}: .*; what was saved before is intact"),
        full_disk_reported(tmp_path),
        (tmp_path / "progress.csv").open("w") as file,
    ):
        file.write("1,2,3\n" * 10_000)
    with pytest.raises(FileNotFoundError), full_disk_reported(tmp_path):
        (tmp_path / "none").read_text()


@small_files()
def test_a_thread_that_finds_no_room_prints_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with full_disk_reported(tmp_path):
        writer = threading.Thread(target=lambda: (tmp_path / "events").write_text("1,2,3\n" * 10_000))
        writer.start()
        writer.join()
    assert capsys.readouterr().err == ""


def test_a_mistake_while_a_checkpoint_is_written_is_passed_on(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="no room for a mistake"), atomic_binary(tmp_path / "model_1.pt"):
        raise RuntimeError("no room for a mistake")
    assert not list(tmp_path.iterdir())
