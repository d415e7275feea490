# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Runs the tests that Isaac Lab's wheel brings along on a physics engine of the CPU, and counts them by folder.

Usage:
    python scripts/isaaclab_tests.py                                        # all folders, on newton_mujoco
    python scripts/isaaclab_tests.py --folder isaaclab_newton/physics       # a folder, or a file; repeatable
    python scripts/isaaclab_tests.py --engine newton_mjwarp                 # upstream's engine, to compare
    python scripts/isaaclab_tests.py --json results.json                    # keep every test's result

Every file runs in a process of its own, without Isaac Sim. *On engine* counts the passed and failed tests that made
the engine simulate; the others test code around it. ``docs/engine.md`` explains what is not applicable and why.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass, field
from pathlib import Path

FOLDERS = (
    "isaaclab_newton/physics",
    "isaaclab_newton/assets",
    "isaaclab_newton/sensors",
    "isaaclab_newton/controllers",
    "isaaclab_newton/envs",
    "isaaclab_newton/sim",
    "isaaclab_newton/cloner",
    "isaaclab_newton/renderers",
    "isaaclab/controllers",
    "isaaclab/envs",
    "isaaclab/managers",
    "isaaclab/scene",
    "isaaclab/sensors",
    "isaaclab/actuators",
    "isaaclab/assets",
    "isaaclab/sim",
    "isaaclab/terrains",
    "isaaclab/utils",
)
"""Folders of the wheel's tests that can concern a physics engine, the most relevant first."""


OUTCOMES = ("passed", "failed", "not applicable")


@dataclass
class FileResult:
    """What became of the tests of one file."""

    name: str
    seconds: float
    tests: list[dict] = field(default_factory=list)
    """For each test: its name (test), outcome, reason and detail where it did not pass, seconds and on_engine."""

    @property
    def folder(self) -> str:
        """Package and first folder, such as ``isaaclab_newton/physics``."""
        return "/".join(self.name.split("/")[:2])

    def count(self, outcome: str) -> int:
        """Number of tests with an outcome."""
        return sum(test["outcome"] == outcome for test in self.tests)

    def count_on_engine(self) -> int:
        """Number of passed and failed tests that made the engine simulate."""
        return sum(test["on_engine"] and test["outcome"] != "not applicable" for test in self.tests)


def find_source() -> Path:
    """Folder of the wheel that holds the tests, as ``<package>/test``."""
    spec = importlib.util.find_spec("isaaclab")
    if spec is None:
        sys.exit("isaaclab_tests: Isaac Lab is not installed in this Python")
    return Path(spec.origin).parent / "source"


def find_files(source: Path, selection: list[str]) -> list[str]:
    """Names of the test files in the selected folders, ``<package>/<path below its test folder>``.

    A file that makes no simulation says nothing about an engine and is left out, unless it belongs to Newton's package.
    """
    names = []
    for selected in selection:
        package, _, path = selected.strip("/").partition("/")
        root = source / package / "test"
        target = root / path
        files = [target] if target.is_file() else sorted(target.rglob("test_*.py"))
        if not files:
            sys.exit(f"isaaclab_tests: no tests in '{selected}'; there are {', '.join(FOLDERS)}")
        files = [file for file in files if target.is_file() or _simulates(file)]
        names += [f"{package}/{file.relative_to(root).as_posix()}" for file in files]
    return list(dict.fromkeys(names))


def _simulates(file: Path) -> bool:
    """Whether a test file belongs to Newton's package or makes a simulation."""
    words = ("launch_test_simulation", "SimulationContext(", "build_simulation_context", "NewtonCfg")
    return "isaaclab_newton" in file.parts or any(word in file.read_text() for word in words)


