"""Saving what the files of a session are at a moment, reading it back, and restoring it for everyone.

A snapshot is two steps: the documents are asked for their texts, with no transaction open, then one unit keeps them. What is
saved by itself (after a run, at the end) is a follow-up of an event, in a task of its own.
"""

import asyncio
import logging
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakValueDictionary

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from ...errors import FieldProblem, InvalidInputError, LimitReachedError, NotFoundError, TooLargeError
from ...events.bus import Committed
from ...events.types import ExecutionFinished, FilesChanged, SessionEnded, SnapshotRestored, SnapshotSaved
from ...storage.base import new_id
from ...storage.unit_of_work import Units
from ..accounts.actor import Actor
from ..roles import Capability
from ..sessions.access import enter
from ..sessions.models import InterviewSession
from ..sessions.service import Languages
from ..wire import known_id
from . import schemas
from .documents import Documents
from .models import PackedFiles, Snapshot, SnapshotReason, require_room

log = logging.getLogger(__name__)

PAGE_CHARACTERS = 4 * 2**20
"""Of contents in one page of the history; a page that would have more is shorter."""


@dataclass(frozen=True)
class _Draft:
    """A snapshot before it is kept. `user_id` and `username` are whose doing it is."""

    session_id: str
    user_id: str | None
    username: str
    reason: SnapshotReason
    message: str
    language: str
    entry: str
    files: PackedFiles


