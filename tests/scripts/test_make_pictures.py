# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The pictures of the README: a still, the scene and a clip."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest
import trimesh
from PIL import Image

from isaaclab_factory.viewing.surfaces import BRASS, STEEL, box, shaded
from isaaclab_factory.viewing.visuals import Visual

SCRIPT = Path(__file__).parents[2] / "scripts" / "make_pictures.py"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("make_pictures", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look for it there
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def test_an_episode_becomes_a_still_a_scene_and_a_clip_of_limited_length(
    script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(script, "CLIP_FRAMES", 8)
    part = shaded(trimesh.creation.cylinder(radius=0.01, height=0.05))
    visuals = (
        Visual("held_asset", "held_asset", part, BRASS),
        Visual("fixed_asset", "fixed_asset", shaded(box((0.0, 0.0, 0.0), (0.03, 0.03, 0.02))), STEEL),
    )
    moments = np.zeros((20, 2, 7))
    moments[..., 3] = 1.0
    moments[:, 0, 2] = np.linspace(0.1, 0.03, 20)
    focus, names = np.array([0.0, 0.0, 0.01]), ("held_asset", "fixed_asset")
    episode = script.Episode(visuals, names, 1 / 15, focus, moments, engaged=6, success=10)
    still, scene, clip = script.make_pictures(episode, tmp_path, "task", samples=1)
    for file in (still, scene):
        with Image.open(file) as picture:
            assert picture.size == script.STILL_SIZE
            assert len(picture.getcolors()) > 20
    with Image.open(clip) as film:
        assert film.size == script.CLIP_SIZE
        assert film.n_frames == 7  # every third of the 20 moments
    assert clip.stat().st_size < script.LARGEST_CLIP
    assert sorted(file.name for file in tmp_path.iterdir()) == ["task.png", "task.webp", "task_scene.png"]


@pytest.mark.parametrize(
    ("task", "name"),
    [("Isaac-Factory-PegInsert-v0", "peg_insert"), ("Isaac-Factory-NutThread-Play-v0", "nut_thread")],
)
def test_pictures_are_named_by_their_task(script, task: str, name: str) -> None:
    assert script.picture_name(task) == name
