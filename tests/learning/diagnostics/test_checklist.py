# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Lists of checks in processes of their own: every result is kept at once, and what passed is not repeated."""

import json
import sys
import time
from pathlib import Path

import pytest

from isaaclab_factory.learning.diagnostics import checklist as checklist_module
from isaaclab_factory.learning.diagnostics.checklist import Check, Checklist, Result, last_json
from isaaclab_factory.learning.errors import UserError

PRINTS = "print('{\"value\": 3}')"
COUNTS = f"open('../runs.txt', 'a').write('x'); {PRINTS}"
FAILS = "import sys; sys.exit('something broke')"
SLEEPS = "import time; time.sleep(60)"
STARTS_A_SLEEPER = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
open("child.txt", "w").write(str(child.pid))
time.sleep(60)
"""
WORKS_UNTIL_TOLD = """
import signal, time
stopped = []
signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
count = 0
while not stopped:
    count += 1
    open("count.txt", "w").write(str(count))
    time.sleep(0.05)
print('{"stopped": true}')
"""


def check(name: str, program: str, limit_s: float = 30.0, **options) -> Check:
    """A check that runs a small program."""
    return Check(name, [sys.executable, "-c", program], limit_s, last_json, **options)


def checklist(folder: Path, checks: list[Check], made_by: str = "this card") -> Checklist:
    return Checklist(checks, folder / "report.json", made_by, {"gpu": "a card"})


def run(folder: Path, checks: list[Check], made_by: str = "this card", limit_s: float = 600.0) -> list[Result]:
    return list(checklist(folder, checks, made_by).run(limit_s))


def runs(folder: Path) -> int:
    """How often the program that counts has run."""
    return len((folder / "runs.txt").read_text())


def test_figures_are_the_last_line_of_json_whatever_else_is_printed(tmp_path: Path) -> None:
    program = "import time; time.sleep(0.3); print('{\"value\": 2}'); print('{\"value\": 3}'); print('nefc overflow')"
    (result,) = run(tmp_path, [check("a", program)])
    assert (result.status, result.figures, result.reason) == ("passed", {"value": 3}, "")
    assert 0.3 <= result.seconds < 30.0


def test_a_check_that_fails_is_recorded_with_its_last_words_and_the_others_run(tmp_path: Path) -> None:
    checks = [check("fails", FAILS), check("says nothing", "pass"), check("works", PRINTS)]
    results = {result.name: result for result in run(tmp_path, checks)}
    assert [result.status for result in results.values()] == ["failed", "failed", "passed"]
    assert results["fails"].reason == "exit code 1: something broke"
    assert "no line of JSON" in results["says nothing"].reason


@pytest.mark.slow
def test_a_check_that_is_not_ready_in_time_is_ended_with_what_it_started(tmp_path: Path) -> None:
    start = time.monotonic()
    slow, quick = run(tmp_path, [check("sleeps long", STARTS_A_SLEEPER, limit_s=3.0), check("works", PRINTS)])
    assert (slow.status, slow.reason, quick.status) == ("failed", "not ready after 3 s", "passed")
    assert time.monotonic() - start < 50.0
    child = Path("/proc", (tmp_path / "sleeps_long" / "child.txt").read_text(), "stat")
    # ended, or waiting for the system to forget it
    assert not child.exists() or child.read_text().split()[2] == "Z"


def test_every_result_is_written_before_the_next_check_starts(tmp_path: Path) -> None:
    steps = checklist(tmp_path, [check("first", COUNTS), check("second", SLEEPS)]).run(600.0)
    next(steps)
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["gpu"] == "a card"
    assert [(row["name"], row["status"]) for row in report["checks"]] == [("first", "passed")]


def test_what_passed_is_not_repeated_and_the_rest_is(tmp_path: Path) -> None:
    next(checklist(tmp_path, [check("first", COUNTS), check("second", COUNTS)]).run(600.0))  # then interrupted
    assert runs(tmp_path) == 1
    checks = [check("first", COUNTS), check("fails", FAILS), check("second", COUNTS)]
    assert [result.status for result in run(tmp_path, checks)] == ["passed", "failed", "passed"]
    assert runs(tmp_path) == 2
    mended = [check("first", COUNTS), check("fails", COUNTS), check("second", COUNTS)]
    assert [result.status for result in run(tmp_path, mended)] == ["passed", "passed", "passed"]
    assert runs(tmp_path) == 3


def test_another_machine_or_code_repeats_what_passed(tmp_path: Path) -> None:
    for made_by in ("this card", "another card"):
        (result,) = run(tmp_path, [check("first", COUNTS)], made_by)
        assert result.made_by == made_by
    assert runs(tmp_path) == 2


@pytest.mark.slow
def test_without_time_left_checks_are_skipped_and_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results = run(tmp_path, [check("first", COUNTS), check("second", COUNTS)], limit_s=0.0)
    assert [(result.status, result.reason) for result in results] == [("skipped", "the 0 minutes were over")] * 2
    monkeypatch.setattr(checklist_module, "LEAST_S", 1.0)  # so that the check starts with 2 seconds left
    (result,) = run(tmp_path, [check("sleeps", SLEEPS, limit_s=200.0)], limit_s=2.2)
    assert result.status == "skipped"
    assert result.reason.startswith("not ready after the 2 s")


def test_skipping_keeps_what_has_passed(tmp_path: Path) -> None:
    checks = [check("first", COUNTS), check("second", COUNTS)]
    next(checklist(tmp_path, checks).run(600.0))
    skipped = checklist(tmp_path, checks, "no card")
    skipped.skip("no card was found")
    rows = json.loads((tmp_path / "report.json").read_text())["checks"]
    assert [(row["status"], row["reason"]) for row in rows] == [("passed", ""), ("skipped", "no card was found")]


def test_a_process_that_has_done_enough_is_asked_to_end(tmp_path: Path) -> None:
    def enough(folder: Path) -> bool:
        file = folder / "count.txt"
        return file.exists() and int(file.read_text() or 0) >= 3

    (result,) = run(tmp_path, [check("trains", WORKS_UNTIL_TOLD, enough=enough)])
    assert (result.status, result.figures) == ("passed", {"stopped": True})


@pytest.mark.parametrize("content", ["{", "[]", '{"checks": [{"what": 1}]}'])
def test_results_that_cannot_be_read_are_reported_in_one_line(tmp_path: Path, content: str) -> None:
    (tmp_path / "report.json").write_text(content)
    with pytest.raises(UserError, match=r"cannot read .*report\.json: .*remove it to begin again"):
        checklist(tmp_path, [])
