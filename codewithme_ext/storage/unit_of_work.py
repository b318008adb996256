"""One step of a use case = one transaction; its events leave only after the commit.

A unit is short: nothing slow (Docker, kernels, HTTP, hashing, file copies) happens inside it, since on SQLite it holds the
one write lock. `emit` writes the activity row in the same transaction; after the commit the bus tells everybody else.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from ..errors import DatabaseUnavailableError
from ..events.bus import Committed, EventBus
from ..events.types import Event
from .activity import ActivityCounter, ActivityRow
from .base import utc_now

Clock = Callable[[], datetime]


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

    def __init__(self, engine: AsyncEngine, bus: EventBus, clock: Clock = utc_now) -> None:
        self._bus = bus
        self._clock = clock
        self._writing = async_sessionmaker(engine, expire_on_commit=False)
        self._reading = async_sessionmaker(engine.execution_options(is_read_only=True), expire_on_commit=False)

    @property
    def now(self) -> datetime:
        """The time a unit that opened now would have."""
        return self._clock()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[UnitOfWork]:
        """A transaction that may write. Raises DatabaseUnavailableError when the database does not answer: nothing was saved."""
        with _database_errors():
            async with self._writing.begin() as db:
                unit = UnitOfWork(db, self._clock())
                yield unit
        for committed in unit.committed:
            await self._bus.publish(committed)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A transaction that only reads; it waits for no writer on SQLite."""
        with _database_errors():
            async with self._reading.begin() as db:
                yield db


@contextmanager
def _database_errors() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError, OSError) as error:
        raise DatabaseUnavailableError(
            "The database does not answer. Nothing was saved; try again in a moment."
        ) from error
