# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""An asset cache of its own for every test."""

import pytest


@pytest.fixture(autouse=True)
def asset_cache(tmp_path, monkeypatch):
    """An empty cache folder that does not exist yet."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("ISAACLAB_FACTORY_CACHE", str(folder))
    return folder
