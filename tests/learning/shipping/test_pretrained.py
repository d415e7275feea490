# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Policies that are shipped: how they are found, and how they are made of a run and its evaluation."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from isaaclab_factory.learning.arguments import LIBRARIES
from isaaclab_factory.learning.configs import save_configs
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.measuring.evaluation import evaluate
from isaaclab_factory.learning.run_folder.provenance import RunRecord
from isaaclab_factory.learning.run_folder.runs import LAYOUTS, run_folder_of, validate_checkpoint
from isaaclab_factory.learning.shipping import pretrained, publishing
from isaaclab_factory.learning.shipping.publishing import publish, slim_checkpoint, without_values
from tests.learning.point_env import PointEnv
from tests.learning.test_libraries import agent_cfg, make_trainer, train

TASK = "Isaac-Factory-PegInsert-v0"
CLEAN = {"commit": "a" * 40, "changed": []}


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in the place of the package's."""
    monkeypatch.setattr(pretrained, "FOLDER", tmp_path / "pretrained")
    return tmp_path / "pretrained"


def make_run(folder: Path, library: str = "rsl_rl", **facts: Any) -> Path:
    """Makes a run folder with its record and returns its checkpoint, which is small and acts in nothing."""
    save_configs(folder, {}, {"a": 1})
    record = {"task": TASK, "agent": f"{library}_cfg_entry_point", "seed": 1, "num_envs": 4, "simulator": "mujoco"}
    RunRecord(folder, library, ["--log_root", "elsewhere"], **record, started_from=None).finish(
        True, env_steps=300, seconds=90.0
    )
    change(folder / "run.json", **({"git": CLEAN} | facts))
    checkpoint = folder / LAYOUTS[library].pattern.replace("*", "agent_3")
    checkpoint.parent.mkdir(exist_ok=True)
    torch.save({key: {"weight": torch.ones(3)} for key in LAYOUTS[library].keys}, checkpoint)
    return checkpoint


def make_evaluation(checkpoint: Path, /, **facts: Any) -> Path:
    """Writes an evaluation of a checkpoint."""
    path = run_folder_of(checkpoint) / "evaluation.json"
    figures = {"episodes": 1000, "success_rate": 0.97, "success_interval": [0.95, 0.98], "mean_reward": 5.0}
    command = f".venv/bin/python scripts/evaluate.py --lib rsl_rl --task {TASK} --checkpoint {checkpoint} --json x"
    about = {"command": command, "task": TASK, "library": "rsl_rl", "checkpoint": str(checkpoint), "git": CLEAN}
    path.write_text(json.dumps(about | {"num_envs": 128, "seed": 42} | figures | facts))
    return path


def change(path: Path, **facts: Any) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | facts))


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_slim_checkpoint_acts_the_same_and_is_all_plain_data(library: str, tmp_path: Path) -> None:
    trainer = make_trainer(library, tmp_path, iterations=1, num_envs=8)
    train(trainer)
    full, slim = trainer.save(), tmp_path / "slim.pt"
    slim_checkpoint(full, library, slim)
    assert slim.stat().st_size < 0.6 * full.stat().st_size
    assert set(torch.load(slim, weights_only=True)) < set(torch.load(full, weights_only=False))

    again = make_trainer(library, tmp_path, num_envs=8)
    assert evaluate(PointEnv(8), again.policy()) != evaluate(PointEnv(8), trainer.policy())
    again.load_policy(slim)
    assert evaluate(PointEnv(8), again.policy()) == evaluate(PointEnv(8), trainer.policy())
    with pytest.raises(UserError, match="holds a policy to act with, and not what a training goes on from"):
        validate_checkpoint(slim, library)


