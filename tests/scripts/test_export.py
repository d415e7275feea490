# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A recurrent policy of a real task, exported by the script and run by the code of the documentation."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from isaaclab_factory.learning.cli.tasks import check_task
from isaaclab_factory.learning.config.load import load_configs
from isaaclab_factory.learning.libraries import trainer_class
from isaaclab_factory.learning.runs.checkpoints import find_checkpoint
from isaaclab_factory.learning.runs.episodes import EpisodeRecorder
from tests.learning.policies.untrained_runs import SIZES, TASK, SpacesOfPegInsert, untrained_run

ROOT = Path(__file__).parents[2]
LSTM = ["params.network.rnn.units=16"]


def python_blocks(page: Path) -> list[str]:
    """Returns the Python code on a page of the documentation."""
    return re.findall(r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.mark.slow
def test_an_exported_policy_runs_as_documented(run_forked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = untrained_run(tmp_path / "logs", "rl_games", *LSTM, network="lstm_")
    words = ["--checkpoint", str(folder), "--output", "exported"]
    result = run_forked("export.py", *words)
    assert result.returncode == 0, result.stderr
    assert result.stdout == "Exported policy.pt, policy.onnx, policy.json to exported\n"
    again = run_forked("export.py", *words)
    assert again.returncode == 2
    assert again.stderr.startswith("error: exported already holds policy.pt, policy.onnx, policy.json")

    monkeypatch.chdir(tmp_path)
    (code,) = python_blocks(ROOT / "docs" / "export.md")
    names: dict[str, Any] = {}
    exec(code, names)
    np.testing.assert_allclose(names["actions"], library_actions(folder, steps=10), rtol=0.0, atol=1e-5)
    check_files(json.loads((tmp_path / "exported" / "policy.json").read_text()))


def library_actions(folder: Path, steps: int) -> np.ndarray:
    """Actions of the library's own policy of a run, after some steps of zero observations."""
    check_task(TASK)
    agent_file = folder / "params" / "agent.yaml"
    _, cfg = load_configs(TASK, "rl_games_lstm_cfg_entry_point", agent_file=agent_file)
    trainer_type = trainer_class("rl_games")
    trainer_type.configure_acting(cfg)
    trainer = trainer_type(EpisodeRecorder(SpacesOfPegInsert(1)), cfg, folder.parent / "opened", "cpu")
    trainer.load_policy(find_checkpoint(folder, "rl_games"))
    policy = trainer.policy()
    with torch.inference_mode():
        for _ in range(steps):
            actions = policy.act({name: torch.zeros(1, size) for name, size in SIZES.items()})
    return actions.numpy()


def check_files(description: dict[str, Any]) -> None:
    """Checks what a description says of the tensors of the files."""
    obs, *state_in = description["inputs"]
    actions, *state_out = description["outputs"]
    assert (obs["shape"], actions["shape"], actions["range"]) == (["batch", 19], ["batch", 6], [-1.0, 1.0])
    shape = [2, "batch", 16]
    assert [(info["name"], info["shape"]) for info in state_in] == [("hidden_in", shape), ("cell_in", shape)]
    assert [(info["name"], info["shape"]) for info in state_out] == [("hidden_out", shape), ("cell_out", shape)]
    assert description["state_reset"].startswith("Zeros")
    assert (description["task"], description["library"]) == (TASK, "rl_games")
    assert {"isaaclab", "torch", "rl-games"} <= description["versions"].keys()
    assert description["training"]["seed"] == 7
