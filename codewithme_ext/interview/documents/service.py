"""The shared documents of a session, as the rest of the server sees them: opened, read, restored, followed when files move.

The parts, from the outside in: `rooms` (which are open), `room` (who is in one and what they hear), `keeper` (its file on disk),
`document` (Yjs), `journal` (the one writer), `history` and `catalogue` (the rows). docs/documents.md has the theory.
"""

import asyncio
import base64
import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from ...errors import ConflictError, FieldProblem, InvalidInputError, NotFoundError
from ...events.bus import Committed
from ...events.types import SessionDeleted, SessionEnded
from ...storage.appender import Appender
from ...storage.claims import Claims
from ...storage.unit_of_work import Units
from ..accounts.actor import Actor
from ..roles import Capability
from ..sessions.access import enter
from ..sessions.workspace import folder_of
from . import schemas
from .catalogue import Catalogue, DocumentInfo
from .document import UnusableContentError
from .files import Files, UnusableFileError
from .history import History, StoredUpdate
from .journal import Journal
from .models import Document, UpdateKind
from .room import SERVER, Author, Member, Room
from .rooms import DocumentUnavailableError, Rooms

log = logging.getLogger(__name__)

STOPPING_TIMEOUT_S = 5.0


@dataclass(frozen=True)
class Numbers:
    """How things stand with documents."""

    open: int
    updates: int
    """Stored since the server started."""
    bytes: int
    """Of these updates."""
    quarantined: int
    """Documents that have been set aside, in all interviews there are."""


