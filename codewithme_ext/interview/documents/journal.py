"""The one writer of every document's history: many rooms' updates in one transaction, told to each room when it is stored.

Theory of operation. Rooms call `add`, which never waits. While a batch is being written the next one gathers; an idle writer
starts at once, so one keystroke waits for one commit and a thousand wait for one commit too. After the commit the rooms pass the
updates on; beside that the database's log is brought to disk, after which the rooms may call them durable.

When the database does not take a batch for the time being (it is away, its disk is full), the batch is kept and tried again
until it does: the rooms hold back what it contains, and hear that there is trouble. A batch that breaks a rule is taken apart, and
the document that is to blame is told so alone.
"""

import asyncio
import logging
import time
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from ...errors import DatabaseUnavailableError
from ...storage.appender import Appender, AppendRefusedError, Change, Insert, Write
from .models import DocumentKeyframe, DocumentUpdate, UpdateKind

log = logging.getLogger(__name__)

MAX_WAITING_BYTES = 64 * 2**20
"""Kept in memory while nothing can be stored; beyond it nobody's edits are taken any more, and stay in their browsers."""
FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 2.0
SYNC_PAUSE_S = 0.02
"""Between two syncs of the disk: more often nobody could see."""

TROUBLE = "Changes cannot be saved just now. They are kept in your browser and saved as soon as it is possible again."

_UPDATE_COLUMNS = (
    "document_id",
    "sequence",
    "at_ms",
    "author_id",
    "author_name",
    "kind",
    "content",
    "checksum",
)
_KEYFRAME_COLUMNS = ("document_id", "sequence", "content", "checksum")
_SAVED_SQL = "UPDATE documents SET file_sequence = ?, file_digest = ? WHERE id = ?"


class Listener(Protocol):
    """Who hears what became of a document's entries: its room."""

    def stored(self, sequence: int) -> None:
        """Everything up to `sequence` is in the database and may be passed on."""

    def durable(self, sequence: int) -> None:
        """Everything up to `sequence` survives a loss of power."""

    def refused(self, reason: str) -> None:
        """The database will never take what was added; nothing of it was stored."""


@dataclass(frozen=True, slots=True)
class Update:
    """One update to be stored."""

    document_id: str
    sequence: int
    at_ms: int
    author_id: str | None
    author_name: str
    kind: UpdateKind
    content: bytes


@dataclass(frozen=True, slots=True)
class Keyframe:
    """A document's whole state after `sequence`."""

    document_id: str
    sequence: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Saved:
    """The file on disk has everything up to `sequence`."""

    document_id: str
    sequence: int
    digest: str


Entry = Update | Keyframe | Saved


