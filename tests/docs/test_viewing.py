# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The camera of the page draws on the CPU engine, and a video is recorded from it."""

from pathlib import Path

import pytest
import torch

from tests.docs.blocks import read_blocks
from tests.tasks.task_env import open_env, rest

PAGE = Path(__file__).parents[2] / "docs" / "viewing.md"


@pytest.mark.slow
def test_the_camera_shows_the_arm_and_a_video_is_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (code,) = (block.content for block in read_blocks(PAGE) if "CameraCfg(" in block.content)

    def add_camera(cfg) -> None:
        exec(code, {"cfg": cfg})
        cfg.scene.camera.width, cfg.scene.camera.height = 32, 24
        cfg.video_recorders[0].video_length = 3

    monkeypatch.chdir(tmp_path)
    with open_env("PegInsert", 2, seed=1, change=add_camera) as env:
        env.reset(seed=1)
        for _ in range(4):
            env.step(rest(env))
        image = env.scene["camera"].data.output["rgb"].torch.clone()
        env.step(torch.ones(2, 6))
        moved = env.scene["camera"].data.output["rgb"].torch
        assert image.shape == (2, 24, 32, 3)
        assert image.float().std() > 10.0, "not of one colour"
        assert not torch.equal(image[0], image[1]), "two hands at two places"
        assert not torch.equal(image, moved)
    (video,) = (tmp_path / "videos").glob("*.mp4")
    with video.open("rb") as file:
        assert file.read(8)[4:] == b"ftyp", "the beginning of an MP4 file"
