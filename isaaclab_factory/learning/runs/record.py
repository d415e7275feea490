# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The record of a run, ``run.json`` in its folder: what is needed to repeat it, and its result.

It extends Isaac Lab's run manifest, whose keys its ``--checkpoint latest`` reads.
"""

import json
import os
import platform
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import isaaclab_factory
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.runs.files import atomic_write, run_folder_of, write_json

FILE = "run.json"
MANIFEST_VERSION = 1
"""Version of Isaac Lab's run manifest (``isaaclab_rl.entrypoints.common.RUN_MANIFEST_VERSION``)."""

DIFF = "git.diff"
"""Differences of the repository from its commit, as a patch."""

_ROOT = Path(isaaclab_factory.__file__).parents[1]
_PRETRAINED = ":(exclude)isaaclab_factory/pretrained"
_PATHS = ("--", "isaaclab_factory", "agents", "scripts", "pyproject.toml", "setup.py", _PRETRAINED)
"""The parts of the repository that affect a run: a changed README does not, nor does a policy that is shipped."""

_DISTRIBUTIONS = {"rsl_rl": "rsl-rl-lib", "rl_games": "rl-games", "skrl": "skrl"}
"""Names under which the libraries are installed."""


class RunRecord:
    """The ``run.json`` of a run folder: written when the run starts, completed when it ends.

    A run that was killed keeps the status ``running``.
    """

    def __init__(self, folder: Path, library: str, command: list[str], **facts: Any) -> None:
        """Write what is known at the start.

        Args:
            command: Words of the command that started the training.
            **facts: Task, agent, seed and other figures of the run; must be fit for JSON.

        Raises:
            UserError: The file cannot be written.
        """
        self._path = folder / FILE
        patch = changes_as_patch()
        if patch:
            with atomic_write(folder / DIFF) as temporary:
                temporary.write_bytes(patch)
        started = _now()
        self._facts: dict[str, Any] = {
            "version": MANIFEST_VERSION,
            "library": library,
            "task": facts["task"],
            "created_at": started,
            "metadata": {"agent": facts["agent"]},
            "command": shlex.join(command),
            **facts,
            "git": git_state(),
            "versions": versions(library),
            "machine": machine(),
            "started": started,
            "status": "running",
        }
        write_json(self._path, self._facts)

    def finish(self, completed: bool, **figures: Any) -> None:
        """Adds the end of the run.

        Args:
            completed: Whether it ran to its end, rather than being interrupted.
            **figures: Its results: environment steps, seconds, success; must be fit for JSON.

        Raises:
            UserError: The file cannot be written.
        """
        self._facts |= {"status": "completed" if completed else "interrupted", "ended": _now(), **figures}
        write_json(self._path, self._facts)

    @contextmanager
    def failures(self) -> Iterator[None]:
        """Records what ends the run: ``failed`` and the error, or ``interrupted``.

        After :meth:`finish` the training is over: the status stays, and an error is added.
        """
        try:
            yield
        except BaseException as error:
            if self._path.parent.is_dir():  # a run that could not start has removed it
                interrupted = isinstance(error, KeyboardInterrupt)
                end = {} if interrupted else {"error": " ".join(f"{type(error).__name__}: {error}".split())}
                if self._facts["status"] == "running":
                    end |= {"status": "interrupted" if interrupted else "failed", "ended": _now()}
                self._facts |= end
                with suppress(UserError):  # the error itself reports a full disk
                    write_json(self._path, self._facts)
            raise


def read_record(folder: Path) -> dict[str, Any] | None:
    """Returns the content of a run folder's ``run.json``, None if there is none.

    Raises:
        UserError: The file cannot be read, or is no JSON object.
    """
    path = folder / FILE
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise UserError(f"cannot read {path}: {error}") from error
    if not isinstance(record, dict):
        raise UserError(f"cannot read {path}: it is no JSON object")
    return record


def record_of(checkpoint: Path) -> dict[str, Any]:
    """Returns the record of the run that a checkpoint lies in, without entries if there is none.

    Raises:
        UserError: The record cannot be read.
    """
    folder = run_folder_of(checkpoint)
    return (read_record(folder) if folder else None) or {}


def started_from(checkpoint: Path | None) -> dict[str, Any] | None:
    """Returns the checkpoint that a training goes on from and the record of the run that made it, None for none.

    Raises:
        UserError: The record of that run cannot be read.
    """
    if checkpoint is None:
        return None
    return {"checkpoint": checkpoint.name, "run": record_of(checkpoint) or None}


def git_state(root: Path = _ROOT) -> dict[str, Any] | None:
    """Returns the state of the repository that the package runs from.

    Args:
        root: Folder of the repository that holds the package.

    Returns:
        ``commit``, its hash, and ``changed``, the package's files that differ from it or are new. None where the
        package was installed without its repository, or there is no git.
    """
    try:
        _git(root, "ls-files", "--error-unmatch", "isaaclab_factory")  # the repository may be somebody else's
        commit = os.fsdecode(_git(root, "rev-parse", "HEAD")).strip()
        changed = _names(_git(root, "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", *_PATHS))
    except (OSError, subprocess.SubprocessError):
        return None
    return {"commit": commit, "changed": [entry[3:] for entry in changed]}


def changes_as_patch(root: Path = _ROOT) -> bytes:
    """Returns what of the package's files differs from the commit, new ones included, for ``git apply``.

    Returns:
        The patch, empty where nothing differs or :func:`git_state` returns None.
    """
    state = git_state(root)
    if not state or not state["changed"]:
        return b""
    try:
        patch = _git(root, "diff", "HEAD", "--relative", "--binary", *_PATHS)
        for name in _names(_git(root, "ls-files", "-z", "--others", "--exclude-standard", *_PATHS)):
            patch += _git(root, "diff", "--no-index", "--binary", "--", os.devnull, name, codes=(0, 1))
    except (OSError, subprocess.SubprocessError):
        return b""
    return patch


def _names(printed: bytes) -> list[str]:
    """Returns what git prints with ``-z``, without which it quotes names that are not plain ASCII."""
    return os.fsdecode(printed).split("\0")[:-1]


def _git(root: Path, *words: str, codes: tuple[int, ...] = (0,)) -> bytes:
    """Returns the output of git in bytes, as files may have any line ends and encodings.

    Raises:
        OSError: There is no git.
        subprocess.SubprocessError: It ends with another exit code, or not in time.
    """
    command = ["git", "--no-optional-locks", "-C", str(root), *words]
    done = subprocess.run(command, capture_output=True, timeout=20, check=False)
    if done.returncode not in codes:
        raise subprocess.CalledProcessError(done.returncode, command)
    return done.stdout


def versions(library: str | None = None) -> dict[str, str]:
    """Returns the versions of Python, this package, an RL library and what a run depends on, by distribution name."""
    found = {"python": platform.python_version(), "isaaclab_factory": isaaclab_factory.__version__}
    names = ("isaaclab", "isaacsim", "newton", "mujoco", "warp-lang", "torch")
    for name in (*names, _DISTRIBUTIONS[library]) if library else names:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def machine() -> dict[str, Any]:
    """Returns the operating system, the number of cores and the GPUs."""
    import torch

    devices = range(torch.cuda.device_count())
    return {
        "system": platform.platform(),
        "cpu_cores": os.cpu_count(),
        "gpus": [torch.cuda.get_device_name(index) for index in devices],
    }


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
