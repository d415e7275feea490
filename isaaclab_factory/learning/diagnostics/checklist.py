# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Runs a list of checks, each in a process of its own, and keeps every result at once.

A list that was interrupted goes on with what is missing. What passed is not repeated, unless the machine or the code is
another one now.
"""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.runs.files import last_line, write_json

OUTPUT, ERRORS = "stdout.txt", "stderr.txt"
"""What the process of a check printed, in the folder of the check."""

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"

LEAST_S = 20.0
"""A check is not started with less time than this: its imports take that long."""
POLL_S = 0.5
"""Time between two looks at a process."""


@dataclass(frozen=True)
class Check:
    """Something to find out in a process of its own, whose working folder is a new one."""

    name: str
    """Words, for people and as the name of the folder."""
    command: Sequence[str]
    limit_s: float
    """Time after which the process is ended, and the check has failed."""
    read: Callable[[Path], dict[str, Any]]
    """Returns the figures from the folder, fit for JSON. Raises an exception where they are missing."""
    enough: Callable[[Path], bool] | None = None
    """Whether the process has done enough, by its folder: then it gets SIGTERM. None to let it end by itself."""


@dataclass
class Result:
    """What came of a check."""

    name: str
    status: str
    """:data:`PASSED`, :data:`FAILED` or :data:`SKIPPED`."""
    reason: str = ""
    """Why it failed or was skipped."""
    seconds: float = 0.0
    made_by: str = ""
    """Machine and code that made it."""
    figures: dict[str, Any] = field(default_factory=dict)


class Checklist:
    """The results of a list of checks, in one file.

    Attributes:
        results: Results by name, only of checks that have one.
    """

    def __init__(self, checks: Sequence[Check], file: Path, made_by: str, about: dict[str, Any]) -> None:
        """Read the results that are there.

        Args:
            file: JSON file of the results. Each check gets a folder beside it.
            made_by: Machine and code. Results of others are not counted.
            about: What else belongs in the file.

        Raises:
            UserError: The results cannot be read.
        """
        self._checks, self._file, self._made_by, self._about = checks, file, made_by, about
        kept = {result.name: result for result in self._read()}
        self.results = {check.name: kept[check.name] for check in checks if check.name in kept}

    @property
    def report(self) -> dict[str, Any]:
        """What the file contains: the facts about the machine, and ``checks``, a result each in their order."""
        ordered = [self.results[check.name] for check in self._checks if check.name in self.results]
        return self._about | {"checks": [asdict(result) for result in ordered]}

    def skip(self, reason: str) -> None:
        """Records every check that has not passed, on whatever machine, as skipped."""
        for check in self._checks:
            if not self._has_passed(check):
                self._keep(Result(check.name, SKIPPED, reason))

    def run(self, limit_s: float) -> Iterator[Result]:
        """Runs the checks that have not passed yet.

        Args:
            limit_s: Time for all of them. Checks that find none left are skipped.

        Yields:
            The result of each check as it is kept, also of those that had passed before.
        """
        end = time.monotonic() + limit_s
        for check in self._checks:
            if self._has_passed(check) and self.results[check.name].made_by == self._made_by:
                yield self.results[check.name]
                continue
            left = end - time.monotonic()
            if left < min(LEAST_S, check.limit_s):
                yield self._keep(Result(check.name, SKIPPED, f"the {limit_s / 60:.3g} minutes were over"))
                continue
            yield self._keep(self._run(check, min(left, check.limit_s)))

    def _has_passed(self, check: Check) -> bool:
        return check.name in self.results and self.results[check.name].status == PASSED

    def _run(self, check: Check, limit_s: float) -> Result:
        """Runs one check, for this long at most."""
        folder = self._file.parent / check.name.replace(" ", "_")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        start = time.monotonic()
        code = run_process(check, folder, limit_s)
        seconds = round(time.monotonic() - start, 1)
        if code is None and limit_s < check.limit_s:
            return Result(check.name, SKIPPED, f"not ready after the {limit_s:.0f} s that were left", seconds)
        reason, figures = "", {}
        if code is None:
            reason = f"not ready after {limit_s:.0f} s"
        elif code != 0:
            reason = f"exit code {code}: {last_line(folder / ERRORS) or 'nothing printed'}"
        try:
            figures = check.read(folder)
        except Exception as error:  # what another program has written, or has not
            reason = reason or f"no figures: {type(error).__name__}: {error}"
        return Result(check.name, FAILED if reason else PASSED, reason, seconds, self._made_by, figures)

    def _keep(self, result: Result) -> Result:
        """Adds a result and writes all."""
        self.results[result.name] = result
        write_json(self._file, self.report)
        return result

    def _read(self) -> list[Result]:
        """Returns the results that are there."""
        try:
            return [Result(**row) for row in json.loads(self._file.read_text(encoding="utf-8"))["checks"]]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise UserError(f"cannot read {self._file}: {error}; remove it to begin again") from error


def run_process(check: Check, folder: Path, limit_s: float) -> int | None:
    """Runs the process of a check, and whatever it starts.

    Args:
        folder: Its working folder, which gets :data:`OUTPUT` and :data:`ERRORS`.
        limit_s: Time after which it is killed.

    Returns:
        Its exit code, None if it was killed.
    """
    with (folder / OUTPUT).open("wb") as output, (folder / ERRORS).open("wb") as errors:
        # of a session of its own, so that its processes can be ended together
        process = subprocess.Popen(check.command, cwd=folder, stdout=output, stderr=errors, start_new_session=True)
        end, asked = time.monotonic() + limit_s, False
        try:
            while time.monotonic() < end:
                try:
                    return process.wait(timeout=min(POLL_S, max(end - time.monotonic(), 0.01)))
                except subprocess.TimeoutExpired:
                    if check.enough and not asked and check.enough(folder):
                        process.terminate()
                        asked = True
            return None
        finally:
            with suppress(ProcessLookupError):  # none of them is left
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def last_json(folder: Path) -> dict[str, Any]:
    """Returns the last line of JSON that the process of a check printed; Warp's kernels print between the lines.

    Raises:
        ValueError: There is none.
    """
    lines = (folder / OUTPUT).read_text(encoding="utf-8", errors="replace").splitlines()
    for line in reversed(lines):
        if line.startswith("{"):
            return json.loads(line)
    raise ValueError(f"no line of JSON in {folder / OUTPUT}")
