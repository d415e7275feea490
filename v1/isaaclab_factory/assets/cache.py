# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Generated text files on disk: written once per content name, never seen half-written, checked when read again."""

from __future__ import annotations

import hashlib
import logging
import os
import uuid
from collections.abc import Callable
from pathlib import Path

import platformdirs

logger = logging.getLogger(__name__)

CACHE_DIR_VARIABLE = "ISAACLAB_FACTORY_CACHE"
"""Environment variable that names another folder for the cache."""

_SEAL = "# sha256 "


class AssetCacheError(ValueError):
    """The folder chosen for the cache cannot be used."""


def cache_dir() -> Path:
    """Folder of the generated files: ``ISAACLAB_FACTORY_CACHE``, or the platform's cache folder for this user."""
    chosen = os.environ.get(CACHE_DIR_VARIABLE)
    return Path(chosen) if chosen else platformdirs.user_cache_path("isaaclab_factory") / "assets"


def digest(text: str) -> str:
    """SHA-256 of a text in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def cached_text(name: str, make: Callable[[], str]) -> Path:
    """A text file in the cache, made first if it is missing or damaged.

    The last line of the file is a comment with the checksum of the rest. The file is written under a temporary name and
    then renamed, so that processes that start together never read half a file, and a full disk leaves none behind.

    Args:
        name: File name; it must tell the content apart from any other (put a :func:`digest` in it).
        make: Makes the content; called only where the file is missing or damaged.

    Returns:
        Path of the file.

    Raises:
        AssetCacheError: If the folder or the file cannot be read or written.
    """
    path = cache_dir() / name
    try:
        if path.is_file():
            if _is_sealed(path.read_bytes()):
                return path
            logger.warning("The cached file %s is damaged; it is made again.", path)
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_atomically(path, _seal(make()))
    except OSError as error:
        raise AssetCacheError(
            f"Cannot use the asset cache {path.parent}: {error.strerror or error}."
            f" Set {CACHE_DIR_VARIABLE} to a folder that can be written."
        ) from error
    return path


def _seal(text: str) -> bytes:
    body = text.rstrip("\n") + "\n"
    return f"{body}{_SEAL}{digest(body)}\n".encode()


def _is_sealed(content: bytes) -> bool:
    body, seal, checksum = content.rpartition(_SEAL.encode())
    return bool(seal) and checksum.strip() == hashlib.sha256(body).hexdigest().encode()


def _write_atomically(path: Path, content: bytes) -> None:
    # Not tempfile.mkstemp: its files can be read by their owner only, and a cache may be shared.
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        draft.write_bytes(content)
        os.replace(draft, path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
