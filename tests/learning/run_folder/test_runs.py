# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Run folders and checkpoints."""

import errno
import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.run_folder import runs


def save(path: Path, library: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save({key: {"weight": torch.zeros(1000)} for key in runs.LAYOUTS[library].keys}, path)
    return path


def test_run_folders_made_in_the_same_second_differ(tmp_path: Path) -> None:
    folders = {runs.create_run_folder(tmp_path, "skrl", "peg_insert") for _ in range(5)}
    assert len(folders) == 5
    assert all(folder.parent == tmp_path / "skrl" / "peg_insert" for folder in folders)


def test_runs_started_at_the_same_moment_do_not_share_a_folder(tmp_path: Path) -> None:
    command = "import sys; from isaaclab_factory.learning.run_folder.runs import create_run_folder;"
    command += "sys.stdin.read(1); print(create_run_folder(sys.argv[1], 'skrl', 'peg_insert'))"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    starts = [subprocess.Popen([sys.executable, "-c", command, str(tmp_path)], **pipes) for _ in range(4)]
    for process in starts:
        process.stdin.write("\n")
        process.stdin.flush()
    folders = {process.communicate()[0] for process in starts}
    assert len(folders) == 4
    assert len(list((tmp_path / "skrl" / "peg_insert").iterdir())) == 4


def test_a_run_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file")
    with pytest.raises(UserError, match="cannot create the run folder"):
        runs.create_run_folder(tmp_path / "logs", "skrl", "peg_insert")


def test_a_run_that_cannot_start_leaves_no_folder(tmp_path: Path) -> None:
    folder, other = (runs.create_run_folder(tmp_path, "skrl", "peg_insert") for _ in range(2))
    with pytest.raises(KeyboardInterrupt), runs.removed_on_failure(folder):
        (folder / "params").mkdir()
        raise KeyboardInterrupt
    with runs.removed_on_failure(other):
        pass
    assert not folder.exists()
    assert other.exists()


def test_an_interrupted_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "model_1.pt"
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt), runs.atomic_write(path) as temporary:
        temporary.write_text("half of the new")
        raise KeyboardInterrupt
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_told_and_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "model_1.pt"
    path.write_text("old")
    with (
        pytest.raises(UserError, match=r"cannot write .*model_1.pt: No space left"),
        runs.atomic_write(path) as temporary,
    ):
        temporary.write_text("half of the new")
        raise OSError(errno.ENOSPC, "No space left on device")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.fixture
