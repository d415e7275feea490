# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Videos can be played, are complete or not there, and do not disturb what they show."""

from pathlib import Path

import gymnasium
import imageio_ffmpeg
import numpy as np
import pytest
import torch

from isaaclab_factory.viewing.offscreen.caption import GREEN, WHITE, write_caption
from isaaclab_factory.viewing.offscreen.video_file import VideoFile
from isaaclab_factory.viewing.video import VideoRecorder
from tests.tasks.task_env import open_env

SIZE = (160, 96)


@pytest.fixture(scope="module")
def env():
    with open_env("PegInsert", num_envs=3, seed=3) as env, torch.inference_mode():
        yield env


class KeptOpen(gymnasium.Wrapper):
    """An environment that does not close with what it is wrapped into."""

    def close(self) -> None:
        pass


def read(path: Path) -> tuple[dict, list[np.ndarray]]:
    """What a file says of itself, and its pictures."""
    pictures = imageio_ffmpeg.read_frames(str(path))
    about = next(pictures)
    width, height = about["size"]
    return about, [np.frombuffer(data, np.uint8).reshape(height, width, 3) for data in pictures]


def roll_out(env, stepped, steps: int) -> list[torch.Tensor]:
    """Observations and rewards of all steps from a seed, with an episode that ends on the way, and a random number."""
    obs, _ = stepped.reset(seed=11)
    env.episode_length_buf[1] = env.max_episode_length - 5
    torch.manual_seed(0)
    rows = [obs["policy"].clone()]
    for _ in range(steps):
        obs, reward, *_ = stepped.step(2.0 * torch.rand(3, 6) - 1.0)
        rows.append(torch.cat((obs["policy"], obs["critic"], reward[:, None]), dim=-1))
    return [*rows, torch.rand(1), torch.as_tensor(np.random.rand(1))]  # noqa: NPY002


def test_filming_changes_nothing_and_every_video_has_its_length(env, tmp_path: Path) -> None:
    plain = roll_out(env, env, steps=9)
    recorder = VideoRecorder(KeptOpen(env), tmp_path / "videos", length=2, interval=4, num_tiles=4, size=SIZE)
    filmed = roll_out(env, recorder, steps=9)
    assert all(torch.equal(first, second) for first, second in zip(plain, filmed, strict=True))
    recorder.close()
    names = ["video-step-0.mp4", "video-step-4.mp4", "video-step-8.mp4"]
    assert [path.name for path in recorder.videos] == names
    assert sorted(path.name for path in (tmp_path / "videos").iterdir()) == sorted(names)
    for path, length in zip(recorder.videos, (2, 2, 1), strict=True):
        about, pictures = read(path)
        assert about["codec"] == "h264" and about["pix_fmt"].startswith("yuv420p")
        assert about["size"] == SIZE
        assert about["fps"] == pytest.approx(15.0)
        assert len(pictures) == length
    # three environments side by side, and nothing in the place of a fourth
    assert pictures[0][: SIZE[1] // 2, SIZE[0] // 2 :].std() > 5.0
    assert pictures[0][SIZE[1] // 2 + 8 :, SIZE[0] // 2 + 8 :].max() < 40


def test_without_an_interval_there_is_one_video(env, tmp_path: Path) -> None:
    recorder = VideoRecorder(KeptOpen(env), tmp_path, length=2, name="play", num_tiles=1, size=SIZE)
    recorder.reset(seed=1)
    for _ in range(5):
        recorder.step(torch.zeros(3, 6))
    recorder.close()
    assert [path.name for path in tmp_path.iterdir()] == ["play-step-0.mp4"]


def test_a_video_that_cannot_be_written_is_given_up_and_the_task_goes_on(env, tmp_path: Path, caplog) -> None:
    (tmp_path / "videos").write_text("a file where the folder should be")
    recorder = VideoRecorder(KeptOpen(env), tmp_path / "videos", length=2, interval=2, num_tiles=1, size=SIZE)
    recorder.reset(seed=1)
    for _ in range(4):
        recorder.step(torch.zeros(3, 6))
    recorder.close()
    warnings = [record.message for record in caplog.records if record.levelname == "WARNING"]
    assert len(warnings) == 1 and warnings[0].startswith("no more videos")
    assert recorder.videos == []


def test_a_file_shows_the_pictures_and_is_there_only_when_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "new" / "film.mp4"
    file = VideoFile(path, SIZE, fps=10.0)
    colors = [(200, 30, 30), (30, 200, 30), (30, 30, 200)]
    for color in colors:
        file.add(np.full((SIZE[1], SIZE[0], 3), color, np.uint8))
    assert not path.exists()
    file.finish()
    assert [entry.name for entry in path.parent.iterdir()] == ["film.mp4"]
    _, pictures = read(path)
    for color, picture in zip(colors, pictures, strict=True):
        assert np.abs(picture.reshape(-1, 3).mean(axis=0) - color).max() < 12.0


def test_a_file_that_is_given_up_leaves_nothing(tmp_path: Path) -> None:
    file = VideoFile(tmp_path / "film.mp4", SIZE, fps=10.0)
    file.add(np.zeros((SIZE[1], SIZE[0], 3), np.uint8))
    del file
    assert list(tmp_path.iterdir()) == []
    empty = VideoFile(tmp_path / "film.mp4", SIZE, fps=10.0)
    empty.finish()
    assert list(tmp_path.iterdir()) == []


def test_a_size_that_no_player_would_show_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="even"):
        VideoFile(tmp_path / "film.mp4", (161, 96), fps=10.0)
    assert list(tmp_path.iterdir()) == []


def test_captions_are_written_where_they_belong() -> None:
    picture = np.full((180, 320, 3), 128, np.uint8)
    write_caption(picture, (10, 170), [("3.2 s", WHITE), ("success", GREEN)])
    rows, columns = np.nonzero((picture != 128).any(axis=-1))
    assert columns.min() == 10 and columns.max() < 160
    assert rows.max() == 169 and rows.min() > 140
    brightest = picture[rows, columns].astype(int)
    assert (brightest.min(axis=1) > 220).any()  # white
    assert (brightest[:, 1] - brightest[:, 0] > 60).any()  # green
