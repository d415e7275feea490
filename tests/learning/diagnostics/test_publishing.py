# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Policies that are shipped: what they hold, how they were made, and which may not be shipped."""

import json
import shlex
from pathlib import Path
from typing import Any

import pytest
import torch

from isaaclab_factory.learning.cli.tasks import LIBRARIES
from isaaclab_factory.learning.config.load import save_configs
from isaaclab_factory.learning.diagnostics import publishing
from isaaclab_factory.learning.diagnostics.publishing import publish, slim_checkpoint
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.evaluation.measure import evaluate
from isaaclab_factory.learning.policies import pretrained
from isaaclab_factory.learning.runs.checkpoints import LAYOUTS, validate_checkpoint
from isaaclab_factory.learning.runs.files import run_folder_of
from isaaclab_factory.learning.runs.record import RunRecord
from tests.learning.learners import make_trainer, train
from tests.learning.point_env import PointEnv

TASK = "Isaac-Factory-PegInsert"
PRESETS = "presets=aided,tight"
CLEAN = {"commit": "a" * 40, "changed": []}


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in place of the package's."""
    monkeypatch.setattr(pretrained, "FOLDER", tmp_path / "pretrained")
    return tmp_path / "pretrained"


def make_run(folder: Path, library: str = "rsl_rl", **facts: Any) -> Path:
    """Makes a run folder with its record, and returns its checkpoint, which is small and cannot act."""
    save_configs(folder, {}, {"a": 1})
    about = {"task": TASK, "agent": f"{library}_cfg_entry_point", "seed": 1, "num_envs": 4, "physics": "MuJoCo"}
    command = ["/home/me/python", "train.py", "--lib", library, "--log_root", "my runs", PRESETS]
    record = RunRecord(folder, library, command, **about, device="cpu", started_from=None)
    record.finish(True, env_steps=300, seconds=90.0)
    file = folder / "run.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"git": CLEAN} | facts))
    checkpoint = folder / LAYOUTS[library].pattern.replace("*", "agent_3")
    checkpoint.parent.mkdir(exist_ok=True)
    torch.save({key: {"weight": torch.ones(3)} for key in LAYOUTS[library].keys}, checkpoint)
    return checkpoint


def make_evaluation(checkpoint: Path, /, **facts: Any) -> Path:
    """Writes an evaluation of a checkpoint."""
    path = run_folder_of(checkpoint) / "evaluation.json"
    about = {
        "task": TASK,
        "library": "rsl_rl",
        "checkpoint": str(checkpoint),
        "git": CLEAN,
        "num_envs": 128,
        "seed": 42,
    }
    figures = {"episodes": 1000, "success_rate": 0.97, "success_interval": [0.95, 0.98], "mean_reward": 5.0}
    path.write_text(json.dumps({**about, "overrides": [PRESETS], "command": "x", **figures, **facts}))
    return path


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_slim_checkpoint_acts_the_same_and_is_plain_data(library: str, tmp_path: Path) -> None:
    trainer = make_trainer(library, tmp_path, iterations=1, num_envs=8)
    full, slim = train(trainer), tmp_path / "slim.pt"
    slim_checkpoint(full, library, slim)
    assert slim.stat().st_size < 0.6 * full.stat().st_size
    torch.load(slim, weights_only=True)

    again = make_trainer(library, tmp_path, num_envs=8, seed=8)
    expected = evaluate(PointEnv(8), trainer.policy())
    assert evaluate(PointEnv(8), again.policy()) != expected
    again.load_policy(slim)
    assert evaluate(PointEnv(8), again.policy()) == expected
    with pytest.raises(UserError, match="holds a policy to act with, but not what a training goes on from"):
        validate_checkpoint(slim, library)


def test_a_published_policy_is_found_for_its_variant(shelf: Path, tmp_path: Path) -> None:
    checkpoint = make_run(tmp_path / "run")
    folder = publish(checkpoint, make_evaluation(checkpoint))
    assert [path.name for path in shelf.iterdir()] == [f"{TASK}_aided_tight_rsl_rl"]
    assert {path.name for path in folder.iterdir()} == {"policy.pt", "agent.yaml", "policy.json"}
    policy = pretrained.find_policy(TASK, ["tight", "aided"], "rsl_rl")
    assert (policy.checkpoint.parent, policy.agent) == (folder, "rsl_rl_cfg_entry_point")
    assert pretrained.find_policy(TASK, []).checkpoint.parent == folder
    for wrong in ((TASK, ["aided"]), (TASK, [], "skrl"), ("Isaac-Factory-GearMesh", [])):
        with pytest.raises(UserError, match=f"there are {TASK} presets=aided,tight rsl_rl"):
            pretrained.find_policy(*wrong)


def test_a_policy_says_how_it_was_made_and_how_to_measure_it(shelf: Path, tmp_path: Path) -> None:
    first = make_run(tmp_path / "first", seed=7)
    origin = {"checkpoint": first.name, "run": json.loads((tmp_path / "first" / "run.json").read_text())}
    checkpoint = make_run(tmp_path / "second", started_from=origin, env_steps=500)  # it counts on
    publish(checkpoint, make_evaluation(checkpoint))
    record = pretrained.find_policy(TASK, []).record
    assert (record["env_steps"], record["minutes"]) == (500, 3.0)
    assert [(training["seed"], training["commit"]) for training in record["trainings"]] == [
        (7, "a" * 40),
        (1, "a" * 40),
    ]
    assert record["trainings"][0]["command"] == f"scripts/train.py --lib rsl_rl {PRESETS}"
    assert record["evaluation"]["command"] == (
        f"scripts/evaluate.py --lib rsl_rl --checkpoint pretrained --task {TASK} --num_envs 128 --episodes 1000"
        f" --seed 42 {PRESETS}"
    )
    assert record["evaluation"]["success_rate"] == 0.97
    assert str(tmp_path) not in json.dumps(record)


