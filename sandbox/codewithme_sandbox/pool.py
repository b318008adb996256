"""Started containers that wait for a job, so that a run does not wait for a container.

Theory of operation
-------------------
A container is ready when its supervisor is connected and, where a language has one, its interpreter is warm; no code of
any job exists then. It is taken for one job and afterwards removed; nothing ever comes back to the pool.

Containers of one ``Kind`` are interchangeable: the kind is everything that the engine fixes at their making. Time and
output limits come with the job, and memory can be changed later, so languages that differ only there share a kind.

There is one shelf per kind. A few replenishers make containers, one each at a time, since more at once only makes each
slower: first for runs that wait (the longest wait first), then for the shelf that lacks most. How many a shelf should
hold follows its use: a standing kind never goes below ``standing`` and grows to ``most`` with the runs of the last
seconds; other kinds hold up to ``rare`` once used and nothing any more after a while without use. Replenishing waits a
moment after a container was taken, as the job that took it wants the processor now.

What can go wrong, and who notices:

- a waiting container dies, or the engine goes away with all of them: every waiting container is listened to, and one
  whose stream ends is put away. Making the next one fails, the failing shelf rests a little and tries again, and so
  fills up when the engine is back. A run that comes meanwhile does not wait for that; it tries at once and is told;
- an image is built anew: looked for every few seconds; containers of the old one are put away;
- the removal of containers falls behind: the replenishers wait for it, which bounds how many there are;
- the engine goes away while a container is made or removed: the next one made leads to a search for such (``source``);
- this process is killed: its containers see their streams end, and the next start reaps what is left (``orphans``).
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

from .container import Container
from .job import SandboxError
from .policy import SandboxPolicy

# A job that took a container has the processor to itself for so long.
_QUIET_S = 0.1
# How far back runs count for the size of a shelf.
_RECENT_S = 10.0
# Between two looks for new images and for shelves that are too full.
_TICK_S = 5.0
# A shelf whose container could not be made rests so long, then up to the second number.
_REST_S = (0.5, 15.0)
# How long stopping waits for containers in the making.
_STOP_S = 5.0
# Containers that may be in removal while new ones are made.
_REMOVALS = 4

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kind:
    """What makes containers interchangeable. ``warm`` is the language whose interpreter waits in it, if one does."""

    image: str
    policy: SandboxPolicy
    warm: str | None = None


@dataclass(frozen=True)
class PoolSize:
    """How many containers wait. All zero: none; each run then waits for its own."""

    standing: int = 3
    most: int = 6
    rare: int = 2
    unused_s: float = 300.0
    replenishers: int = field(default_factory=lambda: max(3, (os.cpu_count() or 2) // 2))

    @classmethod
    def none(cls) -> PoolSize:
        return cls(standing=0, most=0, rare=0)


@dataclass(frozen=True)
class Made:
    """A container that is ready, and the id of the image it is of."""

    container: Container
    image_id: str


@dataclass(eq=False)
class _Waiting:
    """A container on its shelf. ``guard`` ends when the container does."""

    made: Made
    guard: asyncio.Task[None]


@dataclass(eq=False)
class _Shelf:
    kind: Kind
    is_standing: bool
    waiting: deque[_Waiting] = field(default_factory=deque)
    in_making: int = 0
    uses: deque[float] = field(default_factory=deque)
    rest_s: float = 0.0
    rests_until: float = 0.0


@dataclass(eq=False)
class _Wish:
    """A run that found its shelf empty."""

    shelf: _Shelf
    made: asyncio.Future[Made]


class Source(Protocol):
    """What the pool needs to get containers and to get rid of them."""

    async def make(self, kind: Kind) -> Made:
        """One that is ready. Raises ``SandboxError``; then nothing is left."""

    async def remove(self, container: Container) -> None:
        """Removes one; raises nothing."""

    async def image_id(self, image: str) -> str | None:
        """What an image is now, None if it is not there. Raises ``SandboxError``."""


class Pool:
    """Belongs to one event loop; ``start`` it and ``stop`` it. Without ``start`` it works, but nothing stands ready."""

    def __init__(self, source: Source, size: PoolSize) -> None:
        self._source = source
        self._size = size
        self._shelves: dict[Kind, _Shelf] = {}
        self._wishes: deque[_Wish] = deque()
        self._work = asyncio.Event()
        self._workers: set[asyncio.Task[None]] = set()
        self._ticking: asyncio.Task[None] | None = None
        self._is_stopping = False
        self._removals: set[asyncio.Task[None]] = set()

    def start(self, standing: Iterable[Kind]) -> None:
        """Begins to fill the shelves of kinds that always have some."""
        if self._size.standing:
            for kind in standing:
                self._shelves.setdefault(kind, _Shelf(kind, is_standing=True))
            self._ensure_workers()

    async def stop(self) -> None:
        """Removes every container that waits; returns when that and all other removals are done."""
        self._is_stopping = True
        self._work.set()
        if self._ticking is not None:
            self._ticking.cancel()
        if self._workers:
            # Who is in the middle of making one finishes it, since the engine would finish it anyway.
            _, stuck = await asyncio.wait(self._workers, timeout=_STOP_S)
            for worker in stuck:
                worker.cancel()
            await asyncio.gather(*stuck, return_exceptions=True)
        for shelf in self._shelves.values():
            while shelf.waiting:
                self._put_away(shelf, shelf.waiting[0])
        while self._wishes:
            wish = self._wishes.popleft()
            if not wish.made.done():
                wish.made.set_exception(SandboxError("The server is stopping."))
        while self._removals:
            await asyncio.gather(*self._removals)

    @property
    def waiting(self) -> int:
        """How many containers stand ready."""
        return sum(len(shelf.waiting) for shelf in self._shelves.values())

    def has(self, kind: Kind) -> bool:
        """Whether ``take`` would return at once."""
        shelf = self._shelves.get(kind)
        return shelf is not None and any(not one.guard.done() for one in shelf.waiting)

    async def take(self, kind: Kind) -> Container:
        """A container for one job; the caller gives it to ``remove``. Raises what making one raises."""
        shelf = self._shelves.setdefault(kind, _Shelf(kind, is_standing=False))
        shelf.uses.append(time.monotonic())
        while shelf.waiting:
            one = shelf.waiting.popleft()
            if not one.guard.done():
                await _end(one.guard)
                asyncio.get_running_loop().call_later(_QUIET_S, self._work.set)
                return one.made.container
        self._ensure_workers()
        wish = _Wish(shelf, asyncio.get_running_loop().create_future())
        self._wishes.append(wish)
        self._work.set()
        try:
            return (await wish.made).container
        except asyncio.CancelledError:
            if wish.made.done() and not wish.made.cancelled() and wish.made.exception() is None:
                self._shelve(shelf, wish.made.result())  # it came at the same moment; nobody has used it
            raise

    def remove(self, container: Container, then: Callable[[], None] | None = None) -> None:
        """Removes a container in the background, and does ``then`` when it is gone."""
        task = asyncio.create_task(self._remove(container, then))
        self._removals.add(task)
        task.add_done_callback(self._removed)

    # ---- making

    def _ensure_workers(self) -> None:
        if self._ticking is None:
            self._workers = {asyncio.create_task(self._replenish()) for _ in range(self._size.replenishers)}
            self._ticking = asyncio.create_task(self._tick())

    async def _replenish(self) -> None:
        while not self._is_stopping:
            shelf = self._neediest() if len(self._removals) <= _REMOVALS else None
            if shelf is None:
                self._work.clear()
                await self._work.wait()
            else:
                await self._make_for(shelf)

    def _neediest(self) -> _Shelf | None:
        """The shelf of the longest wait that nobody works for yet, else the one that lacks most."""
        asked: dict[int, int] = {}
        for wish in self._wishes:
            if not wish.made.done():
                asked[id(wish.shelf)] = asked.get(id(wish.shelf), 0) + 1
                if asked[id(wish.shelf)] > wish.shelf.in_making:
                    return wish.shelf
        now = time.monotonic()
        awake = [shelf for shelf in self._shelves.values() if shelf.rests_until <= now]
        neediest = max(awake, key=self._lack, default=None)
        return neediest if neediest is not None and self._lack(neediest) > 0 else None

    def _lack(self, shelf: _Shelf) -> int:
        asked = sum(1 for wish in self._wishes if wish.shelf is shelf and not wish.made.done())
        return self._wanted(shelf) + asked - len(shelf.waiting) - shelf.in_making

    def _wanted(self, shelf: _Shelf) -> int:
        if self._is_stopping:
            return 0
        now = time.monotonic()
        while shelf.uses and shelf.uses[0] < now - max(_RECENT_S, self._size.unused_s):
            shelf.uses.popleft()
        if not shelf.is_standing:
            return min(self._size.rare, len(shelf.uses))
        recent = sum(1 for used in shelf.uses if used > now - _RECENT_S)
        return min(self._size.most, max(self._size.standing, recent))

    async def _make_for(self, shelf: _Shelf) -> None:
        shelf.in_making += 1
        try:
            made = await self._source.make(shelf.kind)
        except SandboxError as error:
            self._failed(shelf, error)
        else:
            shelf.rest_s = 0.0
            self._shelve(shelf, made)
        finally:
            shelf.in_making -= 1

    def _shelve(self, shelf: _Shelf, made: Made) -> None:
        """To the run that waits longest, else to the shelf if it has room."""
        wish = self._next_wish(shelf)
        if wish is not None:
            wish.made.set_result(made)
        elif len(shelf.waiting) < self._wanted(shelf):
            one = _Waiting(made, asyncio.create_task(made.container.ended()))
            shelf.waiting.append(one)
            one.guard.add_done_callback(lambda guard: None if guard.cancelled() else self._put_away(shelf, one))
        else:
            self.remove(made.container)

    def _failed(self, shelf: _Shelf, error: SandboxError) -> None:
        least, most = _REST_S
        shelf.rest_s = min(most, max(least, shelf.rest_s * 2))
        shelf.rests_until = time.monotonic() + shelf.rest_s
        wish = self._next_wish(shelf)
        if wish is None and shelf.rest_s == least:
            log.info("Sandbox: no container of %s waits: %s", shelf.kind.image, error.message)
        if wish is not None:
            wish.made.set_exception(error)
        asyncio.get_running_loop().call_later(shelf.rest_s, self._work.set)

    def _next_wish(self, shelf: _Shelf) -> _Wish | None:
        for wish in [wish for wish in self._wishes if wish.shelf is shelf]:
            self._wishes.remove(wish)
            if not wish.made.done():
                return wish
        return None

    # ---- putting away

    async def _tick(self) -> None:
        """Puts away what is too much or too old."""
        while True:
            await asyncio.sleep(_TICK_S)
            for shelf in [*self._shelves.values()]:
                while len(shelf.waiting) > self._wanted(shelf):
                    self._put_away(shelf, shelf.waiting[0])
                if shelf.waiting:
                    await self._forget_old_image(shelf)
            self._work.set()

    async def _forget_old_image(self, shelf: _Shelf) -> None:
        try:
            now = await self._source.image_id(shelf.kind.image)
        except SandboxError:
            return  # the engine is away; the guards of its containers know best
        for one in [one for one in shelf.waiting if one.made.image_id != now]:
            self._put_away(shelf, one)

    def _put_away(self, shelf: _Shelf, one: _Waiting) -> None:
        if one in shelf.waiting:
            shelf.waiting.remove(one)
            one.guard.cancel()
            self.remove(one.made.container)
            self._work.set()

    async def _remove(self, container: Container, then: Callable[[], None] | None) -> None:
        await self._source.remove(container)
        if then is not None:
            then()

    def _removed(self, task: asyncio.Task[None]) -> None:
        self._removals.discard(task)
        self._work.set()


async def _end(guard: asyncio.Task[None]) -> None:
    """Returns when the guard no longer listens to the container's stream."""
    guard.cancel()
    await asyncio.wait([guard])
