# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Where the assets come from: written by this package, or NVIDIA's originals."""

from __future__ import annotations

import os

from isaaclab.utils.assets import ISAAC_NUCLEUS_DIR, ISAACLAB_NUCLEUS_DIR, NUCLEUS_ASSET_ROOT_DIR

SOURCES = ("auto", "generated", "nucleus")
"""``generated``: USD files written from parameters. ``nucleus``: NVIDIA's own from its asset server, Isaac Sim only.
``auto``: ``nucleus`` where an asset server is set, which Isaac Sim does, else ``generated``."""

SOURCE_VARIABLE = "ISAACLAB_FACTORY_ASSETS"
"""Environment variable that names the source where no argument does."""

FACTORY_DIR = f"{ISAACLAB_NUCLEUS_DIR}/Factory"
"""Folder of NVIDIA's Factory USD files."""

TABLE_USD = f"{ISAAC_NUCLEUS_DIR}/Props/Mounts/SeattleLabTable/table_instanceable.usd"
"""NVIDIA's table, with its top surface at z = 0."""


def resolve_source(source: str | None = None) -> str:
    """Turn a choice of source into "generated" or "nucleus".

    Args:
        source: One of :data:`SOURCES`. Defaults to None, in which case :data:`SOURCE_VARIABLE` is asked, then "auto".

    Returns:
        "generated" or "nucleus".

    Raises:
        ValueError: If the choice is unknown, or "nucleus" is chosen and there is no asset server.
    """
    choice = source or os.environ.get(SOURCE_VARIABLE) or "auto"
    if choice not in SOURCES:
        raise ValueError(f"Unknown source of assets {choice!r}; choose one of {', '.join(SOURCES)}.")
    if choice == "nucleus" and not NUCLEUS_ASSET_ROOT_DIR:
        raise ValueError("NVIDIA's own assets need Isaac Sim with an asset server; choose 'generated'.")
    if choice == "auto":
        return "nucleus" if NUCLEUS_ASSET_ROOT_DIR else "generated"
    return choice
