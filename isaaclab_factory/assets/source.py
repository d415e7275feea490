# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Where the assets come from: written by this package, or NVIDIA's originals."""

from __future__ import annotations

import os

from isaaclab.utils.assets import ISAAC_NUCLEUS_DIR, ISAACLAB_NUCLEUS_DIR, NUCLEUS_ASSET_ROOT_DIR

from isaaclab_factory.app import prepare_runtime

SOURCES = ("auto", "generated", "nucleus")
"""``generated``: USD files written from parameters. ``nucleus``: NVIDIA's own from its asset server, Isaac Sim only.
``auto``: ``nucleus`` where Isaac Sim runs and its asset server is set, else ``generated``."""

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
        ValueError: If the choice is unknown, or "nucleus" is chosen without Isaac Sim and its asset server.
    """
    choice = source or os.environ.get(SOURCE_VARIABLE) or "auto"
    if choice not in SOURCES:
        raise ValueError(f"Unknown source of assets {choice!r}; choose one of {', '.join(SOURCES)}.")
    has_nucleus = bool(NUCLEUS_ASSET_ROOT_DIR) and prepare_runtime("auto") == "isaacsim"
    if choice == "nucleus" and not has_nucleus:
        raise ValueError("NVIDIA's own assets need Isaac Sim with an asset server; choose 'generated'.")
    return ("nucleus" if has_nucleus else "generated") if choice == "auto" else choice