def small_files() -> Iterator[None]:
    """Lets the operating system refuse to write more than a few kilobytes, as a full disk does."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.usefixtures("small_files")
def test_a_checkpoint_that_finds_no_room_is_told_and_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "model_1.pt"
    with runs.atomic_binary(path) as file:
        torch.save({"weight": torch.zeros(10)}, file)
    old = path.read_bytes()
    with (
        pytest.raises(UserError, match=f"cannot write {path}: {os.strerror(errno.EFBIG)}"),
        runs.atomic_binary(path) as file,
    ):
        torch.save({"weight": torch.zeros(100_000)}, file)
    assert path.read_bytes() == old
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.usefixtures("small_files")
def test_a_full_disk_is_told_whoever_was_writing(tmp_path: Path) -> None:
    with (
        pytest.raises(UserError, match=f"cannot write to {tmp_path}: .*; what was saved before is intact"),
        runs.full_disk_told(tmp_path),
        (tmp_path / "progress.csv").open("w") as file,
    ):
        file.write("1,2,3\n" * 10_000)
    with pytest.raises(FileNotFoundError), runs.full_disk_told(tmp_path):
        (tmp_path / "none").read_text()


@pytest.mark.usefixtures("small_files")
def test_a_thread_that_finds_no_room_prints_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with runs.full_disk_told(tmp_path):
        writer = threading.Thread(target=lambda: (tmp_path / "events").write_text("1,2,3\n" * 10_000))
        writer.start()
        writer.join()
    assert capsys.readouterr().err == ""


def test_a_mistake_while_a_checkpoint_is_written_is_passed_on(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="no room for a mistake"), runs.atomic_binary(tmp_path / "model_1.pt"):
        raise RuntimeError("no room for a mistake")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("library", "names", "newest"),
    [
        ("rsl_rl", ["model_9.pt", "model_100.pt", "model_20.pt"], "model_100.pt"),
        ("rl_games", ["nn/peg_insert_ep_9.pth", "nn/peg_insert_ep_10.pth"], "nn/peg_insert_ep_10.pth"),
        ("skrl", ["checkpoints/agent_3200.pt", "checkpoints/agent_640.pt"], "checkpoints/agent_3200.pt"),
    ],
)
def test_a_run_folder_stands_for_its_newest_checkpoint(
    tmp_path: Path, library: str, names: list[str], newest: str
) -> None:
    for name in names:
        save(tmp_path / name, library)
    assert runs.find_checkpoint(tmp_path, library) == tmp_path / newest


@pytest.mark.parametrize("library", runs.LAYOUTS)
def test_the_best_checkpoint_is_taken_where_it_is_named_only(tmp_path: Path, library: str) -> None:
    regular = runs.LAYOUTS[library].pattern.replace("*", "x_5")
    newest = save(tmp_path / regular, library)
    best = save(tmp_path / f"best{newest.suffix}", library)
    assert runs.find_checkpoint(tmp_path, library) == newest
    assert runs.find_checkpoint(best, library) == best
    runs.validate_checkpoint(best, library)


def test_a_folder_of_runs_stands_for_the_newest_checkpoint_of_the_newest_run_that_has_one(tmp_path: Path) -> None:
    for name in (
        "2026-01-02_00-00-00/nn/x_ep_3.pth",
        "2026-01-10_00-00-00/nn/x_ep_2.pth",
        "2026-01-10_00-00-00/nn/x_ep_1.pth",
    ):
        save(tmp_path / name, "rl_games")
    (tmp_path / "2026-01-11_00-00-00" / "nn").mkdir(parents=True)
    assert runs.find_checkpoint(tmp_path, "rl_games") == tmp_path / "2026-01-10_00-00-00" / "nn" / "x_ep_2.pth"


def test_a_missing_checkpoint_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="does not exist"):
        runs.find_checkpoint(tmp_path / "model_1.pt", "rsl_rl")
    with pytest.raises(UserError, match="no rsl_rl checkpoint"):
        runs.find_checkpoint(tmp_path, "rsl_rl")


@pytest.mark.parametrize("library", runs.LAYOUTS)
def test_an_intact_checkpoint_of_the_library_is_accepted(tmp_path: Path, library: str) -> None:
    runs.validate_checkpoint(save(tmp_path / "checkpoint", library), library)


@pytest.mark.parametrize(("owner", "asked"), [("skrl", "rsl_rl"), ("rsl_rl", "rl_games"), ("rl_games", "skrl")])
def test_a_checkpoint_of_another_library_is_told(tmp_path: Path, owner: str, asked: str) -> None:
    with pytest.raises(UserError, match=f"is a checkpoint of {owner}, not of {asked}"):
        runs.validate_checkpoint(save(tmp_path / "checkpoint", owner), asked)


def test_damage_is_told(tmp_path: Path) -> None:
    path = save(tmp_path / "checkpoint", "rsl_rl")
    intact = path.read_bytes()
    middle = len(intact) // 2
    flipped = intact[:middle] + bytes([intact[middle] ^ 0xFF]) + intact[middle + 1 :]
    for damaged in (intact[:middle], flipped, b"", b"not a checkpoint"):
        path.write_bytes(damaged)
        with pytest.raises(UserError, match="damaged or no PyTorch file"):
            runs.validate_checkpoint(path, "rsl_rl")


def test_a_foreign_pytorch_file_is_told(tmp_path: Path) -> None:
    torch.save([1, 2, 3], tmp_path / "list.pt")
    with pytest.raises(UserError, match="no checkpoint of a known library"):
        runs.validate_checkpoint(tmp_path / "list.pt", "skrl")
