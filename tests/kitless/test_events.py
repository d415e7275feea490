# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Event streams and the timeline."""

import carb
import pytest
from carb.events import IEventStream
from omni.timeline import ITimeline, TimelineEventType


def test_lower_order_is_called_first_and_equals_in_order_of_subscription():
    stream, calls = IEventStream(), []
    subscriptions = [
        stream.create_subscription_to_pop(lambda event, name=name: calls.append(name), order=order)
        for name, order in (("late", 20), ("first", 0), ("second", 0), ("early", -5))
    ]
    stream.dispatch()
    assert calls == ["early", "first", "second", "late"]
    assert len(subscriptions) == 4


def test_only_events_of_the_wanted_type_arrive():
    stream, events = IEventStream(), []
    subscription = stream.create_subscription_to_pop_by_type(7, events.append)
    stream.dispatch(6)
    stream.dispatch(7, {"dt": 0.5})
    assert [(event.type, event.payload["dt"]) for event in events] == [(7, 0.5)]
    subscription.unsubscribe()
    stream.dispatch(7)
    assert len(events) == 1


def test_subscription_ends_with_its_object():
    stream, events = IEventStream(), []
    subscription = stream.create_subscription_to_pop(events.append)
    del subscription
    stream.dispatch()
    assert not events


def test_who_is_unsubscribed_by_an_earlier_callback_is_not_called():
    stream, calls = IEventStream(), []
    second = stream.create_subscription_to_pop(lambda event: calls.append("second"), order=1)
    first = stream.create_subscription_to_pop(lambda event: second.unsubscribe(), order=0)
    stream.dispatch()
    assert first is not None and not calls


def test_errors_of_subscribers_are_not_swallowed():
    stream = IEventStream()
    subscription = stream.create_subscription_to_pop(lambda event: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        stream.dispatch()
    assert subscription is not None


def test_event_types_of_names_are_the_same_in_every_process():
    assert carb.events.type_from_string("isaac") == 3401721408


def test_timeline_tells_changes_only():
    timeline, events = ITimeline(), []
    subscription = timeline.get_timeline_event_stream().create_subscription_to_pop(lambda e: events.append(e.type))
    timeline.pause()  # nothing plays
    timeline.play()
    timeline.play()
    timeline.pause()
    timeline.play()
    timeline.stop()
    timeline.stop()
    assert subscription is not None
    assert events == [TimelineEventType(e) for e in (0, 1, 0, 2)]
    assert timeline.is_stopped() and not timeline.is_playing()


def test_settings_keep_their_type_and_fabric_stays_off():
    settings = carb.settings.get_settings()
    settings.set_int("/test/number", 3)
    settings.set_bool("/physics/fabricEnabled", True)
    assert settings.get("/test/number") == 3
    assert settings.get("/test/unknown") is None
    assert settings.get("/physics/fabricEnabled") is False
