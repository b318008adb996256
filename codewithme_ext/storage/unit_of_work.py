"""One step of a use case = one transaction; its events leave only after the commit.

A unit is short: nothing slow (Docker, kernels, HTTP, hashing, file copies) happens inside it, since on SQLite it holds the
one write lock. `emit` writes the activity row in the same transaction; after the commit the bus tells everybody else.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker
from sqlalchemy.pool import QueuePool

from ..errors import DatabaseUnavailableError
from ..events.bus import Committed, EventBus
from ..events.types import Event
from .activity import ActivityCounter, ActivityRow
from .base import utc_now
from .engine import for_reading
from .failures import AWAY, failure_of

LONGEST_QUEUE_S = 30.0
Clock = Callable[[], datetime]
Within = Callable[["UnitOfWork"], Awaitable[None]]

_within: ContextVar[Within | None] = ContextVar("codewithme_within_every_unit", default=None)


@contextmanager
def within_every_unit(also: Within) -> Iterator[None]:
    """Do `also` as the last step of every unit that is begun in here, in its transaction."""
    token = _within.set(also)
    try:
        yield
    finally:
        _within.reset(token)


class UnitOfWork:
    """An open transaction: `db` for queries, `emit` for what has happened, `now` its one time (UTC)."""

    def __init__(self, db: AsyncSession, now: datetime) -> None:
        self.db = db
        self.now = now
        self.committed: list[Committed] = []

    async def emit(self, event: Event) -> int | None:
        """Record `event` and tell everyone after the commit; returns its number in the session's activity, if recorded."""
        sequence = await self._record(event) if event.recorded else None
        self.committed.append(Committed(event, sequence, self.now))
        return sequence

    async def hold_activity(self, session_id: str) -> None:
        """Wait for everybody who is recording something of a session, and let nobody begin, before it is deleted.

        They take its counter and then refer to the session; to delete the session and then its counter would wait in a circle.
        """
        counter = select(ActivityCounter.session_id).where(ActivityCounter.session_id == session_id)
        await self.db.execute(counter.with_for_update())

    async def _record(self, event: Event) -> int:
        # What the event is about must be in the database first: the log refers to it.
        await self.db.flush()
        taken = await self.db.execute(
            update(ActivityCounter)
            .where(ActivityCounter.session_id == event.session_id)
            .values(last_sequence=ActivityCounter.last_sequence + 1)
            .returning(ActivityCounter.last_sequence)
        )
        sequence = taken.scalar_one_or_none()
        if sequence is None:
            sequence = 1
            self.db.add(ActivityCounter(session_id=event.session_id, last_sequence=sequence))
        self.db.add(
            ActivityRow(
                session_id=event.session_id,
                sequence=sequence,
                type=event.type,
                audience=event.audience,
                user_id=event.actor_id,
                username=event.actor_name,
                data=event.data(),
                at=self.now,
            )
        )
        return sequence


class Units:
    """Opens units of work."""

    def __init__(
        self, engine: AsyncEngine, bus: EventBus, clock: Clock = utc_now, *, direct: AsyncEngine | None = None
    ) -> None:
        """`direct` reads on the event loop (see `direct.py`)."""
        self._bus = bus
        self._clock = clock
        self._engine = engine
        self._write_lock = asyncio.Lock() if engine.dialect.name == "sqlite" else None
        self._failed_at = 0.0
        self.errors = 0
        """How often the database did not answer."""
        self._writing = async_sessionmaker(engine, expire_on_commit=False)
        self._reading = async_sessionmaker(for_reading(engine), expire_on_commit=False)
        self._glancing = async_sessionmaker(direct) if direct is not None else None

    @property
    def now(self) -> datetime:
        """The time a unit that opened now would have."""
        return self._clock()

    @property
    def connections_in_use(self) -> int:
        """How many connections of the pool are taken."""
        pool = self._engine.pool
        return pool.checkedout() if isinstance(pool, QueuePool) else 0

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[UnitOfWork]:
        """A transaction that may write. Raises DatabaseUnavailableError when the database does not answer: nothing was saved."""
        with self._database_errors():
            async with self._turn_to_write(), self._writing.begin() as db:
                unit = UnitOfWork(db, self._clock())
                yield unit
                also = _within.get()
                if also is not None:
                    await also(unit)
        for committed in unit.committed:
            await self._bus.publish(committed)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A transaction that only reads; it waits for no writer on SQLite."""
        with self._database_errors():
            async with self._reading.begin() as db:
                yield db

    @asynccontextmanager
    async def glance(self) -> AsyncIterator[AsyncSession]:
        """As `read`, for a few rows that are found by their key: nothing else on this server goes on meanwhile."""
        glance = await self._glance_at_once()
        if glance is None:
            async with self.read() as db:
                yield db
            return
        with self._database_errors():
            async with glance as db:
                yield db

    async def _glance_at_once(self) -> AsyncSession | None:
        if self._glancing is None:
            return None
        db = self._glancing()
        try:
            await db.connection()
        except OperationalError:
            await db.close()
            return None  # somebody has the whole file: that is waited for elsewhere
        return db

    @asynccontextmanager
    async def _turn_to_write(self) -> AsyncIterator[None]:
        """SQLite has one write lock, and whoever finds it taken asks again and again: here they queue, and in order."""
        if self._write_lock is None:
            yield
            return
        queued_at = time.monotonic()
        async with asyncio.timeout(LONGEST_QUEUE_S):
            await self._write_lock.acquire()
        try:
            if self._failed_at > queued_at:
                # Another process has the database's own lock: whoever was ahead has waited for it on behalf of all.
                raise DatabaseUnavailableError(AWAY)
            yield
        finally:
            self._write_lock.release()

    @contextmanager
    def _database_errors(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, OSError) as error:
            failure = failure_of(error)
            if failure is None:
                raise
            if isinstance(failure, DatabaseUnavailableError):
                self.errors += 1
                self._failed_at = time.monotonic()
            raise failure from error
