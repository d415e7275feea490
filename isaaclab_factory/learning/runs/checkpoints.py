# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Checkpoints of the libraries: where they lie in a run folder, and whether a file is one."""

import re
from dataclasses import dataclass
from pathlib import Path

from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.runs.trust import read_checkpoint

TRAINING = "training"
"""Key of a checkpoint under which the state of the training is that the library does not save itself."""


@dataclass(frozen=True)
class CheckpointLayout:
    """Where a library keeps its checkpoints in a run folder, and what distinguishes them from another library's."""

    pattern: str
    """Glob below the run folder; the last number in a file's name counts up."""
    keys: frozenset[str]
    """Top-level keys that every checkpoint of the library has."""
    policy_keys: frozenset[str]
    """Keys that are also in a checkpoint which was reduced to what acts, without what a training needs."""
    acting: tuple[str, ...]
    """Keys of what the library needs to act, if they are there."""


LAYOUTS = {
    "rsl_rl": CheckpointLayout(
        "model_*.pt",
        keys=frozenset({"actor_state_dict", "critic_state_dict", "optimizer_state_dict", "iter"}),
        policy_keys=frozenset({"actor_state_dict", "iter"}),
        acting=("actor_state_dict", "iter", "infos"),
    ),
    "rl_games": CheckpointLayout(
        "nn/*.pth",
        keys=frozenset({"model", "optimizer", "epoch"}),
        policy_keys=frozenset({"model", "epoch"}),
        acting=("model", "epoch"),
    ),
    "skrl": CheckpointLayout(
        "checkpoints/agent_*.pt",
        keys=frozenset({"policy", "value", "optimizer"}),
        policy_keys=frozenset({"policy"}),
        acting=("policy", "observation_preprocessor", "state_preprocessor"),
    ),
}


def checkpoint_number(path: Path) -> int:
    """Returns the last number in a checkpoint's name (its iteration, epoch or step), -1 if there is none."""
    numbers = re.findall(r"\d+", path.stem)
    return int(numbers[-1]) if numbers else -1


def find_checkpoint(location: str | Path, library: str) -> Path:
    """Finds the checkpoint that a path means.

    Args:
        location: A checkpoint file; or a run folder, of which the newest checkpoint is taken; or a folder of runs, of
            which the newest run with a checkpoint is taken.
        library: The library that is to load it.

    Raises:
        UserError: There is no such file, or no checkpoint of that library.
    """
    path = Path(location)
    if path.is_dir():
        pattern = LAYOUTS[library].pattern
        runs = [path, *sorted(path.glob("*/"), reverse=True)]  # the names of runs begin with their time
        found = (sorted(run.glob(pattern), key=checkpoint_number) for run in runs)
        newest = next((checkpoints[-1] for checkpoints in found if checkpoints), None)
        if newest is None:
            raise UserError(f"no {library} checkpoint ({pattern}) in the folder {path}, of a run or of several")
        return newest.resolve()
    if not path.is_file():
        raise UserError(f"checkpoint {path} does not exist")
    return path.resolve()


def validate_checkpoint(path: Path, library: str, trusted: bool = False) -> None:
    """Checks that a file is an intact checkpoint of a library that a training can go on from.

    Args:
        path: The file.
        library: The library.
        trusted: Whether code in the file may be executed.

    Raises:
        UserError: The file is damaged, no PyTorch file, of another library, or without what a training needs, or it
            holds something that cannot be loaded without executing code.
    """
    keys = _keys(path, trusted)
    _check_owner(path, keys, library)
    if not LAYOUTS[library].keys <= keys:
        raise UserError(f"{path} holds a policy to act with, but not what a training goes on from")


def validate_policy(path: Path, library: str, trusted: bool = False) -> None:
    """Checks that a file is an intact checkpoint of a library to act with.

    Args:
        path: The file.
        library: The library.
        trusted: Whether code in the file may be executed.

    Raises:
        UserError: The file is damaged, no PyTorch file, of another library, or holds something that cannot be loaded
            without executing code.
    """
    _check_owner(path, _keys(path, trusted), library)


def _keys(path: Path, trusted: bool) -> set[str]:
    """Returns the top-level keys of a checkpoint."""
    content = read_checkpoint(path, trusted)
    return set(content) if isinstance(content, dict) else set()


def _check_owner(path: Path, keys: set[str], library: str) -> None:
    """Raises UserError unless a checkpoint with these keys is one of the library."""
    if not LAYOUTS[library].policy_keys <= keys:
        owner = next((name for name, layout in LAYOUTS.items() if layout.policy_keys <= keys), None)
        what = f"a checkpoint of {owner}" if owner else "no checkpoint of a known library"
        raise UserError(f"{path} is {what}, not of {library}")
