# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Mistakes in the command lines of recordings and replays, and files that are none."""

import json
from pathlib import Path

import h5py
import pytest

from isaaclab_factory.learning.cli.parser import split_overrides
from isaaclab_factory.learning.demonstrations.record_command import record_demos, recording_parser
from isaaclab_factory.learning.demonstrations.replay_command import open_recording, replay_demos
from isaaclab_factory.learning.errors import UserError


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(file: Path, about: dict, episodes: list[str]) -> None:
    with h5py.File(file, "w") as content:
        content.create_group("data").attrs["env_args"] = json.dumps(about)
        for name in episodes:
            content.create_group(f"data/{name}")


def test_a_file_that_exists_is_not_overwritten(folder: Path) -> None:
    (folder / "demos.hdf5").write_text("mine")
    with pytest.raises(UserError, match=r"^--file: demos.hdf5 exists, and is not overwritten$"):
        record_demos(["--scripted", "--file", "demos.hdf5"])
    assert (folder / "demos.hdf5").read_text() == "mine"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--scripted"], "the following arguments are required: --file"),
        (["--scripted", "--file", "demos.h5"], "--file: demos.h5 must end with .hdf5"),
        (["--scripted", "--checkpoint", "latest", "--file", "a.hdf5"], "not allowed with argument"),
        (["--file", "a.hdf5"], "no run of Isaac-Factory-PegInsert has a checkpoint"),
        (["--scripted", "--file", "a.hdf5", "--episodes", "0"], "'0' is not a whole number of 1 or more"),
    ],
)
def test_a_mistake_in_the_command_line_is_reported(folder: Path, words: list[str], said: str) -> None:
    with pytest.raises(UserError) as caught:
        record_demos(words)
    assert said in str(caught.value)
    assert not list(folder.iterdir())


def test_presets_and_overrides_are_taken() -> None:
    args, words = split_overrides(recording_parser(), ["--scripted", "--file", "a.hdf5", "presets=no_noise"])
    assert (args.scripted, args.file, args.episodes, words) == (True, Path("a.hdf5"), 100, ["presets=no_noise"])


def test_a_recording_knows_its_task_and_its_episodes_in_order(folder: Path) -> None:
    write(folder / "a.hdf5", {"env_name": "T", "overrides": ["presets=x"]}, [f"demo_{number}" for number in range(11)])
    recording = open_recording(folder / "a.hdf5")
    assert (recording.task, recording.words) == ("T", ["presets=x"])
    assert recording.names == [f"demo_{number}" for number in range(11)]


@pytest.mark.parametrize(
    ("about", "episodes", "said"),
    [
        (None, [], "is no file of record_demos.py"),
        ({"env_name": "T"}, ["demo_0"], "is no file of record_demos.py: 'overrides'"),
        ({"env_name": "T", "overrides": []}, ["first"], "is no file of record_demos.py"),
        ({"env_name": "T", "overrides": []}, [], "has no episodes"),
        ({"env_name": "No-Task", "overrides": []}, ["demo_0"], "unknown task 'No-Task'"),
    ],
)
def test_a_file_of_something_else_is_reported(folder: Path, about: dict | None, episodes: list[str], said: str) -> None:
    if about is None:
        (folder / "a.hdf5").write_text("no HDF5")
    else:
        write(folder / "a.hdf5", about, episodes)
    with pytest.raises(UserError) as caught:
        replay_demos(["--file", "a.hdf5"])
    assert said in str(caught.value)


def test_a_missing_file_is_reported() -> None:
    with pytest.raises(UserError, match=r"^--file: a.hdf5 does not exist$"):
        replay_demos(["--file", "a.hdf5"])
