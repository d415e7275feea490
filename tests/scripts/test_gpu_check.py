# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The check of a GPU on a machine without one."""

import json
from pathlib import Path

import pytest


@pytest.mark.slow
def test_it_says_so_in_one_line_and_ends_well(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    result = run("gpu_check.py", "--output", "report")
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    line = "every check is skipped, see report/gpu_check.md"
    assert result.stdout.startswith("gpu-check: no NVIDIA GPU was found")
    assert result.stdout.endswith(f"{line}\n")
    assert result.stdout.count("\n") == 1
    report = json.loads((tmp_path / "report" / "gpu_check.json").read_text())
    assert {check["status"] for check in report["checks"]} == {"skipped"}
    assert sorted(path.name for path in (tmp_path / "report").iterdir()) == ["gpu_check.json", "gpu_check.md"]


def test_a_mistake_is_reported_in_one_line(run) -> None:
    result = run("gpu_check.py", "--minutes", "0")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("error: argument --minutes")
