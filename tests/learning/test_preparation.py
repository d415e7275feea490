# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What a command line asks a training for."""

from pathlib import Path

from isaaclab_factory.learning.config.overrides import selected
from isaaclab_factory.learning.preparation import read_order


def test_the_words_of_an_order_name_the_presets_of_its_experiment_file(tmp_path: Path) -> None:
    file = tmp_path / "insert.yaml"
    file.write_text("lib: rsl_rl\ntask: Isaac-Factory-PegInsert\npresets: no_noise\n", encoding="utf-8")
    order = read_order("rsl_rl", ["--config", str(file), "--device", "cpu", "env.episode_length_s=5.0"])
    assert selected(order.argv, "presets") == ["no_noise"]
    assert "--config" not in order.argv
    assert order.words == ["presets=no_noise", "env.episode_length_s=5.0"]
