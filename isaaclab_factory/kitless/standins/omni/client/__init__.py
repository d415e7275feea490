# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Files by URL. Only local paths can be reached."""

from __future__ import annotations

import enum
import shutil
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from isaaclab_factory.kitless.unsupported import NotSupportedWithoutIsaacSim


class Result(enum.Enum):
    """How an operation ended."""

    OK = 0
    ERROR_ALREADY_EXISTS = 1
    ERROR_NOT_FOUND = 2


class CopyBehavior(enum.Enum):
    """What to do with a file that exists."""

    ERROR_IF_EXISTS = 0
    OVERWRITE = 1


@dataclass
class Url:
    """A URL in parts."""

    scheme: str
    host: str
    path: str
    query: str
    fragment: str


@dataclass
class ListEntry:
    """What is known of a file."""

    relative_path: str
    size: int


def break_url(url: str) -> Url:
    """Take a URL apart."""
    parts = urlsplit(url)
    return Url(parts.scheme, parts.netloc, parts.path, parts.query, parts.fragment)


def _local(url: str) -> Path:
    parts = urlsplit(url)
    if parts.scheme not in ("", "file"):
        raise NotSupportedWithoutIsaacSim(f"reading '{url}' ({parts.scheme}: URLs)")
    return Path(parts.path)


def _is_local(url: str) -> bool:
    return urlsplit(url).scheme in ("", "file")


def stat(url: str) -> tuple[Result, ListEntry | None]:
    """Look a file up. What is not on this machine is not found."""
    if not _is_local(url) or not _local(url).exists():
        return Result.ERROR_NOT_FOUND, None
    return Result.OK, ListEntry(_local(url).name, _local(url).stat().st_size)


async def stat_async(url: str) -> tuple[Result, ListEntry | None]:
    """See :func:`stat`."""
    return stat(url)


def copy(source: str, target: str, behavior: CopyBehavior = CopyBehavior.ERROR_IF_EXISTS) -> Result:
    """Copy a file or a folder."""
    src, dst = _local(source), _local(target)
    if not src.exists():
        return Result.ERROR_NOT_FOUND
    if dst.exists() and behavior is CopyBehavior.ERROR_IF_EXISTS:
        return Result.ERROR_ALREADY_EXISTS
    if src.is_dir():
        shutil.copytree(src, dst, dirs_exist_ok=True)
    else:
        shutil.copy(src, dst)
    return Result.OK


def read_file(url: str) -> tuple[Result, str, memoryview]:
    """Read a file."""
    path = _local(url)
    if not path.exists():
        return Result.ERROR_NOT_FOUND, "", memoryview(b"")
    return Result.OK, "", memoryview(path.read_bytes())
