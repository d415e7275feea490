# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Files that are complete or not there at all, and a full disk."""

import errno
import os
import resource
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch

from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.runs.files import atomic_binary, atomic_write, full_disk_reported


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
