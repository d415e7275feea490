# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Checkpoints, and the configurations beside them, are loaded without executing what may be in them."""

import os
import re
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml

import isaaclab_factory.agents
from isaaclab_factory.learning.cli.tasks import LIBRARIES
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.runs import trust
from isaaclab_factory.learning.runs.checkpoints import validate_checkpoint, validate_policy
from tests.learning.learners import make_trainer

AGENTS = Path(isaaclab_factory.agents.__file__).parent


class MakeFolder:
    """Makes a folder when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple:
        return os.mkdir, (str(self.path),)


def poisoned(checkpoint: Path, mark: Path) -> Path:
    """Puts code into an intact checkpoint, where no library looks."""
    content = torch.load(checkpoint)
    torch.save(content | {"extra": MakeFolder(mark)}, checkpoint)
    return checkpoint


@pytest.mark.parametrize("library", LIBRARIES)
def test_code_in_a_checkpoint_runs_for_those_only_who_trust_it(library: str, tmp_path: Path) -> None:
    trainer = make_trainer(library, tmp_path / "logs", num_envs=4)
    mark = tmp_path / "executed"
    checkpoint = poisoned(trainer.save(), mark)
    for validate in (validate_checkpoint, validate_policy):
        with pytest.raises(UserError, match=r"\(posix\.mkdir\).*--trust_checkpoint loads it all the same"):
            validate(checkpoint, library)
    # the libraries themselves ask PyTorch for everything in the file
    for load in (trainer.load, trainer.load_policy):
        with pytest.raises(Exception, match="Weights only load failed"), trust.weights_only():
            load(checkpoint)
    assert not mark.exists()
    with trust.weights_only(trusted=True):
        trainer.load(checkpoint)
    mark.rmdir()
    validate_checkpoint(checkpoint, library, trusted=True)
    assert mark.is_dir()


def test_numbers_of_numpy_are_plain_values(tmp_path: Path) -> None:
    values = {"best": np.float32(1.5), "count": np.int64(3), "state": np.arange(4, dtype=np.uint32)}
    torch.save(values, tmp_path / "x.pt")
    read = trust.read_checkpoint(tmp_path / "x.pt")
    assert (read["best"], read["count"]) == (1.5, 3)
    assert np.array_equal(read["state"], values["state"])


def test_nothing_is_restricted_afterwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.save({"x": MakeFolder(tmp_path / "mark")}, tmp_path / "x.pt")
    with trust.weights_only():
        pass
    torch.load(tmp_path / "x.pt", weights_only=False)
    assert (tmp_path / "mark").exists()
    monkeypatch.setenv("TORCH_FORCE_WEIGHTS_ONLY_LOAD", "1")
    with trust.weights_only():
        pass
    with pytest.raises(Exception, match="Weights only load failed"):
        torch.load(tmp_path / "x.pt", weights_only=False)


def test_an_exported_policy_is_no_checkpoint(tmp_path: Path) -> None:
    path = tmp_path / "policy.pt"
    torch.jit.save(torch.jit.trace(torch.nn.Linear(2, 2), torch.zeros(1, 2)), path)
    with pytest.raises(UserError, match=re.escape(f"{path} is an exported policy, not a checkpoint")):
        trust.read_checkpoint(path)


@pytest.mark.parametrize("file", sorted(AGENTS.glob("*/*.yaml")), ids=lambda file: f"{file.parent.name}/{file.name}")
def test_the_configurations_of_the_project_hold_no_code(file: Path) -> None:
    assert trust.read_agent_file(file) == yaml.safe_load(file.read_text())


def test_what_networks_may_be_described_with_is_no_code() -> None:
    for text in (
        *("tanh(ACTIONS)", "2.0 * tanh(ACTIONS) + 0.1", "concatenate([OBSERVATIONS, STATES])", "STATES[:, 3:]"),
        *('permute(OBSERVATIONS["camera.rgb"], (0, 3, 1, 2))', 'one_hot_encoding(OBSERVATION_SPACE["a"], STATES)'),
    ):
        trust.refuse_code({"models": {"policy": {"output": text}}}, "x.yaml")


def test_names_paths_and_patterns_are_no_code() -> None:
    for text in ("", "cuda:0", "logs/2026-01-02_03-04-05", "model_.*.pt", "my run, the 2nd", "1e-4", "~/x.pt"):
        trust.refuse_code({"agent": {"experiment": text, "lambda": 0.95}}, "x.yaml")
    trust.refuse_code({"policy": {"class_name": "plugin.module:Policy"}, "memory": {"class": "plugin:M"}}, "x.yaml")


HIDDEN = r"""[relu("\x5f\x5fimport\x5f\x5f\x28\x27os\x27\x29.system\x28\x27id\x27\x29") for relu in [eval]][0]"""
"""A call of what has no bracket behind its name, under a name that may be called."""


@pytest.mark.parametrize(
    ("values", "where"),
    [
        ({"policy": {"class_name": "__import__('os').getcwd()"}}, "policy.class_name"),
        ({"policy": {"class_name": "exec('raise')"}}, "policy.class_name"),
        ({"models": {"policy": {"network": [{"input": "open('x', 'w')"}]}}}, "models.policy.network.input"),
        ({"models": {"policy": {"network": [{"input": "(lambda: 1)()"}]}}}, "models.policy.network.input"),
        ({"models": {"policy": {"network": [{"input": HIDDEN}]}}}, "models.policy.network.input"),
        ({"models": {"policy": {"network": [{"input": HIDDEN.encode()}]}}}, "models.policy.network.input"),
        ({"models": {"policy": {"output": "[relu := eval, relu(STATES)]"}}}, "models.policy.output"),
        ({"models": {"policy": {"output": "[1] # \", x=eval('x'), y=\""}}}, "models.policy.output"),
        ({"models": {"policy": {"output": "relu('STATES')"}}}, "models.policy.output"),
        ({"models": {"policy": {"output": "tanh(*STATES.x)"}}}, "models.policy.output"),
        ({"models": {"policy": {"output": "${agent.x}(STATES)"}}}, "models.policy.output"),
        ({"algorithm": {"symmetry_cfg": {"data_augmentation_func": "theirs:run"}}}, "data_augmentation_func"),
        ({"algorithm": {"symmetry_cfg": {"data_augmentation_func": "lambda x: x"}}}, "data_augmentation_func"),
        ({"policy": {"class_name": "lambda: x"}}, "policy.class_name"),
        ({"models": {"policy": {"network": [{"name": "net\nimport os"}]}}}, "models.policy.network.name"),
        ({"models": {"policy": {"network": [{"layers": [{"linear": {"x=exec('')": 1}}]}]}}}, "network.layers.linear"),
        ({"agent": {"observation_preprocessor": "open"}}, "agent.observation_preprocessor"),
        ({"agent": {"value_preprocessor": "torch.hub.load"}}, "agent.value_preprocessor"),
        ({"agent": {"exploration_scheduler": "x; import os"}}, "agent.exploration_scheduler"),
        ("print('x')", "its top"),
    ],
)
def test_code_in_a_configuration_is_told(values: object, where: str, tmp_path: Path) -> None:
    file = tmp_path / "agent.yaml"
    file.write_text(yaml.safe_dump(values))
    with pytest.raises(UserError, match=rf"agent\.yaml has .* at .*{where}, which may be code"):
        trust.read_agent_file(file)
    assert trust.read_agent_file(file, trusted=True) == values


def test_tuples_are_read_as_isaac_lab_writes_them(tmp_path: Path) -> None:
    (tmp_path / "agent.yaml").write_text(yaml.dump({"betas": (0.9, 0.999)}))
    assert "!!python/tuple" in (tmp_path / "agent.yaml").read_text()
    assert trust.read_agent_file(tmp_path / "agent.yaml") == {"betas": (0.9, 0.999)}
