# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Signals that ask a training to end."""

import os
import signal
import threading

import pytest

from isaaclab_factory.learning.run_folder.interrupts import SIGNALS, Interrupts


def send(number: int) -> None:
    os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", SIGNALS)
def test_outside_of_the_training_a_signal_ends_at_once(number: int) -> None:
    with Interrupts(), pytest.raises(KeyboardInterrupt):
        send(number)


@pytest.mark.parametrize("number", SIGNALS)
def test_while_it_trains_the_first_is_noted_and_the_second_ends_at_once(number: int) -> None:
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


def test_a_job_of_the_background_heeds_them_too_and_everything_returns_to_as_it_was() -> None:
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
