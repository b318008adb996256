"""A bounded number of runs at a time, and a fair queue before it.

Theory of operation: everybody who waits has a place in the queue of their person (an account id, say). A turn that
becomes free goes to the person who was longest without one, and among one person's runs to the oldest. Fifty runs of
one person therefore delay another person by one run, not by fifty; among one person it is first come, first served.

A place is a number: how many turns must become free until it is one's own. It shrinks as others are served or leave,
and grows by one when another person comes, whose first run is served before one's own second.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator

from .job import SandboxBusyError


class Turn:
    """One run's way through the queue: ask, wait, run, ``give_back``. Made by ``Turns.ask``."""

    def __init__(self, turns: Turns, person: str) -> None:
        self._turns = turns
        self._person = person
        self._place = 0
        self._is_over = False
        self._changed = asyncio.Event()

    async def places(self) -> AsyncIterator[int]:
        """The place in the queue, now and whenever it changes; ends when it is this run's turn."""
        while self._place > 0:
            self._changed.clear()
            yield self._place
            await self._changed.wait()

    def give_back(self) -> None:
        """Ends the turn, or the waiting for it. Giving back twice is giving back once."""
        if not self._is_over:
            self._is_over = True
            self._turns._given_back(self, self._person)

    def _moved_to(self, place: int) -> None:
        if place != self._place:
            self._place = place
            self._changed.set()


class Turns:
    def __init__(self, at_once: int, *, may_wait: int) -> None:
        self._free = at_once
        self._may_wait = may_wait
        # Persons who wait, the next one to be served first; a person served goes to the end.
        self._queues: OrderedDict[str, deque[Turn]] = OrderedDict()

    @property
    def waiting(self) -> int:
        return sum(len(queue) for queue in self._queues.values())

    def ask(self, person: str) -> Turn:
        """Takes a turn if one is free, else a place. Raises ``SandboxBusyError`` when too many wait already."""
        turn = Turn(self, person)
        if self._free > 0:
            self._free -= 1
            return turn
        if self.waiting >= self._may_wait:
            raise SandboxBusyError(f"{self.waiting} runs are waiting already. Try again in a moment.")
        self._queues.setdefault(person, deque()).append(turn)
        self._number()
        return turn

    def _given_back(self, turn: Turn, person: str) -> None:
        if turn._place > 0:
            self._leave(turn, person)
        elif self._queues:
            self._serve_next()
        else:
            self._free += 1
        self._number()

    def _serve_next(self) -> None:
        person, queue = next(iter(self._queues.items()))
        turn = queue.popleft()
        if queue:
            self._queues.move_to_end(person)
        else:
            del self._queues[person]
        turn._moved_to(0)

    def _leave(self, turn: Turn, person: str) -> None:
        queue = self._queues[person]
        queue.remove(turn)
        if not queue:
            del self._queues[person]

    def _number(self) -> None:
        """Tells everybody their place: the queues are served in rounds, one of each person in each."""
        place = 0
        rounds = max((len(queue) for queue in self._queues.values()), default=0)
        for number in range(rounds):
            for queue in self._queues.values():
                if number < len(queue):
                    place += 1
                    queue[number]._moved_to(place)
