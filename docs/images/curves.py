# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Draws curves.svg: how the success rose in the trainings whose curve is kept in docs/results/.

python docs/images/curves.py           # after scripts/record_result.py
"""

import json
from pathlib import Path

from matplotlib import pyplot, rcParams

from isaaclab_factory.learning.diagnostics.results import agent_name

FOLDER = Path(__file__).parent
RESULTS = FOLDER.parent / "results"


def draw(file: Path) -> None:
    """Draws one line per policy. A training that went on from another one continues its line.

    Args:
        file: The picture.
    """
    figure, axes = pyplot.subplots(figsize=(8.0, 4.5), layout="constrained")
    for path in sorted(RESULTS.glob("*.json")):
        record = json.loads(path.read_text(encoding="utf-8"))
        curves = [training.get("curve") for training in record["trainings"]]
        if all(curves):
            points = [point for curve in curves for point in curve]
            variant = " ".join((record["task"].removeprefix("Isaac-"), ",".join(record["presets"]))).strip()
            name = f"{variant}, {agent_name(record)}"
            axes.plot([steps / 1e6 for steps, _ in points], [100.0 * rate for _, rate in points], label=name)
    axes.set(
        xlabel="environment steps, millions", ylabel="success while training, %", ylim=(0.0, 100.0), xlim=(0.0, None)
    )
    axes.grid(alpha=0.3)
    axes.legend(frameon=False)
    rcParams.update({"svg.hashsalt": "curves", "svg.fonttype": "none"})  # the same file from the same data
    figure.savefig(file, metadata={"Date": None})


if __name__ == "__main__":
    draw(FOLDER / "curves.svg")
