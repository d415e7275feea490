# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Checks the tasks on an NVIDIA GPU: tests, speed, memory and overflows, distance from the CPU engine, a training."""

import hashlib
import json
import subprocess
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from isaaclab_factory.learning.cli.flags import add_count
from isaaclab_factory.learning.cli.parser import OneLineParser
from isaaclab_factory.learning.diagnostics.checklist import FAILED, PASSED, Check, Checklist, Result, last_json
from isaaclab_factory.learning.diagnostics.gpu_report import page
from isaaclab_factory.learning.runs.files import display_path, read_rows, write_text
from isaaclab_factory.learning.runs.record import changes_as_patch, git_state, machine, versions

TASKS = ("PegInsert", "GearMesh", "NutThread")
NUM_ENVS = (128, 1024, 4096)
TRAINING_S = 60.0
DEVICE = "cuda:0"
PHYSICS = "physics=newton_mjwarp"

REPORT, PAGE = "gpu_check.json", "gpu_check.md"
"""Names of what is written."""


def gpu_check(argv: list[str], root: Path) -> None:
    """Runs what a command line asks for.

    Args:
        root: The repository, with ``scripts`` and ``tests``.

    Raises:
        UserError: The command line is wrong, or the earlier results cannot be read.
        SystemExit: A check failed.
    """
    parser = OneLineParser(description=__doc__)
    parser.add_argument(
        "--output",
        type=Path,
        default=Path("logs/gpu_check"),
        metavar="FOLDER",
        help="where the report is written, and earlier results are found (default: %(default)s)",
    )
    add_count(parser, "--minutes", default=8, help="time for all checks")
    args = parser.parse_args(argv)
    carry_out(checks(root), args.output.resolve(), 60.0 * args.minutes, *find_gpu())


def find_gpu() -> tuple[dict[str, Any] | None, str]:
    """Looks for an NVIDIA GPU.

    Returns:
        Its name, memory in GB, compute capability and driver; None if PyTorch finds none, and why.
    """
    import torch

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = torch.cuda.is_available()
    if not found:
        built = "" if torch.version.cuda else "this build of PyTorch is for the CPU"
        return None, next((" ".join(str(one.message).split()) for one in caught), built)
    properties = torch.cuda.get_device_properties(0)
    return {
        "name": properties.name,
        "memory_gb": round(properties.total_memory / 1e9, 1),
        "compute_capability": f"{properties.major}.{properties.minor}",
        "cuda_of_torch": torch.version.cuda,
        "driver": _driver(),
    }, ""


