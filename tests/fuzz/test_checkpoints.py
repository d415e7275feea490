# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Bad checkpoints: damaged anywhere, of another kind, or with something else than the library expects."""

import gzip
import io
import os
import pickle
import random
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from isaaclab_factory.learning.arguments import LIBRARIES
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.run_folder.runs import LAYOUTS
from isaaclab_factory.learning.training import build_trainer
from tests.learning.test_libraries import agent_cfg, make_trainer

DAMAGES = 24
"""Cuts and altered bytes, each at another place of the file."""


class Harmful:
    """Makes a folder when it is unpickled."""

    def __reduce__(self) -> tuple:
        return os.mkdir, ("harm",)


def saved(content: Any) -> bytes:
    buffer = io.BytesIO()
    torch.save(content, buffer)
    return buffer.getvalue()


def archive(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, data in members.items():
            file.writestr(name.replace("__", "/"), data)
    return buffer.getvalue()


def scripted() -> bytes:
    buffer = io.BytesIO()
    torch.jit.save(torch.jit.trace(torch.nn.Linear(2, 2), torch.zeros(1, 2)), buffer)
    return buffer.getvalue()


def foreign_files() -> dict[str, bytes]:
    """Files that are no checkpoint of rsl_rl."""
    keys = dict.fromkeys(LAYOUTS["rsl_rl"].keys)
    return {
        "empty": b"",
        "text": b"model",
        "zeros": bytes(4096),
        "gzip": gzip.compress(saved(keys)),
        "pickle": pickle.dumps(keys),
        "harmful pickle": pickle.dumps(Harmful()),
        "archive of nothing": archive(),
        "archive of text": archive(a=b"text"),
        "archive without a pickle": archive(model__version=b"3"),
        "archive of a broken pickle": archive(model__data__pkl=b"\x80\x02x", model__version=b"3"),
        "number": saved(3),
        "nothing": saved(None),
        "list": saved([keys]),
        "string": saved("model_state_dict"),
        "tensor": saved(torch.zeros(3)),
        "network": saved(torch.nn.Linear(2, 2)),
        "exported policy": scripted(),
        "harmful": saved(keys | {"infos": Harmful()}),
        "harmful key": saved({Harmful(): 1}),
        "without keys": saved({}),
        "keys of numbers": saved({1: 2}),
        "without the optimiser": saved({"model_state_dict": {}, "iter": 1}),
        "of rl_games": saved(dict.fromkeys(LAYOUTS["rl_games"].keys)),
        "of skrl": saved(dict.fromkeys(LAYOUTS["skrl"].keys)),
    }


def within_members(content: bytes) -> set[int]:
    """Returns the places of an archive's members in it, without the headers before them."""
    places: set[int] = set()
    for member in zipfile.ZipFile(io.BytesIO(content)).infolist():
        lengths = struct.unpack_from("<2H", content, member.header_offset + 26)  # of the name and of the padding
        begin = member.header_offset + 30 + sum(lengths)
        places.update(range(begin, begin + member.compress_size))
    return places


def damaged_files() -> Iterator[tuple[bytes, bool]]:
    """A checkpoint cut or altered at random places, the same in every run.

    Yields:
        The file, and whether it must be noticed: of the bytes between an archive's members there is no checksum.
    """
    intact = saved({"model_state_dict": {"w": torch.arange(500.0)}, "optimizer_state_dict": {}, "iter": 1})
    members = within_members(intact)
    rng = random.Random(0)
    for number in range(DAMAGES):
        place = rng.randrange(len(intact))
        altered = intact[:place] + bytes([intact[place] ^ (1 << rng.randrange(8))]) + intact[place + 1 :]
        yield (intact[:place], True) if number % 3 == 0 else (altered, place in members)


@pytest.mark.parametrize("name", foreign_files())
def test_files_that_are_no_checkpoint(refused, tmp_path: Path, name: str) -> None:
    (tmp_path / "model_1.pt").write_bytes(foreign_files()[name])
    refused("train.py", "--checkpoint", "model_1.pt")


@pytest.mark.parametrize("number", range(DAMAGES))
def test_checkpoints_that_were_damaged(refused, tmp_path: Path, number: int) -> None:
    content, noticed = list(damaged_files())[number]
    (tmp_path / "model_1.pt").write_bytes(content)
    if noticed:
        assert "model_1.pt is damaged" in refused("evaluate.py", "--checkpoint", "model_1.pt")
    else:
        refused("evaluate.py", "--checkpoint", "model_1.pt", "agent.no_such_key=1")


@pytest.mark.parametrize("library", LIBRARIES)
def test_places_that_are_no_file(refused, tmp_path: Path, library: str) -> None:
    (tmp_path / "loop.pt").symlink_to(tmp_path / "loop.pt")
    os.mkfifo(tmp_path / "pipe.pt")
    (tmp_path / "runs" / "model_1.pt").mkdir(parents=True)
    for place in ("loop.pt", "pipe.pt", "runs", "runs/model_1.pt"):
        assert place in refused("train.py", "--lib", library, "--checkpoint", place)


WRONG = {
    "numbers": lambda value: 3,
    "nothing": lambda value: None,
    "empty": lambda value: type(value)() if isinstance(value, dict) else 0,
    "strings": lambda value: dict.fromkeys(value, "x") if isinstance(value, dict) else "x",
    "lists": lambda value: [value],
    "other shapes": lambda value: (
        {key: torch.zeros(3, 3, 3) for key in value} if isinstance(value, dict) else torch.zeros(2)
    ),
}
"""What stands at the keys instead."""


@pytest.fixture(scope="module")
def trainers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return {library: make_trainer(library, tmp_path_factory.mktemp(library), num_envs=4) for library in LIBRARIES}


@pytest.mark.parametrize("acting", [False, True])
@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("library", LIBRARIES)
def test_checkpoints_with_something_else_in_them(
    trainers, tmp_path: Path, library: str, wrong: str, acting: bool
) -> None:
    trainer = trainers[library]
    content = torch.load(trainer.save(), weights_only=False)
    # rl_games and skrl take what there is of the rest
    replaced = LAYOUTS[library].policy_keys - {"iter", "epoch"}
    changed = content | {key: WRONG[wrong](content[key]) for key in replaced}
    torch.save(changed, tmp_path / "changed.pt")
    arguments = type(trainer), trainer.recorder, agent_cfg(library, 1), tmp_path / "run", "cpu"
    with pytest.raises(UserError, match="does not fit this task and agent"):
        build_trainer(*arguments, tmp_path / "changed.pt", acting)
