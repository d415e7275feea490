# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Finding Isaac Lab and a real Isaac Sim."""

import sys

import pytest

from isaaclab_factory.kitless import paths


def test_stand_ins_do_not_count_as_isaac_sim():
    import isaacsim

    assert str(paths.STAND_INS) in isaacsim.__file__
    assert not paths.has_isaac_sim()


def test_placeholder_package_does_not_count_as_isaac_sim(tmp_path, monkeypatch):
    (tmp_path / "isaacsim").mkdir()
    (tmp_path / "isaacsim" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    assert not paths.has_isaac_sim()


@pytest.mark.parametrize("file", ["carb/__init__.py", "isaacsim/exts/readme", "isaacsim/simulation_app/__init__.py"])
def test_isaac_sim_is_known_by_what_it_brings(tmp_path, monkeypatch, file):
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).touch()
    (tmp_path / file.split("/")[0] / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    assert paths.has_isaac_sim()


def test_real_modules_would_win_over_the_stand_ins():
    assert sys.path.index(str(paths.STAND_INS)) == len(sys.path) - 1


def test_wrong_python_is_one_line(monkeypatch):
    monkeypatch.setattr(paths.sys, "version_info", (3, 12, 1))
    with pytest.raises(paths.SetupError, match=r"needs Python 3\.11; this is 3\.12"):
        paths.check_python()


def test_missing_and_wrong_isaac_lab_are_one_line(monkeypatch):
    def missing(name):
        raise paths.importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(paths.importlib.metadata, "version", missing)
    with pytest.raises(paths.SetupError, match=r"pip install isaaclab==2.3.2"):
        paths.find_source()
    monkeypatch.setattr(paths.importlib.metadata, "version", lambda name: "2.1.0")
    with pytest.raises(paths.SetupError, match=r"isaaclab 2\.1\.0 is installed; .* only 2\.3\.2 is supported"):
        paths.find_source()


def test_all_packages_of_isaac_lab_come_first():
    source = paths.find_source()
    first = [str(source / name) for name in paths.PACKAGES]
    positions = [sys.path.index(folder) for folder in first]
    assert positions == sorted(positions)
    outside = [index for index, entry in enumerate(sys.path) if entry.endswith("site-packages")]
    assert max(positions) < min(outside)