@pytest.mark.parametrize("as_one_word", [False, True])
def test_the_checkpoint_that_a_training_went_on_from_has_its_path_in_a_clone(
    shelf: Path, tmp_path: Path, as_one_word: bool
) -> None:
    first = make_run(tmp_path / "my logs" / "rsl_rl" / "peg_insert" / "2026-01-01_00-00-00")
    origin = {"checkpoint": first.name, "run": json.loads((first.parent / "run.json").read_text())}
    words = [f"--checkpoint={first}"] if as_one_word else ["--checkpoint", str(first)]
    command = shlex.join(["train.py", "--lib", "rsl_rl", *words])
    checkpoint = make_run(tmp_path / "second", started_from=origin, command=command)
    publish(checkpoint, make_evaluation(checkpoint))
    path = f"logs/rsl_rl/peg_insert/2026-01-01_00-00-00/{first.name}"
    public = pretrained.find_policy(TASK, []).record["trainings"][1]["command"]
    assert public == f"scripts/train.py --lib rsl_rl --checkpoint{'=' if as_one_word else ' '}{path}"


@pytest.mark.parametrize(
    ("run", "evaluation", "said"),
    [
        ({"git": None}, {}, "did not run from a commit of the repository"),
        ({"git": CLEAN | {"changed": ["agents/x.yaml"]}}, {}, "changes that are in no commit: agents/x.yaml"),
        ({}, {"git": CLEAN | {"changed": ["agents/x.yaml"]}}, "the evaluation ran with changes"),
        ({}, {"success_rate": None}, "does not have success_rate"),
        ({}, {"checkpoint": "other.pt"}, "is about other.pt, not about"),
        ({"command": "train.py --lib rsl_rl --plugin my_task"}, {}, "used a plugin, which is not in the repository"),
        ({"started_from": {"checkpoint": "a.pt", "run": None}}, {}, "a checkpoint without a record"),
    ],
)
def test_what_cannot_be_repeated_is_not_published(
    shelf: Path, tmp_path: Path, run: dict[str, Any], evaluation: dict[str, Any], said: str
) -> None:
    checkpoint = make_run(tmp_path / "run", **run)
    with pytest.raises(UserError, match=said):
        publish(checkpoint, make_evaluation(checkpoint, **evaluation))
    assert not shelf.exists()


def test_a_training_that_has_not_ended_is_not_published(shelf: Path, tmp_path: Path) -> None:
    checkpoint = make_run(tmp_path / "run")
    record = json.loads((tmp_path / "run" / "run.json").read_text())
    del record["env_steps"]
    (tmp_path / "run" / "run.json").write_text(json.dumps(record))
    with pytest.raises(UserError, match="has not ended"):
        publish(checkpoint, make_evaluation(checkpoint))


def test_a_checkpoint_outside_of_a_run_folder_is_not_published(tmp_path: Path) -> None:
    (tmp_path / "model_1.pt").write_bytes(b"")
    with pytest.raises(UserError, match=r"lies in no run folder with a run\.json"):
        publish(tmp_path / "model_1.pt", tmp_path / "evaluation.json")
    with pytest.raises(UserError, match="does not exist"):
        publish(tmp_path / "model_2.pt", tmp_path / "evaluation.json")


def test_a_large_checkpoint_is_not_published_and_leaves_nothing(shelf: Path, tmp_path: Path) -> None:
    checkpoint = make_run(tmp_path / "run")
    torch.save({key: torch.ones(510_000) for key in LAYOUTS["rsl_rl"].keys}, checkpoint)
    with pytest.raises(UserError, match=r"has 4\.1 MB that act; at most 2\.0 MB are shipped"):
        publish(checkpoint, make_evaluation(checkpoint))
    assert list(shelf.iterdir()) == []


def test_a_shipped_policy_is_replaced_only_if_asked_for(shelf: Path, tmp_path: Path) -> None:
    publish(first := make_run(tmp_path / "1", seed=1), make_evaluation(first))
    second = make_run(tmp_path / "2", seed=2)
    with pytest.raises(UserError, match="exists; --replace replaces it"):
        publish(second, make_evaluation(second))
    publish(second, make_evaluation(second), replace=True)
    assert pretrained.find_policy(TASK, []).record["trainings"][0]["seed"] == 2
    assert len(list(shelf.iterdir())) == 1


def test_only_the_view_of_a_tensor_is_shipped(tmp_path: Path) -> None:
    view = torch.arange(1_000_000.0)[:4]
    full, slim = tmp_path / "model_1.pt", tmp_path / "slim.pt"
    torch.save({"actor_state_dict": {"weight": view}, "iter": 1}, full)
    slim_checkpoint(full, "rsl_rl", slim)
    assert slim.stat().st_size < 10_000
    assert torch.equal(torch.load(slim, weights_only=True)["actor_state_dict"]["weight"], view)


def test_every_shipped_policy_is_small_plain_data_with_its_figures() -> None:
    for policy in pretrained.shipped_policies():
        assert policy.checkpoint.stat().st_size <= publishing.MAX_BYTES
        assert set(torch.load(policy.checkpoint, weights_only=True)) <= set(LAYOUTS[policy.library].acting)
        assert policy.agent_file.is_file()
        assert policy.record["evaluation"]["episodes"] >= 1000
        assert pretrained.find_policy(policy.task, policy.presets, policy.library) == policy
