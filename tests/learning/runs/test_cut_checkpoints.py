# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A checkpoint of which only the beginning is there, as after an interrupted copy, is refused by every command."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from isaaclab_factory.learning.cli.tasks import LIBRARIES
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.evaluation.command import evaluate_policy
from isaaclab_factory.learning.play import play
from isaaclab_factory.learning.runs.checkpoints import LAYOUTS, validate_checkpoint, validate_policy
from isaaclab_factory.learning.train import train_with_chosen_library
from tests.learning.learners import make_trainer

COMMANDS = {"train": train_with_chosen_library, "evaluate": evaluate_policy, "play": play}
LENGTHS = (0, 1, 4, 1000, 0.25, 0.5, 0.75, -1000, -22, -1)
"""How much is there: bytes from the beginning, a share of the file, or all but some bytes."""


@pytest.fixture(scope="module", params=LIBRARIES)
def checkpoint(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """A library and a checkpoint of it, in a run folder."""
    trainer = make_trainer(request.param, tmp_path_factory.mktemp("runs"))
    path = trainer.folder / LAYOUTS[request.param].pattern.replace("*", "x_1")
    path.parent.mkdir(exist_ok=True)
    trainer.write_checkpoint(path)
    return request.param, path


def cut(path: Path, length: float, folder: Path) -> Path:
    """Returns a copy of the beginning of a file."""
    content = path.read_bytes()
    size = round(length * len(content)) if isinstance(length, float) else length
    copy = folder / path.name
    copy.write_bytes(content[:size])
    return copy


@pytest.mark.parametrize("length", LENGTHS)
def test_it_is_no_checkpoint(checkpoint: tuple[str, Path], length: float, tmp_path: Path) -> None:
    library, path = checkpoint
    validate_checkpoint(path, library)
    short = cut(path, length, tmp_path)
    for validate in (validate_checkpoint, validate_policy):
        with pytest.raises(UserError, match=f"{re.escape(str(short))} is damaged or no PyTorch file"):
            validate(short, library)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_so_in_a_line_and_leaves_nothing(
    checkpoint: tuple[str, Path], name: str, tmp_path: Path, monkeypatch
) -> None:
    library, path = checkpoint
    monkeypatch.chdir(tmp_path)
    short = cut(path, 0.5, tmp_path)
    command: Callable[[list[str]], None] = COMMANDS[name]
    with pytest.raises(UserError, match=f"{re.escape(str(short))} is damaged or no PyTorch file") as caught:
        command(["--lib", library, "--task", "Isaac-Factory-PegInsert", "--checkpoint", str(short), "--device", "cpu"])
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == [short]
