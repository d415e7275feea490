# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What a test does on the page of the view."""

from __future__ import annotations

import base64
import io
import time
from collections.abc import Callable

import numpy as np
from PIL import Image
from playwright.sync_api import Page


def wait_for(condition: Callable[[], bool], seconds: float = 60.0) -> bool:
    """Waits until a condition holds, and returns whether it came to hold in time."""
    end = time.monotonic() + seconds
    while not (held := condition()) and time.monotonic() < end:
        time.sleep(0.05)
    return held


class View:
    """The page of the view, as a user reads and uses it."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def press(self, name: str) -> None:
        """Presses a button."""
        self._page.get_by_role("button", name=name, exact=True).click()

    def choose_environment(self, index: int) -> None:
        """Types the number of an environment."""
        field = self._page.get_by_label("Environment")
        field.fill(str(index))
        field.press("Enter")

    def cell(self, name: str) -> str:
        """Returns a figure by its name."""
        return (
            self._page.locator("tr", has=self._page.get_by_role("cell", name=name, exact=True))
            .inner_text()
            .split("\t")[1]
        )

    def curves(self) -> list[list[list[float]]]:
        """Returns the columns of all plots."""
        return self._page.evaluate(
            "Object.values(window.__viserTestpoints.uplots).map(plot => plot.chart.data.map(values => [...values]))"
        )

    def time_axes(self) -> list[list[float]]:
        """Returns the ends of the time axes of all plots."""
        return self._page.evaluate(
            "Object.values(window.__viserTestpoints.uplots).map(({chart: {scales: {x}}}) => [x.min, x.max])"
        )

    def picture(self) -> np.ndarray:
        """Returns the scene without the controls: red, green and blue of 0 to 255, shape (height, width, 3)."""
        url = self._page.locator("canvas[data-engine]").evaluate("canvas => canvas.toDataURL()")
        image = Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2])))
        return np.asarray(image.convert("RGB"), dtype=int)

    def settled_picture(self) -> np.ndarray:
        """Returns the scene once nothing moves in it any more."""
        pictures = [self.picture()]

        def settled() -> bool:
            time.sleep(0.2)
            pictures.append(self.picture())
            return np.array_equal(pictures[-1], pictures[-2])

        assert wait_for(settled), "the scene moves"
        return pictures[-1]

    def changed_picture(self, before: np.ndarray, pixels: int = 10) -> np.ndarray:
        """Returns the scene once some pixels differ so much from an earlier picture that it can be seen."""
        pictures = []

        def changed() -> bool:
            pictures.append(self.picture())
            return (np.abs(pictures[-1] - before).max(axis=-1) > 30).sum() > pixels

        assert wait_for(changed), "the scene did not change"
        return pictures[-1]
