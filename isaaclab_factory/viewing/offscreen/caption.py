# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Small captions in a picture."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

WHITE = (255, 255, 255)
GREEN = (120, 225, 130)

Word = tuple[str, tuple[int, int, int]]
"""A text and its colour."""

_PLATE = (20, 22, 26, 150)


def write_caption(picture: np.ndarray, position: tuple[int, int], words: Sequence[Word]) -> None:
    """Writes a line on a dark plate into a picture.

    Args:
        picture: The picture, which is changed. Shape is (height, width, 3), 8 bits.
        position: Left and lower edge of the plate (pixels).
        words: What to write, next to one another.
    """
    font = _font(max(12, picture.shape[0] // 45))
    ascent, descent = font.getmetrics()
    gap, margin = font.getlength("  "), ascent // 2
    widths = [font.getlength(word) for word, _ in words]
    width = int(sum(widths) + gap * (len(words) - 1)) + 2 * margin
    height = ascent + descent + margin
    left, bottom = position
    plate = Image.new("RGBA", (width, height))
    draw = ImageDraw.Draw(plate)
    draw.rounded_rectangle((0, 0, width - 1, height - 1), radius=margin, fill=_PLATE)
    x = float(margin)
    for (word, color), word_width in zip(words, widths, strict=True):
        draw.text((x, margin / 2.0), word, font=font, fill=(*color, 255))
        x += word_width + gap
    region = picture[max(0, bottom - height) : bottom, left : left + width]
    ink = np.asarray(plate)[: region.shape[0], : region.shape[1]].astype(np.float32)
    opacity = ink[..., 3:] / 255.0
    region[:] = (region * (1.0 - opacity) + ink[..., :3] * opacity + 0.5).astype(np.uint8)


@lru_cache(maxsize=4)
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.load_default(size)