class Journal:
    """Writes entries in the order in which they were added. `on_trouble` hears a sentence, or "" when it is over."""

    def __init__(self, appender: Appender, on_trouble: Callable[[str], None]) -> None:
        self._appender = appender
        self._on_trouble = on_trouble
        self._queue: list[tuple[Listener, Entry]] = []
        self._waiting_bytes = 0
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._unsynced: dict[Listener, int] = {}
        self._wake_sync = asyncio.Event()
        self._is_synced = asyncio.Event()
        self._is_synced.set()
        self._tasks: list[asyncio.Task[None]] = []
        self.trouble = ""
        """Why nothing can be stored just now."""
        self.stored_updates = self.stored_bytes = 0
        """Since the server started."""
        self.on_batch: Callable[[float], None] = lambda _: None
        """Told how many seconds each batch took to be committed."""

    @property
    def is_full(self) -> bool:
        """Whether no more should be added until something has been stored."""
        return self._waiting_bytes > MAX_WAITING_BYTES

    def start(self) -> None:
        """Begin to write."""
        self._tasks = [
            asyncio.create_task(self._write_batches(), name="documents' journal"),
            asyncio.create_task(self._sync_batches(), name="documents' journal's sync"),
        ]

    async def stop(self, timeout_s: float) -> None:
        """Write what there is, as far as it can be done in that time."""
        if not self._tasks:
            return
        try:
            async with asyncio.timeout(timeout_s):
                await self._idle.wait()
                await self._is_synced.wait()
        except TimeoutError:
            log.error("%d updates of documents could not be stored before the server stopped", len(self._queue))
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        await self._appender.close()

    def add(self, listener: Listener, entry: Entry) -> None:
        """Store an entry after all that were added before."""
        self._queue.append((listener, entry))
        if not isinstance(entry, Saved):
            self._waiting_bytes += len(entry.content)
        self._idle.clear()
        self._wake.set()

    async def _write_batches(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._queue:
                batch, self._queue = self._queue, []
                await self._store(batch)
                self._waiting_bytes -= sum(len(entry.content) for _, entry in batch if not isinstance(entry, Saved))
            self._idle.set()

    async def _store(self, batch: list[tuple[Listener, Entry]]) -> None:
        try:
            await self._append([entry for _, entry in batch])
        except AppendRefusedError:
            by_listener: dict[Listener, list[Entry]] = {}
            for listener, entry in batch:
                by_listener.setdefault(listener, []).append(entry)
            for listener, entries in by_listener.items():
                await self._store_alone(listener, entries)
            return
        self._tell({listener: entry.sequence for listener, entry in batch if isinstance(entry, Update)})

    async def _store_alone(self, listener: Listener, entries: list[Entry]) -> None:
        try:
            await self._append(entries)
        except AppendRefusedError as error:
            log.error("A document's history does not take its updates: %s", error)
            listener.refused(error.message)
            return
        sequences = [entry.sequence for entry in entries if isinstance(entry, Update)]
        self._tell({listener: sequences[-1]} if sequences else {})

    async def _append(self, entries: list[Entry]) -> None:
        writes = self._writes(entries, is_repeated=False)
        pause_s = FIRST_PAUSE_S
        while True:
            started = time.monotonic()
            try:
                await self._appender.append(writes)
            except DatabaseUnavailableError as error:
                if not self.trouble:
                    log.error("Documents cannot be stored, trying again: %s", error)
                    self._set_trouble(TROUBLE)
                await asyncio.sleep(pause_s)
                pause_s = min(LONGEST_PAUSE_S, pause_s * 2)
                # The answer to a commit may have been lost, and not the commit.
                writes = self._writes(entries, is_repeated=True)
            else:
                break
        self._count(entries, time.monotonic() - started)
        if self.trouble:
            log.warning("Documents are stored again")
            self._set_trouble("")

    def _count(self, entries: list[Entry], seconds: float) -> None:
        sizes = [len(entry.content) for entry in entries if isinstance(entry, Update)]
        self.stored_updates += len(sizes)
        self.stored_bytes += sum(sizes)
        self.on_batch(seconds)

    def _tell(self, sequences: dict[Listener, int]) -> None:
        for listener, sequence in sequences.items():
            self._unsynced[listener] = sequence
            try:
                listener.stored(sequence)
            except Exception:
                log.exception("A room failed when its updates were stored")
        if sequences:
            self._is_synced.clear()
            self._wake_sync.set()

    async def _sync_batches(self) -> None:
        while True:
            await self._wake_sync.wait()
            self._wake_sync.clear()
            batch, self._unsynced = self._unsynced, {}
            try:
                await self._appender.sync()
            except DatabaseUnavailableError as error:
                log.error("Documents cannot be brought to disk, trying again: %s", error)
                self._unsynced = batch | self._unsynced
                self._wake_sync.set()
                await asyncio.sleep(LONGEST_PAUSE_S)
                continue
            for listener, sequence in batch.items():
                try:
                    listener.durable(sequence)
                except Exception:
                    log.exception("A room failed when its updates were on disk")
            if not self._unsynced:
                self._is_synced.set()
            await asyncio.sleep(SYNC_PAUSE_S)

    def _set_trouble(self, trouble: str) -> None:
        self.trouble = trouble
        self._on_trouble(trouble)

    def _writes(self, entries: Iterable[Entry], *, is_repeated: bool) -> list[Write]:
        updates, keyframes, changes = [], [], list[Write]()
        for entry in entries:
            document_id = self._appender.id_value(entry.document_id)
            match entry:
                case Update():
                    author_id = None if entry.author_id is None else self._appender.id_value(entry.author_id)
                    updates.append(
                        (
                            document_id,
                            entry.sequence,
                            entry.at_ms,
                            author_id,
                            entry.author_name,
                            entry.kind.value,
                            entry.content,
                            zlib.crc32(entry.content),
                        )
                    )
                case Keyframe():
                    keyframes.append((document_id, entry.sequence, entry.content, zlib.crc32(entry.content)))
                case Saved():
                    changes.append(Change(_SAVED_SQL, (entry.sequence, entry.digest, document_id)))
        writes = list[Write]()
        if updates:
            writes.append(Insert(DocumentUpdate.__tablename__, _UPDATE_COLUMNS, updates, is_repeated=is_repeated))
        if keyframes:
            writes.append(Insert(DocumentKeyframe.__tablename__, _KEYFRAME_COLUMNS, keyframes, is_repeated=True))
        return writes + changes
