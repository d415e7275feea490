# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Pause, single steps and speed, as the simulation's thread sees them."""

import threading
import time

import pytest

from isaaclab_factory.viewing.browser.playback import Playback, Turn


@pytest.fixture
def playback():
    """One with steps of 10 ms."""
    return Playback(step_time=0.01)


def turn_within(playback, seconds):
    """Returns the next turn, or None if there is none in time (its thread is left waiting)."""
    turns = []
    thread = threading.Thread(target=lambda: turns.append(playback.next_turn()), daemon=True)
    thread.start()
    thread.join(seconds)
    return turns[0] if turns else None


def time_of(playback, steps):
    start = time.monotonic()
    for _ in range(steps):
        assert playback.next_turn() is Turn.STEP
    return time.monotonic() - start


def test_steps_take_their_time_divided_by_the_speed(playback):
    # eleven steps are ten periods apart, and a first one that is late by less than a period is made good
    assert 0.09 <= time_of(playback, 11) + 1e-3 < 1.0
    playback.set_speed(0.5)
    assert 0.18 <= time_of(playback, 11) + 1e-3 < 1.0
    playback.set_speed(None)
    assert time_of(playback, 1000) < 5.0


def test_a_late_step_does_not_make_the_next_ones_hurry(playback):
    playback.next_turn()
    time.sleep(0.1)
    assert time_of(playback, 6) >= 0.04


def test_measured_speed_is_simulated_over_real_time(playback):
    playback.set_speed(0.5)
    time_of(playback, 15)
    assert 0.05 < playback.measured_speed <= 0.51
    playback.toggle_pause()
    assert playback.measured_speed == 0.0


def test_a_paused_simulation_shows_itself_once_and_waits(playback):
    playback.toggle_pause()
    assert playback.paused
    assert playback.next_turn() is Turn.DRAW
    assert turn_within(playback, 0.1) is None


def test_it_goes_on_when_told_to_while_it_waits(playback):
    playback.toggle_pause()
    playback.next_turn()
    threading.Timer(0.05, playback.toggle_pause).start()
    assert [playback.next_turn() for _ in range(3)] == [Turn.DRAW, Turn.STEP, Turn.STEP]


def test_single_steps_are_as_many_as_were_asked_for_and_pause(playback):
    playback.single_step()
    playback.single_step()
    assert playback.paused
    assert [playback.next_turn() for _ in range(3)] == [Turn.DRAW, Turn.STEP, Turn.STEP]
    assert turn_within(playback, 0.1) is None


def test_a_reset_and_a_picture_are_served_while_paused(playback):
    playback.toggle_pause()
    playback.next_turn()
    playback.redraw()
    playback.reset()
    assert [playback.next_turn() for _ in range(2)] == [Turn.RESET, Turn.DRAW]
    assert turn_within(playback, 0.1) is None
