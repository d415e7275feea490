# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Runs Isaac Lab's own tests, which its wheel brings along, without Isaac Sim, and counts them by folder.

Usage:
    python scripts/isaaclab_tests.py                    # all folders
    python scripts/isaaclab_tests.py managers sim       # some of them
    python scripts/isaaclab_tests.py envs/test_spaces_utils.py

Every file runs in a process of its own. A test is *not applicable* if it needs a GPU, a renderer, a file of NVIDIA's
asset server or another feature of Isaac Sim. Everything else passes or fails, and what fails is listed. For the
simplest of NVIDIA's assets there are own ones of the same structure, see ``isaaclab_test_assets.py``.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from isaaclab_test_assets import write_test_assets

from isaaclab_factory.kitless import paths

NOT_APPLICABLE: dict[str, str] = {
    "app/test_non_headless_launch.py": "window",
    "assets/test_deformable_object.py": "deformable objects",
    "assets/test_surface_gripper.py": "surface grippers",
    "controllers/test_pink_ik.py": "NVIDIA asset",
    "deps/isaacsim": "Isaac Sim itself",
    "devices": "input devices",
    "envs/test_color_randomization.py": "renderer",
    "envs/test_manager_based_rl_env_ui.py": "window",
    "envs/test_texture_randomization.py": "renderer",
    "performance": "Isaac Sim itself",
    "sensors/test_camera.py": "renderer",
    "sensors/test_multi_mesh_ray_caster_camera.py": "renderer",
    "sensors/test_multi_tiled_camera.py": "renderer",
    "sensors/test_ray_caster_camera.py": "renderer",
    "sensors/test_tiled_camera.py": "renderer",
    "sensors/test_tiled_camera_env.py": "renderer",
    "sim/test_build_simulation_context_nonheadless.py": "window",
    "sim/test_mesh_converter.py": "converters",
    "sim/test_mjcf_converter.py": "converters",
    "sim/test_urdf_converter.py": "converters",
}
"""Files and folders (below ``isaaclab/test``) that need Isaac Sim as a whole, and what for."""

OTHER_LAYOUT = (
    "assets/test_articulation.py::test_initialization_fixed_base_made_floating_base",
    "sim/test_utils_queries.py::test_get_all_matching_child_prims",
    "sim/test_utils_queries.py::test_get_first_matching_child_prim",
)
"""Tests that look for prims of NVIDIA's Franka which the own one does not have."""

GPU_BY_NAME = ("managers/test_observation_manager.py",)
"""Files whose tests name a GPU without need. They are run with "cpu" in its place."""


@dataclass
class Result:
    """What became of the tests of a file."""

    name: str
    seconds: float
    passed: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    skipped: Counter[str] = field(default_factory=Counter)

    @property
    def folder(self) -> str:
        """Folder of the file."""
        return self.name.split("/")[0]


def find_tests(root: Path, selection: list[str]) -> list[str]:
    """Test files below the root that start with one of the selected names; all of them for no selection."""
    files = sorted(path.relative_to(root).as_posix() for path in root.rglob("test_*.py"))
    if not selection:
        return files
    unknown = [name for name in selection if not any(_is_below(file, name) for file in files)]
    if unknown:
        folders = ", ".join(sorted({file.split("/")[0] for file in files}))
        sys.exit(f"isaaclab_tests: no tests in '{unknown[0]}'; there are {folders}")
    return [file for file in files if any(_is_below(file, name) for name in selection)]


def _is_below(file: str, name: str) -> bool:
    return file == name or file.startswith(name.rstrip("/") + "/")


