"""A bounded number of runs at a time, and a fair queue before it.

Theory of operation: everybody who waits has a place in the queue of their person (an account id, say). A turn that
becomes free goes to the person who was longest without one, and among one person's runs to the oldest. Fifty runs of
one person therefore delay another person by one run, not by fifty; among one person it is first come, first served.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable

from .job import SandboxBusyError


class Turns:
    def __init__(self, at_once: int, *, may_wait: int) -> None:
        self._free = at_once
        self._may_wait = may_wait
        # Persons who wait, the next one to be served first; a person served goes to the end.
        self._queues: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @property
    def waiting(self) -> int:
        return sum(len(queue) for queue in self._queues.values())

    async def take(self, person: str) -> Callable[[], None]:
        """Waits for a turn and returns what gives it back. Raises ``SandboxBusyError`` when too many wait already."""
        if self._free > 0:
            self._free -= 1
            return self._once()
        if self.waiting >= self._may_wait:
            raise SandboxBusyError(f"{self.waiting} runs are waiting already. Try again in a moment.")
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queues.setdefault(person, deque()).append(place)
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                self._next()  # the turn had just come
            else:
                self._leave(person, place)
            raise
        return self._once()

    def _once(self) -> Callable[[], None]:
        is_given_back = False

        def give_back() -> None:
            nonlocal is_given_back
            if not is_given_back:
                is_given_back = True
                self._next()

        return give_back

    def _next(self) -> None:
        if not self._queues:
            self._free += 1
            return
        person, queue = next(iter(self._queues.items()))
        place = queue.popleft()
        if queue:
            self._queues.move_to_end(person)
        else:
            del self._queues[person]
        place.set_result(None)

    def _leave(self, person: str, place: asyncio.Future[None]) -> None:
        queue = self._queues[person]
        queue.remove(place)
        if not queue:
            del self._queues[person]
