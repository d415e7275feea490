# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Checkpoints: which one a path means, and whether a file is one."""

from pathlib import Path

import pytest
import torch

from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.runs.checkpoints import LAYOUTS, find_checkpoint, validate_checkpoint


def save(path: Path, library: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save({key: {"weight": torch.zeros(1000)} for key in LAYOUTS[library].keys}, path)
    return path


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
    assert find_checkpoint(tmp_path, library) == tmp_path / newest


@pytest.mark.parametrize("library", LAYOUTS)
def test_the_best_checkpoint_is_taken_where_it_is_named_only(tmp_path: Path, library: str) -> None:
    regular = LAYOUTS[library].pattern.replace("*", "x_5")
    newest = save(tmp_path / regular, library)
    best = save(tmp_path / f"best{newest.suffix}", library)
    assert find_checkpoint(tmp_path, library) == newest
    assert find_checkpoint(best, library) == best
    validate_checkpoint(best, library)


def test_a_folder_of_runs_stands_for_the_newest_checkpoint_of_the_newest_run_that_has_one(tmp_path: Path) -> None:
    for name in (
        "2026-01-02_00-00-00/nn/x_ep_3.pth",
        "2026-01-10_00-00-00/nn/x_ep_2.pth",
        "2026-01-10_00-00-00/nn/x_ep_1.pth",
    ):
        save(tmp_path / name, "rl_games")
    (tmp_path / "2026-01-11_00-00-00" / "nn").mkdir(parents=True)
    assert find_checkpoint(tmp_path, "rl_games") == tmp_path / "2026-01-10_00-00-00" / "nn" / "x_ep_2.pth"


def test_a_missing_checkpoint_is_reported(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="does not exist"):
        find_checkpoint(tmp_path / "model_1.pt", "rsl_rl")
    with pytest.raises(UserError, match="no rsl_rl checkpoint"):
        find_checkpoint(tmp_path, "rsl_rl")


@pytest.mark.parametrize("library", LAYOUTS)
def test_an_intact_checkpoint_of_the_library_is_accepted(tmp_path: Path, library: str) -> None:
    validate_checkpoint(save(tmp_path / "checkpoint", library), library)


@pytest.mark.parametrize(("owner", "asked"), [("skrl", "rsl_rl"), ("rsl_rl", "rl_games"), ("rl_games", "skrl")])
def test_a_checkpoint_of_another_library_is_reported(tmp_path: Path, owner: str, asked: str) -> None:
    with pytest.raises(UserError, match=f"is a checkpoint of {owner}, not of {asked}"):
        validate_checkpoint(save(tmp_path / "checkpoint", owner), asked)


def test_damage_is_reported(tmp_path: Path) -> None:
    path = save(tmp_path / "checkpoint", "rsl_rl")
    intact = path.read_bytes()
    inside = intact.index(bytes(3000)) + 1000  # of a tensor's zeros
    flipped = intact[:inside] + bytes([intact[inside] ^ 0xFF]) + intact[inside + 1 :]
    for damaged in (intact[: len(intact) // 2], flipped, b"", b"not a checkpoint"):
        path.write_bytes(damaged)
        with pytest.raises(UserError, match="damaged or no PyTorch file"):
            validate_checkpoint(path, "rsl_rl")


def test_a_foreign_pytorch_file_is_reported(tmp_path: Path) -> None:
    torch.save([1, 2, 3], tmp_path / "list.pt")
    with pytest.raises(UserError, match="no checkpoint of a known library"):
        validate_checkpoint(tmp_path / "list.pt", "skrl")
