"""Delivers committed events to subscribers, in order; one failing subscriber never stops the others."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from .types import Event

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Committed:
    """An event that has happened for good: its number in the session's activity (None where it is not recorded) and time (UTC)."""

    event: Event
    sequence: int | None
    at: datetime


Subscriber = Callable[[Committed], Awaitable[None]]


class EventBus:
    """One event at a time, to one subscriber after the other: what everyone sees keeps the order in which it happened.

    A subscriber that wants to publish in turn must do so in a task of its own, since it would wait for itself.
    """

    def __init__(self) -> None:
        self._subscribers: list[Subscriber] = []
        self._turn = asyncio.Lock()

    def subscribe(self, subscriber: Subscriber) -> None:
        """Call `subscriber` with every event from now on."""
        self._subscribers.append(subscriber)

    async def publish(self, committed: Committed) -> None:
        """Tell everyone; called by the unit of work after its commit."""
        async with self._turn:
            for subscriber in self._subscribers:
                try:
                    await subscriber(committed)
                except Exception:
                    log.exception("A subscriber failed on %s", committed.event.type)
