"""The one way to a session's rows: by somebody, with a right.

A session that does not exist and one that is none of the asker's business are the same NotFoundError, so that ids cannot be
probed.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ...errors import FrozenError, GoneError, NotFoundError, NotPermittedError
from ..accounts.actor import Actor
from ..roles import GRANTS, Capability, Role
from ..wire import known_id
from .models import FreezeReason, InterviewSession, Participant, ParticipantState, SessionStatus


@dataclass(frozen=True)
class Access:
    """What somebody is in a session, as plain values; the doors of Jupyter ask for it on every request."""

    session_id: str
    user_id: str
    name: str
    role: Role
    state: ParticipantState
    status: SessionStatus
    color: int
    capabilities: frozenset[Capability]
    """What the person may do now; empty unless admitted."""


class AccessCache(Protocol):
    """Keeps what `read` answers for a moment, and forgets it before anybody learns of an event that may have changed it."""

    async def get(self, actor: Actor, session_id: str, read: Callable[[], Awaitable[Access | None]]) -> Access | None:
        """What the actor is in the session."""


class NoCache:
    """One server by itself asks its database."""

    async def get(self, actor: Actor, session_id: str, read: Callable[[], Awaitable[Access | None]]) -> Access | None:
        """Always read."""
        return await read()


async def find_session(db: AsyncSession, session_id: str, *, lock: bool = False) -> InterviewSession:
    """The session whoever asks; for doors that check something else, such as a password. Raises NotFoundError.

    `lock` as for `find_own`.
    """
    session = await db.get(
        InterviewSession, known_id(session_id, "interview"), with_for_update={"key_share": True} if lock else None
    )
    if session is None:
        raise unknown_session()
    return session


async def find_participant(db: AsyncSession, session_id: str, user_id: str) -> Participant | None:
    """Somebody's row in a session, if they have one."""
    return await db.scalar(
        select(Participant).where(Participant.session_id == session_id, Participant.user_id == user_id)
    )


async def enter(
    db: AsyncSession, actor: Actor, session_id: str, capability: Capability, *, lock: bool = False
) -> tuple[InterviewSession, Participant]:
    """The session and the actor's place in it.

    Raises NotFoundError unless the actor is admitted, NotPermittedError if their role lacks `capability`, FrozenError if they
    would have it were the editor not frozen, GoneError if the session has ended and nobody has it any more.
    """
    session, participant = await find_own(db, actor, session_id, lock=lock)
    if not participant.is_admitted:
        raise unknown_session()
    if participant.may(capability, session):
        return session, participant
    if session.has_ended:
        raise GoneError("The interview has ended. What was written can be read, not changed.")
    if session.is_frozen and capability in GRANTS[participant.role]:
        raise FrozenError(_frozen(session))
    raise NotPermittedError(f"Your role in this interview, {participant.role}, does not include this.")


async def find_own(
    db: AsyncSession, actor: Actor, session_id: str, *, lock: bool = False
) -> tuple[InterviewSession, Participant]:
    """The session and the actor's row in it, whatever its state. Raises NotFoundError without one.

    One question for both, so that a session there is takes no longer to deny than one there is not. `lock` makes others who
    would change the session, or who is in it, wait for the end of the transaction.
    """
    query = (
        select(InterviewSession, Participant)
        .join(Participant, Participant.session_id == InterviewSession.id)
        .where(Participant.session_id == known_id(session_id, "interview"), Participant.user_id == actor.person_id)
    )
    if lock:
        # Weak enough for others to go on writing rows that refer to the session, such as chat. SQLite has one writer anyway.
        query = query.with_for_update(of=InterviewSession, key_share=True)
    row = (await db.execute(query)).one_or_none()
    if row is None:
        raise unknown_session()
    session, participant = row
    if lock:
        await db.refresh(participant)  # it may have changed while we waited for others
    return session, participant


def _frozen(session: InterviewSession) -> str:
    if session.freeze_reason is FreezeReason.TIME_UP:
        return "Time is up. What you wrote is saved as it is; it can be read, not changed."
    return f"{session.frozen_by_name} froze the editor. You can read, talk and chat until it is unfrozen."


def unknown_session() -> NotFoundError:
    """The answer for missing and foreign sessions alike."""
    return NotFoundError("There is no such interview.")
