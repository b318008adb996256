"""Every event there is, and the bus."""

import asyncio
from dataclasses import fields
from datetime import UTC, datetime

import pytest

from codewithme_ext.events.bus import Committed, EventBus
from codewithme_ext.events.types import EVENT_TYPES, Audience, ChatMessageSent, Event, SessionStarted


@pytest.mark.parametrize("event", EVENT_TYPES, ids=lambda event: event.__name__)
def test_every_event_says_its_name_its_audience_and_what_it_means(event: type[Event]) -> None:
    assert event.type.replace("-", "") == event.__name__.lower()
    assert isinstance(event.audience, Audience)
    assert event.recorded in (True, False)
    assert event.__doc__
    assert {"session_id", "actor_id", "actor_name"} <= {field.name for field in fields(event)}


def test_event_names_are_told_apart() -> None:
    assert len({event.type for event in EVENT_TYPES}) == len(EVENT_TYPES)


def test_what_an_event_says_goes_out_in_camel_case_without_who_and_where() -> None:
    event = ChatMessageSent(session_id="s", actor_id="u", actor_name="Maya", message_id="m", text="hello", key=None)
    assert event.data() == {"messageId": "m", "text": "hello", "key": None}


async def test_a_failing_subscriber_stops_no_other_and_order_is_kept(caplog: pytest.LogCaptureFixture) -> None:
    bus, seen = EventBus(), list[int]()

    async def fails(committed: Committed) -> None:
        raise RuntimeError("broken")

    async def slow_at_first(committed: Committed) -> None:
        await asyncio.sleep(0 if committed.sequence else 0.01)
        seen.append(committed.sequence or 0)

    bus.subscribe(fails)
    bus.subscribe(slow_at_first)
    event = SessionStarted(session_id="s", actor_id="u", actor_name="Maya")
    await asyncio.gather(*(bus.publish(Committed(event, number, datetime.now(UTC))) for number in range(3)))
    assert seen == [0, 1, 2]
    assert "A subscriber failed on session-started" in caplog.text
