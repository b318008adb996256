"""Delivers committed events to subscribers, in order; one failing subscriber never stops the others."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
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

    A subscriber that wants to publish in turn must do so in a task of its own, since it would wait for itself. Where several
    servers share a database, each hears of what happened on the others by `deliver`.
    """

    def __init__(self) -> None:
        self._subscribers: list[Subscriber] = []
        self._only_own: set[Subscriber] = set()
        self._turn = asyncio.Lock()

    def subscribe(self, subscriber: Subscriber) -> None:
        """Call `subscriber` with every event from now on, whichever server it happened on.

        For whatever acts on what is open here: sockets, rooms, programs that run.
        """
        self._subscribers.append(subscriber)

    def subscribe_to_own(self, subscriber: Subscriber) -> None:
        """Call `subscriber` with what happens on this server: for whatever must be done once, such as writing something down."""
        self._subscribers.append(subscriber)
        self._only_own.add(subscriber)

    async def publish(self, committed: Committed) -> None:
        """Tell everyone; called by the unit of work after its commit."""
        await self._tell(committed, self._subscribers)

    async def deliver(self, committed: Committed) -> None:
        """Tell those whom it concerns here of what has happened on another server."""
        await self._tell(committed, [one for one in self._subscribers if one not in self._only_own])

    @asynccontextmanager
    async def between_events(self) -> AsyncIterator[None]:
        """Nothing is told in here: who reads from the database and acts on it misses no event, and undoes none.

        Publishing in here would wait for itself.
        """
        async with self._turn:
            yield

    async def _tell(self, committed: Committed, subscribers: list[Subscriber]) -> None:
        async with self._turn:
            for subscriber in subscribers:
                try:
                    await subscriber(committed)
                except Exception:
                    log.exception("A subscriber failed on %s", committed.event.type)
