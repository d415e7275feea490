# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Signals that ask a training to end."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from isaaclab_factory.learning.interrupts import SIGNALS, Interrupts


def send(number: int) -> None:
    os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", SIGNALS)
def test_outside_of_the_training_a_signal_ends_at_once(number: int) -> None:
    with Interrupts(), pytest.raises(KeyboardInterrupt):
        send(number)


@pytest.mark.parametrize("number", SIGNALS)
def test_while_it_trains_the_first_is_recorded_and_the_second_ends_at_once(number: int) -> None:
    with Interrupts() as interrupts:
        interrupts.wait_for_iteration()
        assert not interrupts.requested
        send(number)
        assert interrupts.requested
        with pytest.raises(KeyboardInterrupt):
            send(number)


def test_while_something_is_saved_all_are_held() -> None:
    with Interrupts() as interrupts:
        interrupts.hold()
        for _ in range(3):
            send(signal.SIGINT)
        interrupts.release()
        with pytest.raises(KeyboardInterrupt):
            send(signal.SIGINT)


def test_a_background_job_handles_them_too_and_earlier_handlers_return() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with Interrupts() as interrupts:
            interrupts.wait_for_iteration()
            send(signal.SIGINT)
            assert interrupts.requested
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_in_another_thread_it_does_nothing() -> None:
    handlers = []

    def work() -> None:
        with Interrupts():
            handlers.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert handlers == [signal.getsignal(signal.SIGINT)]


def test_an_inner_context_keeps_the_handlers_of_the_outer_one() -> None:
    with Interrupts() as interrupts:
        with interrupts:
            interrupts.wait_for_iteration()
            send(signal.SIGINT)
        assert interrupts.requested
        with pytest.raises(KeyboardInterrupt):
            send(signal.SIGINT)


SWALLOWS = """
import time
from pathlib import Path
from isaaclab_factory.learning.cli.script import run_script

def main():
    print("ready", flush=True)
    while True:
        try:
            time.sleep(0.01)
        except BaseException:
            pass

raise SystemExit(run_script(main))
"""
"""A script in which some library catches every exception, as imports do."""


@pytest.mark.slow
def test_a_script_ends_within_a_second_even_if_a_library_catches_the_interrupt() -> None:
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    process = subprocess.Popen([sys.executable, "-c", SWALLOWS], **pipes)
    try:
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        start = time.monotonic()
        _, err = process.communicate(timeout=20)
    finally:
        process.kill()
    assert time.monotonic() - start < 2.5
    assert (process.returncode, err) == (130, "interrupted\n")


@pytest.mark.slow
def test_the_hard_end_is_said_also_while_the_standard_error_is_hidden() -> None:
    program = """
import os, signal, time
from isaaclab_factory.learning.cli.script import run_script
from isaaclab_factory.learning.console import quiet

def main():
    with quiet(native=True):
        try:
            os.kill(os.getpid(), signal.SIGINT)
        except KeyboardInterrupt:  # as some libraries do
            time.sleep(30.0)

run_script(main)
"""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (result.returncode, result.stderr) == (130, "interrupted\n")


@pytest.mark.slow
def test_the_hard_end_removes_the_folder_of_a_run_that_was_being_prepared(tmp_path: Path) -> None:
    program = """
import os, signal, sys, time
from pathlib import Path
from isaaclab_factory.learning.cli.script import run_script
from isaaclab_factory.learning.runs.files import removed_on_failure

def main():
    ready, new = (Path(sys.argv[1], name) for name in ("ready", "new"))
    for folder in (ready, new):
        folder.mkdir()
        (folder / "file").touch()
    with removed_on_failure(ready):
        pass
    with removed_on_failure(new):
        try:
            os.kill(os.getpid(), signal.SIGINT)
        except KeyboardInterrupt:  # as some libraries do
            time.sleep(30.0)

run_script(main)
"""
    result = subprocess.run([sys.executable, "-c", program, tmp_path], capture_output=True, text=True, timeout=60)
    assert (result.returncode, result.stderr) == (130, "interrupted\n")
    assert [folder.name for folder in tmp_path.iterdir()] == ["ready"]