def run_file(source: Path, name: str, engine: str, assets: Path, timeout: float) -> FileResult:
    """Run the tests of a file in a process of its own, for at most ``timeout`` seconds."""
    package, _, path = name.partition("/")
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report, configuration = Path(folder) / "report.jsonl", Path(folder) / "pytest.ini"
        configuration.write_text("[pytest]\n")
        command = [sys.executable, "-m", "pytest", str(source / package / "test" / path), "-q"]
        command += ["-c", str(configuration), f"--rootdir={folder}", "-p", "no:cacheprovider"]
        command += ["-p", "isaaclab_tests_plugin", f"--engine={engine}"]
        command += [f"--isaaclab-report={report}", f"--isaaclab-assets={assets}"]
        process = subprocess.Popen(
            command, cwd=folder, env=_environment(folder, assets), text=True, errors="replace",
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            output = process.communicate(timeout=timeout)[0]
            reason = f"the process ended with status {process.returncode}"
        except subprocess.TimeoutExpired:
            process.kill()
            output, reason = process.communicate()[0], f"no end after {timeout:.0f} s"
        lines = [json.loads(line) for line in report.read_text().splitlines()] if report.is_file() else []
    last = next((line for line in reversed(output.splitlines()) if line.strip()), "")
    return FileResult(name, round(time.monotonic() - start, 1), complete_tests(lines, reason, last))


def _environment(folder: str, assets: Path) -> dict[str, str]:
    """Environment of a test process."""
    scripts = Path(__file__).parent
    path = [str(scripts), str(scripts.parent), os.environ.get("PYTHONPATH", "")]
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(part for part in path if part),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "OMP_NUM_THREADS": "1",
        "TMPDIR": folder,
        "ISAACSIM_ASSET_ROOT": str(assets),
        "NEWTON_ASSET_DIR": str(assets / "newton-assets"),
    }


def complete_tests(lines: list[dict], reason: str, last_output: str) -> list[dict]:
    """Results of a file's tests; those that the process did not reach have failed."""
    tests = [line for line in lines if "test" in line]
    collected = [name for line in lines for name in line.get("collected", ())]
    seen = {test["test"] for test in tests}
    missing = [name for name in collected if name not in seen]
    if not tests and not collected:
        missing = ["(file)"]
        reason = f"{reason}: {last_output}"
    return tests + [
        {"test": name, "outcome": "failed", "detail": reason, "seconds": 0.0, "on_engine": False} for name in missing
    ]


def format_table(results: list[FileResult]) -> str:
    """Table by folder, reasons of what is not applicable, and what has failed."""
    folders: dict[str, list[FileResult]] = defaultdict(list)
    for result in results:
        folders[result.folder].append(result)
    lines = [f"{'folder':<26}{'passed':>8}{'failed':>8}{'not applicable':>16}{'on engine':>11}{'seconds':>9}"]
    for folder, members in [*folders.items(), ("all", results)]:
        counts = [sum(r.count(outcome) for r in members) for outcome in OUTCOMES]
        on_engine, seconds = sum(r.count_on_engine() for r in members), sum(r.seconds for r in members)
        lines.append(f"{folder:<26}{counts[0]:>8}{counts[1]:>8}{counts[2]:>16}{on_engine:>11}{seconds:>9.0f}")
    reasons = Counter(test["reason"] for r in results for test in r.tests if test["outcome"] == "not applicable")
    lines += ["", "not applicable:", *(f"{count:>6}  {reason}" for reason, count in reasons.most_common())]
    failed = [(r.name, test) for r in results for test in r.tests if test["outcome"] == "failed"]
    lines += ["", "failed:", *(f"  {name}::{test['test']}\n      {test['detail']}" for name, test in failed)]
    return "\n".join(lines)


def parse_arguments() -> argparse.Namespace:
    """Arguments of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--engine", default="newton_mujoco", choices=("newton_mujoco", "newton_mjwarp"))
    parser.add_argument("--folder", action="append", help="a folder such as isaaclab_newton/physics, or a file in it")
    parser.add_argument("--timeout", type=float, default=600.0, help="seconds that a file may take")
    parser.add_argument("--json", type=Path, help="file to write every test's result to")
    return parser.parse_args()


def main() -> int:
    """Run the tests.

    Returns:
        Exit status: 1 if a test failed.
    """
    args = parse_arguments()
    source = find_source()
    names = find_files(source, args.folder or list(FOLDERS))
    from isaaclab_test_assets import write_test_assets  # takes seconds: it loads Newton and PyTorch

    results = []
    with tempfile.TemporaryDirectory() as assets:
        write_test_assets(Path(assets))
        for name in names:
            result = run_file(source, name, args.engine, Path(assets), args.timeout)
            counts = ", ".join(f"{result.count(outcome)} {outcome}" for outcome in OUTCOMES)
            print(f"{name}: {counts} ({result.seconds:.0f} s)", flush=True)
            results.append(result)
            if args.json:
                args.json.write_text(json.dumps([asdict(result) for result in results], indent=1))
    print("\n" + format_table(results))
    return 1 if any(result.count("failed") for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