class SnapshotService:
    """Use cases of snapshots. Owns the tasks of those that are saved by themselves."""

    def __init__(self, units: Units, documents: Documents, languages: Languages, *, max_code_size: int) -> None:
        self._units = units
        self._documents = documents
        self._languages = languages
        self._max_code_size = max_code_size
        self._tasks: set[asyncio.Task[None]] = set()
        # One at a time a session, so that what is saved by itself is compared with what is really the last.
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def save(self, actor: Actor, session_id: str, wish: schemas.SnapshotWish) -> schemas.Snapshot:
        """Keep the files as they are now; everyone who may edit may. Raises LimitReachedError, TooLargeError."""
        session = await self._session(actor, session_id, Capability.EDIT)
        language = wish.language or session.language
        first_file = self._first_file(language)
        if wish.content is not None and len(wish.content) > self._max_code_size:
            raise TooLargeError(
                f"content has {len(wish.content)} characters; {self._max_code_size} is the most that is taken."
            )
        async with self._turn(session.id):
            files = await self._documents.texts(session.id)
            if wish.content is not None:
                files[first_file] = wish.content
            draft = _Draft(
                session_id=session.id,
                user_id=actor.user_id,
                username=actor.name,
                reason=SnapshotReason.BY_HAND,
                message=wish.message,
                language=language,
                entry=_entry(files, first_file),
                files=await asyncio.to_thread(PackedFiles.pack, files),
            )
            snapshot = await self._keep(draft, actor, Capability.EDIT)
        return schemas.Snapshot(**_summary(snapshot).model_dump(), content=files.get(snapshot.entry, ""))

    async def history(self, actor: Actor, session_id: str, *, before: int | None, limit: int) -> schemas.SnapshotPage:
        """Snapshots, newest first, from those before a sequence on."""
        async with self._units.read() as db:
            session, _ = await enter(db, actor, session_id, Capability.VIEW)
            query = select(Snapshot).where(Snapshot.session_id == session.id).order_by(Snapshot.sequence.desc())
            if before is not None:
                query = query.where(Snapshot.sequence < before)
            rows = (await db.scalars(query.limit(limit + 1))).all()
        shown = await asyncio.to_thread(_with_contents, rows[:limit])
        return schemas.SnapshotPage(
            snapshots=shown, next=shown[-1].sequence if shown and len(rows) > len(shown) else None
        )

    async def get(self, actor: Actor, session_id: str, snapshot_id: str) -> schemas.SnapshotFiles:
        """A snapshot with all its files."""
        async with self._units.read() as db:
            session, _ = await enter(db, actor, session_id, Capability.VIEW)
            snapshot = await _find(db, session, snapshot_id)
        files = await asyncio.to_thread(snapshot.files)
        return schemas.SnapshotFiles(**_with_content(snapshot, files).model_dump(), files=files)

    async def now(self, actor: Actor, session_id: str) -> schemas.FilesNow:
        """The files as everybody's editors show them at this moment, to be compared with a snapshot."""
        session = await self._session(actor, session_id, Capability.VIEW)
        return schemas.FilesNow(files=await self._documents.texts(session.id))

    async def restore(self, actor: Actor, session_id: str, snapshot_id: str) -> schemas.Restoration:
        """Bring the files of a snapshot back for everyone, and save what is there now first.

        Files made since then stay: nothing anybody wrote goes away by going back.
        """
        async with self._units.read() as db:
            session, _ = await enter(db, actor, session_id, Capability.RESTORE)
            snapshot = await _find(db, session, snapshot_id)
        contents = await asyncio.to_thread(snapshot.files)
        async with self._turn(session.id):
            before = await self._keep_present(
                session, actor.user_id, actor.name, SnapshotReason.BEFORE_RESTORE, "Before restore"
            )
            there = await self._documents.texts(session.id)
            await self._documents.restore(actor, session.id, contents)
            async with self._units.begin() as unit:
                for path in sorted(contents.keys() - there.keys()):
                    await unit.emit(_made(actor, session.id, path))
                await unit.emit(
                    SnapshotRestored(
                        session_id=session.id,
                        actor_id=actor.user_id,
                        actor_name=actor.name,
                        snapshot_id=snapshot.id,
                        message=snapshot.message,
                        before_id=before.id,
                    )
                )
        return schemas.Restoration(snapshot=_summary(snapshot), before=_summary(before))

    async def on_event(self, committed: Committed) -> None:
        """Follow-up: save by itself after a run and at the end."""
        match committed.event:
            case ExecutionFinished(session_id=session_id, result={"error": None, "entry": str(entry)}) as event:
                if session_id:
                    self._spawn(self._follow(event, SnapshotReason.AFTER_RUN, f"After a run of {entry}"))
            case SessionEnded() as event:
                self._spawn(self._follow(event, SnapshotReason.AT_END, "End of the interview"))

    async def stop(self) -> None:
        """At the server's end: wait for what is being saved."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _follow(self, event: ExecutionFinished | SessionEnded, reason: SnapshotReason, message: str) -> None:
        async with self._units.read() as db:
            session = await db.get(InterviewSession, event.session_id)
        if session is None:
            return  # deleted in the meantime
        try:
            async with self._turn(session.id):
                await self._keep_present(session, event.actor_id, event.actor_name, reason, message)
        except (LimitReachedError, NotFoundError, TooLargeError) as refusal:
            log.warning("No snapshot of session %s: %s", session.id, refusal.message)

    async def _keep_present(
        self, session: InterviewSession, user_id: str | None, username: str, reason: SnapshotReason, message: str
    ) -> Snapshot:
        """Keep the files as they are now, unless the last snapshot has exactly these; then it is that one."""
        files = await self._documents.texts(session.id)
        packed = await asyncio.to_thread(PackedFiles.pack, files)
        async with self._units.read() as db:
            last = await db.scalar(
                select(Snapshot).where(Snapshot.session_id == session.id).order_by(Snapshot.sequence.desc()).limit(1)
            )
        if last is not None and last.fingerprint == packed.fingerprint:
            return last
        draft = _Draft(
            session_id=session.id,
            user_id=user_id,
            username=username,
            reason=reason,
            message=message,
            language=session.language,
            entry=_entry(files, self._languages.first_file(session.language) or ""),
            files=packed,
        )
        return await self._keep(draft)

    async def _keep(
        self, draft: _Draft, actor: Actor | None = None, capability: Capability = Capability.EDIT
    ) -> Snapshot:
        async with self._units.begin() as unit:
            if actor is not None:
                await enter(unit.db, actor, draft.session_id, capability)
            elif await unit.db.get(InterviewSession, draft.session_id) is None:
                raise NotFoundError("There is no such interview.")
            count, stored_bytes = (
                await unit.db.execute(
                    select(func.count(), func.coalesce(func.sum(Snapshot.stored_bytes), 0)).where(
                        Snapshot.session_id == draft.session_id
                    )
                )
            ).one()
            require_room(draft.reason, count=count, stored_bytes=stored_bytes)
            snapshot_id = new_id()
            sequence = await unit.emit(
                SnapshotSaved(
                    session_id=draft.session_id,
                    actor_id=draft.user_id,
                    actor_name=draft.username,
                    snapshot_id=snapshot_id,
                    reason=draft.reason,
                    message=draft.message,
                    language=draft.language,
                    file_count=draft.files.count,
                )
            )
            snapshot = Snapshot(
                id=snapshot_id,
                session_id=draft.session_id,
                sequence=sequence,
                user_id=draft.user_id,
                username=draft.username,
                reason=draft.reason,
                message=draft.message,
                language=draft.language,
                entry=draft.entry,
                packed=draft.files.data,
                fingerprint=draft.files.fingerprint,
                file_count=draft.files.count,
                stored_bytes=len(draft.files.data),
                created_at=unit.now,
            )
            unit.db.add(snapshot)
        return snapshot

    async def _session(self, actor: Actor, session_id: str, capability: Capability) -> InterviewSession:
        async with self._units.read() as db:
            session, _ = await enter(db, actor, session_id, capability)
            return session

    def _first_file(self, language: str) -> str:
        first_file = self._languages.first_file(language)
        if first_file is None:
            raise InvalidInputError(
                f"There is no language called {language}. See GET languages for the list.",
                [FieldProblem("language", "is not one of GET languages")],
            )
        return first_file

    def _turn(self, session_id: str) -> asyncio.Lock:
        return self._turns.setdefault(session_id, asyncio.Lock())

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work, name="snapshot")
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("A snapshot could not be saved", exc_info=task.exception())


def _made(actor: Actor, session_id: str, path: str) -> FilesChanged:
    return FilesChanged(
        session_id=session_id,
        actor_id=actor.user_id,
        actor_name=actor.name,
        change="created",
        path=path,
        old_path=None,
    )


async def _find(db: AsyncSession, session: InterviewSession, snapshot_id: str) -> Snapshot:
    snapshot = await db.get(Snapshot, known_id(snapshot_id, "snapshot"))
    if snapshot is None or snapshot.session_id != session.id:
        raise NotFoundError("There is no such snapshot.")
    return snapshot


def _entry(files: Mapping[str, str], first_file: str) -> str:
    return first_file if first_file in files else min(files, default="")


def _with_contents(rows: Sequence[Snapshot]) -> list[schemas.Snapshot]:
    """As many as fit into one answer, and one at least; unpacked one by one, since each may be a hundred times its packed size."""
    shown: list[schemas.Snapshot] = []
    size = 0
    for row in rows:
        snapshot = _with_content(row, row.files())
        size += len(snapshot.content)
        if shown and size > PAGE_CHARACTERS:
            break
        shown.append(snapshot)
    return shown


def _summary(row: Snapshot) -> schemas.SnapshotSummary:
    return schemas.SnapshotSummary(
        id=row.id,
        sequence=row.sequence,
        reason=row.reason,
        message=row.message,
        language=row.language,
        fileCount=row.file_count,
        userId=row.user_id,
        username=row.username,
        createdAt=row.created_at,
    )


def _with_content(row: Snapshot, files: Mapping[str, str]) -> schemas.Snapshot:
    return schemas.Snapshot(**_summary(row).model_dump(), content=files.get(row.entry, ""))