def run_file(root: Path, name: str, assets: Path, timeout: float) -> Result:
    """Run the tests of a file in a process of its own."""
    reason = next((reason for part, reason in NOT_APPLICABLE.items() if _is_below(name, part)), None)
    if reason is not None:
        return Result(name, 0.0, skipped=Counter({f"whole file: {reason}": 1}))
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report, test = Path(folder) / "report.xml", root / name
        if name in GPU_BY_NAME:
            test = Path(folder) / test.name
            test.write_text((root / name).read_text().replace('"cuda:0"', '"cpu"'))
        command = [sys.executable, "-m", "isaaclab_factory.kitless", "-m", "pytest", str(test)]
        deselected = [part.split("::")[1] for part in OTHER_LAYOUT if part.startswith(f"{name}::")]
        command += ["-k", f"not ({' or '.join(deselected)})"] if deselected else []
        command += ["-q", "-p", "no:cacheprovider", "-o", "addopts=", f"--junitxml={report}", f"--rootdir={folder}"]
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "KITLESS_ASSET_ROOT": str(assets)}
        try:
            process = subprocess.run(
                command, timeout=timeout, cwd=folder, env=environment, text=True, errors="replace",
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Result(name, timeout, failed={name: f"no end after {timeout:.0f} s"})
        seconds = time.monotonic() - start
        if not report.is_file():
            last = [line for line in process.stdout.splitlines() if line.strip()][-1:]
            return Result(name, seconds, failed={name: "".join(last) or f"exit status {process.returncode}"})
        layout = Counter({"NVIDIA asset (layout of the Franka)": len(deselected)} if deselected else {})
        return _read_report(report, Result(name, seconds, skipped=layout))


def _read_report(report: Path, result: Result) -> Result:
    for case in ElementTree.parse(report).iter("testcase"):
        problem = case.find("failure") if case.find("failure") is not None else case.find("error")
        skip = case.find("skipped")
        if problem is not None:
            message = (problem.get("message") or problem.text or "").strip().splitlines()
            result.failed[case.get("name", "?")] = message[0][:150] if message else "?"
        elif skip is not None:
            reason = re.search(r"Skipped: (.*)", skip.text or "")
            result.skipped[reason[1].rstrip(")'") if reason else skip.get("message", "?")] += 1
        else:
            result.passed += 1
    return result


def print_results(results: list[Result]) -> None:
    """Print the table by folder, why tests do not apply, and what failed."""
    folders: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        folders[result.folder].append(result)
    print(f"\n{'folder':<16}{'passed':>8}{'failed':>8}{'not applicable':>16}{'seconds':>9}")
    for folder, members in [*sorted(folders.items()), ("all", results)]:
        counts = [sum(r.passed for r in members), sum(len(r.failed) for r in members)]
        counts += [sum(r.skipped.total() for r in members)]
        seconds = sum(result.seconds for result in members)
        print(f"{folder:<16}{counts[0]:>8}{counts[1]:>8}{counts[2]:>16}{seconds:>9.0f}")
    reasons: Counter[str] = sum((result.skipped for result in results), Counter())
    print("\nnot applicable:")
    for reason, count in reasons.most_common():
        print(f"  {count:>4}  {reason}")
    print("\nfailed:")
    for result in results:
        for test, message in result.failed.items():
            print(f"  {result.name}::{test}\n      {message}")


def main() -> int:
    """Run the tests.

    Returns:
        Exit status: 1 if a test failed.
    """
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tests", nargs="*", help="folders or files below isaaclab/test; all by default")
    parser.add_argument("--timeout", type=float, default=300.0, help="seconds a file may take")
    parser.add_argument("--jobs", type=int, default=1, help="files at a time")
    args = parser.parse_args()
    root = paths.find_source() / "isaaclab" / "test"
    files = find_tests(root, args.tests)
    results = []
    with tempfile.TemporaryDirectory() as assets, ThreadPoolExecutor(args.jobs) as pool:
        write_test_assets(Path(assets))
        for result in pool.map(lambda name: run_file(root, name, Path(assets), args.timeout), files):
            counts = f"{result.passed} passed, {len(result.failed)} failed, {result.skipped.total()} not applicable"
            print(f"{result.name}: {counts} ({result.seconds:.0f} s)", flush=True)
            results.append(result)
    print_results(results)
    return 1 if any(result.failed for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