def test_a_recurrent_network_acts_in_any_number_of_environments(tmp_path: Path) -> None:
    cfg = agent_cfg("rl_games", 1, name="peg_insert_lstm")
    cfg["params"]["network"]["rnn"]["units"] = 8
    trainer_type = type(make_trainer("rl_games", tmp_path, num_envs=4))
    trainer_type.configure_acting(cfg)
    from isaaclab_factory.learning.episodes import EpisodeRecorder

    trainer = trainer_type(EpisodeRecorder(PointEnv(3)), cfg, tmp_path / "run", "cpu")
    assert evaluate(PointEnv(3), trainer.policy()).episodes == 3


def test_a_published_policy_is_found_for_its_task_and_the_play_variant(shelf: Path, tmp_path: Path) -> None:
    checkpoint = make_run(tmp_path / "run")
    folder = publish(checkpoint, make_evaluation(checkpoint), also=["Isaac-Factory-PegInsert-Search-v0"])
    assert folder == shelf / TASK
    assert {path.name for path in folder.iterdir()} == {"policy.pt", "agent.yaml", "policy.json"}
    assert [path.name for path in shelf.iterdir()] == [TASK]
    for name in ("PegInsert", "PegInsert-Play", "PegInsert-Search", "PegInsert-Search-Play"):
        assert pretrained.find_policy(f"Isaac-Factory-{name}-v0").folder == folder
    with pytest.raises(UserError, match=r"is shipped for Isaac-Factory-GearMesh-v0; there are some for Isaac-"):
        pretrained.find_policy("Isaac-Factory-GearMesh-v0")
    with pytest.raises(UserError, match="was trained with rsl_rl, not with skrl"):
        pretrained.find_policy(TASK, "skrl")


def test_the_policy_of_the_task_itself_goes_before_one_that_is_for_it_too(shelf: Path, tmp_path: Path) -> None:
    gear = "Isaac-Factory-GearMesh-v0"
    for task, also in ((gear, [TASK]), (TASK, [gear])):
        checkpoint = make_run(tmp_path / task, task=task)
        publish(checkpoint, make_evaluation(checkpoint, task=task), also)
    assert pretrained.find_policy(TASK).folder.name == TASK
    assert pretrained.find_policy(gear).folder.name == gear


def test_a_policy_tells_how_it_was_made_and_how_to_measure_it(shelf: Path, tmp_path: Path) -> None:
    first = make_run(tmp_path / "first", seed=7)
    origin = {"checkpoint": first.name, "run": json.loads((tmp_path / "first" / "run.json").read_text())}
    checkpoint = make_run(tmp_path / "second", started_from=origin, env_steps=500)  # it counts on
    publish(checkpoint, make_evaluation(checkpoint), also=[])
    record = pretrained.find_policy(TASK).record
    assert (record["env_steps"], record["minutes"]) == (500, 3.0)
    assert [training["seed"] for training in record["trainings"]] == [7, 1]
    assert record["trainings"][0]["commit"] == "a" * 40
    assert record["trainings"][0]["command"] == ".venv/bin/python scripts/train.py --lib rsl_rl"
    measure = f".venv/bin/python scripts/evaluate.py --task {TASK} --use_pretrained_checkpoint"
    assert record["evaluation"]["command"] == measure
    assert record["evaluation"]["success_rate"] == 0.97
    assert str(tmp_path) not in json.dumps(record)


@pytest.mark.parametrize(
    ("run", "evaluation", "said"),
    [
        ({"git": None}, {}, "was not of a commit of the repository"),
        ({"git": CLEAN | {"changed": ["agents/x.yaml"]}}, {}, r"not of the commit as it is: agents/x.yaml differed"),
        ({}, {"git": CLEAN | {"changed": ["agents/x.yaml"]}}, "the evaluation was not of the commit as it is"),
        ({}, {"success_rate": None}, "does not tell success_rate"),
        ({}, {"checkpoint": "other.pt"}, r"is about other.pt, not about"),
        ({"command": "train.py --plugin my_task"}, {}, "took a plugin, which no commit of the repository has"),
        ({"started_from": {"checkpoint": "a.pt", "run": None}}, {}, "of which nothing is known"),
    ],
)
def test_what_cannot_be_repeated_is_not_published(
    shelf: Path, tmp_path: Path, run: dict[str, Any], evaluation: dict[str, Any], said: str
) -> None:
    checkpoint = make_run(tmp_path / "run", **run)
    with pytest.raises(UserError, match=said):
        publish(checkpoint, make_evaluation(checkpoint, **evaluation), also=[])
    assert not shelf.exists()


