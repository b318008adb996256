"""Delivers committed events to subscribers, in order; one failing subscriber never stops the others."""

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
    """Subscribers are awaited one after the other, so what one person sees keeps the order in which it happened."""

    def __init__(self) -> None:
        self._subscribers: list[Subscriber] = []

    def subscribe(self, subscriber: Subscriber) -> None:
        """Call `subscriber` with every event from now on."""
        self._subscribers.append(subscriber)

    async def publish(self, committed: Committed) -> None:
        """Tell everyone; called by the unit of work after its commit."""
        for subscriber in self._subscribers:
            try:
                await subscriber(committed)
            except Exception:
                log.exception("A subscriber failed on %s", committed.event.type)
