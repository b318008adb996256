"""Reading a document's history: from the nearest keyframe on, each row checked before it is believed."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from ...storage.unit_of_work import Units
from .document import SharedDocument
from .models import Document, DocumentKeyframe, DocumentKind, DocumentUpdate, UpdateKind
from .updates import UnreadableUpdateError

KEYFRAME_EVERY = 1000
"""Updates."""


@dataclass(frozen=True, slots=True)
class StoredUpdate:
    """One row."""

    sequence: int
    at_ms: int
    author_id: str | None
    author_name: str
    kind: UpdateKind
    content: bytes
    checksum: int

    @property
    def is_intact(self) -> bool:
        """Whether it is what was written."""
        return zlib.crc32(self.content) == self.checksum


@dataclass
class Replayed:
    """A document made from its history."""

    document: SharedDocument
    sequence: int = 0
    """The last update in it."""
    keyframe_sequence: int = 0
    """The keyframe it was made from."""
    recent: "list[StoredUpdate]" = field(default_factory=list)
    """The updates after that keyframe."""
    damage: str = ""
    """What could not be read after that, if anything."""


class History:
    """The histories of all documents."""

    def __init__(self, units: Units) -> None:
        self._units = units

    async def replay(
        self, document_id: str, kind: DocumentKind, *, until: int | None = None, until_ms: int | None = None
    ) -> Replayed:
        """The document as it was after update `until`, or at a time; without either as it is.

        Where a row is damaged or missing it is the last good state before that, and `damage` says so.
        """
        async with self._units.read() as db:
            if until_ms is not None:
                until = await _sequence_at(db, document_id, until_ms)
            keyframes = await _keyframes(db, document_id, until)
            for keyframe in keyframes:
                if zlib.crc32(keyframe.content) == keyframe.checksum:
                    state: bytes | None = keyframe.content
                    start = keyframe.sequence
                    break
            else:
                state, start = None, 0
            updates = await _updates(db, document_id, after=start, until=until, limit=None)
        return _replayed(SharedDocument(kind), state, start, updates)

    async def page(self, document_id: str, *, after: int, limit: int) -> list[StoredUpdate]:
        """Updates after a sequence, in order."""
        async with self._units.read() as db:
            return await _updates(db, document_id, after=after, until=None, limit=limit)

    async def keyframe(self, document_id: str, until: int) -> tuple[int, bytes]:
        """The sequence and state of the last intact keyframe that is not after `until`; 0 and nothing if there is none."""
        async with self._units.read() as db:
            for keyframe in await _keyframes(db, document_id, until):
                if zlib.crc32(keyframe.content) == keyframe.checksum:
                    return keyframe.sequence, zlib.decompress(keyframe.content)
        return 0, b""

    async def authors(self, document_id: str) -> list[tuple[str, int]]:
        """Who wrote in a document, and how many updates."""
        async with self._units.read() as db:
            rows = await db.execute(
                select(DocumentUpdate.author_name, func.count())
                .where(DocumentUpdate.document_id == document_id, DocumentUpdate.author_id.is_not(None))
                .group_by(DocumentUpdate.author_name)
                .order_by(DocumentUpdate.author_name)
            )
            return [(name, count) for name, count in rows]

    async def length(self, document_id: str) -> tuple[int, int | None]:
        """The last sequence and when it was."""
        async with self._units.read() as db:
            row = (
                await db.execute(
                    select(DocumentUpdate.sequence, DocumentUpdate.at_ms)
                    .where(DocumentUpdate.document_id == document_id)
                    .order_by(DocumentUpdate.sequence.desc())
                    .limit(1)
                )
            ).first()
            return (row[0], row[1]) if row is not None else (0, None)

    async def documents(self, session_id: str) -> Sequence[Document]:
        """Every document a session has ever had."""
        async with self._units.read() as db:
            rows = await db.scalars(
                select(Document).where(Document.session_id == session_id).order_by(Document.path, Document.created_at)
            )
            return rows.all()


def deflated(state: bytes) -> bytes:
    """A state as a keyframe keeps it."""
    return zlib.compress(state, 1)


def _replayed(document: SharedDocument, state: bytes | None, start: int, updates: list[StoredUpdate]) -> Replayed:
    replayed = Replayed(document, sequence=start, keyframe_sequence=start, recent=updates)
    good: list[bytes] = []
    last = start
    for update in updates:
        if update.sequence != last + 1:
            replayed.damage = f"update {last + 1} is missing"
            break
        if not update.is_intact:
            replayed.damage = f"update {update.sequence} is damaged"
            break
        good.append(update.content)
        last = update.sequence
    if state is not None:
        document.replay([zlib.decompress(state)])
    try:
        document.replay(good)
    except UnreadableUpdateError as error:  # stored as it is, since its checksum is right, and yet no update
        replayed.damage = f"an update up to {last} cannot be read: {error}"
    replayed.sequence = last
    return replayed


async def _keyframes(db: AsyncSession, document_id: str, until: int | None) -> Sequence[DocumentKeyframe]:
    query = select(DocumentKeyframe).where(DocumentKeyframe.document_id == document_id)
    if until is not None:
        query = query.where(DocumentKeyframe.sequence <= until)
    rows = await db.scalars(query.order_by(DocumentKeyframe.sequence.desc()).limit(2))
    return rows.all()


async def _updates(
    db: AsyncSession, document_id: str, *, after: int, until: int | None, limit: int | None
) -> list[StoredUpdate]:
    query = (
        select(
            DocumentUpdate.sequence,
            DocumentUpdate.at_ms,
            DocumentUpdate.author_id,
            DocumentUpdate.author_name,
            DocumentUpdate.kind,
            DocumentUpdate.content,
            DocumentUpdate.checksum,
        )
        .where(DocumentUpdate.document_id == document_id, DocumentUpdate.sequence > after)
        .order_by(DocumentUpdate.sequence)
    )
    if until is not None:
        query = query.where(DocumentUpdate.sequence <= until)
    if limit is not None:
        query = query.limit(limit)
    return [StoredUpdate(*row) for row in await db.execute(query)]


async def _sequence_at(db: AsyncSession, document_id: str, at_ms: int) -> int:
    # By sequence and not by time alone: a clock that was set back does not reorder what happened.
    last = await db.scalar(
        select(func.max(DocumentUpdate.sequence)).where(
            DocumentUpdate.document_id == document_id, DocumentUpdate.at_ms <= at_ms
        )
    )
    return last or 0
