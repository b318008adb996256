"""Creating, reading, changing, ending and deleting sessions; their activity; who is connected."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Protocol

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from ...errors import FieldProblem, InvalidInputError, NotPermittedError
from ...events.types import (
    Audience,
    EditingFrozen,
    EditingUnfrozen,
    LanguageChanged,
    SessionCreated,
    SessionDeleted,
    SessionEnded,
    SessionStarted,
    SessionUpdated,
)
from ...storage.activity import ActivityRow
from ...storage.base import new_id
from ...storage.unit_of_work import UnitOfWork, Units
from ..accounts.actor import Actor
from ..accounts.models import User
from ..accounts.passwords import Passwords
from ..roles import GRANTS, Capability, Role
from ..wire import known_id
from . import schemas
from .access import Access, AccessCache, NoCache, enter, find_participant
from .mine import my_sessions
from .models import ANY_VERSION, InterviewSession, Participant, ParticipantState, SessionStatus, Versions
from .presence import Presence
from .workspace import Workspace, folder_of

PAGE_CHARACTERS = 4 * 2**20
"""About as much as a page of the activity has; with results of runs that printed much it has fewer lines."""
ROWS_AT_ONCE = 101


class Languages(Protocol):
    """The languages code can be written in here."""

    def first_file(self, language: str) -> str | None:
        """The name of a new session's file, such as `main.py`; None for an unknown language."""


