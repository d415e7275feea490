# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A recurrent policy of a real task, exported by the script and run by the code of the documentation."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest
import torch
import yaml

from isaaclab_factory.learning.episodes import EpisodeRecorder
from isaaclab_factory.learning.libraries import trainer_class
from isaaclab_factory.learning.libraries.base import LibraryTrainer
from isaaclab_factory.learning.run_folder.runs import create_run_folder
from tests.docs.blocks import read_blocks
from tests.learning.point_env import PointEnv

ROOT = Path(__file__).parents[2]
SIZES = {"policy": 19, "critic": 43}

pytestmark = pytest.mark.slow


class SpacesOfPegInsert(PointEnv):
    """A task with the sizes of PegInsert, to make a checkpoint with."""

    def __init__(self, num_envs: int) -> None:
        """Args:
        num_envs: Number of environments.
        """
        super().__init__(num_envs)
        box = gymnasium.spaces.Box
        spaces = {name: box(-np.inf, np.inf, (size,)) for name, size in SIZES.items()}
        self.single_observation_space = gymnasium.spaces.Dict(spaces)
        self.single_action_space = box(-np.inf, np.inf, (6,))
        self.action_manager.total_action_dim = 6

    def observe(self) -> dict[str, torch.Tensor]:
        """Returns zeros."""
        return {name: torch.zeros(self.num_envs, size) for name, size in SIZES.items()}


def lstm_trainer(root: Path) -> LibraryTrainer:
    """rl_games with the reference's network made small, no statistic of which is what it starts with."""
    cfg = yaml.safe_load((ROOT / "agents" / "rl_games" / "peg_insert_lstm.yaml").read_text())
    cfg["params"]["network"]["rnn"]["units"] = 16
    trainer_type = trainer_class("rl_games")
    trainer_type.configure(cfg, "cpu", 7, 1)
    folder = create_run_folder(root, "rl_games", trainer_type.experiment_name(cfg))
    (folder / "params").mkdir()
    (folder / "params" / "agent.yaml").write_text(yaml.safe_dump(cfg))
    torch.manual_seed(1)
    trainer = trainer_type(EpisodeRecorder(SpacesOfPegInsert(64)), cfg, folder, "cpu")
    statistics = trainer.agent.model.running_mean_std
    statistics.running_mean.normal_()
    statistics.running_var.uniform_(0.5, 2.0)
    return trainer


@pytest.fixture
def exported(run: Callable, tmp_path: Path) -> tuple[LibraryTrainer, dict[str, Any]]:
    """The trainer, and the description of what was exported to exported/ in the working folder."""
    trainer = lstm_trainer(tmp_path / "logs")
    words = ["--lib", "rl_games", "--agent", "rl_games_lstm_cfg_entry_point", "--checkpoint", str(trainer.save())]
    words += ["agent.params.network.rnn.units=16", "--num_envs", "32", "--steps", "1", "--export", "exported"]
    result = run("play.py", *words)
    assert result.returncode == 0, result.stderr
    assert "Exported policy.pt, policy.onnx, policy.json to exported" in result.stdout
    again = run("play.py", *words)
    assert again.returncode != 0
    assert again.stderr.startswith("error: exported already has policy.pt, policy.onnx, policy.json")
    return trainer, json.loads((tmp_path / "exported" / "policy.json").read_text())


def test_exported_policy_runs_as_documented(exported: tuple, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trainer, description = exported
    monkeypatch.chdir(tmp_path)
    (code,) = (block.content for block in read_blocks(ROOT / "docs" / "export.md") if block.language == "python")
    names: dict[str, Any] = {}
    exec(code, names)
    policy = trainer.policy()
    with torch.inference_mode():
        for _ in range(10):
            expected = policy.act({name: torch.zeros(64, size) for name, size in SIZES.items()})
    np.testing.assert_allclose(names["actions"], expected[:1].numpy(), rtol=0.0, atol=1e-5)
    check_description(description)


def check_description(description: dict[str, Any]) -> None:
    """Checks what the description says of PegInsert against the task's documentation."""
    obs, *state_in = description["inputs"]
    actions, *state_out = description["outputs"]
    assert (obs["shape"], actions["shape"], actions["range"]) == (["batch", 19], ["batch", 6], [-1.0, 1.0])
    shape = [2, "batch", 16]
    assert [(info["name"], info["shape"]) for info in state_in] == [("hidden_in", shape), ("cell_in", shape)]
    assert [(info["name"], info["shape"]) for info in state_out] == [("hidden_out", shape), ("cell_out", shape)]
    assert description["state_reset"].startswith("Zeros")

    terms = {term["name"]: term for term in obs["terms"]}
    assert {name: term["slice"] for name, term in terms.items()} == {
        "fingertip_pos_rel_tip": [0, 3],
        "fingertip_quat": [3, 7],
        "fingertip_lin_vel": [7, 10],
        "fingertip_ang_vel": [10, 13],
        "smoothed_actions": [13, 19],
    }
    assert [term.get("units") for term in terms.values()] == ["m", "unit", "m/s", "rad/s", None]
    assert terms["fingertip_quat"]["axes"] == ["W", "X", "Y", "Z"]
    assert terms["fingertip_quat"]["frame"] == "world"
    assert terms["fingertip_pos_rel_tip"]["description"].startswith("Position of the fingertip relative to")

    (arm,) = actions["terms"]
    assert (arm["name"], arm["slice"]) == ("arm", [0, 6])
    assert arm["scale"] == [0.02, 0.02, 0.02, 0.097, 0.097, 0.097]
    assert arm["units"] == ["m", "m", "m", "rad", "rad", "rad"]
    assert arm["ema_factor"] == 0.2
    assert arm["stiffness"] == [100.0, 100.0, 100.0, 30.0, 30.0, 30.0]
    assert arm["joint_names"] == [f"panda_joint{i}" for i in range(1, 8)]

    assert description["rates"] == {"policy_hz": 15.0, "physics_hz": 120.0, "decimation": 8}
    assert description["conventions"]["quaternions"] == "w, x, y, z"
    robot = description["articulations"]["robot"]
    assert robot["joint_names"][:7] == arm["joint_names"]
    assert robot["base_pose_in_environment"] == [0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0]
    assert (description["task"], description["library"]) == ("Isaac-Factory-PegInsert-v0", "rl_games")
    assert {"isaaclab", "torch", "rl-games"} <= description["versions"].keys()
