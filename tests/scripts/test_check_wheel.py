# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The check of the wheel: its commands exist, its files are there, and a step that fails is reported."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import check_wheel
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from isaaclab_factory.learning import session
from isaaclab_factory.learning.cli.parser import split_overrides
from isaaclab_factory.learning.cli.training import training_parser
from isaaclab_factory.learning.evaluation.command import evaluation_parser
from isaaclab_factory.learning.policies.export import export_parser

PARSERS = {"train": training_parser, "evaluate": evaluation_parser, "export": export_parser}


def test_it_uses_every_command_that_a_user_of_the_wheel_needs() -> None:
    assert [name for name, *_ in check_wheel.COMMANDS] == list(PARSERS)


@pytest.mark.parametrize("command", check_wheel.COMMANDS, ids=lambda command: command[0])
def test_its_commands_parse(command: tuple[str, ...]) -> None:
    name, *words = command
    args, _ = split_overrides(PARSERS[name](), words)
    session.find_task(args)


def test_the_wheel_is_built_from_files_that_exist() -> None:
    assert all((check_wheel.ROOT / name).exists() for name in check_wheel.OF_THE_WHEEL)


def test_a_step_that_fails_is_one_line_after_what_it_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def check(folder: Path) -> None:
        (folder / "left").write_text("")
        check_wheel.run("a step", [sys.executable, "-c", "print('first'); exit('why')"], folder)

    monkeypatch.setattr(check_wheel, "check", check)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["check_wheel.py"])
    monkeypatch.setattr("signal.signal", lambda *_: None)
    assert check_wheel.main() == 1
    out, err = capsys.readouterr()
    assert "first" in out
    assert err == "error: a step failed with exit code 1: why\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("gain", "passes"), [(1.0, True), (0.0, False), (float("nan"), False)])
def test_the_exported_policy_has_to_act(gain: float, passes: bool, tmp_path: Path) -> None:
    folder = tmp_path / "exported"
    folder.mkdir()
    info = {"name": "obs", "shape": ["batch", 19], "dtype": "float32"}
    (folder / "policy.json").write_text(json.dumps({"inputs": [info]}))
    # actions that do not depend on what is observed
    bias = helper.make_tensor("bias", TensorProto.FLOAT, [1, 6], np.full(6, gain, np.float32))
    weight = helper.make_tensor("weight", TensorProto.FLOAT, [19, 6], np.zeros(19 * 6, np.float32))
    graph = helper.make_graph(
        [
            helper.make_node("MatMul", ["obs", "weight"], ["zero"]),
            helper.make_node("Add", ["zero", "bias"], ["actions"]),
        ],
        "policy",
        [helper.make_tensor_value_info("obs", TensorProto.FLOAT, ["batch", 19])],
        [helper.make_tensor_value_info("actions", TensorProto.FLOAT, ["batch", 6])],
        [bias, weight],
    )
    opset = [helper.make_opsetid("", 18)]
    onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=10), folder / "policy.onnx")
    command = [sys.executable, "-c", check_wheel.policy_program()]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode == 0) == passes, done.stderr