def _driver() -> str | None:
    """Returns the version of NVIDIA's driver, None where its tool does not tell."""
    command = ["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=20).stdout.split()[0]
    except (OSError, subprocess.SubprocessError, IndexError):
        return None


def carry_out(checks: Sequence[Check], folder: Path, limit_s: float, gpu: dict[str, Any] | None, why: str) -> None:
    """Runs the checks, and writes report and page after each.

    Args:
        limit_s: Time for all of them.
        gpu: The GPU, None if there is none.
        why: Why there is none, if that is known.

    Raises:
        UserError: The earlier results cannot be read.
        SystemExit: A check failed.
    """
    about = {"gpu": gpu, "machine": machine(), "versions": versions("rsl_rl"), "git": git_state()}
    checklist = Checklist(checks, folder / REPORT, _made_by(about), about)
    if gpu is None:
        reason = "no NVIDIA GPU was found" + (f" ({why})" if why else "")
        checklist.skip(reason)
        write_text(folder / PAGE, page(checklist.report))
        print(f"gpu-check: {reason}; every check is skipped, see {display_path(folder / PAGE)}")
        return
    print(f"gpu-check on {gpu['name']}, {limit_s / 60:.3g} minutes at most", flush=True)
    for number, result in enumerate(checklist.run(limit_s), start=1):
        write_text(folder / PAGE, page(checklist.report))
        print(f"[{number}/{len(checks)}] {_line(result)}", flush=True)
    left = [result for result in checklist.results.values() if result.status != PASSED]
    print(f"Report: {display_path(folder / PAGE)}, {display_path(folder / REPORT)}")
    if left:
        print(f"{len(left)} of {len(checks)} checks did not pass; the same command runs them again, and only them")
    if any(result.status == FAILED for result in left):
        sys.exit(1)


def _line(result: Result) -> str:
    reason = f" ({result.reason})" if result.reason else ""
    return f"{result.name}: {result.status}{reason}, {result.seconds:.0f} s"


def _made_by(about: dict[str, Any]) -> str:
    """Returns what a result depends on, in one line: card, commit with its changes, versions."""
    patch = changes_as_patch()
    commit = about["git"]["commit"][:12] if about["git"] else "no repository"
    changes = f"+{hashlib.sha256(patch).hexdigest()[:8]}" if patch else ""
    installed = hashlib.sha256(json.dumps(about["versions"], sort_keys=True).encode()).hexdigest()[:8]
    return f"{(about['gpu'] or {}).get('name', 'no GPU')}, commit {commit}{changes}, versions {installed}"


def checks(root: Path) -> list[Check]:
    """Returns the checks, the ones that tell most for their time first."""
    few, *many = NUM_ENVS
    return [
        *(speed(root, task, few) for task in TASKS),
        tests(root),
        *(distance(root, task) for task in TASKS),
        training(root),
        *(speed(root, task, num_envs) for num_envs in many for task in TASKS),
    ]


def speed(root: Path, task: str, num_envs: int) -> Check:
    """Returns the check that measures speed, memory, overflows and NaN of a task."""
    words = ["--task", f"Isaac-Factory-{task}", "--num_envs", str(num_envs), "--turns", "5", "--steps", "10"]
    command = _script(root, "benchmark.py", *words, "--device", DEVICE, "--json", PHYSICS)
    # with the kernels that MuJoCo Warp compiles for each model when they are not in Warp's cache
    return Check(f"speed {task} {num_envs}", command, 150.0, last_json)


def distance(root: Path, task: str) -> Check:
    """Returns the check that measures how far CPU and GPU engines part from the same states."""
    words = ["--task", f"Isaac-Factory-{task}", "--num_envs", "16", "--steps", "30", "--device", DEVICE, "--json"]
    return Check(f"distance {task}", _script(root, "compare_engines.py", *words), 120.0, last_json)


def tests(root: Path) -> Check:
    """Returns the check that runs the tests which need a GPU."""
    # only the files with such tests: to collect all takes longer than to run these
    files = [str(file) for file in sorted((root / "tests").rglob("test_*.py")) if "mark.gpu" in file.read_text("utf-8")]
    command = [sys.executable, "-m", "pytest", "-m", "gpu", "-q", "-p", "no:cacheprovider", f"--junitxml={TESTS}"]
    return Check("tests", [*command, "-c", str(root / "pyproject.toml"), *files], 180.0, read_tests)


def training(root: Path) -> Check:
    """Returns the check that trains peg insertion for :data:`TRAINING_S`."""
    words = ["--lib", "rsl_rl", "--task", "Isaac-Factory-PegInsert", "presets=no_noise", PHYSICS]
    words += ["--num_envs", "1024", "--max_iterations", "100000", "--device", DEVICE, "--log_root", RUNS]
    command = _script(root, "train.py", *words)
    return Check("training PegInsert", command, 150.0, read_training, lambda folder: trained_s(folder) >= TRAINING_S)


TESTS, RUNS = "tests.xml", "runs"
"""Where tests and training write, in the folder of the check."""


def _script(root: Path, name: str, *words: str) -> list[str]:
    return [sys.executable, str(root / "scripts" / name), *words]


def read_tests(folder: Path) -> dict[str, Any]:
    """Returns the tests of each outcome.

    Raises:
        ValueError: No test has run.
    """
    cases = list(ElementTree.parse(folder / TESTS).iter("testcase"))
    outcomes: dict[str, list[str]] = {"passed": [], "failed": [], "skipped": []}
    for case in cases:
        kinds = {child.tag for child in case}
        outcome = "failed" if kinds & {"failure", "error"} else "skipped" if "skipped" in kinds else "passed"
        outcomes[outcome].append(f"{case.get('classname')}.{case.get('name')}".removeprefix("tests."))
    if not outcomes["passed"] and not outcomes["failed"]:
        raise ValueError("no test has run")
    return outcomes


def trained_s(folder: Path) -> float:
    """Returns how long a training has run, without its start."""
    rows = _progress(folder)
    return float(rows[-1]["seconds"]) if rows else 0.0


def read_training(folder: Path) -> dict[str, Any]:
    """Returns the curve of a training: its iterations at about twenty times.

    Raises:
        ValueError: No iteration has ended.
    """
    rows = _progress(folder)
    if not rows:
        raise ValueError("no iteration has ended")
    shown = sorted({round(part * (len(rows) - 1) / 20) for part in range(21)})
    names = ("iteration", "env_steps", "seconds", "env_steps_per_second", "reward", "success")
    numbers = {name: [float(rows[row][name] or "nan") for row in shown] for name in names}
    curve = {name: [None if value != value else value for value in values] for name, values in numbers.items()}
    return {"iterations": len(rows), "curve": curve}


def _progress(folder: Path) -> list[dict[str, str]]:
    """Returns the complete rows of the training's ``progress.csv``."""
    return next((read_rows(file) for file in (folder / RUNS).rglob("progress.csv")), [])