def test_a_training_that_has_not_ended_is_not_published(shelf: Path, tmp_path: Path) -> None:
    checkpoint = make_run(tmp_path / "run")
    record = json.loads((tmp_path / "run" / "run.json").read_text())
    del record["env_steps"]
    (tmp_path / "run" / "run.json").write_text(json.dumps(record))
    with pytest.raises(UserError, match="has not ended"):
        publish(checkpoint, make_evaluation(checkpoint), also=[])


def test_a_checkpoint_outside_of_a_run_folder_is_not_published(tmp_path: Path) -> None:
    (tmp_path / "model_1.pt").write_bytes(b"")
    with pytest.raises(UserError, match=r"lies in no run folder with a run\.json"):
        publish(tmp_path / "model_1.pt", tmp_path / "evaluation.json", also=[])
    with pytest.raises(UserError, match="does not exist"):
        publish(tmp_path / "model_2.pt", tmp_path / "evaluation.json", also=[])


def test_a_large_checkpoint_is_not_published_and_leaves_nothing(
    shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoint = make_run(tmp_path / "run")
    torch.save({key: torch.ones(510_000) for key in LAYOUTS["rsl_rl"].keys}, checkpoint)
    with pytest.raises(UserError, match=r"has 4.1 MB to act with; 2.0 MB may be shipped"):
        publish(checkpoint, make_evaluation(checkpoint), also=[])
    assert list(shelf.iterdir()) == []


def test_a_shipped_policy_is_replaced_only_if_asked_for(shelf: Path, tmp_path: Path) -> None:
    for seed in (1, 2):
        checkpoint = make_run(tmp_path / str(seed), seed=seed)
        evaluation = make_evaluation(checkpoint)
        if seed == 2:
            with pytest.raises(UserError, match="is there already; --replace makes it anew"):
                publish(checkpoint, evaluation, also=[])
        publish(checkpoint, evaluation, also=[], replace=seed == 2)
        assert pretrained.find_policy(TASK).record["trainings"][0]["seed"] == seed
    assert [path.name for path in shelf.iterdir()] == [TASK]


def test_of_a_tensor_that_is_a_view_only_the_view_is_shipped(tmp_path: Path) -> None:
    view = torch.arange(1_000_000.0)[:4]
    full, slim = tmp_path / "model_1.pt", tmp_path / "slim.pt"
    torch.save({"model_state_dict": {"weight": view}, "iter": 1}, full)
    slim_checkpoint(full, "rsl_rl", slim)
    assert slim.stat().st_size < 10_000
    assert torch.equal(torch.load(slim, weights_only=True)["model_state_dict"]["weight"], view)


@pytest.mark.parametrize(
    ("command", "left"),
    [
        ("a.py --json x --seed 1", "a.py --seed 1"),
        ("a.py --json=x 'env.a=b c'", "a.py 'env.a=b c'"),
        ("a.py --jsonl x", "a.py --jsonl x"),
        ("a.py --json", "a.py"),
    ],
)
def test_an_option_is_taken_out_of_a_command_with_its_value(command: str, left: str) -> None:
    assert without_values(command, "--json") == left


def test_every_shipped_policy_is_small_plain_data_and_tells_its_figures() -> None:
    for policy in pretrained.shipped_policies():
        assert policy.checkpoint.stat().st_size <= publishing.MAX_BYTES
        assert set(torch.load(policy.checkpoint, weights_only=True)) <= set(LAYOUTS[policy.library].acting)
        assert policy.agent_file.is_file()
        assert policy.record["evaluation"]["episodes"] >= 1000
        for task in policy.tasks:
            assert pretrained.find_policy(task)
