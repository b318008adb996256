"""Recording what a candidate's browser observes, and reading the timeline."""

from sqlalchemy import ScalarSelect, func, select, tuple_
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from ...errors import ConsentRequiredError, LimitReachedError, NotPermittedError
from ...events.types import ProctoringObserved
from ...storage.base import new_id
from ...storage.unit_of_work import Units
from ..accounts.actor import Actor
from ..accounts.models import User
from ..paging import cursor, read_cursor
from ..roles import Capability, Role
from ..sessions.access import enter
from ..wire import known_id
from . import schemas
from .models import ProctoringEvent

MAX_EVENTS = 20_000
"""Of one person in one session: more than anybody's browser observes, and less than fills a disk."""


class ProctoringService:
    """Use cases of proctoring."""

    def __init__(self, units: Units, *, is_enabled: bool) -> None:
        self._units = units
        self._is_enabled = is_enabled

    async def record(self, actor: Actor, session_id: str, wish: schemas.Observations) -> schemas.Receipt:
        """Keep what the actor's own browser observed; what is kept already is no error, so that a batch can be sent again.

        Raises NotPermittedError for anybody but a candidate, ConsentRequiredError for one who never agreed to be recorded,
        LimitReachedError.
        """
        try:
            return await self._record(actor, session_id, wish)
        except IntegrityError:
            # The same batch came twice at once; the other one has recorded it.
            return await self._record(actor, session_id, wish)

    async def timeline(self, actor: Actor, session_id: str, wish: schemas.ProctoringQuery) -> schemas.ProctoringPage:
        """What was observed, oldest first, in pages (host, interviewers)."""
        async with self._units.read() as db:
            session, _ = await enter(db, actor, session_id, Capability.PROCTOR)
            query = (
                select(ProctoringEvent, User.name, ProctoringEvent.sequence - _sequence_before() - 1)
                .join(User, User.id == ProctoringEvent.user_id)
                .where(ProctoringEvent.session_id == session.id)
                .order_by(ProctoringEvent.timestamp, ProctoringEvent.id)
                .limit(wish.limit + 1)
            )
            if wish.user_id is not None:
                query = query.where(ProctoringEvent.user_id == known_id(wish.user_id, "person in this interview"))
            if wish.event_type is not None:
                query = query.where(ProctoringEvent.event_type == wish.event_type)
            if wish.after is not None:
                place = tuple_(ProctoringEvent.timestamp, ProctoringEvent.id)
                query = query.where(place > read_cursor(wish.after))
            rows = (await db.execute(query)).all()
        shown = rows[: wish.limit]
        return schemas.ProctoringPage(
            events=[
                schemas.ProctoringEvent(
                    id=event.id,
                    user_id=event.user_id,
                    username=name,
                    sequence=event.sequence,
                    missing_before=missing,
                    event_type=event.event_type,
                    event_data=event.event_data,
                    timestamp=event.timestamp,
                )
                for event, name, missing in shown
            ],
            next=cursor(shown[-1][0].timestamp, shown[-1][0].id) if len(rows) > wish.limit else None,
        )

    async def _record(self, actor: Actor, session_id: str, wish: schemas.Observations) -> schemas.Receipt:
        if not self._is_enabled:
            raise NotPermittedError("Proctoring is switched off on this server.")
        async with self._units.begin() as unit:
            session, own = await enter(unit.db, actor, session_id, Capability.VIEW)
            if own.role is not Role.CANDIDATE:
                raise NotPermittedError("Only what candidates' browsers observe is recorded.")
            if own.consented_at is None:
                raise ConsentRequiredError("Nothing is recorded of somebody who has not agreed to it.")
            wanted = {event.sequence: event for event in wish.events}
            if max(wanted) > MAX_EVENTS:
                raise LimitReachedError(
                    f"{MAX_EVENTS} observations of one person are kept in an interview, and no more."
                )
            mine = (ProctoringEvent.session_id == session.id, ProctoringEvent.user_id == own.user_id)
            kept = set(
                await unit.db.scalars(
                    select(ProctoringEvent.sequence).where(*mine, ProctoringEvent.sequence.in_(wanted))
                )
            )
            fresh = [wanted[sequence] for sequence in sorted(wanted.keys() - kept)]
            # A batch has one time, and what has one time is read in the order of its ids.
            ids = sorted(new_id() for _ in fresh)
            unit.db.add_all(
                ProctoringEvent(
                    id=event_id,
                    session_id=session.id,
                    user_id=own.user_id,
                    sequence=event.sequence,
                    event_type=event.event_type,
                    event_data=event.event_data,
                    timestamp=unit.now,
                )
                for event_id, event in zip(ids, fresh, strict=True)
            )
            await unit.db.flush()
            if fresh:
                await unit.emit(
                    ProctoringObserved(
                        session_id=session.id,
                        actor_id=actor.user_id,
                        actor_name=actor.name,
                        events=tuple(
                            {
                                "sequence": event.sequence,
                                "event_type": event.event_type.value,
                                "event_data": event.event_data,
                            }
                            for event in fresh
                        ),
                    )
                )
            return schemas.Receipt(recorded=len(fresh), last_sequence=await _last(unit.db, session.id, own.user_id))


def _sequence_before() -> ScalarSelect[int]:
    """The number of the person's observation before one; gaps are between all of them, whatever is asked for."""
    earlier = aliased(ProctoringEvent)
    return (
        select(func.coalesce(func.max(earlier.sequence), 0))
        .where(
            earlier.session_id == ProctoringEvent.session_id,
            earlier.user_id == ProctoringEvent.user_id,
            earlier.sequence < ProctoringEvent.sequence,
        )
        .scalar_subquery()
    )


async def _last(db: AsyncSession, session_id: str, user_id: str) -> int:
    last = await db.scalar(
        select(func.max(ProctoringEvent.sequence)).where(
            ProctoringEvent.session_id == session_id, ProctoringEvent.user_id == user_id
        )
    )
    return last or 0