class SessionService:
    """Use cases of sessions."""

    def __init__(
        self,
        units: Units,
        *,
        passwords: Passwords,
        presence: Presence,
        workspace: Workspace,
        languages: Languages,
        cache: AccessCache | None = None,
    ) -> None:
        self._units = units
        self._passwords = passwords
        self._presence = presence
        self._workspace = workspace
        self._languages = languages
        self._cache = cache or NoCache()

    async def create(self, actor: Actor, wish: schemas.SessionCreation) -> schemas.Session:
        """A new session with the actor as its host. Raises NotPermittedError for guests."""
        host_id = actor.require_account()
        first_file = self._first_file(wish.language)
        password = await self._passwords.hash(wish.password) if wish.password is not None else None
        session_id = new_id()
        await self._workspace.create(session_id, first_file)
        async with self._units.begin() as unit:
            unit.db.add(
                InterviewSession(
                    id=session_id,
                    title=wish.title,
                    description=wish.description,
                    problem_statement=wish.problem_statement,
                    host_id=host_id,
                    language=wish.language,
                    password=password,
                    created_at=unit.now,
                    updated_at=unit.now,
                )
            )
            await unit.db.flush()
            unit.db.add(
                Participant(
                    session_id=session_id,
                    user_id=host_id,
                    session_created_at=unit.now,
                    role=Role.HOST,
                    state=ParticipantState.ADMITTED,
                    color=0,
                    requested_at=unit.now,
                    joined_at=unit.now,
                )
            )
            await unit.emit(
                SessionCreated(session_id=session_id, actor_id=host_id, actor_name=actor.name, title=wish.title)
            )
            return await self._view(unit.db, actor, session_id)

    async def mine(self, actor: Actor, wish: schemas.SessionsQuery) -> schemas.SessionPage:
        """The sessions the actor is admitted to, as far as they fit the filters of `wish`, newest first."""
        # A search looks at every one of them, a page is found by its index.
        async with self._units.read() if wish.q else self._units.glance() as db:
            return await my_sessions(db, actor.person_id, wish)

    async def get(self, actor: Actor, session_id: str) -> schemas.Session:
        """A session the actor is inside of. Raises NotFoundError for others."""
        async with self._units.glance() as db:
            return await self._view(db, actor, session_id)

    async def update(
        self, actor: Actor, session_id: str, changes: schemas.SessionChanges, *, if_version: Versions = ANY_VERSION
    ) -> schemas.Session:
        """Change a session's settings (host). Raises GoneError once it has ended, ChangedMeanwhileError."""
        given = changes.given()
        status = given.pop("status", None)
        if "language" in given:
            self._first_file(given["language"])
        if given.get("password") is not None:
            given["password"] = await self._passwords.hash(given["password"])
        async with self._units.begin() as unit:
            session, _ = await enter(unit.db, actor, session_id, Capability.MANAGE, lock=True)
            session.require_version(if_version)
            session.require_open()
            if given:
                for name, value in given.items():
                    setattr(session, name, value)
                session.updated_at = unit.now
                await unit.emit(
                    SessionUpdated(
                        session_id=session.id,
                        actor_id=actor.user_id,
                        actor_name=actor.name,
                        changed=tuple(sorted(given)),
                    )
                )
            if status is SessionStatus.LIVE and session.start(unit.now):
                await unit.emit(SessionStarted(session_id=session.id, actor_id=actor.user_id, actor_name=actor.name))
            elif status is SessionStatus.ENDED:
                session.end(unit.now)
                await unit.emit(SessionEnded(session_id=session.id, actor_id=actor.user_id, actor_name=actor.name))
            elif status is SessionStatus.OPEN and session.status is not SessionStatus.OPEN:
                raise InvalidInputError(
                    "A session that has started cannot be opened again.",
                    [FieldProblem("status", "cannot become open again")],
                )
            return await self._view(unit.db, actor, session.id)

    async def change_language(self, actor: Actor, session_id: str, language: str) -> None:
        """Choose the language of the interview; everybody who may edit may."""
        self._first_file(language)
        async with self._units.begin() as unit:
            session, _ = await enter(unit.db, actor, session_id, Capability.EDIT, lock=True)
            session.language = language
            session.updated_at = unit.now
            await unit.emit(
                LanguageChanged(session_id=session.id, actor_id=actor.user_id, actor_name=actor.name, language=language)
            )

    async def freeze(self, actor: Actor, session_id: str, wish: schemas.FreezeWish) -> schemas.Session:
        """Let candidates and observers only read, until unfrozen (host, interviewers).

        Raises InvalidTransitionError if it is frozen for this reason already, GoneError once the session has ended.
        """
        async with self._units.begin() as unit:
            session, _ = await enter(unit.db, actor, session_id, Capability.FREEZE, lock=True)
            session.freeze(wish.reason, actor.user_id, actor.name, unit.now)
            await unit.emit(
                EditingFrozen(
                    session_id=session.id, actor_id=actor.user_id, actor_name=actor.name, reason=wish.reason.value
                )
            )
            return await self._view(unit.db, actor, session.id)

    async def unfreeze(self, actor: Actor, session_id: str) -> schemas.Session:
        """Let everybody write and run again as their role says (host, interviewers).

        Raises InvalidTransitionError if it is not frozen, GoneError once the session has ended.
        """
        async with self._units.begin() as unit:
            session, _ = await enter(unit.db, actor, session_id, Capability.FREEZE, lock=True)
            session.unfreeze()
            await unit.emit(EditingUnfrozen(session_id=session.id, actor_id=actor.user_id, actor_name=actor.name))
            return await self._view(unit.db, actor, session.id)

    async def end(self, actor: Actor, session_id: str, *, if_version: Versions = ANY_VERSION) -> schemas.Session:
        """End the session for everyone (host). Raises InvalidTransitionError if it has ended, ChangedMeanwhileError."""
        async with self._units.begin() as unit:
            session, _ = await enter(unit.db, actor, session_id, Capability.MANAGE, lock=True)
            session.require_version(if_version)
            session.end(unit.now)
            await unit.emit(SessionEnded(session_id=session.id, actor_id=actor.user_id, actor_name=actor.name))
            return await self._view(unit.db, actor, session.id)

    async def delete(self, actor: Actor, session_id: str, *, if_version: Versions = ANY_VERSION) -> None:
        """Delete the session and everything in it (host). Raises ChangedMeanwhileError."""
        async with self._units.begin() as unit:
            session, _ = await enter(unit.db, actor, session_id, Capability.MANAGE, lock=True)
            session.require_version(if_version)
            await self._delete(unit, actor, session)
        await self._workspace.delete(session.id)

    async def prune(self, actor: Actor, *, ended_for: timedelta) -> int:
        """Delete all that ended longer ago than `ended_for` (admins, the server itself); returns how many."""
        if not actor.is_admin:
            raise NotPermittedError("Only an admin can delete other people's interviews.")
        old = select(InterviewSession.id).where(InterviewSession.ended_at < self._units.now - ended_for)
        async with self._units.read() as db:
            session_ids = (await db.scalars(old.order_by(InterviewSession.ended_at))).all()
        deleted = 0
        for session_id in session_ids:
            # One transaction each: nobody waits for all of them.
            async with self._units.begin() as unit:
                session = await unit.db.get(InterviewSession, session_id, with_for_update={"key_share": True})
                if session is None:
                    continue  # another server was first
                await self._delete(unit, actor, session)
            await self._workspace.delete(session_id)
            deleted += 1
        return deleted

    async def _delete(self, unit: UnitOfWork, actor: Actor, session: InterviewSession) -> None:
        await unit.hold_activity(session.id)
        people = await unit.db.scalars(select(Participant.user_id).where(Participant.session_id == session.id))
        await unit.emit(
            SessionDeleted(
                session_id=session.id,
                actor_id=actor.user_id,
                actor_name=actor.name,
                user_ids=tuple(people),
            )
        )
        await unit.db.delete(session)

    async def access(self, actor: Actor, session_id: str) -> Access | None:
        """What the actor is in the session now; None for nobody there. Asked on every request of Jupyter's own doors."""
        canonical = known_id(session_id, "interview")
        return await self._cache.get(actor, canonical, lambda: self._access(actor, canonical))

    async def _access(self, actor: Actor, session_id: str) -> Access | None:
        async with self._units.glance() as db:
            # Nobody learns by the time it takes whether there is such a session: see `find_own`.
            participant = await find_participant(db, session_id, actor.user_id) if actor.user_id is not None else None
            if participant is None:
                return None
            session = await db.get(InterviewSession, session_id)
            if session is None:
                return None  # deleted between the two questions
            return Access(
                session_id=session.id,
                user_id=participant.user_id,
                name=actor.name,
                role=participant.role,
                state=participant.state,
                status=session.status,
                color=participant.color,
                capabilities=frozenset(c for c in Capability if participant.may(c, session)),
            )

    async def people(self, session_id: str) -> list[schemas.Participant]:
        """Everybody inside, for a message to those inside; the asker's right has been checked before."""
        async with self._units.read() as db:
            return await self._people(db, session_id)

    async def involved(self, session_id: str) -> list[tuple[str, Role]]:
        """The user ids and roles of everybody inside."""
        async with self._units.glance() as db:
            rows = await db.execute(
                select(Participant.user_id, Participant.role).where(
                    Participant.session_id == session_id, Participant.state == ParticipantState.ADMITTED
                )
            )
            return [(row.user_id, row.role) for row in rows]

    async def activity(
        self, actor: Actor, session_id: str, *, after: int | None = None, before: int | None = None, limit: int
    ) -> schemas.ActivityPage:
        """What happened, in order and as far as the actor may learn of it: after a number, or last before one."""
        async with self._units.read() as db:
            session, participant = await enter(db, actor, session_id, Capability.VIEW)
            audiences = [Audience.EVERYONE]
            if Capability.ADMIT in GRANTS[participant.role]:
                audiences.append(Audience.HOSTS)
            query = select(ActivityRow).where(ActivityRow.session_id == session.id, ActivityRow.audience.in_(audiences))
            is_backwards = before is not None and after is None
            if is_backwards:
                query = query.order_by(ActivityRow.sequence.desc())
                shown, is_end = await _page(db, query, lambda last: ActivityRow.sequence < last, before or 0, limit)
            else:
                query = query.order_by(ActivityRow.sequence)
                shown, is_end = await _page(db, query, lambda last: ActivityRow.sequence > last, after or 0, limit)
        return schemas.ActivityPage(
            activity=[
                schemas.Activity(
                    sequence=row.sequence,
                    type=row.type,
                    userId=row.user_id,
                    username=row.username,
                    at=row.at,
                    data=row.data,
                )
                for row in (shown[::-1] if is_backwards else shown)
            ],
            next=None if is_end else shown[-1].sequence,
        )

    async def count_live(self) -> int:
        """How many interviews have started and not ended, for the server's own numbers."""
        async with self._units.read() as db:
            live = select(func.count()).where(InterviewSession.status == SessionStatus.LIVE)
            return await db.scalar(live) or 0

    async def is_open(self, session_id: str) -> bool:
        """Whether there is such a session and it has not ended, for the server's own housekeeping."""
        async with self._units.glance() as db:
            session = await db.get(InterviewSession, known_id(session_id, "interview"))
            return session is not None and not session.has_ended

    async def last_sequence(self, session_id: str) -> int:
        """The number of the session's last recorded event; 0 if there is none."""
        async with self._units.glance() as db:
            last = await db.scalar(select(func.max(ActivityRow.sequence)).where(ActivityRow.session_id == session_id))
        return last or 0

    def _first_file(self, language: str) -> str:
        first_file = self._languages.first_file(language)
        if first_file is None:
            raise InvalidInputError(
                f"There is no language called {language}. See GET languages for the list.",
                [FieldProblem("language", "is not one of GET languages")],
            )
        return first_file

    async def _view(self, db: AsyncSession, actor: Actor, session_id: str) -> schemas.Session:
        session, participant = await enter(db, actor, session_id, Capability.VIEW)
        people = await self._people(db, session.id)
        # The host is always inside, so their name has been read already.
        host_name = next((person.name for person in people if person.user_id == session.host_id), "")
        return schemas.Session(
            id=session.id,
            version=session.version,
            title=session.title,
            description=session.description,
            language=session.language,
            status=session.status,
            host_id=session.host_id,
            host_name=host_name,
            has_password=session.password is not None,
            auto_admit=session.auto_admit,
            waiting_room_message=session.waiting_room_message,
            problem_statement=session.problem_statement,
            role=participant.role,
            folder=folder_of(session.id),
            created_at=session.created_at,
            updated_at=session.updated_at,
            started_at=session.started_at,
            ended_at=session.ended_at,
            frozen=_freeze(session),
            participants=people,
        )

    async def _people(self, db: AsyncSession, session_id: str) -> list[schemas.Participant]:
        rows = await db.execute(
            select(Participant, User.name)
            .join(User, User.id == Participant.user_id)
            .where(Participant.session_id == session_id, Participant.state == ParticipantState.ADMITTED)
            .order_by(Participant.joined_at, Participant.color)
        )
        return [
            schemas.Participant(
                user_id=participant.user_id,
                name=name,
                role=participant.role,
                color=participant.color,
                is_online=self._presence.is_online(session_id, participant.user_id),
                joined_at=participant.joined_at,
            )
            for participant, name in rows
        ]


async def _page(
    db: AsyncSession,
    query: Select[ActivityRow],
    beyond: Callable[[int], ColumnElement[bool]],
    last: int,
    limit: int,
) -> tuple[list[ActivityRow], bool]:
    """The lines of a page that lie beyond `last`, and whether there are no more."""
    rows: list[ActivityRow] = []
    size = 0
    while len(rows) <= limit:
        wanted = min(limit + 1 - len(rows), ROWS_AT_ONCE)
        more = (await db.scalars(query.where(beyond(last)).limit(wanted))).all()
        for row in more:
            size += len(json.dumps(row.data))
            if rows and size > PAGE_CHARACTERS:
                return rows[:limit], False
            rows.append(row)
            last = row.sequence
        if len(more) < wanted:
            break
    return rows[:limit], len(rows) <= limit


def _freeze(session: InterviewSession) -> schemas.Freeze | None:
    if session.frozen_at is None:
        return None
    assert session.freeze_reason is not None
    return schemas.Freeze(
        at=session.frozen_at,
        by_id=session.frozen_by,
        by_name=session.frozen_by_name or "",
        reason=session.freeze_reason,
    )
