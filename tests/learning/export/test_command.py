# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Where ``--export`` writes to, and what it refuses before anything heavy is loaded."""

import argparse
from pathlib import Path

import pytest

from isaaclab_factory.learning.arguments import OneLineParser
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.export.command import add_export_argument, export_folder
from isaaclab_factory.learning.run_folder.checkpoints import Source


def parse(*words: str) -> argparse.Namespace:
    parser = OneLineParser()
    add_export_argument(parser)
    return parser.parse_args(words)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run folder with a checkpoint."""
    run = tmp_path / "run"
    (run / "params").mkdir(parents=True)
    (run / "model_1.pt").touch()
    return run


def source(checkpoint: Path) -> Source:
    return Source("rsl_rl", "rsl_rl_cfg_entry_point", checkpoint, None)


def test_nothing_is_exported_unasked(run: Path) -> None:
    assert export_folder(parse(), source(run / "model_1.pt")) is None


def test_a_run_keeps_its_own_export_and_replaces_it(run: Path) -> None:
    (run / "exported").mkdir()
    (run / "exported" / "policy.onnx").touch()
    assert export_folder(parse("--export"), source(run / "model_1.pt")) == run / "exported"


def test_a_checkpoint_outside_of_runs_needs_a_folder(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"policy\.pt lies in no run folder: tell --export"):
        export_folder(parse("--export"), source(tmp_path / "policy.pt"))
    assert export_folder(parse("--export", str(tmp_path / "new")), source(tmp_path / "policy.pt")) == tmp_path / "new"


def test_the_working_folder_is_a_folder_like_any_other(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(run)
    assert export_folder(parse("--export", "."), source(run / "model_1.pt")) == Path(".")


def test_files_of_another_export_are_not_overwritten(tmp_path: Path, run: Path) -> None:
    (tmp_path / "policy.onnx").write_text("mine")
    with pytest.raises(UserError, match=r"already has policy\.onnx: name another folder"):
        export_folder(parse("--export", str(tmp_path)), source(run / "model_1.pt"))
    with pytest.raises(UserError, match=r"cannot export to .*policy\.onnx: it is no folder"):
        export_folder(parse("--export", str(tmp_path / "policy.onnx")), source(run / "model_1.pt"))


def test_an_override_is_not_taken_for_a_folder() -> None:
    with pytest.raises(UserError, match="looks like an override, which belongs before --export"):
        parse("--export", "env.episode_length_s=5.0")
