# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The cache keeps whole files only."""

import logging
import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from isaaclab_factory.assets.cache import AssetCacheError, cache_dir, cached_text


def fail() -> str:
    raise AssertionError("made although it was in the cache")


def test_second_time_comes_from_the_cache():
    path = cached_text("part.usda", lambda: "#usda 1.0\ncontent\n")
    assert path.read_text().startswith("#usda 1.0\ncontent\n")
    assert cached_text("part.usda", fail) == path


def test_folder_is_the_one_in_the_environment_or_the_platform_cache(asset_cache, monkeypatch):
    assert cache_dir() == asset_cache
    monkeypatch.delenv("ISAACLAB_FACTORY_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert "isaaclab_factory" in str(cache_dir())


@pytest.mark.parametrize("damage", [lambda b: b[: len(b) // 2], lambda b: b"", lambda b: b.replace(b"0.019", b"0.018")])
def test_damaged_file_is_reported_and_made_again(damage, caplog):
    path = cached_text("part.usda", lambda: "mass = 0.019\n" * 100)
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    with caplog.at_level(logging.WARNING):
        cached_text("part.usda", lambda: "mass = 0.019\n" * 100)
    assert path.read_bytes() == whole
    assert f"The cached file {path} is damaged" in caplog.text


def test_failure_while_making_leaves_no_file_behind(asset_cache):
    def broken() -> str:
        raise ValueError("no such part")

    with pytest.raises(ValueError, match="no such part"):
        cached_text("part.usda", broken)
    assert list(asset_cache.iterdir()) == []


def test_failure_while_writing_leaves_the_old_file_and_no_draft(asset_cache, monkeypatch):
    path = cached_text("part.usda", lambda: "old\n")
    damaged = path.read_bytes()[:-3]
    path.write_bytes(damaged)

    def full_disk(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full_disk)
    with pytest.raises(AssetCacheError, match="No space left on device"):
        cached_text("part.usda", lambda: "new\n")
    assert [file.name for file in asset_cache.iterdir()] == ["part.usda"]
    assert path.read_bytes() == damaged


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o002, 0o664), (0o077, 0o600)])
def test_a_file_has_the_mode_that_the_umask_gives_so_that_a_cache_can_be_shared(umask, mode):
    before = os.umask(umask)
    try:
        path = cached_text("part.usda", lambda: "content\n")
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == mode


def test_unusable_folder_is_reported_in_one_line(tmp_path, monkeypatch):
    blocker = tmp_path / "file"
    blocker.write_text("")
    monkeypatch.setenv("ISAACLAB_FACTORY_CACHE", str(blocker / "cache"))
    with pytest.raises(AssetCacheError, match="Set ISAACLAB_FACTORY_CACHE to a folder that can be written") as error:
        cached_text("part.usda", lambda: "content\n")
    assert "\n" not in str(error.value)


def test_home_that_cannot_hold_a_cache_is_reported_in_one_line(tmp_path, monkeypatch):
    monkeypatch.delenv("ISAACLAB_FACTORY_CACHE")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    (tmp_path / "home").write_text("")  # a file, so that not even root can write below it
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    with pytest.raises(AssetCacheError, match="Set ISAACLAB_FACTORY_CACHE to a folder that can be written") as error:
        cached_text("part.usda", lambda: "content\n")
    assert "\n" not in str(error.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="root can write everywhere")
def test_read_only_folder_is_reported_in_one_line(asset_cache):
    asset_cache.mkdir(mode=0o500)
    with pytest.raises(AssetCacheError, match="Permission denied"):
        cached_text("part.usda", lambda: "content\n")


def test_writers_at_the_same_time_leave_one_whole_file(asset_cache):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: cached_text("part.usda", lambda: "content\n" * 10000), range(32)))
    assert [file.name for file in asset_cache.iterdir()] == ["part.usda"]
    assert cached_text("part.usda", fail).read_text().count("content") == 10000
