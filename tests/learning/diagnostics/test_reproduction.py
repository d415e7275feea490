# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""One command trains, measures and keeps a result, and does nothing twice."""

import sys
from itertools import pairwise
from pathlib import Path

import pytest

import isaaclab_factory.tasks  # noqa: F401 - registers the tasks
from isaaclab_factory.learning.cli.parser import split_overrides
from isaaclab_factory.learning.cli.tasks import LIBRARIES, check_agent
from isaaclab_factory.learning.cli.training import training_parser
from isaaclab_factory.learning.config.experiment import expand_experiment
from isaaclab_factory.learning.config.load import load_configs
from isaaclab_factory.learning.diagnostics import reproduction
from isaaclab_factory.learning.diagnostics.reproduction import reproduce
from isaaclab_factory.learning.diagnostics.results import BEGIN, END
from isaaclab_factory.learning.errors import UserError
from tests.learning.diagnostics.test_publishing import make_evaluation, make_run
from tests.learning.diagnostics.test_results import FIGURES

ROOT = Path(__file__).parents[3]
EXPERIMENTS = sorted((ROOT / "experiments").glob("*.yaml"))


class Scripts:
    """Stands for the processes: makes what the scripts leave behind, and remembers how they were called."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []
        self.status = "completed"

    def __call__(self, name: str, words: list[str]) -> None:
        self.calls.append([name, *words])
        option = dict(pairwise(words))
        if name == "evaluate":
            written = make_evaluation(Path(option["--checkpoint"]), **FIGURES, stochastic="--stochastic" in words)
            written.rename(option["--json"])
        else:
            run = Path(option["--log_root"], "rsl_rl", "peg", f"2026-01-01_00-00-{len(self.calls):02d}")
            make_run(run, status=self.status)


@pytest.fixture
def scripts(monkeypatch: pytest.MonkeyPatch) -> Scripts:
    scripts = Scripts()
    monkeypatch.setattr(reproduction, "_run", scripts)
    return scripts


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    """A command line with two experiment files, and the documents it writes to."""
    files = [tmp_path / "first.yaml", tmp_path / "second.yaml"]
    for file in files:
        file.write_text("task: Isaac-Factory-PegInsert\n")
    for document in ("training.md", "policies.md", "forge.md"):
        (tmp_path / document).write_text(BEGIN + END)
    return [*map(str, files), "--seed", "1", "--log_root", str(tmp_path / "logs")]


def test_trainings_build_on_each_other_and_the_last_is_measured_and_kept(
    scripts: Scripts, words: list[str], tmp_path: Path
) -> None:
    reproduce(words, tmp_path)
    first, second, evaluation = scripts.calls
    folder = tmp_path / "logs" / "reproduced" / "second_rsl_rl_seed1"
    assert ["--config", words[0], "--seed", "1"] == first[3:7] and "--checkpoint" not in first
    assert ["--config", words[1], "--seed", "1"] == second[3:7]
    assert Path(second[second.index("--checkpoint") + 1]) == folder / "1/rsl_rl/peg/2026-01-01_00-00-01"
    assert folder / "2" in Path(evaluation[evaluation.index("--checkpoint") + 1]).parents
    assert evaluation[evaluation.index("--episodes") + 1] == "1000"
    assert "| 1 | 0.00 M | 2 | 97.0 % (95.0 to 98.0 %) |" in (tmp_path / "training.md").read_text()


def test_what_was_done_is_not_done_again(scripts: Scripts, words: list[str], tmp_path: Path) -> None:
    reproduce(words, tmp_path)
    (tmp_path / "training.md").write_text(BEGIN + END)
    reproduce(words, tmp_path)
    assert len(scripts.calls) == 3
    assert "97.0 %" in (tmp_path / "training.md").read_text()
    reproduce([*words, "--seed", "2"], tmp_path)
    assert len(scripts.calls) == 6


def test_sampled_actions_are_measured_where_that_is_asked_for(
    scripts: Scripts, words: list[str], tmp_path: Path
) -> None:
    reproduce(words, tmp_path)
    reproduce([*words, "--stochastic"], tmp_path)
    assert ["--stochastic" in call for call in scripts.calls] == [False, False, False, True]
    assert (tmp_path / "training.md").read_text().count("97.0 % (95.0 to 98.0 %)") == 2
    reproduce(words, tmp_path)
    assert (tmp_path / "training.md").read_text().count("97.0 % (95.0 to 98.0 %)") == 2


def test_an_interrupted_training_is_repeated(scripts: Scripts, words: list[str], tmp_path: Path) -> None:
    scripts.status = "interrupted"
    with pytest.raises(UserError, match="the training was interrupted"):
        reproduce(words, tmp_path)
    scripts.status = "completed"
    reproduce(words, tmp_path)
    assert [call[4] for call in scripts.calls[:3]] == [words[0], words[0], words[1]]


@pytest.mark.slow
def test_a_training_that_fails_says_why_and_ends_it(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    Path(words[0]).write_text("tusk: Isaac-Factory-PegInsert\n")
    monkeypatch.setattr(sys, "argv", [str(ROOT / "scripts" / "reproduce.py")])
    with pytest.raises(SystemExit) as ended:
        reproduce(words, tmp_path)
    assert ended.value.code == 2
    assert "unknown key tusk; did you mean task?" in capfd.readouterr().err


def test_a_missing_file_is_reported_before_anything_runs(scripts: Scripts, words: list[str], tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no nothing"):
        reproduce(["nothing.yaml", *words], tmp_path)
    assert not scripts.calls


@pytest.mark.slow
@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda file: file.stem)
def test_the_experiments_are_for_every_library(experiment: Path, library: str) -> None:
    parser = training_parser()
    argv = expand_experiment(parser, ["--config", str(experiment), "--lib", library])
    args, overrides = split_overrides(parser, argv)
    load_configs(args.task, check_agent(args.task, library, args.agent), ["physics=newton_mujoco", *overrides])
