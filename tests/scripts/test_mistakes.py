# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A user's mistakes: one line, a non-zero exit code, nothing written."""

from pathlib import Path

import pytest
import torch

from isaaclab_factory.learning.run_folder.runs import LAYOUTS

TRAINING_SCRIPTS = ("train.py", "train_rsl_rl.py", "train_rl_games.py", "train_skrl.py")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--task", "Isaac-Factory-PegInsrt-v0"], "unknown task 'Isaac-Factory-PegInsrt-v0'"),
        (["--lib", "foo"], "'rsl_rl', 'rl_games', 'skrl'"),
        (["--num_envs", "0"], "'0' is not a whole number of 1 or more"),
        (["--checkpoint", "nowhere.pt"], "checkpoint nowhere.pt does not exist"),
        (["--agent", "foo_cfg_entry_point"], "it has rsl_rl_cfg_entry_point"),
        (["--nun_envs", "4"], "unknown argument '--nun_envs'"),
        (["sim.dt=1"], "unknown argument 'sim.dt=1'"),
        (["--device", "cuda:0", "--sim", "mujoco"], "MuJoCo simulates on the CPU"),
        (["--sim", "isaacsim"], "Isaac Sim is not installed"),
    ],
)
def test_a_mistake_is_told_before_anything_heavy_loads(run, tmp_path: Path, args: list[str], said: str) -> None:
    result = run("train.py", *args)
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.startswith("error: ")
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["list_envs.py", "--foo"], "unrecognized arguments: --foo"),
        (["plot_runs.py", "nowhere"], "nowhere is no run folder"),
        (["evaluate.py"], "no run of Isaac-Factory-PegInsert-v0 with rsl_rl has a checkpoint in logs/rsl_rl"),
        (["evaluate.py", "--checkpoint", "nowhere.pt"], "checkpoint nowhere.pt does not exist"),
        (["evaluate.py", "--checkpoint", "a.pt", "--json", "."], "--json: . is there already, and is not overwritten"),
        (["play.py"], "no run of Isaac-Factory-PegInsert-v0 with rsl_rl has a checkpoint in logs/rsl_rl"),
        (["play_skrl.py"], "no run of Isaac-Factory-PegInsert-v0 with skrl has a checkpoint in logs/skrl"),
        (["play.py", "--checkpoint", "x.pt", "--use_last_checkpoint"], "not allowed with argument --checkpoint"),
        (["play.py", "--use_last_checkpoint"], "no run of Isaac-Factory-PegInsert-v0 with rsl_rl has a checkpoint"),
        (["play.py", "--checkpoint", "x.pt", "--steps", "0"], "'0' is not a whole number of 1 or more"),
        (["publish_policy.py", "--checkpoint", "x.pt", "--evaluation", "x.json"], "checkpoint x.pt does not exist"),
        (["benchmark.py", "--num_envs", "0"], "'0' is not a whole number of 1 or more"),
        (["soak.py", "--task", "Isaac-Factory-PegInsert-v0", "foo"], "unknown task 'foo'"),
        (["zero_agent.py", "--task", "foo"], "unknown task 'foo'"),
    ],
)
def test_a_mistake_is_told_by_the_other_scripts_too(run, tmp_path: Path, command: list[str], said: str) -> None:
    result = run(*command)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("error: ")
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("script", TRAINING_SCRIPTS)
def test_help_names_the_arguments(run, script: str) -> None:
    result = run(script, "--help")
    assert result.returncode == 0
    for argument in ("--task", "--num_envs", "--max_iterations", "--seed", "--device", "--checkpoint", "--headless"):
        assert argument in result.stdout
    assert ("--lib" in result.stdout) == (script == "train.py")


@pytest.mark.slow
def test_a_bad_hydra_key_is_told(run, tmp_path: Path) -> None:
    override = "env.no_such_key=1"
    result = run("train.py", override)
    assert result.returncode == 2
    assert result.stderr.startswith(f"error: cannot apply {override}: ")
    assert result.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_configuration_without_environments_is_told(run, tmp_path: Path) -> None:
    result = run("train.py", "env.scene.num_envs=0")
    assert (result.returncode, result.stderr) == (2, "error: env.scene.num_envs must be above zero, not 0\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_peg_that_does_not_fit_is_told(run, tmp_path: Path) -> None:
    result = run("train.py", "--num_envs", "2", "env.scene.held_asset.spawn.part.diameter=0.02")
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert "Hole and Peg do not fit: their radial clearance must be positive, got -0.005950 m" in result.stderr
    assert not any((tmp_path / "logs").rglob("*.yaml"))


@pytest.mark.slow
def test_a_count_of_zero_is_told_and_leaves_no_run_folder(run, tmp_path: Path) -> None:
    result = run("train.py", "agent.algorithm.num_mini_batches=0")
    assert result.returncode == 2
    assert result.stderr == "error: agent.algorithm.num_mini_batches must be above zero, not 0\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("script", ["train.py", "zero_agent.py"])
def test_an_unknown_source_of_assets_is_told(run, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    monkeypatch.setenv("ISAACLAB_FACTORY_ASSETS", "kitchen")
    result = run(script)
    assert (result.returncode, result.stdout) == (2, "")
    assert "Unknown source of assets 'kitchen'" in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.slow
def test_a_corrupt_checkpoint_is_told_and_kept(run, tmp_path: Path) -> None:
    checkpoint = tmp_path / "model_1.pt"
    checkpoint.write_bytes(b"half a checkp")
    result = run("train.py", "--checkpoint", str(checkpoint))
    assert result.returncode == 2
    assert result.stderr.startswith(f"error: checkpoint {checkpoint} is damaged")
    assert result.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == [checkpoint]
    assert checkpoint.read_bytes() == b"half a checkp"


@pytest.mark.slow
def test_a_checkpoint_of_another_library_is_told(run, tmp_path: Path) -> None:
    checkpoint = tmp_path / "model_1.pt"
    torch.save(dict.fromkeys(LAYOUTS["rsl_rl"].keys), checkpoint)
    result = run("train.py", "--lib", "skrl", "--checkpoint", str(checkpoint))
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == f"error: {checkpoint} is a checkpoint of rsl_rl, not of skrl\n"


@pytest.mark.slow
def test_a_cache_that_cannot_be_used_is_told_and_leaves_no_run_folder(
    run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cache").write_text("a file")
    monkeypatch.setenv("ISAACLAB_FACTORY_CACHE", str(tmp_path / "cache"))
    result = run("train.py", "--num_envs", "2")
    assert result.returncode == 2
    assert "Cannot use the asset cache" in result.stderr
    assert result.stderr.count("\n") == 1
    assert not list((tmp_path / "logs").glob("*/*/*"))
    assert (tmp_path / "cache").read_text() == "a file"


@pytest.mark.slow
def test_a_damaged_file_in_the_cache_is_told_and_made_again(
    run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ISAACLAB_FACTORY_CACHE", str(tmp_path / "cache"))
    arguments = ("zero_agent.py", "--num_envs", "2", "--steps", "1")
    assert run(*arguments).returncode == 0
    peg = next((tmp_path / "cache").glob("peg_*.usda"))
    intact = peg.read_bytes()
    peg.write_bytes(intact[: len(intact) // 2])
    result = run(*arguments)
    assert result.returncode == 0
    assert f"warning: The cached file {peg} is damaged" in result.stderr
    assert peg.read_bytes() == intact