class DocumentService:
    """Use cases of documents. Owns the open rooms and the writer of their histories."""

    def __init__(self, units: Units, files: Files, appender: Appender, claims: Claims) -> None:
        self._units = units
        self._files = files
        self._catalogue = Catalogue(units)
        self._history = History(units)
        self._journal = Journal(appender, self._trouble)
        self._claims = claims
        self._rooms = Rooms(units, self._journal, self._catalogue, self._history, files, claims)
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def trouble(self) -> str:
        """Why nothing can be stored just now, a sentence; empty while all is well."""
        return self._journal.trouble

    @property
    def numbers(self) -> Numbers:
        """How things stand."""
        journal = self._journal
        return Numbers(len(self._rooms.all()), journal.stored_updates, journal.stored_bytes, self._rooms.quarantined)

    def on_batch(self, tell: Callable[[float], None]) -> None:
        """Whom to tell how many seconds each batch of updates took to be committed."""
        self._journal.on_batch = tell

    async def start(self) -> None:
        """Begin to write, and bring files up to date that a server which did not stop in order has left behind."""
        self._journal.start()
        self._rooms.quarantined = await self._catalogue.count_quarantined()
        for info in await self._catalogue.unsaved():
            try:
                async with self._rooms.use(info.id, is_patient=False):
                    log.info("A file was behind its document and has been written: %s", info.path)
            except DocumentUnavailableError as error:
                if error.is_elsewhere:
                    continue  # another server has it open, and will write it
                log.error("A document could not be recovered: %s (%s)", info.path, error)

    async def stop(self) -> None:
        """Send everybody away, store everything, and bring every file up to date."""
        await self._rooms.stop()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._journal.stop(STOPPING_TIMEOUT_S)
        await self._claims.close()

    async def identify(self, path: str, session_id: str | None) -> DocumentInfo:
        """The document of the file at a contents path. Raises NotFoundError when there is no such file."""
        path = path.strip("/")
        try:
            stamp = await asyncio.to_thread(self._files.stamp, path)
        except UnusableFileError as error:
            raise NotFoundError("There is no such file.") from error
        if stamp is None and await self._catalogue.at(path) is None:
            raise NotFoundError("There is no such file.")
        return await self._catalogue.ensure(path, session_id)

    async def find(self, document_id: str) -> DocumentInfo | None:
        """A document by its id, as long as it is one."""
        try:
            canonical = str(UUID(document_id))
        except ValueError:
            return None
        if canonical != document_id:
            return None
        room = self._rooms.live(document_id)
        return room.info if room is not None and not room.is_closed else await self._catalogue.find(document_id)

    async def join(self, document_id: str, member: Member) -> Room:
        """Bring a connection into a document's room. Raises DocumentUnavailableError, DatabaseUnavailableError."""
        return await self._rooms.join(document_id, member)

    def leave(self, room: Room, member: Member) -> None:
        """Take a connection out."""
        self._rooms.leave(room, member)

    def may_take(self) -> bool:
        """Whether an edit can be kept until it is stored."""
        return not self._journal.is_full

    async def save(self, room: Room) -> None:
        """Bring a room's file up to date now. Raises OSError, UnusableFileError."""
        await self._rooms.save(room)

    async def texts(self, session_id: str) -> dict[str, str]:
        """Every text file and notebook of a session as it is now: its path inside the session's folder, and its content."""
        found = await asyncio.to_thread(self._texts_on_disk, session_id)
        prefix = f"{folder_of(session_id)}/"
        for room in self._rooms.all():
            if room.info.session_id == session_id and not room.is_closed:
                await room.mended()
                found[room.info.path.removeprefix(prefix)] = room.document.content()
        return dict(sorted(found.items()))

    async def restore(self, actor: Actor, session_id: str, contents: Mapping[str, str]) -> None:
        """Make each named file what `contents` says, as an edit of the actor's that open editors follow; others stay.

        Missing files are made. Raises NotPermittedError, FrozenError or GoneError for who may not edit now, ConflictError for a
        file that cannot be edited.
        """
        async with self._units.read() as db:
            session, _ = await enter(db, actor, session_id, Capability.EDIT)
        author = Author(actor.user_id, actor.name)
        for path, text in contents.items():
            try:
                await self._restore(f"{folder_of(session.id)}/{path}", session.id, text, author)
            except UnusableFileError as error:
                raise InvalidInputError(
                    f"{path} cannot be restored. {error}", [FieldProblem(path, str(error))]
                ) from error
            except (DocumentUnavailableError, UnusableContentError) as error:
                raise ConflictError(f"{path} cannot be restored. {error}") from error

    async def moved(self, session_id: str, old: str, new: str) -> None:
        """A file or folder of the session has another path now (both inside the session's folder); open editors follow."""
        folder = folder_of(session_id)
        await self.moved_anywhere(f"{folder}/{old}", f"{folder}/{new}")

    async def deleted(self, session_id: str, path: str) -> None:
        """A file or folder of the session is gone; its editors are closed, its history stays."""
        await self.deleted_anywhere(f"{folder_of(session_id)}/{path}")

    async def overwritten(self, actor: Actor, session_id: str, path: str) -> None:
        """Somebody put another content into a file of the session: an open document takes it over, as their edit."""
        await self._take_over(f"{folder_of(session_id)}/{path}", Author(actor.user_id, actor.name))

    async def moved_anywhere(self, old: str, new: str) -> None:
        """As `moved`, for contents paths."""
        moved, retired = await self._catalogue.move(old.strip("/"), new.strip("/"))
        for document_id in retired:
            self._rooms.forget(document_id, "Another file has taken this one's place.")
        for document_id, path in moved:
            room = self._rooms.live(document_id)
            if room is not None:
                room.info.path = path
                await room.mended()
                room.set_state(path=path)

    async def deleted_anywhere(self, path: str) -> None:
        """As `deleted`, for a contents path."""
        for document_id in await self._catalogue.retire(path.strip("/")):
            self._rooms.forget(document_id, "This file has been deleted.")

    async def changed(self, path: str) -> None:
        """The file at a contents path was written by the server's owner: an open document takes it over."""
        await self._take_over(path.strip("/"), SERVER)

    async def listing(self, actor: Actor, session_id: str) -> schemas.DocumentList:
        """Every document the session has had, with who wrote in it (for those who may review)."""
        async with self._units.read() as db:
            session, _ = await enter(db, actor, session_id, Capability.REVIEW)
        prefix = f"{folder_of(session.id)}/"
        summaries = []
        for row in await self._history.documents(session.id):
            length, changed_at_ms = await self._history.length(row.id)
            summaries.append(
                schemas.DocumentSummary(
                    id=row.id,
                    path=row.path.removeprefix(prefix),
                    kind=row.kind,
                    updates=length,
                    createdAt=row.created_at,
                    changedAt=None if changed_at_ms is None else _time(changed_at_ms),
                    retiredAt=row.retired_at,
                    damage=row.quarantine,
                    authors=[
                        schemas.DocumentAuthor(name=name, updates=count)
                        for name, count in await self._history.authors(row.id)
                    ],
                )
            )
        return schemas.DocumentList(documents=summaries)

    async def history(
        self, actor: Actor, session_id: str, document: str, query: schemas.HistoryQuery
    ) -> schemas.HistoryPage:
        """A page of a document's updates, each with its author and time (for those who may review)."""
        row = await self._reviewed(actor, session_id, document)
        keyframe = None
        after = query.after
        if after is None:
            after, state = await self._history.keyframe(row.id, query.start or 0)
            if after:
                keyframe = schemas.HistoryKeyframe(sequence=after, update=_base64(state))
        updates = await self._history.page(row.id, after=after, limit=query.limit + 1)
        shown = updates[: query.limit]
        return schemas.HistoryPage(
            document=row.id,
            path=row.path.removeprefix(f"{folder_of(session_id)}/"),
            kind=row.kind,
            keyframe=keyframe,
            updates=[_update(update) for update in shown],
            next=shown[-1].sequence if len(updates) > query.limit else None,
        )

    async def text(
        self, actor: Actor, session_id: str, document: str, query: schemas.TextQuery
    ) -> schemas.DocumentText:
        """What a document held after an update or at a time, exactly (for those who may review)."""
        row = await self._reviewed(actor, session_id, document)
        until_ms = None if query.at is None else int(query.at.timestamp() * 1000)
        replayed = await self._history.replay(row.id, row.kind, until=query.sequence, until_ms=until_ms)
        return schemas.DocumentText(
            document=row.id,
            path=row.path.removeprefix(f"{folder_of(session_id)}/"),
            kind=row.kind,
            sequence=replayed.sequence,
            text=replayed.document.content(),
            damage=replayed.damage or None,
        )

    async def on_event(self, committed: Committed) -> None:
        """Follow-up: a last write at the end of a session; its rooms go with it when it is deleted."""
        match committed.event:
            case SessionEnded(session_id=session_id):
                self._spawn(self._save_session(session_id))
            case SessionDeleted(session_id=session_id):
                for room in self._rooms.all():
                    if room.info.session_id == session_id:
                        self._rooms.forget(room.info.id, "")  # its sockets are closed with all others of the session

    async def _restore(self, path: str, session_id: str, text: str, author: Author) -> None:
        if await asyncio.to_thread(self._files.stamp, path) is None:
            await asyncio.to_thread(self._files.write, path, b"", make_folders=True)
        info = await self._catalogue.ensure(path, session_id)
        async with self._rooms.use(info.id) as (room, keeper):
            try:
                await room.set_content(text, author, UpdateKind.RESTORE)
                await keeper.save()
            except OSError as error:
                log.error("The file of a restored document could not be written: %s (%s)", path, error)

    async def _take_over(self, path: str, author: Author) -> None:
        info = await self._catalogue.at(path)
        if info is None or self._rooms.live(info.id) is None:
            return  # whoever opens it next finds the file changed
        try:
            async with self._rooms.use(info.id) as (_, keeper):
                await keeper.take_over(author)
        except (OSError, UnusableFileError, DocumentUnavailableError) as error:
            log.error("A file that was overwritten could not be read: %s (%s)", path, error)

    async def _save_session(self, session_id: str) -> None:
        for room in self._rooms.all():
            if room.info.session_id == session_id:
                try:
                    await self._rooms.save(room)
                except (OSError, UnusableFileError) as error:
                    log.error("A file could not be written at the end: %s (%s)", room.info.path, error)

    async def _reviewed(self, actor: Actor, session_id: str, document: str) -> Document:
        async with self._units.read() as db:
            session, _ = await enter(db, actor, session_id, Capability.REVIEW)
        path = f"{folder_of(session.id)}/{document}"
        rows = [row for row in await self._history.documents(session.id) if document == row.id or path == row.path]
        if not rows:
            raise NotFoundError("There is no such document. See GET sessions/:id/documents for the list.")
        return min(rows, key=lambda row: row.retired_at is not None)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work, name="documents")
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("Documents could not be saved", exc_info=task.exception())

    def _trouble(self, text: str) -> None:
        self._rooms.trouble(text)

    def _texts_on_disk(self, session_id: str) -> dict[str, str]:
        folder = folder_of(session_id)
        found = {}
        for path in self._files.walk(folder):
            try:
                version = self._files.read(path)
                if version is not None:
                    found[path.removeprefix(f"{folder}/")] = version.content.decode()
            except (UnusableFileError, UnicodeDecodeError):
                continue
        return found


def _update(update: StoredUpdate) -> schemas.HistoryUpdate:
    return schemas.HistoryUpdate(
        sequence=update.sequence,
        at=_time(update.at_ms),
        authorId=update.author_id,
        authorName=update.author_name,
        kind=update.kind,
        update=_base64(update.content),
    )


def _time(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
