# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Bad configurations: overrides, experiment files, and what lies beside a checkpoint."""

from pathlib import Path

import pytest
import torch

from isaaclab_factory.learning import session
from isaaclab_factory.learning.run_folder.runs import LAYOUTS

OVERRIDES = (
    *("env.no_such_key=1", "env.scene.no_such=1", "env.rewards.no_such.weight=1", "env.=1"),
    *("env.scene.num_envs=0", "env.scene.num_envs=many", "env.scene.num_envs=null"),
    *(
        "env.scene.num_envs=[1]",
        "env.scene.num_envs=1.5",
        "env.decimation=0",
        "env.decimation=x",
    ),
    *("env.sim.dt=0", "env.sim.dt=nan", "env.sim.dt=fast", "env.sim.dt=null"),
    *("env.episode_length_s=0", "env.episode_length_s=nan", "env.episode_length_s=long", "env.episode_length_s=[]"),
    *(
        "env.scene=null",
        "env.sim=null",
        "env.scene=1",
    ),
    *("env.rewards.success.weight=heavy", "env.rewards.success=3"),
    *("env.scene.num_envs={", "env.scene.num_envs=[1,", "env.scene.num_envs=${x}"),
    *("env.rewards.success.func=no_such:thing", "env.rewards.success.func=json:no_such", "env.rewards.success.func=5"),
    *("agent.no_such_key=1", "agent.algorithm.no_such=1", "agent.algorithm=3"),
    *(
        "agent.max_iterations=0",
        "agent.max_iterations=x",
        "agent.num_steps_per_env=-3",
    ),
    *(
        "agent.algorithm.learning_rate=fast",
        "agent.algorithm.num_mini_batches=0",
    ),
    *("agent.policy.actor_hidden_dims=wide", "agent.policy.actor_hidden_dims=5", "agent.experiment_name=[1]"),
)

EXPERIMENTS = {
    "empty.yaml": "",
    "list.yaml": "- 1\n- 2\n",
    "number.yaml": "7",
    "text.yaml": "train it well",
    "open.yaml": "{",
    "tab.yaml": "task:\n\t- x",
    "binary.yaml": "\x00\x01",
    "code.yaml": "!!python/object/apply:os.mkdir [harm]",
    "code_inside.yaml": "num_envs: !!python/object/apply:os.mkdir [harm]",
    "alias.yaml": "task: *nowhere",
    "twice.yaml": "num_envs: x\nnum_envs: 3.5",
    "unknown.yaml": "nun_envs: 4",
    "word.yaml": "num_envs: many",
    "zero.yaml": "num_envs: 0",
    "nested.yaml": "num_envs: {a: 1}",
    "library.yaml": "lib: rllib",
    "task.yaml": "task: Ant",
    "seed.yaml": "seed: -7",
    "section.yaml": "env: 3",
    "agent.yaml": "agent: [1, 2]",
    "algorithm.yaml": "algorithm: {no_such: 1}",
    "network.yaml": "network: wide",
    "numbers.yaml": "1: 2",
    "open.json": "{",
    "list.json": "[1]",
    "comma.json": '{"num_envs": 4,}',
    "nan.json": '{"num_envs": NaN}',
    "null.json": '{"task": null, "num_envs": "x"}',
}

AGENTS = {
    "open": "{",
    "list": "[1]",
    "number": "3",
    "nothing": "",
    "binary": "\x00",
    "code": "!!python/object/apply:os.mkdir [harm]",
    "called class": "policy: {class_name: \"__import__('os').mkdir('harm')\"}",
    "called function": "policy: {class_name: \"exec('1')\"}",
    "statement": "policy: {class_name: 'a; import os'}",
    "policy is a number": "policy: 3",
    "algorithm is a list": "algorithm: [1]",
}


@pytest.fixture(autouse=True)
def nothing_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is accepted by mistake must not begin to train."""
    monkeypatch.setattr(session, "make_environment", lambda *args: pytest.fail("accepted"))


@pytest.mark.parametrize("override", OVERRIDES)
def test_overrides(refused, override: str) -> None:
    refused("train.py", override)


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_experiment_files(refused, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(EXPERIMENTS[name])
    # an empty file is one in which nothing is written down
    refused("train.py", "--config", name, *(["--num_envs", "0"] if name == "empty.yaml" else []))


@pytest.mark.parametrize("name", AGENTS)
def test_configurations_beside_a_checkpoint(refused, tmp_path: Path, name: str) -> None:
    (tmp_path / "run" / "params").mkdir(parents=True)
    (tmp_path / "run" / "params" / "agent.yaml").write_text(AGENTS[name])
    torch.save({key: {} for key in LAYOUTS["rsl_rl"].keys}, tmp_path / "run" / "model_1.pt")
    refused("evaluate.py", "--checkpoint", "run", "--num_envs", "2")


@pytest.mark.parametrize("content", ["{", "[1]", "", "3", "\x00", '{"task": 3}', '{"agent": [1]}', "{'task': 1}"])
def test_records_beside_a_checkpoint(refused, tmp_path: Path, content: str) -> None:
    (tmp_path / "run" / "params").mkdir(parents=True)
    (tmp_path / "run" / "run.json").write_text(content)
    (tmp_path / "run" / "model_1.pt").write_text("damaged")
    refused("play.py", "--checkpoint", "run")
