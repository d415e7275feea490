# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The record of a run."""

import json
import platform
import shutil
import subprocess
from importlib import metadata
from pathlib import Path

import pytest
import torch
from isaaclab_rl.entrypoints.common import resolve_checkpoint_selector

from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.runs.files import run_folder_of
from isaaclab_factory.learning.runs.record import (
    RunRecord,
    changes_as_patch,
    git_state,
    read_record,
    started_from,
    versions,
)


def git(root: Path, *words: str) -> str:
    command = ["git", "-C", str(root), "-c", "user.name=a", "-c", "user.email=a@b", *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with a package and one commit."""
    for name in ("isaaclab_factory/terms.py", "README.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("one\n")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "-m", "First")
    return tmp_path


def test_a_record_has_the_command_and_the_versions_while_the_run_goes_on(tmp_path: Path) -> None:
    RunRecord(tmp_path, "skrl", ["train.py", "--lib", "skrl", "--log_root", "my runs"], task="A", agent="a", seed=3)
    record = read_record(tmp_path)
    assert record["command"] == "train.py --lib skrl --log_root 'my runs'"
    assert (record["library"], record["task"], record["seed"], record["status"]) == ("skrl", "A", 3, "running")
    assert record["versions"]["skrl"] == metadata.version("skrl")
    assert "rsl-rl-lib" not in record["versions"]
    assert "ended" not in record


@pytest.mark.parametrize(("completed", "status"), [(True, "completed"), (False, "interrupted")])
def test_the_end_is_added_to_what_was_known(tmp_path: Path, completed: bool, status: str) -> None:
    record = RunRecord(tmp_path, "rsl_rl", [], task="A", agent="a")
    record.finish(completed, env_steps=640, seconds=1.5)
    record.finish(completed, env_steps=640, seconds=1.5, success=0.25)
    found = read_record(tmp_path)
    assert (found["status"], found["task"]) == (status, "A")
    assert (found["env_steps"], found["seconds"], found["success"]) == (640, 1.5, 0.25)
    assert found["started"] <= found["ended"]


@pytest.mark.parametrize(("error", "status"), [(ValueError("a b"), "failed"), (KeyboardInterrupt(), "interrupted")])
def test_what_ends_a_run_early_is_recorded(tmp_path: Path, error: BaseException, status: str) -> None:
    record = RunRecord(tmp_path, "rsl_rl", [], task="A", agent="a")
    with pytest.raises(type(error)), record.failures():
        raise error
    found = read_record(tmp_path)
    assert (found["status"], found.get("error")) == (status, "ValueError: a b" if status == "failed" else None)
    assert "ended" in found


@pytest.mark.parametrize("error", [ValueError("a b"), KeyboardInterrupt()])
def test_what_fails_after_the_training_has_ended_does_not_change_how_it_ended(
    tmp_path: Path, error: BaseException
) -> None:
    record = RunRecord(tmp_path, "rsl_rl", [], task="A", agent="a")
    with pytest.raises(type(error)), record.failures():
        record.finish(True, env_steps=640)
        raise error
    found = read_record(tmp_path)
    assert (found["status"], found["env_steps"]) == ("completed", 640)
    assert found.get("error") == ("ValueError: a b" if isinstance(error, ValueError) else None)


def test_a_run_that_could_not_start_has_no_record(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    record = RunRecord(folder, "rsl_rl", [], task="A", agent="a")
    with pytest.raises(ValueError, match="a"), record.failures():
        shutil.rmtree(folder)
        raise ValueError("a")
    assert not folder.exists()


def test_a_record_has_on_what_machine_it_ran(tmp_path: Path) -> None:
    RunRecord(tmp_path, "skrl", [], task="A", agent="a")
    machine = read_record(tmp_path)["machine"]
    assert machine["system"] == platform.platform()
    assert machine["cpu_cores"] >= 1
    assert len(machine["gpus"]) == torch.cuda.device_count()


def test_versions_name_what_a_run_depends_on() -> None:
    found = versions("rl_games")
    assert found["python"] == platform.python_version()
    assert {"isaaclab_factory", "isaaclab", "torch", "rl-games"} <= set(found)
    assert {"mujoco", "isaacsim"} & set(found)


def test_git_tells_the_commit_and_the_files_of_the_package_that_differ(repository: Path) -> None:
    commit = git(repository, "rev-parse", "HEAD").strip()
    (repository / "README.md").write_text("two\n")
    assert git_state(repository) == {"commit": commit, "changed": []}
    (repository / "isaaclab_factory" / "terms.py").write_text("two\n")
    (repository / "agents").mkdir()
    (repository / "agents" / "new.yaml").write_text("a: 1\n")
    assert git_state(repository)["changed"] == ["isaaclab_factory/terms.py", "agents/new.yaml"]


def test_what_differs_from_the_commit_is_kept_as_a_patch(
    repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert changes_as_patch(repository) == b""
    (repository / "isaaclab_factory" / "terms.py").write_text("two\n")
    (repository / "agents").mkdir()
    (repository / "agents" / "new.yaml").write_text("a: 1\n")
    patch = changes_as_patch(repository)
    copy = tmp_path_factory.mktemp("copy")
    git(copy, "clone", "--quiet", str(repository), "again")
    subprocess.run(["git", "-C", str(copy / "again"), "apply"], input=patch, check=True)
    for name in ("isaaclab_factory/terms.py", "agents/new.yaml"):
        assert (copy / "again" / name).read_text() == (repository / name).read_text()


def test_files_of_any_encoding_line_ends_and_name_are_in_the_patch(
    repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    clone = tmp_path_factory.mktemp("clone") / "again"
    terms, greeting, new = (repository / "isaaclab_factory" / name for name in ("terms.py", "gruß.txt", "neu für.py"))
    terms.write_bytes(b"one\r\ntwo\r\n")
    git(repository, "commit", "--quiet", "-a", "-m", "Second")
    git(repository, "clone", "--quiet", ".", str(clone))
    terms.write_bytes(b"one\r\nthree\r\n")
    greeting.write_bytes("Gr\u00fc\u00dfe\n".encode("latin-1"))
    new.write_bytes(b"a = 1\r\n")
    assert set(git_state(repository)["changed"]) == {f"isaaclab_factory/{path.name}" for path in (terms, greeting, new)}
    subprocess.run(["git", "-C", str(clone), "apply"], input=changes_as_patch(repository), check=True)
    for path in (terms, greeting, new):
        assert (clone / "isaaclab_factory" / path.name).read_bytes() == path.read_bytes()


def test_a_policy_that_is_new_beside_the_package_changes_no_run(repository: Path) -> None:
    (repository / "isaaclab_factory" / "pretrained" / "A").mkdir(parents=True)
    (repository / "isaaclab_factory" / "pretrained" / "A" / "policy.json").write_text("{}")
    assert git_state(repository)["changed"] == []


def test_git_tells_nothing_of_somebody_elses_repository_or_of_none(
    repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert git_state(repository / "isaaclab_factory") is None
    assert git_state(tmp_path_factory.mktemp("plain")) is None


def test_without_git_nothing_is_reported(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert git_state(repository) is None


@pytest.mark.parametrize("name", ["model_3.pt", "nn/peg_insert_ep_3.pth"])
def test_a_training_that_goes_on_keeps_the_record_of_the_first(tmp_path: Path, name: str) -> None:
    (tmp_path / "params").mkdir()
    RunRecord(tmp_path, "rsl_rl", [], task="A", agent="a").finish(True, env_steps=640)
    checkpoint = tmp_path / name
    assert run_folder_of(checkpoint) == tmp_path
    told = started_from(checkpoint)
    assert told["checkpoint"] == checkpoint.name
    assert told["run"]["env_steps"] == 640


def test_a_checkpoint_outside_of_a_run_folder_has_no_record(tmp_path: Path) -> None:
    assert started_from(tmp_path / "model_3.pt") == {"checkpoint": "model_3.pt", "run": None}
    assert started_from(None) is None


@pytest.mark.parametrize("content", ["{", "[1]", json.dumps("a")])
def test_a_damaged_record_is_reported(tmp_path: Path, content: str) -> None:
    (tmp_path / "run.json").write_text(content)
    with pytest.raises(UserError, match=r"cannot read .*run\.json"):
        read_record(tmp_path)


def test_isaac_labs_scripts_find_the_newest_checkpoint_by_it(tmp_path: Path) -> None:
    folder = tmp_path / "2026-01-02_03-04-05"
    folder.mkdir()
    (folder / "model_7.pt").touch()
    RunRecord(folder, "rsl_rl", [], task="A", agent="rsl_rl_cfg_entry_point")
    found = resolve_checkpoint_selector(
        str(tmp_path),
        "latest",
        library="rsl_rl",
        task="A",
        checkpoint_pattern=r"model_.*\.pt",
        metadata={"agent": "rsl_rl_cfg_entry_point"},
    )
    assert Path(found) == folder / "model_7.pt"
